import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Devices } from "../devices/devices.ts";
import { helloWindow, type HelloWindow } from "./hello-window.ts";
import { LedgerStore, type Ledger } from "./ledger.store.ts";

export type { HelloWindow } from "./hello-window.ts";
export type { Ledger } from "./ledger.store.ts";

/** What devices' hellos have told over time, and until when more may be expected. */
export class HelloLedger {
  readonly #store: LedgerStore;
  readonly #devices: Pick<Devices, "get" | "list">;
  readonly #clock: Clock;

  constructor(deps: {
    readonly postgres: Postgres;
    readonly devices: Pick<Devices, "get" | "list">;
    readonly clock: Clock;
  }) {
    this.#store = new LedgerStore(deps.postgres);
    this.#devices = deps.devices;
    this.#clock = deps.clock;
  }

  note(tx: Tx, said: Parameters<LedgerStore["note"]>[1]): Promise<void> {
    return this.#store.note(tx, said);
  }

  /** @returns undefined when it never said hello; no window for a device that is ours. @throws devices.unknown (caller) */
  async of(uuid: string): Promise<{ readonly ledger: Ledger; readonly window: HelloWindow | null } | undefined> {
    const device = await this.#devices.get(uuid);
    const ledger = await this.#store.get(uuid);
    if (ledger === undefined) return undefined;
    const window = device.state === "provisioned" ? null : helloWindow(ledger.openedAt, device, this.#clock.now());
    return { ledger, window };
  }

  /** Until when each of these devices says hello by itself; those that are ours are left out. */
  async windowsOf(uuids: readonly string[]): Promise<ReadonlyMap<string, HelloWindow>> {
    const openedAt = await this.#store.openedAt(uuids);
    const page = { sort: "address", order: "asc", limit: uuids.length, offset: 0 } as const;
    const { items } = uuids.length === 0 ? { items: [] } : await this.#devices.list({ uuids }, page);
    const windows = new Map<string, HelloWindow>();
    for (const device of items) {
      const opened = openedAt.get(device.uuid);
      if (opened === undefined || device.state === "provisioned") continue;
      windows.set(device.uuid, helloWindow(opened, device, this.#clock.now()));
    }
    return windows;
  }

  forgetOld(): Promise<void> {
    return this.#store.forgetOldAddresses();
  }
}

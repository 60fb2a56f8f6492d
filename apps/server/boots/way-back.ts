import type { Clock } from "@vigil/base/clock.ts";
import { VigilError, type ErrorReport } from "@vigil/base/errors.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Devices } from "../devices/devices.ts";
import { returnTo, targetInWords, type BootOutcome, type BootRecord } from "./boot.ts";
import type { BootsStore } from "./boots.store.ts";
import type { Serving } from "./serving.ts";

/** Why a boot goes back. */
export interface Why {
  readonly outcome: BootOutcome;
  readonly error: ErrorReport | null;
  /** "vigil" unless somebody asked for it. */
  readonly by?: string;
  /** Instead of what was asked for at the beginning. */
  readonly returns?: boolean;
}

export interface WayBackDeps {
  readonly postgres: Postgres;
  readonly devices: Devices;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly store: BootsStore;
  /** Boots that this process carries right now; nobody else touches them. */
  readonly carried: Set<string>;
  readonly serving: Map<string, Serving>;
}

/** Takes boots back: what was changed of the device is put right, as its row says, and the boot has ended. */
export class WayBack {
  readonly #deps: WayBackDeps;

  constructor(deps: WayBackDeps) {
    this.#deps = deps;
  }

  /**
   * Puts the device right and ends the boot. It is written down first why it goes back, so that it is finished whatever happens in between.
   * @throws what the device or the way to it has against that; then the boot is still returning, and somebody has to come back to it
   */
  async take(id: string, why: Why, signal?: AbortSignal): Promise<void> {
    const { carried, serving } = this.#deps;
    const isOurs = !carried.has(id);
    carried.add(id);
    try {
      const record = await this.#writtenWhy(id, why);
      const served = serving.get(id);
      serving.delete(id);
      await served?.close();
      if (record === undefined) return;
      // Nothing was changed before its power was read.
      if (record.wasOn !== null) await this.#putRight(record, signal);
      await this.#end(record, why.by ?? "vigil");
    } finally {
      if (isOurs) carried.delete(id);
    }
  }

  /** @returns undefined when it has ended already */
  #writtenWhy(id: string, { outcome, error, returns }: Why): Promise<BootRecord | undefined> {
    const { postgres, serving, store } = this.#deps;
    const bytesRead = serving.get(id)?.progress().bytesRead;
    return postgres.transaction(async (tx) => {
      const found = await store.lock(tx, id);
      if (found === undefined || found.state === "ended") return undefined;
      const change = {
        // The first to say why is the one to be believed.
        ...(found.state === "returning" ? {} : ({ state: "returning", outcome, error } as const)),
        ...(returns === undefined ? {} : { returns }),
        ...(bytesRead === undefined ? {} : { bytesRead }),
      };
      if (Object.keys(change).length > 0) await store.update(tx, id, change);
      return { ...found, ...change };
    });
  }

  /** The options and the switch; and the power, if so wished, which is told once. */
  async #putRight(record: BootRecord, signal: AbortSignal | undefined): Promise<void> {
    const { id, device, switchedDiskOn, returns, toldAt, isReturnTold } = record;
    const { devices, postgres, store } = this.#deps;
    const options = signal === undefined ? {} : { signal };
    // Who is no longer ours cannot be put right by us.
    if ((await devices.lookUp(device))?.state !== "provisioned") return;
    await devices.using(device, options, async (open) => {
      await open.boot.clear(options);
      if (switchedDiskOn) {
        const { isDiskOn, isSerialOn } = await open.features.read(options);
        if (isDiskOn) await open.features.switchRedirection({ serial: isSerialOn, disk: false }, options);
      }
      if (!returns || toldAt === null || isReturnTold) return;
      const { power } = await open.power.state(options);
      await postgres.transaction((tx) => store.update(tx, id, { isReturnTold: true }));
      try {
        await open.power.request(returnTo(record, power), options);
      } catch (error) {
        // It is off already, or nobody knows what came of it: either way it is not told again.
        const isKnown = error instanceof VigilError && /^amt\.(power\.refused|outcome\.unknown)$/.test(error.code);
        if (!isKnown) throw error;
      }
    });
  }

  async #end(record: BootRecord, actor: string): Promise<void> {
    const { id, device, outcome } = record;
    const { postgres, store, audit, clock } = this.#deps;
    await postgres.transaction(async (tx) => {
      await store.update(tx, id, { state: "ended", endedAt: new Date(clock.now()) });
      const summary = `The boot from ${targetInWords(record)} has ended (${outcome}); the device is as it was`;
      const details = { boot: id, outcome };
      await audit.write(tx, { actor, action: "boot.ended", device, summary, details });
    });
  }
}

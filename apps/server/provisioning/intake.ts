import type { Clock } from "@vigil/base/clock.ts";
import { reportOf } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import { fail } from "./errors.ts";
import type { UsefulHello } from "./entry.ts";

export interface Arrival {
  readonly hello: UsefulHello;
  readonly address: string;
}

/** Hellos that wait to be noted down. Chosen: a kilobyte each at most, so some 10 MB. */
const mostWaiting = 10_000;
/** Hellos in one transaction. Chosen: a sync to the disk costs as much as noting some ten of them. */
const mostAtOnce = 50;
/** Devices that one address may speak for. Chosen: a device speaks for itself; a few spare for addresses handed on by DHCP. */
const mostPerAddress = 16;
/** Addresses remembered, and for how long. */
const mostAddresses = 50_000;
const rememberedMs = 3_600_000;

/**
 * Takes hellos as they come and hands them over in batches, one after the other: a flood costs bounded memory and leaves the database
 * to others in between.
 */
export class Intake {
  readonly #note: (arrivals: readonly Arrival[]) => Promise<void>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #refused = new Map<string, number>();
  readonly #byAddress = new Map<string, Set<string>>();
  #forgetAt: number;
  #waiting = new Map<string, Arrival>();
  #working: Promise<void> | undefined;

  constructor(deps: {
    readonly note: (arrivals: readonly Arrival[]) => Promise<void>;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#note = deps.note;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#forgetAt = deps.clock.monotonic() + rememberedMs;
  }

  /** @throws provisioning.hello.crowded, provisioning.hello.too-many (network) */
  add(arrival: Arrival): void {
    const { hello, address } = arrival;
    if (this.#waiting.size >= mostWaiting)
      throw fail("provisioning.hello.crowded", { details: { waiting: mostWaiting } });
    this.#countSender(address, hello.uuid);
    this.#waiting.set(hello.uuid, arrival);
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  /** One more that came to nothing. */
  refuse(error: unknown, address: string): void {
    const { code } = reportOf(error);
    const count = (this.#refused.get(code) ?? 0) + 1;
    this.#refused.set(code, count);
    // The first of each kind is news; a flood of them is a number.
    if (count === 1) this.#log.warn("a hello was refused", { address, error });
  }

  /** How many were refused since the start, by error code. */
  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }

  /** Resolves when what has been taken is noted. */
  async settled(): Promise<void> {
    await this.#working;
  }

  #countSender(address: string, uuid: string): void {
    if (this.#clock.monotonic() >= this.#forgetAt || this.#byAddress.size >= mostAddresses) {
      this.#byAddress.clear();
      this.#forgetAt = this.#clock.monotonic() + rememberedMs;
    }
    const uuids = this.#byAddress.get(address) ?? new Set();
    if (!uuids.has(uuid) && uuids.size >= mostPerAddress) {
      throw fail("provisioning.hello.too-many", { details: { address, devices: uuids.size } });
    }
    this.#byAddress.set(address, uuids.add(uuid));
  }

  async #work(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting.values()].slice(0, mostAtOnce);
      for (const { hello } of batch) this.#waiting.delete(hello.uuid);
      try {
        await this.#note(batch);
      } catch (error) {
        // Devices say hello again; until then this is all that is known of these.
        this.#log.error("hellos could not be noted", { count: batch.length, error });
        for (const { address } of batch) this.refuse(error, address);
      }
    }
  }
}

import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import {
  DelayedStore,
  type DelayedPolicy,
  type DelayedRound,
  type IgnorableCheck,
  type IgnoredCheck,
} from "./delayed.store.ts";
import { fail } from "./errors.ts";
import type { HostDoor } from "./from-host.ts";
import { outcomeOf } from "./outcomes.ts";

export type { DelayedPolicy, DelayedRound, IgnorableCheck, IgnoredCheck } from "./delayed.store.ts";

/** A device that is not provisioned, and what is known of it. */
export interface DelayedTarget {
  readonly uuid: string;
  /** What it failed with. */
  readonly code: string;
}

/** What the policy asks of the room. */
export interface DelayedHands {
  targets(limit: number): Promise<readonly DelayedTarget[]>;
  /** Where it may be, the likeliest first. */
  addressesOf(uuid: string): Promise<readonly string[]>;
  /** Begins again with it there. */
  reopenAt(uuid: string, address: string): Promise<boolean>;
  setUpFromHost(uuid: string, door: HostDoor, signal: AbortSignal): Promise<void>;
}

interface DelayedDeps {
  readonly postgres: Postgres;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly dialerTo: (address: string) => Dialer;
  /** The way from inside a machine; absent while nothing in any machine offers one. */
  readonly hostDoorTo?: (uuid: string) => Promise<HostDoor | undefined>;
}

/** AMT's port with TLS: open in setup and after it. */
const port = 16_993;
/** Chosen: a device on the network takes a connection within milliseconds, one behind a slow line within a second. */
const dialLimitMs = 3_000;
/** Devices looked at at once: each costs a socket that mostly waits. Chosen. */
const concurrency = 16;
/** Devices in one round; the next takes the others. Chosen: ten minutes if none of them answers. */
const mostPerRound = 2_000;
const mostAddresses = 4;
const hourMs = 3_600_000;

/**
 * Delayed provisioning: a policy whose target is every device that is not provisioned, and which so empties itself. Once a day by default it looks
 * whether such a device answers at an address that is known of it, or from inside its machine where something there offers a way, and begins
 * again with those that do. Machines without AMT, and those whose identity is in doubt, are never tried by it.
 */
export class DelayedProvisioning {
  readonly #store: DelayedStore;
  readonly #deps: DelayedDeps;
  readonly #hands: DelayedHands;
  #round: Promise<DelayedRound> | undefined;

  constructor(deps: DelayedDeps, hands: DelayedHands) {
    this.#store = new DelayedStore(deps.postgres);
    this.#deps = deps;
    this.#hands = hands;
  }

  get(): ReturnType<DelayedStore["get"]> {
    return this.#store.get();
  }

  /** What is not said stays as it is. */
  async change(change: Partial<DelayedPolicy>, actor: string): Promise<void> {
    const { postgres, audit } = this.#deps;
    await postgres.transaction(async (tx) => {
      const policy = await this.#store.change(tx, change);
      const summary = policy.isOn
        ? `Delayed provisioning every ${policy.everyHours} h`
        : "Switched delayed provisioning off";
      await audit.write(tx, { actor, action: "provisioning.delayed", summary, details: { ...policy } });
    });
  }

  /** Checks that are left out now. */
  ignored(): Promise<IgnoredCheck[]> {
    return this.#store.ignored(new Date(this.#deps.clock.now()));
  }

  /** The policy may override one-time passwords by itself while it is on. */
  async ignores(check: IgnorableCheck): Promise<boolean> {
    const { policy } = await this.#store.get();
    if (check === "one-time-password" && policy.isOn && policy.replacesOneTimePassword) return true;
    return (await this.ignored()).some((one) => one.check === check);
  }

  /** Leaves a check out until then. @throws provisioning.delayed.end (caller) */
  async ignore(check: IgnorableCheck, endsAt: Date, reason: string, actor: string): Promise<void> {
    const { postgres, audit, clock } = this.#deps;
    const madeAt = new Date(clock.now());
    if (!(endsAt.getTime() > madeAt.getTime()) || endsAt.getTime() - madeAt.getTime() > mostIgnoredMs) {
      throw fail("provisioning.delayed.end", { details: { endsAt: endsAt.toISOString() } });
    }
    await postgres.transaction(async (tx) => {
      await this.#store.ignore(tx, { check, reason, madeBy: actor, madeAt, endsAt });
      const summary = `Ignores the check "${check}" until ${endsAt.toISOString()}: ${reason}`;
      await audit.write(tx, { actor, action: "provisioning.check-ignored", summary, details: { check, reason } });
    });
  }

  /** @throws provisioning.delayed.not-ignored (caller) */
  async endIgnoring(id: number, actor: string): Promise<void> {
    const { postgres, audit, clock } = this.#deps;
    await postgres.transaction(async (tx) => {
      const check = await this.#store.endIgnoring(tx, id, new Date(clock.now()));
      if (check === undefined) throw fail("provisioning.delayed.not-ignored", { details: { id } });
      const summary = `The check "${check}" counts again`;
      await audit.write(tx, { actor, action: "provisioning.check-counts", summary, details: { check } });
    });
  }

  /** A round, when one is due. Never throws. */
  async roundIfDue(signal: AbortSignal): Promise<void> {
    try {
      const { policy, lastRoundAt } = await this.#store.get();
      const isDue = (lastRoundAt?.getTime() ?? 0) + policy.everyHours * hourMs <= this.#deps.clock.now();
      if (policy.isOn && isDue) await this.round(signal);
    } catch (error) {
      if (!signal.aborted)
        this.#deps.log.error("a round of delayed provisioning failed; the next is in an hour", { error });
    }
  }

  /** Looks at every target now. One that is under way already is joined. */
  round(signal: AbortSignal): Promise<DelayedRound> {
    this.#round ??= this.#walk(signal).finally(() => (this.#round = undefined));
    return this.#round;
  }

  async #walk(signal: AbortSignal): Promise<DelayedRound> {
    const { clock } = this.#deps;
    const { policy } = await this.#store.get();
    const startedAt = new Date(clock.now());
    const all = await this.#hands.targets(mostPerRound);
    const wanted = all.filter(({ code }) => isTried(code, policy));
    const tally = { targets: all.length, reopened: 0, silent: 0, skipped: all.length - wanted.length };
    const waiting = [...wanted];
    const hand = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        signal.throwIfAborted();
        if (await this.#tryOne(next.uuid, signal)) tally.reopened += 1;
        else tally.silent += 1;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, hand));
    await this.#store.noteRound(startedAt, tally);
    return tally;
  }

  async #tryOne(uuid: string, signal: AbortSignal): Promise<boolean> {
    const door = await this.#deps.hostDoorTo?.(uuid);
    if (door !== undefined) {
      // How it ends stands with the device, like any attempt.
      await this.#hands.setUpFromHost(uuid, door, signal).catch(refuseOthers);
      return true;
    }
    for (const address of (await this.#hands.addressesOf(uuid)).slice(0, mostAddresses)) {
      if (await this.#answers(address, signal)) return this.#hands.reopenAt(uuid, address);
    }
    return false;
  }

  async #answers(address: string, signal: AbortSignal): Promise<boolean> {
    const { clock, dialerTo } = this.#deps;
    using limit = clock.deadline(dialLimitMs, () => fail("provisioning.step.timeout"), signal);
    try {
      (await dialerTo(address)(port, limit.signal)).destroy();
      return true;
    } catch (error) {
      signal.throwIfAborted();
      refuseOthers(error);
      return false;
    }
  }
}

/** Leaving a check out is for a while. Chosen: a quarter of a year. */
const mostIgnoredMs = 92 * 24 * hourMs;

/** Whether the policy tries a device that failed so. */
function isTried(code: string, { switchesToAmt, replacesOneTimePassword }: DelayedPolicy): boolean {
  if (code === "provisioning.kind.asf-only") return switchesToAmt;
  const { group } = outcomeOf(code);
  if (group === "one-time-password") return replacesOneTimePassword;
  return group !== "kind" && group !== "identity";
}

function refuseOthers(error: unknown): void {
  if (!(error instanceof VigilError)) throw error;
}

import { VigilError } from "@vigil/base/errors.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { LaneOptions, Work } from "@vigil/work/work.ts";
import type { Audit } from "../audit/audit.ts";
import { fail as failDevices } from "../errors.ts";
import { lastCourseFor, walk, type CourseDeps } from "./course.ts";
import type { Departure, Leftovers, Wish } from "./departure.ts";
import { DeparturesStore } from "./departures.store.ts";
import type { DriftStore } from "./drift.store.ts";
import { fail } from "./errors.ts";
import { meetAtRuntime } from "./meeting.ts";
import type { OneAtATime } from "./one-at-a-time.ts";
import type { ProvisioningStore } from "./provisioning.store.ts";
import { standingOf, type Standing } from "./standing.ts";
import { leaving } from "./steps/steps.ts";

export interface DepartureDeps extends CourseDeps {
  readonly audit: Audit;
  readonly work: Work;
  readonly turns: OneAtATime;
  readonly store: ProvisioningStore;
  readonly drifts: DriftStore;
  /** Days that the secrets of a retired device are kept, when nobody says otherwise. */
  readonly secretDays: number;
  /** Absent while Vigil knows no directory. */
  readonly leftovers?: Leftovers | undefined;
}

/** Devices that were told and have not been met since are looked for here. */
export const departuresLane = "departures";
/** How long a device may take to come back as a new one. Chosen: firmware closes its ports within three seconds. @source protocols B.1 */
const settleMs = 60_000;
const settlePauseMs = 1_000;
/** Closed ports say that a device has gone when they stay closed: firmware that restarts its servers closes them, too. Chosen. */
const closedForMs = 8_000;
const dayMs = 86_400_000;
/** A device that took it is gone within three seconds; one that is ours after this time did not. Chosen. */
const oursForMs = 12_000;
const leaseSeconds = 180;

/** What the device's own share of leaving came to. */
type Ending = "out" | "closed" | "not-taken" | "silent";

/**
 * Unprovisions devices.
 *
 * asked (written down) -> told (written down before the request leaves) -> met again: out or closed, and then everything that was the device's
 * is given up in one transaction; or still ours, which is an error and ends it; or not met: unknown, and it stays written down until a
 * meeting tells. A device that was told is not told again before it was met, whatever dies in between; while it is written down its
 * hellos lead to a look, not to a setup.
 */
export class Departures {
  readonly #deps: DepartureDeps;
  readonly #store: DeparturesStore;

  constructor(deps: DepartureDeps) {
    this.#deps = deps;
    this.#store = new DeparturesStore(deps.postgres);
  }

  /** Has what a crash left looked after. */
  async prepare(): Promise<void> {
    await this.#deps.work.define(departuresLane, this.#lane());
    for (const device of await this.#store.open()) await this.#lookLater(device, 0);
  }

  /** True while it is not known whether the device has gone; then it is looked after now. */
  async looksAfter(tx: Tx, device: string): Promise<boolean> {
    const departure = await this.#store.get(device, tx);
    if (departure === undefined || departure.toldAt === null) return false;
    await this.#deps.work.send(departuresLane, { device }, { tx, key: device });
    return true;
  }

  /**
   * @returns in words what came of it
   * @throws devices.state.wrong (caller), provisioning.unprovision.blocked, .not-taken (device), amt.outcome.unknown (network), amt.*, wsman.*
   */
  unprovision(device: string, wish: Wish, actor: string, signal: AbortSignal): Promise<string> {
    return this.#deps.turns.run(device, async () => {
      const open = await this.#store.get(device);
      if (open !== undefined && open.toldAt !== null) return this.#settle(open, signal);
      const { state } = await this.#deps.devices.get(device);
      if (state !== "provisioned" && state !== "failed") {
        throw failDevices("devices.state.wrong", { details: { device, state, needed: "provisioned" } });
      }
      const departure = { ...wish, device, actor, toldAt: null };
      await this.#deps.postgres.transaction((tx) => this.#store.put(tx, departure, this.#now()));
      await this.#tell(departure, signal);
      const told = await this.#store.get(device);
      return this.#settle(told ?? departure, signal);
    });
  }

  /** Meets the device and walks the steps. That an answer is lost is no error here: the next meeting tells. */
  async #tell({ device: uuid, kind }: Departure, signal: AbortSignal): Promise<void> {
    const { devices, postgres } = this.#deps;
    const { address, channel } = await devices.get(uuid);
    const course = await lastCourseFor(this.#deps, uuid, address);
    let isTold = false;
    const tell = async (): Promise<void> => {
      await postgres.transaction((tx) => this.#store.told(tx, uuid, this.#now()));
      isTold = true;
    };
    try {
      const meeting = await meetAtRuntime(this.#deps, { uuid, address, channel, signal });
      try {
        await walk(this.#deps, course, meeting, leaving(kind, tell), signal);
      } finally {
        meeting.device.close();
      }
    } catch (error) {
      const isRefusal = error instanceof VigilError && /^amt\.setup\.refused$|^wsman\.fault\./.test(error.code);
      if (!isTold || isRefusal) {
        await postgres.transaction((tx) => this.#store.remove(tx, uuid));
        throw error;
      }
      // Who goes on after a stop finds it written down.
      if (signal.aborted) throw error;
    }
  }

  /** Looks until it is known where the device stands, and does what follows. */
  async #settle(departure: Departure, signal: AbortSignal): Promise<string> {
    const { device } = departure;
    const ending = await this.#endingOf(device, signal);
    switch (ending) {
      case "out":
      case "closed":
        await this.#end(departure);
        return wordsFor(departure, ending);
      case "not-taken":
        await this.#deps.postgres.transaction((tx) => this.#store.remove(tx, device));
        throw fail("provisioning.unprovision.not-taken", { details: { device, kind: departure.kind } });
      case "silent":
        await this.#lookLater(device, 60);
        throw fail("provisioning.unprovision.unknown", { details: { device, kind: departure.kind } });
      default:
        ending satisfies never;
        return ending;
    }
  }

  async #endingOf(device: string, signal: AbortSignal): Promise<Ending> {
    const { clock } = this.#deps;
    const started = clock.monotonic();
    let closedSince: number | undefined;
    let oursSince: number | undefined;
    for (;;) {
      const standing = await this.#standing(device, signal);
      const now = clock.monotonic();
      if (standing === "out") return "out";
      closedSince = standing === "closed" ? (closedSince ?? now) : undefined;
      if (closedSince !== undefined && now - closedSince >= closedForMs) return "closed";
      oursSince = standing === "ours" ? (oursSince ?? now) : undefined;
      if (oursSince !== undefined && now - oursSince >= oursForMs) return "not-taken";
      if (now - started > settleMs) return "silent";
      await clock.sleep(settlePauseMs, signal);
    }
  }

  async #standing(device: string, signal: AbortSignal): Promise<Standing | undefined> {
    try {
      return await standingOf(this.#deps, device, await this.#deps.store.get(device), signal);
    } catch (error) {
      if (signal.aborted || !(error instanceof VigilError)) throw error;
      return undefined;
    }
  }

  /** One transaction gives up all that was the device's; the directory, which may be away, follows after it. */
  async #end({ device, kind, certificate, directory, afterwards, actor }: Departure): Promise<void> {
    const { postgres, devices, assignments, credentials, audit, drifts, store, secretDays, leftovers } = this.#deps;
    await postgres.transaction(async (tx) => {
      const secretsUntil = new Date(this.#deps.clock.now() + secretDays * dayMs);
      await devices.departed(tx, device, afterwards, { actor, because: "unprovisioned", secretsUntil });
      await credentials.retire(tx, device);
      if (certificate === "revoke") await credentials.retireCertificates(tx, device, "unprovisioned");
      await drifts.remove(tx, device);
      if (afterwards === "retired") {
        await store.remove(tx, device);
        await assignments.giveUp(tx, device);
      }
      await this.#store.remove(tx, device);
      const summary = `Unprovisioned, ${kind === "full" ? "fully" : "partially"}; it is ${afterwards} now`;
      const details = { kind, certificate, directory, afterwards };
      await audit.write(tx, { actor, action: "device.unprovisioned", device, summary, details });
    });
    if (directory === "remove") await leftovers?.directoryObject(device);
  }

  async #lookLater(device: string, delaySeconds: number): Promise<void> {
    await this.#deps.work.send(departuresLane, { device }, { key: device, delaySeconds });
  }

  /** Looks after a device that was told. Idempotent: it looks, and never tells. */
  #lane(): LaneOptions<{ readonly device: string }> {
    return {
      concurrency: 4,
      leaseSeconds,
      // A machine may be off its network for weeks; its hello brings the look forward.
      retry: { limit: 200, firstDelaySeconds: 60, maxDelaySeconds: 6 * 3_600 },
      isUnique: true,
      handle: ({ payload: { device } }, signal) =>
        this.#deps.turns.run(device, async () => {
          const departure = await this.#store.get(device);
          if (departure === undefined || departure.toldAt === null) return;
          const standing = await this.#standing(device, signal);
          if (standing === undefined) throw fail("provisioning.unprovision.unknown", { details: { device } });
          await this.#settle(departure, signal);
        }),
    };
  }

  #now(): Date {
    return new Date(this.#deps.clock.now());
  }
}

function wordsFor({ kind, afterwards }: Departure, ending: "out" | "closed"): string {
  const how = kind === "full" ? "Unprovisioned fully" : "Unprovisioned partially";
  const seen = ending === "out" ? "met in factory state" : "its ports are closed";
  return `${how}: ${seen}; it is ${afterwards === "retired" ? "retired" : "like a new device"} now`;
}

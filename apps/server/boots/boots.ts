import { randomUUID } from "node:crypto";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { BootTarget as ClientTarget } from "@vigil/amt-client/capabilities/boot.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { reportOf, VigilError } from "@vigil/base/errors.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Work } from "@vigil/work/work.ts";
import type { Audit } from "../audit/audit.ts";
import type { Devices } from "../devices/devices.ts";
import type { Images } from "../images/images.ts";
import type { Sessions } from "../sessions/sessions.ts";
import { clientTargetOf, startFrom, targetInWords, type BootRecord, type BootTarget } from "./boot.ts";
import { BootsStore, type BootChange } from "./boots.store.ts";
import { checksLane, checksLaneOptions } from "./boots.work.ts";
import { fail } from "./errors.ts";
import { serve, type Serving, type ServingProgress } from "./serving.ts";
import { WayBack, type Why } from "./way-back.ts";

export { fail as bootFailure } from "./errors.ts";
export { targetInWords, type BootRecord, type BootTarget } from "./boot.ts";
export type { ServingProgress } from "./serving.ts";

export interface BootsDeps {
  readonly postgres: Postgres;
  readonly work: Work;
  readonly devices: Devices;
  readonly images: Images;
  readonly sessions: Pick<Sessions, "holderOf" | "isOpen">;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  /** Images that are shown at once before those of runs have to wait. */
  readonly inRuns: number;
}

/** What is wanted of a device's next start. */
export interface BootWish {
  readonly to: BootTarget;
  /** A name of the library, for the target image. */
  readonly image?: string;
  /** Instead of a name of the library: the CD that is lent to the device in a session. */
  readonly isLent?: boolean;
  readonly showsOnSerial?: boolean;
  /** When it ends, the machine goes back to its own disk, or off. */
  readonly returns?: boolean;
  readonly reason?: string;
  /** It ends by itself when nothing is read of the image for so long. */
  readonly quietSeconds?: number;
  /** The run that it is part of. */
  readonly run?: string;
}

/** What a device says about its next start. */
export interface BootLook {
  readonly supported: BootTarget[];
  readonly isPending: boolean;
  readonly power: string;
}

/** How long the device may take until it is put right when the server stops. */
const stopLimitMs = 5_000;
/** Until a boot is first looked at. */
const firstLookSeconds = 3;
/** Until a device that did not answer is put right again. */
const againSeconds = 10;

/** Boots that are arranged from afar. See boot.ts for their states, boots.work.ts for what looks after them. */
export class Boots {
  readonly #deps: BootsDeps;
  readonly #store: BootsStore;
  /** Boots that this process carries right now; nobody else touches them. */
  readonly #carried = new Set<string>();
  readonly #serving = new Map<string, Serving>();
  /** Boots of runs that are being begun. */
  #turns = 0;
  readonly #stopped = new AbortController();
  readonly #wayBack: WayBack;

  constructor(deps: BootsDeps) {
    this.#deps = deps;
    this.#store = new BootsStore(deps.postgres);
    this.#wayBack = new WayBack({ ...deps, store: this.#store, carried: this.#carried, serving: this.#serving });
  }

  /** Has what a crash left looked after. */
  async prepare(): Promise<void> {
    const { work, devices, sessions, clock } = this.#deps;
    await work.define(
      checksLane,
      checksLaneOptions({
        devices,
        clock,
        get: (id) => this.#store.get(id),
        isCarried: (id) => this.#carried.has(id),
        isServed: (id) => this.#serving.has(id),
        readingOf: (id) => {
          const served = this.#serving.get(id);
          return served === undefined
            ? undefined
            : { bytesRead: served.progress().bytesRead, quietMs: served.quietMs() };
        },
        noteRead: (id, bytesRead) => this.#change(id, { bytesRead }),
        isLent: (device) => sessions.isOpen(device, "ider"),
        started: (id, at) => this.#started(id, at),
        takeBack: (id, outcome, error, signal) => this.#wayBack.take(id, { outcome, error }, signal),
        lookLater: (id, seconds) => this.#lookLater(id, seconds),
      }),
    );
    for (const { id } of await this.#store.list({ isOpen: true, limit: 100_000 })) await this.#lookLater(id, 0);
  }

  /** Takes every image away and puts the devices right, as far as they answer at once; the next start does the rest. */
  async stop(): Promise<void> {
    this.#stopped.abort(fail("boots.interrupted"));
    using limit = this.#deps.clock.deadline(stopLimitMs, () => fail("boots.interrupted"));
    const error = reportOf(fail("boots.interrupted"));
    const served = [...this.#serving.keys()].filter((id) => !this.#carried.has(id));
    await Promise.allSettled(
      served.map((id) => this.#wayBack.take(id, { outcome: "interrupted", error }, limit.signal)),
    );
  }

  /** Asks the device what it can start from. */
  look(device: string, signal: AbortSignal): Promise<BootLook> {
    return this.#deps.devices.using(device, { signal }, async (open) => {
      const supported = new Set<ClientTarget>(await open.boot.supported({ signal }));
      const { isPending } = await open.boot.read({ signal });
      const { power } = await open.power.state({ signal });
      const targets = (["bios-setup", "network", "disk", "cd"] as const).filter((one) => supported.has(one));
      const image = supported.has("redirected-cd") ? (["image"] as const) : [];
      return { supported: [...targets, ...image], isPending, power };
    });
  }

  /** @throws boots.unknown (caller) */
  async show(id: string): Promise<BootRecord> {
    const found = await this.#store.get(id);
    if (found === undefined) throw fail("boots.unknown", { details: { boot: id } });
    return found;
  }

  list(filter: Parameters<BootsStore["list"]>[0]): Promise<BootRecord[]> {
    return this.#store.list(filter);
  }

  /** How far the device has read the image; undefined when none is shown to it by this process. */
  progressOf(id: string): ServingProgress | undefined {
    return this.#serving.get(id)?.progress();
  }

  /**
   * Arranges the next start, and makes it happen. What was changed is taken back when a step fails.
   * @throws boots.unclear, boots.busy, images.unknown, devices.* (caller), amt.outcome.unknown (network), amt.*
   */
  async begin(actor: string, device: string, wish: BootWish, signal: AbortSignal): Promise<BootRecord> {
    const record = await this.#written(actor, device, wish);
    const { id } = record;
    const lost = new AbortController();
    const all = AbortSignal.any([signal, this.#stopped.signal, lost.signal]);
    this.#carried.add(id);
    try {
      await this.#deps.devices.using(device, { signal: all }, (open) => this.#carryOut(record, open, all, lost));
    } catch (error) {
      const { toldAt } = await this.show(id);
      // What the machine made of it, only looking at it tells.
      const isUnknown = error instanceof VigilError && error.code === "amt.outcome.unknown" && toldAt !== null;
      if (isUnknown) await this.#lookLater(id, firstLookSeconds);
      else await this.#takeBackOrLater(id, { outcome: "failed", error: reportOf(error) });
      if (!isUnknown || record.image === null) throw error;
    } finally {
      this.#carried.delete(id);
    }
    if (lost.signal.aborted) this.#lost(id, lost.signal.reason);
    return this.show(id);
  }

  /**
   * Has a run's device start from an image and says how far that is: begun when it is its turn, and no second time, whatever dies in between.
   * @param since when the run's step began: what was begun before belongs to an earlier try
   * @returns undefined while it waits for its turn @throws as begin()
   */
  async carryOn(
    { actor, device, since }: { readonly actor: string; readonly device: string; readonly since: Date },
    wish: BootWish & { readonly run: string },
    signal: AbortSignal,
  ): Promise<BootRecord | undefined> {
    const known = await this.#store.latestOf(wish.run, device, since);
    if (known !== undefined) return known;
    const served = this.#serving.size + this.#turns;
    if (served >= this.#deps.inRuns) return undefined;
    this.#turns += 1;
    try {
      return await this.begin(actor, device, wish, signal);
    } finally {
      this.#turns -= 1;
    }
  }

  /** Ends what carryOn() has begun, if it has. */
  async giveUp(
    { run, device, since }: { readonly run: string; readonly device: string; readonly since: Date },
    actor: string,
  ): Promise<void> {
    const known = await this.#store.latestOf(run, device, since);
    if (known !== undefined) await this.end(actor, known.id, {});
  }

  /**
   * Ends a boot: the image is taken away, and what was arranged as well. A boot that has ended is left alone.
   * @returns returning, when the device could not be put right at once: it is as soon as it answers @throws boots.unknown, boots.busy (caller)
   */
  async end(actor: string, id: string, wish: { readonly returns?: boolean }): Promise<BootRecord> {
    const record = await this.show(id);
    const { state, askedBy } = record;
    const isCarried = this.#carried.has(id);
    if (state === "ended" || (state === "returning" && isCarried)) return record;
    if (isCarried) throw fail("boots.busy", { details: { boot: id, by: askedBy, state } });
    const returns = wish.returns === undefined ? {} : { returns: wish.returns };
    await this.#takeBackOrLater(id, { outcome: "stopped", error: null, by: actor, ...returns });
    return this.show(id);
  }

  /** Writes the boot down, before anything is told. */
  async #written(actor: string, device: string, wish: BootWish): Promise<BootRecord> {
    const { postgres, devices, images, sessions, audit, clock } = this.#deps;
    const { to, showsOnSerial = false, returns = false, reason = null } = wish;
    const named = Number(wish.image !== undefined) + Number(wish.isLent === true);
    if (named !== Number(to === "image")) throw fail("boots.unclear", { details: { to } });
    await devices.get(device);
    if (wish.isLent === true && !sessions.isOpen(device, "ider")) {
      throw fail("boots.nothing-lent", { details: { device } });
    }
    const image = wish.image === undefined ? null : await images.get(wish.image);
    const holder = image === null ? undefined : sessions.holderOf(device, "ider");
    if (holder !== undefined) {
      const message = `${holder.actor} lends the device a disk since ${holder.since.toISOString()}`;
      throw fail("boots.busy", { message, details: { device, by: holder.actor, since: holder.since.toISOString() } });
    }
    const record: BootRecord = {
      id: randomUUID(),
      device,
      to,
      image: image && { name: image.name, kind: image.kind, bytes: image.bytes, sha256: image.sha256 },
      showsOnSerial,
      returns,
      quietSeconds: wish.quietSeconds ?? null,
      run: wish.run ?? null,
      state: "arranging",
      outcome: null,
      error: null,
      wasOn: null,
      switchedDiskOn: false,
      isReturnTold: false,
      bytesRead: 0,
      askedBy: actor,
      askedAt: new Date(clock.now()),
      toldAt: null,
      startedAt: null,
      endedAt: null,
    };
    await postgres.transaction(async (tx) => {
      const open = await this.#store.openOf(tx, device);
      if (open !== undefined && isReplaceable(open) && !this.#carried.has(open.id)) {
        await this.#store.update(tx, open.id, { state: "ended", outcome: "replaced", endedAt: record.askedAt });
      } else if (open !== undefined) throw busy(open);
      if (!(await this.#store.insert(tx, record))) throw fail("boots.busy", { details: { device } });
      const summary = `Starts it from ${targetInWords(record)}`;
      const details = { boot: record.id, to, image: image?.name ?? null, sha256: image?.sha256 ?? null, reason };
      await audit.write(tx, { actor, action: "boot.begun", device, summary, details });
    });
    return record;
  }

  /** In the order that firmware wants: the options, the role, the source, and only then the power. @source protocols B.4 */
  async #carryOut(record: BootRecord, open: AmtDevice, signal: AbortSignal, lost: AbortController): Promise<void> {
    const { id, device, image, showsOnSerial } = record;
    const { clock, devices } = this.#deps;
    const { power } = await open.power.state({ signal });
    await devices.notePower(device, power);
    await this.#change(id, { wasOn: power !== "off" && power !== "hibernate" });
    if (image !== null) {
      await this.#switchDiskOn(id, open, signal);
      const serving = await serve(open, image.name, { images: this.#deps.images, clock, signal });
      this.#serving.set(id, serving);
      serving.done.catch((error: unknown) => (this.#carried.has(id) ? lost.abort(error) : this.#lost(id, error)));
    }
    await open.boot.arrange(clientTargetOf(record), { ...(showsOnSerial ? { showsOnSerial } : {}), signal });
    await this.#change(id, { state: "telling", toldAt: new Date(clock.now()) });
    await open.power.request(startFrom(power), { signal });
    // Nobody would know of an image whose asker has gone.
    if (image !== null) signal.throwIfAborted();
    await this.#change(id, { state: image === null ? "waiting" : "running" });
    await this.#lookLater(id, firstLookSeconds);
  }

  /** A device whose disk is not redirected gets that for this boot. */
  async #switchDiskOn(id: string, open: AmtDevice, signal: AbortSignal): Promise<void> {
    const { isDiskOn, isListening, isSerialOn } = await open.features.read({ signal });
    if (isDiskOn && isListening) return;
    await this.#change(id, { switchedDiskOn: true });
    await open.features.switchRedirection({ serial: isSerialOn, disk: true }, { signal });
  }

  #lost(id: string, error: unknown): void {
    void this.#takeBackOrLater(id, { outcome: "failed", error: reportOf(error) });
  }

  async #takeBackOrLater(id: string, why: Why): Promise<void> {
    try {
      await this.#wayBack.take(id, why);
    } catch (error) {
      if (!(error instanceof VigilError)) this.#deps.log.error("a boot cannot be taken back", { boot: id, error });
      // The next start looks after what is open.
      if (!this.#stopped.signal.aborted) await this.#lookLater(id, againSeconds);
    }
  }

  /** The machine was seen to have started with it; without an image, that is all. */
  async #started(id: string, at: Date): Promise<void> {
    await this.#deps.postgres.transaction(async (tx) => {
      const found = await this.#store.lock(tx, id);
      if (found === undefined || found.state === "ended" || found.state === "returning") return;
      const ended = { state: "ended", outcome: "started", endedAt: this.#now() } as const;
      await this.#store.update(tx, id, { startedAt: at, ...(found.image === null ? ended : { state: "running" }) });
    });
  }

  async #change(id: string, change: BootChange): Promise<void> {
    await this.#deps.postgres.transaction((tx) => this.#store.update(tx, id, change));
  }

  async #lookLater(id: string, delaySeconds: number): Promise<void> {
    await this.#deps.work.send(checksLane, { boot: id }, { delaySeconds });
  }

  #now(): Date {
    return new Date(this.#deps.clock.now());
  }
}

/** Its options are still on the device at most, and a new boot takes them away first. */
function isReplaceable({ image, state }: BootRecord): boolean {
  return image === null && (state === "waiting" || state === "telling");
}

function busy({ id, askedBy, askedAt, to }: BootRecord): VigilError {
  return fail("boots.busy", { details: { boot: id, by: askedBy, since: askedAt.toISOString(), to } });
}

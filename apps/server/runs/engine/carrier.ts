import { reportOf } from "@vigil/base/errors.ts";
import { Gathered } from "@vigil/postgres/gathered.ts";
import type { Collections } from "../../collections/collections.ts";
import { matches } from "../../devices/devices.ts";
import type { Moves, Verdict } from "../moves.ts";
import type { MovesStore } from "../moves.store.ts";
import { carryStep, isToldAgain } from "../steps/carry-step.ts";
import { readPower } from "../steps/reading.ts";
import type { StepDeps, Told } from "../steps/step.ts";
import { lookAgainMs, longestLookMs } from "../steps/wait-for.ts";
import type { Course, Courses } from "./course.ts";
import type { Place } from "./outline.ts";
import { freshShare, hasMovedPower, moveOf, setMark, shareOf, type After, type Share } from "./share.ts";
import { walk, type Next } from "./walk.ts";

export interface CarrierDeps extends StepDeps {
  readonly collections: Collections;
  readonly courses: Courses;
  readonly moves: Moves;
}

/** A device that does not say what its power is, is asked again for so long, so often. Chosen: as long as a start takes. */
const powerBeforeMs = 60_000;
const powerAgainMs = 10_000;
/** After this long a share with more to do gives its hand to others. Chosen: well below the lane's lease. */
const longestTurnMs = 20_000;

interface Done {
  readonly position: number;
  readonly told: Told | null;
}

/** Which shares there are, read for many devices at once. */
export class Shares {
  readonly #gathered: Gathered<{ readonly run: string; readonly device: string }, Share | undefined>;

  constructor(store: MovesStore) {
    this.#gathered = new Gathered(async (all) => {
      const found = await store.items(all);
      return found.map((one) => (one === undefined || one.item.finished_at !== null ? undefined : shareOf(one)));
    });
  }

  /** @returns undefined for one that has ended */
  of(run: string, device: string): Promise<Share | undefined> {
    return this.#gathered.ask({ run, device });
  }
}

/**
 * Carries one device's share of a run on, as far as it goes now: until it ends, waits for something, or the run does not go on.
 *
 * A step is stored as running before the device is told anything; so one that is found running may have been told, and where twice would be
 * worse than not at all it is only looked after. Handled at least once, therefore told at most once.
 */
export class Carrier {
  readonly #deps: CarrierDeps;
  readonly #shares: Shares;
  readonly #course: Course;
  readonly #device: string;
  readonly #signal: AbortSignal;
  readonly #hands = new Map<number, Promise<Done>>();
  readonly #lookAt = new Map<number, number>();
  #share: Share = freshShare();
  /** Nobody has looked yet whether the share is as new as it is taken for. */
  #isAssumed = true;
  /** The run was cancelled, and the device gets back the power that it had. */
  #putsBack = false;
  #movesPower = false;
  #isUntold = false;

  constructor(
    deps: CarrierDeps,
    shares: Shares,
    what: { readonly course: Course; readonly device: string; readonly signal: AbortSignal },
  ) {
    this.#deps = deps;
    this.#shares = shares;
    this.#course = what.course;
    this.#device = what.device;
    this.#signal = what.signal;
  }

  async carry(): Promise<void> {
    const since = this.#deps.clock.monotonic();
    const standing = await this.#deps.courses.standing(this.#course);
    if (standing.isCancelled) {
      if (!(await this.#reload())) return;
      this.#putsBack = standing.putsBack && this.#hasMovedPower();
      // The device has been asked nothing, and is not asked now.
      if (this.#share.marks.size === 0) return void (await this.#write({ kind: "cancelled" }));
    } else if (this.#course.needsPowerBefore && !(await this.#knowsPower())) return;
    for (;;) {
      const next = await this.#walk(standing.approved);
      if (this.#putsBack && next.begin.length > 0 && !(await this.#mayPutBack())) {
        this.#putsBack = false;
        return void (await this.#stopped("cancelled", next));
      }
      for (const mark of next.changes) setMark(this.#share, mark);
      const begins = this.#begins(next);
      const rest = this.#hands.size > 0 ? undefined : this.#restAfter(next, since);
      if (rest === undefined && !this.#isUntold) this.#mark(next);
      if (rest !== undefined || begins || this.#share.unwritten.length > 0) {
        const verdict = await this.#write(rest ?? { kind: "goesOn", begins });
        // What was taken for new was not, or is not to begin: either way it is looked at before anything is written of it.
        if (verdict !== "held" && this.#isAssumed) {
          if (await this.#reload()) continue;
          return;
        }
        if (rest !== undefined && this.#isUntold) throw this.#signal.reason;
        if (rest !== undefined) return;
        if (verdict !== "held" && !(await this.#stopped(verdict, next))) return;
        if (verdict !== "held") continue;
      }
      if (!this.#isUntold) this.#take(next);
      if (this.#hands.size > 0) this.#note(await Promise.race(this.#hands.values()));
    }
  }

  /** Whether the device is to be asked or told something now. One that was told before a crash, and is only looked after, does not count. */
  #begins({ begin, look, found }: Next): boolean {
    // Where power is put back, the run does not go on any more.
    if (this.#isUntold || this.#putsBack) return false;
    return begin.length + look.length > 0 || found.some(({ step }) => isToldAgain(step));
  }

  /** With nothing in hand: how the share is left; undefined while there is something to do. */
  #restAfter({ ended, wakeAt, waitsFor, begin, look, found }: Next, since: number): After | undefined {
    if (this.#isUntold) return { kind: "goesOn", begins: false };
    if (ended !== null) return this.#putsBack ? { kind: "cancelled" } : { kind: "ended", ending: ended };
    const { clock } = this.#deps;
    if (begin.length + look.length + found.length === 0)
      return { kind: "parked", wakeAt: wakeAt === null ? null : new Date(wakeAt), waitsFor };
    // Others have waited for the hand; it comes again at once.
    if (clock.monotonic() - since > longestTurnMs)
      return { kind: "parked", wakeAt: new Date(clock.now()), waitsFor: null };
    return undefined;
  }

  async #walk(approved: ReadonlySet<number>): Promise<Next> {
    const { outline } = this.#course;
    const { marks, powerBefore } = this.#share;
    const underWay = new Set(this.#hands.keys());
    const now = this.#deps.clock.now();
    const fits = await this.#fits(now);
    return walk(outline, {
      marks,
      underWay,
      lookAt: this.#lookAt,
      powerBefore,
      approved,
      fits,
      isCancelled: this.#putsBack,
      now,
    });
  }

  /** What the registry knows of the device now. */
  async #fits(now: number): Promise<(filter: string) => boolean> {
    const { filters } = this.#course;
    if (filters.size === 0) return () => false;
    const { devices, collections } = this.#deps;
    const record = await devices.lookUp(this.#device);
    const holding = new Set<string>();
    for (const [text, filter] of filters) {
      const where = await collections.resolved(filter);
      if (record !== undefined && matches(record, { where }, now)) holding.add(text);
    }
    return (text) => holding.has(text);
  }

  /** What its power was before the first step is read once, and kept before anything is told. */
  async #knowsPower(): Promise<boolean> {
    if (!(await this.#reload())) return false;
    const share = this.#share;
    if (share.powerBefore !== null || share.marks.size > 0) return true;
    if (share.outcome === "waiting") {
      const verdict = await this.#write({ kind: "goesOn", begins: true });
      if (verdict !== "held") {
        await this.#stopped(verdict);
        return false;
      }
    }
    try {
      share.powerBefore = await readPower(this.#deps, this.#device, this.#signal);
      return true;
    } catch (error) {
      if (this.#signal.aborted) throw this.#signal.reason;
      const now = this.#deps.clock.now();
      const isOver = now - (share.startedAt?.getTime() ?? now) >= powerBeforeMs;
      // Nothing was done to it, so there is nothing to put back.
      if (isOver) await this.#write({ kind: "refused", error: reportOf(error) });
      else await this.#write({ kind: "parked", wakeAt: new Date(now + powerAgainMs), waitsFor: null });
      return false;
    }
  }

  async #reload(): Promise<boolean> {
    const found = await this.#shares.of(this.#course.run, this.#device);
    this.#isAssumed = false;
    if (found !== undefined) this.#share = found;
    return found !== undefined;
  }

  /** Writes down what is about to be asked of the device. */
  #mark({ begin, found }: Next): void {
    const startedAt = new Date(this.#deps.clock.now());
    const fresh = { outcome: "running", answer: null, error: null, startedAt, finishedAt: null } as const;
    for (const { place, attempt } of begin) setMark(this.#share, { position: place.position, attempt, ...fresh });
    for (const { position, step } of found) {
      const mark = this.#share.marks.get(position);
      if (mark !== undefined && isToldAgain(step)) setMark(this.#share, { ...mark, ...fresh });
    }
  }

  /** Takes steps in hand: they are written down by now. */
  #take({ begin, found, look }: Next): void {
    for (const { place } of begin) this.#hand(place, false);
    for (const place of found) this.#hand(place, true);
    for (const place of look) this.#hand(place, false);
  }

  #hand({ position, step }: Place, wasBegun: boolean): void {
    const { run, startedBy, reason } = this.#course;
    const { powerBefore, marks } = this.#share;
    const since = marks.get(position)?.startedAt ?? new Date(this.#deps.clock.now());
    const same = { run, step, device: this.#device, startedBy, reason, powerBefore, since, wasBegun };
    const what = { ...same, isCalledBack: this.#putsBack };
    const done = async (): Promise<Done> => ({ position, told: await carryStep(this.#deps, what, this.#signal) });
    this.#hands.set(position, done());
  }

  /** A step in hand has come to an end. */
  #note({ position, told }: Done): void {
    this.#hands.delete(position);
    const mark = this.#share.marks.get(position);
    if (mark === undefined) throw new RangeError(`step ${position} was carried out and never begun`);
    const now = this.#deps.clock.now();
    if (told === "untold") {
      this.#isUntold = true;
      this.#unmark(position);
    } else if (told === null) {
      const waitedMs = now - (mark.startedAt?.getTime() ?? now);
      this.#lookAt.set(position, now + Math.min(longestLookMs, Math.max(lookAgainMs, waitedMs / 4)));
    } else {
      const { movesPower, ...end } = told;
      this.#movesPower ||= movesPower;
      setMark(this.#share, { ...mark, ...end, finishedAt: new Date(now) });
    }
  }

  /** The device was told nothing: the step waits again. One that only looks has told it nothing all along. */
  #unmark(position: number): void {
    const mark = this.#share.marks.get(position);
    const step = this.#course.outline.places[position]?.step;
    if (mark !== undefined && step !== undefined && !("waitFor" in step))
      setMark(this.#share, { ...mark, outcome: "waiting", startedAt: null });
  }

  /**
   * The run does not go on, or somebody else has the share. What is in hand ends as it will.
   * @returns whether the share goes on all the same, since the device's power is to be put back
   */
  async #stopped(verdict: Exclude<Verdict, "held">, next?: Next): Promise<boolean> {
    if (next !== undefined) this.#unbegin(next);
    while (this.#hands.size > 0) this.#note(await Promise.race(this.#hands.values()));
    if (verdict === "stale") return false;
    const isCancelled = verdict === "cancelled" && this.#share.outcome === "running";
    if (isCancelled && (await this.#turnsBack())) return true;
    await this.#write(isCancelled ? { kind: "cancelled" } : { kind: "parked", wakeAt: null, waitsFor: null });
    return false;
  }

  /** From here on the share only puts power back, if there is power to be put back. */
  async #turnsBack(): Promise<boolean> {
    if (this.#putsBack || !this.#hasMovedPower() || !(await this.#mayPutBack())) return false;
    // What was taken back above is as the database has it.
    const verdict = await this.#write({ kind: "goesOn", begins: false });
    if (verdict !== "held" || !(await this.#reload())) return false;
    this.#putsBack = true;
    return true;
  }

  #hasMovedPower(): boolean {
    return hasMovedPower(this.#share, this.#course.powerMovers);
  }

  /** As the database has it now: somebody may have said since that machines are left as they are. */
  async #mayPutBack(): Promise<boolean> {
    return (await this.#deps.courses.standing(this.#course)).putsBack;
  }

  /** Takes back what was about to be written down as begun. */
  #unbegin({ begin }: Next): void {
    for (const { place, attempt } of begin) {
      const { position } = place;
      this.#share.unwritten = this.#share.unwritten.filter(
        (mark) => mark.position !== position || mark.attempt !== attempt,
      );
      this.#share.marks.delete(position);
    }
  }

  async #write(after: After): Promise<Verdict> {
    const share = this.#share;
    const { run, outline } = this.#course;
    const at = new Date(this.#deps.clock.now());
    const move = moveOf({ run, device: this.#device, outline }, share, after, at);
    const movesPower = this.#movesPower;
    const verdict = await this.#deps.moves.write(move, movesPower);
    if (verdict !== "held") return verdict;
    share.turn += 1;
    share.outcome = move.outcome;
    share.startedAt = move.startedAt;
    share.unwritten = [];
    if (movesPower) this.#movesPower = false;
    this.#isAssumed = false;
    return verdict;
  }
}

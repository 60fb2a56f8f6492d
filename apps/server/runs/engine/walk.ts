import { operations } from "@vigil/api/operations.ts";
import type { JobStep, StepCondition } from "@vigil/api/resources/job-definition.ts";
import type { TrailEntry } from "@vigil/api/resources/runs.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";
import type { PowerState } from "../../devices/devices.ts";
import { isPowerMover, type Outline, type Place } from "./outline.ts";

/** How far one step is on one device: its latest try. */
export interface Mark {
  readonly position: number;
  /** From 1. */
  readonly attempt: number;
  readonly outcome: TrailEntry["outcome"];
  readonly answer: string | null;
  readonly error: ErrorReport | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** What decides where a device goes next. */
export interface Stand {
  readonly marks: ReadonlyMap<number, Mark>;
  /** Steps that somebody is carrying out right now. */
  readonly underWay: ReadonlySet<number>;
  /** When a step that waits is looked at again, in milliseconds; at once where it says nothing. */
  readonly lookAt: ReadonlyMap<number, number>;
  readonly powerBefore: PowerState | null;
  /** Approval steps that somebody has let pass. */
  readonly approved: ReadonlySet<number>;
  /** Whether the registry's knowledge of the device fits a filter. */
  readonly fits: (filter: string) => boolean;
  /** The run was cancelled, and power goes back to what it was: nothing else begins, or is tried or waited for any more. */
  readonly isCancelled: boolean;
  readonly now: number;
}

/** Where a device goes next. */
export interface Next {
  /** Marks that are new or have moved by walking alone. */
  readonly changes: readonly Mark[];
  /** Steps that ask or tell the device something, to be begun now, with the try that it is. */
  readonly begin: readonly { readonly place: Place; readonly attempt: number }[];
  /** Steps that somebody has begun and nobody carries out: a server died or was stopped in between. */
  readonly found: readonly Place[];
  /** Steps that wait for something of the device, to be looked at now. */
  readonly look: readonly Place[];
  /** When there is something to do again, in milliseconds; null: nothing that time alone brings. */
  readonly wakeAt: number | null;
  /** The approval step at which the device stands. */
  readonly waitsFor: number | null;
  /** All steps have ended, the device's share so. */
  readonly ended: Ending | null;
}

export type Ending = "succeeded" | "failed" | "unknown";

/** Seconds until a failed step is tried again, unless its definition says. */
const usualDelaySeconds = 10;
/** A machine that was told to change its power may not have begun to; its state says nothing before. Chosen: as long as until it is read. */
export const settledMs = 6_000;
/** Nobody comes back later to put the power as it was. Chosen. */
const restoreTries = 3;

/**
 * Walks as far as one can without asking the device. A step ends once: it is skipped where its condition does not hold or an earlier one failed,
 * unless it puts things back; else it is begun when all before it in its branch have ended. Pure.
 */
export function walk(outline: Outline, stand: Stand): Next {
  return new Walk(outline, stand).next();
}

class Walk {
  readonly #outline: Outline;
  readonly #stand: Stand;
  readonly #marks: Map<number, Mark>;
  readonly #changes = new Map<number, Mark>();
  readonly #begin: { place: Place; attempt: number }[] = [];
  readonly #found: Place[] = [];
  readonly #look: Place[] = [];
  #wakeAt: number | null = null;
  #waitsFor: number | null = null;

  constructor(outline: Outline, stand: Stand) {
    this.#outline = outline;
    this.#stand = stand;
    this.#marks = new Map(stand.marks);
  }

  next(): Next {
    const ended = this.#sequence(this.#outline.top);
    return {
      changes: [...this.#changes.values()],
      begin: this.#begin,
      found: this.#found,
      look: this.#look,
      wakeAt: this.#wakeAt,
      waitsFor: this.#waitsFor,
      ended: ended === "open" ? null : ended,
    };
  }

  /** One after the other. @returns "open" while one of them has not ended */
  #sequence(positions: readonly number[]): Ending | "open" {
    let worst: Ending = "succeeded";
    for (const position of positions) {
      const place = this.#place(position);
      const { step } = place;
      const mark = this.#marks.get(position);
      if (mark === undefined && !this.#comes(step, worst)) this.#skip(place);
      else if (mark === undefined || !this.#isOver(step, mark)) this.#turn(place, mark);
      const now = this.#marks.get(position);
      if (now === undefined || !this.#isOver(step, now)) return "open";
      if (step.mayFail !== true) worst = worseOf(worst, now.outcome);
    }
    return worst;
  }

  #comes(step: JobStep, worst: Ending): boolean {
    if (this.#stand.isCancelled) {
      if (!putsBack(step)) return false;
    } else if (worst !== "succeeded" && step.always !== true && !("restore" in step)) return false;
    return step.when === undefined || this.#holds(step.when);
  }

  #holds({ step, ended = ["succeeded"], powerBefore, device }: StepCondition): boolean {
    if (step !== undefined) {
      const position = this.#outline.positions.get(step);
      const mark = position === undefined ? undefined : this.#marks.get(position);
      if (position === undefined || mark === undefined || !this.#isOver(this.#place(position).step, mark)) return false;
      if (!ended.some((one) => one === mark.outcome)) return false;
    }
    if (powerBefore !== undefined && powerBefore !== this.#stand.powerBefore) return false;
    return device === undefined || this.#stand.fits(device);
  }

  #isOver(step: JobStep, mark: Mark): boolean {
    if (hasEnded(step, mark)) return true;
    return this.#stand.isCancelled && !("restore" in step) && mark.outcome === "failed";
  }

  /** It is the step's turn: goes on with it as far as it goes by itself. */
  #turn(place: Place, mark: Mark | undefined): void {
    const { step, position } = place;
    if ("parallel" in step) return this.#parallel(place, mark);
    if ("choose" in step) return this.#choose(place, mark);
    if (this.#stand.isCancelled && !("restore" in step)) return this.#callBack(place, mark);
    if ("pauseSeconds" in step) return this.#pause(position, step.pauseSeconds, mark);
    if ("approval" in step) return this.#approval(position, mark);
    if (this.#stand.underWay.has(position)) return;
    if ("waitFor" in step) return this.#wait(place, mark);
    const settledAt = "restore" in step && mark === undefined ? this.#settledAt() : 0;
    if (settledAt > this.#stand.now) {
      this.#wake(settledAt);
    } else if (mark === undefined || mark.outcome === "waiting") {
      this.#begin.push({ place, attempt: mark?.attempt ?? 1 });
    } else if (mark.outcome === "running") {
      this.#lookAfter(place);
    } else {
      const due = (mark.finishedAt?.getTime() ?? 0) + delayMs(step);
      if (due > this.#stand.now) this.#wake(due);
      else this.#begin.push({ place, attempt: mark.attempt + 1 });
    }
  }

  #lookAfter(place: Place): void {
    const due = this.#stand.lookAt.get(place.position) ?? 0;
    if (due > this.#stand.now) this.#wake(due);
    else this.#found.push(place);
  }

  /** A step that had begun when the run was cancelled. What somebody has in hand ends as it will. */
  #callBack(place: Place, mark: Mark | undefined): void {
    const { step, position } = place;
    if (this.#stand.underWay.has(position)) return;
    const mayHaveBeenTold = "do" in step && operations[step.do].afterInterruption === "look";
    if (mark?.outcome === "running" && mayHaveBeenTold) this.#lookAfter(place);
    else this.#set(position, { ...mark, outcome: "skipped", answer: "Cancelled", finishedAt: this.#at() });
  }

  /** When the machine is through what it was told last, or may have been told. */
  #settledAt(): number {
    const ends = this.#outline.places.map(({ step, position }) => {
      const mark = this.#marks.get(position);
      const isMoved = mark?.outcome === "succeeded" || mark?.outcome === "unknown";
      if (!isMoved || !isPowerMover(step)) return 0;
      return (mark.finishedAt?.getTime() ?? 0) + settledMs;
    });
    return Math.max(0, ...ends);
  }

  #wait(place: Place, mark: Mark | undefined): void {
    if (mark === undefined) this.#set(place.position, { outcome: "running", startedAt: this.#at() });
    const due = this.#stand.lookAt.get(place.position) ?? 0;
    if (due > this.#stand.now) this.#wake(due);
    else this.#look.push(place);
  }

  #pause(position: number, seconds: number, mark: Mark | undefined): void {
    const startedAt = mark?.startedAt ?? this.#at();
    const due = startedAt.getTime() + seconds * 1000;
    if (due <= this.#stand.now) {
      this.#set(position, { outcome: "succeeded", answer: `Waited ${seconds} s`, startedAt, finishedAt: this.#at() });
      return;
    }
    if (mark === undefined) this.#set(position, { outcome: "running", startedAt });
    this.#wake(due);
  }

  #approval(position: number, mark: Mark | undefined): void {
    const startedAt = mark?.startedAt ?? this.#at();
    if (this.#stand.approved.has(position)) {
      this.#set(position, { outcome: "succeeded", answer: "Approved", startedAt, finishedAt: this.#at() });
      return;
    }
    if (mark === undefined) this.#set(position, { outcome: "waiting", startedAt });
    this.#waitsFor ??= position;
  }

  #parallel(place: Place, mark: Mark | undefined): void {
    if (mark === undefined) this.#set(place.position, { outcome: "running", startedAt: this.#at() });
    // Each goes on, whatever the others do.
    this.#close(
      place,
      place.branches.map(({ places }) => this.#sequence(places)),
    );
  }

  #choose(place: Place, mark: Mark | undefined): void {
    const { step, position, branches } = place;
    if (!("choose" in step)) return;
    if (mark === undefined) {
      const index = step.choose.findIndex(({ when }) => this.#holds(when));
      // After the choices stands `otherwise`, if there is one.
      const chosen = branches[index < 0 ? step.choose.length : index];
      for (const one of branches) if (one !== chosen) for (const inner of one.places) this.#skip(this.#place(inner));
      const startedAt = this.#at();
      if (chosen === undefined) {
        this.#set(position, { outcome: "succeeded", answer: "No choice fits", startedAt, finishedAt: startedAt });
        return;
      }
      this.#set(position, { outcome: "running", answer: `Takes ${chosen.label}`, startedAt });
    }
    const answer = this.#marks.get(position)?.answer;
    const chosen = branches.find(({ label }) => answer === `Takes ${label}`);
    this.#close(place, [this.#sequence(chosen?.places ?? [])]);
  }

  /** Ends a step when all that is within it has ended. */
  #close(place: Place, branches: readonly (Ending | "open")[]): void {
    const ended = branches.filter((one) => one !== "open");
    if (ended.length < branches.length) return;
    const outcome = ended.reduce<Ending>(worseOf, "succeeded");
    const mark = this.#marks.get(place.position);
    const { startedAt = null, answer = null } = mark ?? {};
    this.#set(place.position, { outcome, answer, startedAt, finishedAt: this.#at() });
  }

  #skip(place: Place): void {
    this.#set(place.position, { outcome: "skipped", finishedAt: this.#at() });
    for (const { places } of place.branches) for (const inner of places) this.#skip(this.#place(inner));
  }

  #set(position: number, change: Partial<Mark> & Pick<Mark, "outcome">): void {
    const mark = { position, attempt: 1, answer: null, error: null, startedAt: null, finishedAt: null, ...change };
    this.#marks.set(position, mark);
    this.#changes.set(position, mark);
  }

  #wake(at: number): void {
    this.#wakeAt = Math.min(at, this.#wakeAt ?? at);
  }

  #at(): Date {
    return new Date(this.#stand.now);
  }

  #place(position: number): Place {
    const place = this.#outline.places[position];
    if (place === undefined) throw new RangeError(`there is no step ${position}`);
    return place;
  }
}

/** Whether it gives a machine its power back, or something within it does. */
function putsBack(step: JobStep): boolean {
  if ("parallel" in step) return step.parallel.flat().some(putsBack);
  if (!("choose" in step)) return "restore" in step;
  return [...step.choose.flatMap(({ steps }) => steps), ...(step.otherwise ?? [])].some(putsBack);
}

/** Whether nothing follows on that try. A failed one may have another; one whose outcome is unknown never has. */
export function hasEnded(step: JobStep, { outcome, attempt }: Mark): boolean {
  if (outcome === "failed") return attempt >= triesOf(step);
  return outcome !== "running" && outcome !== "waiting";
}

function triesOf(step: JobStep): number {
  if ("restore" in step) return restoreTries;
  return "do" in step ? (step.retry?.tries ?? 1) : 1;
}

function delayMs(step: JobStep): number {
  return ("do" in step ? (step.retry?.delaySeconds ?? usualDelaySeconds) : usualDelaySeconds) * 1000;
}

function worseOf(one: Ending, other: Mark["outcome"]): Ending {
  if (one === "failed" || other === "failed") return "failed";
  return one === "unknown" || other === "unknown" ? "unknown" : "succeeded";
}

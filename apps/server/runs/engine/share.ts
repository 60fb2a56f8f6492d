import type { ErrorReport } from "@vigil/base/errors.ts";
import type { PowerState } from "../../devices/devices.ts";
import type { Move } from "../moves.store.ts";
import type { Outcome } from "../run.ts";
import type { ItemRow, StepRow } from "../tables.ts";
import type { Outline } from "./outline.ts";
import { putBackOf, resultOf, type Said } from "./result.ts";
import type { Ending, Mark } from "./walk.ts";

/** One device's share of a run, as whoever carries it out knows it. */
export interface Share {
  turn: number;
  outcome: Outcome;
  readonly marks: Map<number, Mark>;
  /** Of them, what the database does not know yet. */
  unwritten: Mark[];
  powerBefore: PowerState | null;
  startedAt: Date | null;
}

/** As a share is when it comes to a hand for the first time: inserted, then queued. */
export function freshShare(): Share {
  return { turn: 1, outcome: "waiting", marks: new Map(), unwritten: [], powerBefore: null, startedAt: null };
}

export function shareOf({ item, steps }: { readonly item: ItemRow; readonly steps: readonly StepRow[] }): Share {
  // They come by attempt: the latest stays.
  const marks = steps.map((row): [number, Mark] => [
    row.position,
    {
      position: row.position,
      attempt: row.attempt,
      outcome: row.outcome,
      answer: row.answer,
      error: row.error,
      startedAt: row.started_at,
      finishedAt: row.finished_at,
    },
  ]);
  const { turn, outcome, power_before: powerBefore, started_at: startedAt } = item;
  return { turn, outcome, marks: new Map(marks), unwritten: [], powerBefore, startedAt };
}

export function setMark(share: Share, mark: Mark): void {
  share.marks.set(mark.position, mark);
  share.unwritten.push(mark);
}

/** Whether its machine's power may not be what it was, by this run's doing. @param movers steps after which it may be another */
export function hasMovedPower({ marks, powerBefore }: Share, movers: readonly number[]): boolean {
  if (powerBefore === null) return false;
  return movers.some((position) => {
    const outcome = marks.get(position)?.outcome ?? "waiting";
    return outcome !== "waiting" && outcome !== "skipped";
  });
}

/** What follows on a move. */
export type After =
  | { readonly kind: "goesOn"; readonly begins: boolean }
  | { readonly kind: "parked"; readonly wakeAt: Date | null; readonly waitsFor: number | null }
  | { readonly kind: "ended"; readonly ending: Ending }
  | { readonly kind: "refused"; readonly error: ErrorReport }
  | { readonly kind: "cancelled" };

/** The share's next change in the database. */
export function moveOf(
  where: { readonly run: string; readonly device: string; readonly outline: Outline },
  share: Share,
  after: After,
  at: Date,
): Move {
  const { outline, run, device } = where;
  const { turn, outcome: was, powerBefore } = share;
  // Of a step that moved twice the last word counts.
  const marks = [...new Map(share.unwritten.map((mark) => [`${mark.position} ${mark.attempt}`, mark])).values()];
  const begins = after.kind === "goesOn" && after.begins;
  // One that was called back before its first step waits as before.
  const hasBegun = after.kind === "goesOn" || share.marks.size > 0;
  const startedAt = share.startedAt ?? (hasBegun ? at : null);
  const same = { run, device, turn, was, begins, powerBefore, marks, startedAt };
  const open = { ...same, step: standingAt(outline, share), answer: null, error: null, finishedAt: null };
  const over = { ...same, isQueued: false, wakeAt: null, waitsFor: null, finishedAt: at };
  switch (after.kind) {
    case "goesOn":
      return { ...open, outcome: "running", isQueued: true, wakeAt: null, waitsFor: null };
    case "parked":
      return {
        ...open,
        outcome: hasBegun ? "running" : was,
        isQueued: false,
        wakeAt: after.wakeAt,
        waitsFor: after.waitsFor,
      };
    case "ended":
      return { ...over, outcome: after.ending, ...resultOf(outline, share.marks, after.ending) };
    case "refused":
      return { ...over, outcome: "failed", step: null, answer: null, error: after.error };
    case "cancelled":
      return { ...over, outcome: "cancelled", ...saidWhenCancelled(outline, share) };
  }
}

/** What came of putting the power back; else only where it stood. */
function saidWhenCancelled(outline: Outline, share: Share): Said {
  const putBack = putBackOf(outline, share.marks);
  return { ...putBack, step: putBack.step ?? standingAt(outline, share) };
}

/** The step that it is at: the first that has begun and not ended. */
function standingAt({ places }: Outline, { marks }: Share): number | null {
  const isOpen = (position: number): boolean => {
    const outcome = marks.get(position)?.outcome;
    return outcome === "running" || outcome === "waiting";
  };
  return places.find(({ position, branches }) => branches.length === 0 && isOpen(position))?.position ?? null;
}

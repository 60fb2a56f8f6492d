import type { ErrorReport } from "@vigil/base/errors.ts";
import { restoresIn, type Outline, type Place } from "./outline.ts";
import type { Ending, Mark } from "./walk.ts";

/** What is said of one device beside its outcome: the step that it is about, what the device answered, and what went wrong. */
export interface Said {
  readonly step: number | null;
  readonly answer: string | null;
  readonly error: ErrorReport | null;
}

/** What stands in the device's result: of the step that went wrong first, or what the last one answered. */
export function resultOf(outline: Outline, marks: ReadonlyMap<number, Mark>, ending: Ending): Said {
  const plain = outline.places.filter(({ branches }) => branches.length === 0);
  const matters = ({ step, within }: Place): boolean =>
    step.mayFail !== true && (within === null || outline.places[within]?.step.mayFail !== true);
  if (ending !== "succeeded") {
    const wrong = plain.find((place) => matters(place) && marks.get(place.position)?.outcome === ending);
    const { answer = null, error = null } = wrong === undefined ? {} : (marks.get(wrong.position) ?? {});
    return { step: wrong?.position ?? null, answer, error };
  }
  const last = plain.findLast(({ position }) => (marks.get(position)?.answer ?? null) !== null);
  return { step: null, answer: last === undefined ? null : (marks.get(last.position)?.answer ?? null), error: null };
}

/** What stands in the result of a device whose run was cancelled: what came of putting its power back, if that was begun. */
export function putBackOf(outline: Outline, marks: ReadonlyMap<number, Mark>): Said {
  const begun = restoresIn(outline).flatMap((position) => marks.get(position) ?? []);
  const last = begun.findLast(({ outcome }) => outcome !== "skipped");
  if (last === undefined) return { step: null, answer: null, error: null };
  const { position, outcome, answer, error } = last;
  return { step: outcome === "succeeded" ? null : position, answer, error };
}

import { operations } from "@vigil/api/operations.ts";
import type { JobDefinition, JobStep, PlainStep } from "@vigil/api/resources/job-definition.ts";

/** One step of a definition, with its place in it. */
export interface Place {
  /** Steps counted through, those in branches included, from 0: what rows of a trail call it. */
  readonly position: number;
  /** "2. Patch / otherwise / 1. Wake" */
  readonly path: string;
  readonly step: JobStep;
  /** What is within it; none for a plain step. */
  readonly branches: readonly Branch[];
  /** The step that it is within. */
  readonly within: number | null;
}

export interface Branch {
  /** "parallel 1", "choose 1", "otherwise" */
  readonly label: string;
  readonly places: readonly number[];
}

/** A definition with every step numbered. */
export interface Outline {
  readonly places: readonly Place[];
  readonly top: readonly number[];
  /** By the step's name. */
  readonly positions: ReadonlyMap<string, number>;
}

export function outlineOf({ steps }: Pick<JobDefinition, "steps">): Outline {
  const places: Place[] = [];
  const add = (step: JobStep, path: string, within: number | null): number => {
    const position = places.length;
    // Its place is kept before its branches are counted.
    places.push({ position, path, step, branches: [], within });
    const branches = branchesOf(step).map(({ label, steps: inner }) => ({
      label,
      places: inner.map((one, index) => add(one, `${path} / ${label} / ${index + 1}. ${one.name}`, position)),
    }));
    if (branches.length > 0) places[position] = { position, path, step, branches, within };
    return position;
  };
  const top = steps.map((step, index) => add(step, `${index + 1}. ${step.name}`, null));
  return { places, top, positions: new Map(places.map(({ step, position }) => [step.name, position])) };
}

function branchesOf(step: JobStep): readonly { readonly label: string; readonly steps: readonly PlainStep[] }[] {
  if ("parallel" in step) return step.parallel.map((steps, index) => ({ label: `parallel ${index + 1}`, steps }));
  if (!("choose" in step)) return [];
  const choices = step.choose.map(({ steps }, index) => ({ label: `choose ${index + 1}`, steps }));
  return step.otherwise === undefined ? choices : [...choices, { label: otherwise, steps: step.otherwise }];
}

/** The branch without a condition. */
export const otherwise = "otherwise";

/** Whether what the machine's power was has to be known before the first step. */
export function needsPowerBefore({ places }: Outline): boolean {
  return places.some(
    ({ step }) => "restore" in step || conditionsIn(step).some((one) => one.powerBefore !== undefined),
  );
}

/** Steps that put the power back as it was. */
export function restoresIn({ places }: Outline): readonly number[] {
  return places.filter(({ step }) => "restore" in step).map(({ position }) => position);
}

/** Whether a machine's power may be another after it. */
export function isPowerMover(step: JobStep): boolean {
  return "do" in step && operations[step.do].risk === "disruptive";
}

/** Steps after which a machine's power may be another, where the definition puts it back; none where it does not. */
export function powerMoversIn(outline: Outline): readonly number[] {
  if (restoresIn(outline).length === 0) return [];
  return outline.places.filter(({ step }) => isPowerMover(step)).map(({ position }) => position);
}

/** Every condition of one step, those of its choices included. */
export function conditionsIn(step: JobStep) {
  const own = step.when === undefined ? [] : [step.when];
  return "choose" in step ? [...own, ...step.choose.map(({ when }) => when)] : own;
}

/** The texts of all conditions on what the registry knows. */
export function deviceFiltersIn({ places }: Outline): readonly string[] {
  const all = places.flatMap(({ step }) => conditionsIn(step));
  return [...new Set(all.flatMap(({ device }) => device ?? []))];
}

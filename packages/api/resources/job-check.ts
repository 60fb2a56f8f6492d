import { VigilError } from "@vigil/base/errors.ts";
import { parseFilter } from "../filter/parse.ts";
import { missingFlaw, usualOf, valueFlaw } from "../operation-values.ts";
import { needsReasonFor, operations, parametersOf } from "../operations.ts";
import type { Permission } from "../route.ts";
import type { JobDefinition, PlainStep, StepCondition } from "./job-definition.ts";
import { shapeFlaws, type Flaw } from "./job-shape.ts";
import { branchesOf, pathOf, stepInWords, stepsOf, type AnyStep, type Place } from "./job-steps.ts";

/** Something that keeps a definition from being one, where it is, and what to do about it. */
export interface JobProblem {
  /** "steps[1].otherwise[0].do"; empty for the whole. */
  readonly path: string;
  /** The step as people number it: "2. Patch / otherwise / 1. Wake"; null outside of the steps. */
  readonly step: string | null;
  readonly text: string;
  readonly next: string;
}

/** What a definition of a job has that cannot be; nothing when it can be run. */
export function jobProblems(definition: unknown): JobProblem[] {
  const flaws = shapeFlaws(definition);
  const all = flaws.length > 0 ? flaws : ruleFlaws(definition as JobDefinition);
  return all.map(({ place, text, next }) => ({
    path: pathOf(place),
    step: stepInWords(definition, place),
    text,
    next,
  }));
}

/** Whether it is a definition that can be run. */
export function isJobDefinition(definition: unknown): definition is JobDefinition {
  return jobProblems(definition).length === 0;
}

/** The rights that its operations ask for, sorted. */
export function permissionsOf(definition: JobDefinition): Permission[] {
  const asked = stepsOf(definition).flatMap(({ step }) => ("do" in step ? [operations[step.do].permission] : []));
  const restores = stepsOf(definition).some(({ step }) => "restore" in step);
  return [...new Set<Permission>(restores ? [...asked, "device.power"] : asked)].toSorted();
}

/** Whether a run of it needs a reason: one of its operations cannot be undone from afar, or asks for one. */
export function needsReason(definition: JobDefinition): boolean {
  return stepsOf(definition).some(({ step }) => "do" in step && needsReasonFor(step.do));
}

/** The library's images that its steps name, each with its place. */
export function imagesIn(definition: JobDefinition): { readonly place: Place; readonly image: string }[] {
  return stepsOf(definition).flatMap(({ place, step }) => {
    if (!("do" in step)) return [];
    const declared = parametersOf(step.do);
    return Object.entries(step.with ?? {}).flatMap(([name, image]) =>
      declared[name]?.kind === "image" ? [{ place: [...place, "with", name], image }] : [],
    );
  });
}

/** The problem of an image that the library has not. */
export function unknownImage(definition: JobDefinition, place: Place, image: string): JobProblem {
  return {
    path: pathOf(place),
    step: stepInWords(definition, place),
    text: `The library has no image ${image}`,
    next: "Name one that it has (vigil image list), or put it into the library first",
  };
}

function ruleFlaws(definition: JobDefinition): Flaw[] {
  return [
    ...nameFlaws(definition),
    ...parameterFlaws(definition),
    ...conditionFlaws(definition),
    ...waveFlaws(definition),
  ];
}

function nameFlaws(definition: JobDefinition): Flaw[] {
  const seen = new Set<string>();
  return stepsOf(definition).flatMap(({ place, step: { name } }) => {
    const isTaken = seen.has(name.toLowerCase());
    seen.add(name.toLowerCase());
    if (!isTaken) return [];
    const text = `Another step is called ${name} as well`;
    return [{ place: [...place, "name"], text, next: "Give each step of the job a name of its own" }];
  });
}

function parameterFlaws(definition: JobDefinition): Flaw[] {
  return stepsOf(definition).flatMap(({ place, step }) => {
    if (!("do" in step)) return [];
    const declared = parametersOf(step.do);
    const given = step.with ?? {};
    const wrong = Object.entries(given).flatMap(([name, value]) => {
      const at = [...place, "with", name];
      const parameter = Object.hasOwn(declared, name) ? declared[name] : undefined;
      if (parameter !== undefined) {
        const flaw = valueFlaw(name, parameter, value);
        return flaw === undefined ? [] : [{ place: at, ...flaw }];
      }
      const known = Object.keys(declared);
      const next = known.length === 0 ? "Take it away" : `It has ${known.join(", ")}`;
      return [{ place: at, text: `${step.do} has no choice ${name}`, next }];
    });
    const missing = Object.entries(declared).flatMap(([name, parameter]) => {
      const isSaid = Object.hasOwn(given, name) || usualOf(parameter) !== undefined;
      return isSaid ? [] : [{ place: [...place, "with", name], ...missingFlaw(name) }];
    });
    return [...wrong, ...missing];
  });
}

/** A condition speaks of steps whose end is known when it is looked at: those before it, and not those beside it. */
function conditionFlaws({ steps }: JobDefinition): Flaw[] {
  const all = new Set(stepsOf({ steps }).map(({ step }) => step.name));
  const flaws: Flaw[] = [];
  const look = (when: StepCondition | undefined, place: Place, earlier: ReadonlySet<string>): void => {
    if (when !== undefined) flaws.push(...oneCondition(when, place, earlier, all));
  };
  const before = new Set<string>();
  steps.forEach((step: AnyStep, index) => {
    const place: Place = ["steps", index];
    look(step.when, [...place, "when"], before);
    if ("choose" in step) {
      step.choose.forEach(({ when }, at) => look(when, [...place, "choose", at, "when"], before));
    }
    for (const branch of branchesOf(step)) {
      const within = new Set(before);
      branch.steps.forEach((inner: PlainStep, at) => {
        look(inner.when, [...place, ...branch.place, at, "when"], within);
        within.add(inner.name);
      });
    }
    for (const { steps: inner } of branchesOf(step)) for (const { name } of inner) before.add(name);
    before.add(step.name);
  });
  return flaws;
}

function oneCondition(
  { step, ended, device }: StepCondition,
  place: Place,
  earlier: ReadonlySet<string>,
  all: ReadonlySet<string>,
): Flaw[] {
  const flaws: Flaw[] = [];
  if (ended !== undefined && step === undefined) {
    flaws.push({
      place: [...place, "ended"],
      text: "ended says of no step how it ended",
      next: "Add step, the name of an earlier step",
    });
  }
  if (step !== undefined && !earlier.has(step)) {
    const text = all.has(step) ? `The step ${step} has not ended by then` : `There is no step ${step}`;
    const next =
      earlier.size === 0
        ? "There is no step before it: take the condition away, or move the step down"
        : `Name one of the steps before it: ${[...earlier].join(", ")}`;
    flaws.push({ place: [...place, "step"], text, next });
  }
  const filter = device === undefined ? undefined : filterFlaw(device);
  if (filter !== undefined) flaws.push({ place: [...place, "device"], ...filter });
  return flaws;
}

function filterFlaw(text: string): Pick<Flaw, "text" | "next"> | undefined {
  try {
    parseFilter(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof VigilError)) throw error;
    return { text: error.message, next: error.next };
  }
}

function waveFlaws({ limits }: JobDefinition): Flaw[] {
  const waves = limits?.waves ?? [];
  const wrong = waves.findIndex((share, index) => index > 0 && share <= (waves[index - 1] ?? 0));
  if (wrong >= 0) {
    const text = `Wave ${wrong + 1} reaches no further than the one before it`;
    return [{ place: ["limits", "waves", wrong], text, next: "Let the shares rise, e.g. 1, 10, 50, 100" }];
  }
  if (waves.length === 0 || waves.at(-1) === 100) return [];
  const next = "Add 100 as the last share: each is the part of the target that is reached by then";
  return [{ place: ["limits", "waves"], text: "The waves do not reach all devices", next }];
}

import type { JobDefinition, JobStep, PlainStep } from "./job-definition.ts";

/** A place in a definition, from its root: `["steps", 1, "otherwise", 0]`. */
export type Place = readonly (string | number)[];

/** A step that holds others, or one that holds none. */
export type AnyStep = JobStep | PlainStep;

/** What a step is, told by the one key that says so. */
export const stepKinds = ["do", "waitFor", "pauseSeconds", "restore", "parallel", "choose", "approval"] as const;
export type StepKind = (typeof stepKinds)[number];

/** The kinds that may stand within a branch. */
export const plainKinds: readonly StepKind[] = ["do", "waitFor", "pauseSeconds", "restore"];

export function kindOf(step: AnyStep): StepKind {
  // Each schema of the union has exactly one of these keys.
  return stepKinds.find((kind) => kind in step) ?? "do";
}

/** The branches of a step, each with its place from the step: none for most. */
export function branchesOf(step: AnyStep): readonly { readonly place: Place; readonly steps: readonly PlainStep[] }[] {
  if ("parallel" in step) return step.parallel.map((steps, index) => ({ place: ["parallel", index], steps }));
  if (!("choose" in step)) return [];
  const chosen = step.choose.map(({ steps }, index) => ({ place: ["choose", index, "steps"], steps }));
  return step.otherwise === undefined ? chosen : [...chosen, { place: ["otherwise"], steps: step.otherwise }];
}

/** Every step of a definition with its place, in the order of the file. */
export function stepsOf({ steps }: Pick<JobDefinition, "steps">): { readonly place: Place; readonly step: AnyStep }[] {
  return steps.flatMap((step, index) => {
    const place: Place = ["steps", index];
    const within = branchesOf(step).flatMap((branch) =>
      branch.steps.map((inner, at) => ({ place: [...place, ...branch.place, at], step: inner })),
    );
    return [{ place, step }, ...within];
  });
}

/** "steps[1].otherwise[0].do" */
export function pathOf(place: Place): string {
  return place
    .map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join("");
}

/** The step at or around a place, as people number it: "2. Patch / otherwise / 1. Wake". Null outside of the steps. */
export function stepInWords(definition: unknown, place: Place): string | null {
  const words: string[] = [];
  for (let index = 0; index < place.length; index += 1) {
    const part = place[index];
    const next = place[index + 1];
    if ((part === "steps" || part === "otherwise") && typeof next === "number") {
      if (part === "otherwise") words.push(part);
      words.push(numbered(definition, place.slice(0, index + 2), next));
      index += 1;
    } else if ((part === "parallel" || part === "choose") && typeof next === "number") {
      words.push(`${part} ${next + 1}`);
      index += 1;
      const inner = place[index + 1];
      if (part === "parallel" && typeof inner === "number") {
        words.push(numbered(definition, place.slice(0, index + 2), inner));
        index += 1;
      }
    }
  }
  return words.length === 0 ? null : words.join(" / ");
}

function numbered(definition: unknown, place: Place, index: number): string {
  const name = valueAt(valueAt(definition, place), ["name"]);
  return typeof name === "string" && name !== "" ? `${index + 1}. ${name}` : `${index + 1}.`;
}

/** What stands at a place; undefined where there is nothing. */
export function valueAt(value: unknown, place: Place): unknown {
  let at = value;
  for (const part of place) at = typeof at === "object" && at !== null ? Reflect.get(at, part) : undefined;
  return at;
}

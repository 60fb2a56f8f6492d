import { Type, type TSchema } from "typebox";
import { Errors } from "typebox/value";
import {
  ApprovalStep,
  ChooseStep,
  JobDefinition,
  OperationStep,
  ParallelStep,
  PauseStep,
  RestoreStep,
  StepCondition,
  WaitForStep,
} from "./job-definition.ts";
import { plainKinds, stepKinds, valueAt, type Place, type StepKind } from "./job-steps.ts";

/** Something wrong at a place of a definition. */
export interface Flaw {
  readonly place: Place;
  readonly text: string;
  readonly next: string;
}

const only = { additionalProperties: false } as const;

/** Looked at by themselves: a union of seven kinds would say of each error only that none of them fits. */
const inner = Type.Array(Type.Unknown(), { minItems: 1, maxItems: 20 });
const schemas: Readonly<Record<StepKind, TSchema>> = {
  do: OperationStep,
  waitFor: WaitForStep,
  pauseSeconds: PauseStep,
  restore: RestoreStep,
  parallel: Type.Object(
    { ...ParallelStep.properties, parallel: Type.Array(inner, { minItems: 2, maxItems: 5 }) },
    only,
  ),
  choose: Type.Object(
    {
      ...ChooseStep.properties,
      choose: Type.Array(Type.Object({ when: StepCondition, steps: inner }, only), { minItems: 1, maxItems: 10 }),
      otherwise: Type.Optional(inner),
    },
    only,
  ),
  approval: ApprovalStep,
};
const whole = Type.Object(
  { ...JobDefinition.properties, steps: Type.Array(Type.Unknown(), { minItems: 1, maxItems: 50 }) },
  only,
);

/** What of a definition is not as it is declared. */
export function shapeFlaws(definition: unknown): Flaw[] {
  const flaws = against(whole, definition, []);
  const steps = valueAt(definition, ["steps"]);
  return Array.isArray(steps) ? [...flaws, ...each(steps, ["steps"], stepKinds)] : flaws;
}

function each(steps: readonly unknown[], place: Place, kinds: readonly StepKind[]): Flaw[] {
  return steps.flatMap((step, index) => stepFlaws(step, [...place, index], kinds));
}

function stepFlaws(step: unknown, place: Place, kinds: readonly StepKind[]): Flaw[] {
  if (!isTable(step)) {
    return [{ place, text: "A step is a table of keys", next: `Give it a name and one of ${listed(kinds)}` }];
  }
  const said = stepKinds.filter((kind) => Object.hasOwn(step, kind));
  const [kind, other] = said;
  if (kind === undefined) {
    return [{ place, text: "The step does not say what it does", next: `Give it one of ${listed(kinds)}` }];
  }
  if (other !== undefined) {
    return [{ place, text: `The step says ${listed(said, "and")}`, next: "Make two steps of it, one after the other" }];
  }
  if (!kinds.includes(kind)) {
    const next = `Move it out to the job's own steps; a branch takes ${listed(plainKinds)}`;
    return [{ place, text: `A branch cannot hold a step with ${kind}`, next }];
  }
  return [...against(schemas[kind], step, place), ...branchFlaws(step, place)];
}

function branchFlaws(step: object, place: Place): Flaw[] {
  const branches: [Place, unknown][] = [[["otherwise"], valueAt(step, ["otherwise"])]];
  const parallel = valueAt(step, ["parallel"]);
  if (Array.isArray(parallel)) parallel.forEach((branch, index) => branches.push([["parallel", index], branch]));
  const choose = valueAt(step, ["choose"]);
  if (Array.isArray(choose)) {
    choose.forEach((branch, index) => branches.push([["choose", index, "steps"], valueAt(branch, ["steps"])]));
  }
  return branches.flatMap(([at, steps]) => (Array.isArray(steps) ? each(steps, [...place, ...at], plainKinds) : []));
}

/** What the schema says against a value, in words. */
function against(schema: TSchema, value: unknown, place: Place): Flaw[] {
  const errors = Errors(schema, value);
  const choices = new Set(errors.filter(({ keyword }) => keyword === "anyOf").map(({ instancePath }) => instancePath));
  const flaws = errors.map(({ keyword, instancePath, params }) => {
    const at = placeIn(value, instancePath);
    const words = wordsFor(keyword, { ...params }, at) ?? [];
    return { instancePath, all: words.map((one) => ({ ...one, place: [...place, ...at, ...one.within] })) };
  });
  const plain = flaws.filter(({ instancePath }) => !choices.has(instancePath)).flatMap(({ all }) => all);
  return [
    ...plain,
    ...[...choices].flatMap((path) => oneOf(flaws.filter(({ instancePath }) => instancePath === path))),
  ];
}

/** What may be one thing or another and is neither is one flaw, not one for each. */
function oneOf(flaws: readonly { readonly all: readonly Flaw[] }[]): Flaw[] {
  const all = flaws.flatMap((one) => one.all);
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [{ ...first, next: `${first.next}, or ${last.next.charAt(0).toLowerCase()}${last.next.slice(1)}` }];
}

interface Words {
  readonly text: string;
  readonly next: string;
  readonly within: Place;
}

function wordsFor(keyword: string, params: Readonly<Record<string, unknown>>, at: Place): readonly Words[] | undefined {
  const key = at.findLast((part) => typeof part === "string") ?? "The job";
  const limit = String(params["limit"]);
  const one = (text: string, next: string): readonly Words[] => [{ text, next, within: [] }];
  switch (keyword) {
    case "required":
      return names(params["requiredProperties"]).map((name) => ({
        text: `${name} is missing`,
        next: `Add ${name}`,
        within: [],
      }));
    case "additionalProperties":
      return names(params["additionalProperties"]).map((name) => ({
        text: `There is no such key here: ${name}`,
        next: "Take it away, or mend its spelling and its indentation",
        within: [name],
      }));
    case "enum":
      return one(`${key} has a value that there is not`, `Choose one of ${listed(names(params["allowedValues"]))}`);
    case "const":
      return one(`${key} has a value that there is not`, `Write ${String(params["allowedValue"])}`);
    case "type":
      return one(
        `${key} is of another kind`,
        `Write ${kindsInWords[String(params["type"])] ?? String(params["type"])}`,
      );
    case "pattern":
      return one(
        `${key} has characters that are not allowed, is empty or too long`,
        "Use up to 60 letters, digits, blanks, dots, dashes and underscores, a letter or digit first",
      );
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
      return one(`${key} is out of its range`, `Write a number ${inRange[keyword]} ${limit}`);
    case "minLength":
      return one(`${key} is empty`, "Write something, or take it away");
    case "maxLength":
      return one(`${key} is too long`, `Shorten it to ${limit} characters`);
    case "minItems":
      return one(`${key} has too few entries`, `Give it at least ${limit}`);
    case "maxItems":
      return one(`${key} has too many entries`, `Leave at most ${limit}`);
    case "minProperties":
      return one(`${key} says nothing`, "Say what must hold, or take it away");
    case "maxProperties":
      return one(`${key} says too much`, `Leave ${limit === "1" ? "one key" : `at most ${limit} keys`}`);
    default:
      // What follows from another error, which has been told.
      return undefined;
  }
}

const inRange = { minimum: "from", maximum: "up to", exclusiveMinimum: "above" } as const;

const kindsInWords: Readonly<Record<string, string>> = {
  object: "a table of keys",
  array: "a list",
  string: "text",
  boolean: "true or false",
  integer: "a whole number",
  number: "a number",
};

/** A JSON pointer as a place: numbers are numbers where they stand in a list. */
function placeIn(value: unknown, pointer: string): Place {
  const place: (string | number)[] = [];
  for (const part of pointer.split("/").slice(1)) {
    const plain = part.replaceAll("~1", "/").replaceAll("~0", "~");
    place.push(Array.isArray(valueAt(value, place)) ? Number(plain) : plain);
  }
  return place;
}

function listed(words: readonly string[], link: "or" | "and" = "or"): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${link} ${words.at(-1)}`;
}

function names(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

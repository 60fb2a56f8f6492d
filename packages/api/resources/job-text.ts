import { isMap, isScalar, LineCounter, parseDocument, stringify } from "yaml";
import type { JobProblem } from "./job-check.ts";
import type { JobDefinition } from "./job-definition.ts";

/** A file of a job: its name, and all that the definition has. */
export interface JobText {
  /** Undefined where the text has no name, or one that is not text. */
  readonly name: string | undefined;
  /** What the text says besides the name, unchecked; undefined when it cannot be read. */
  readonly definition: unknown;
  /** Why it cannot be read, with the line. */
  readonly problems: readonly (JobProblem & { readonly line: number | null })[];
  /** The line of a place in the definition, from 1; null where there is none. @param path as in a problem */
  readonly lineOf: (path: string) => number | null;
}

/** Keys as people read them: what a step is before what it needs. */
const order = [
  "name",
  "description",
  "do",
  "with",
  "waitFor",
  "pauseSeconds",
  "restore",
  "approval",
  "when",
  "step",
  "ended",
  "powerBefore",
  "device",
  "parallel",
  "choose",
  "otherwise",
  "retry",
  "tries",
  "delaySeconds",
  "limitSeconds",
  "always",
  "mayFail",
  "steps",
  "limits",
  "waves",
  "stopAtFailurePercent",
  "stopAfter",
  "atOnce",
  "atOncePerSite",
  "perSecond",
  "jitterSeconds",
  "approvalAbove",
];
const rank = new Map(order.map((key, index) => [key, index]));

/** A definition as YAML, its name first: always the same text for the same definition. */
export function textOf(definition: JobDefinition, name?: string): string {
  const file = name === undefined ? definition : { name, ...definition };
  return stringify(file, {
    lineWidth: 120,
    aliasDuplicateObjects: false,
    sortMapEntries: (a, b) => rankOf(a.key) - rankOf(b.key) || compared(keyIn(a.key), keyIn(b.key)),
  });
}

/** Reads YAML, and so JSON as well. */
export function readJobText(text: string): JobText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems = document.errors.map(({ message, pos }) => ({
    path: "",
    step: null,
    line: lines.linePos(pos[0]).line,
    text: message,
    next: "Mend the YAML: keys of one table stand below one another, a list's entries begin with a dash",
  }));
  const lineOf = (path: string): number | null => {
    for (let place = placeOf(path); place.length > 0; place = place.slice(0, -1)) {
      const node: unknown =
        keyAt(document.getIn(place.slice(0, -1), true), place.at(-1)) ?? document.getIn(place, true);
      const range: unknown = typeof node === "object" && node !== null ? Reflect.get(node, "range") : undefined;
      if (Array.isArray(range) && typeof range[0] === "number") return lines.linePos(range[0]).line;
    }
    return null;
  };
  if (problems.length > 0) return { name: undefined, definition: undefined, problems, lineOf };
  try {
    const value: unknown = document.toJS();
    return { ...named(value), problems, lineOf };
  } catch (error) {
    // Aliases within aliases, without end.
    const reason = error instanceof Error ? error.message : String(error);
    const said = `The YAML cannot be read: ${reason}`;
    const flaw = { path: "", step: null, line: null, text: said, next: "Write out what its aliases stand for" };
    return { name: undefined, definition: undefined, problems: [flaw], lineOf };
  }
}

function named(value: unknown): Pick<JobText, "name" | "definition"> {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return { name: undefined, definition: value };
  const { name, ...definition } = { name: undefined, ...value };
  return { name: typeof name === "string" ? name : undefined, definition };
}

/** The key itself, so that a problem of a long value is shown where it begins. */
function keyAt(parent: unknown, key: string | number | undefined): unknown {
  if (!isMap(parent)) return undefined;
  return parent.items.map((pair) => pair.key).find((one) => isScalar(one) && one.value === key);
}

function placeOf(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? (key ?? "") : Number(index),
  );
}

function rankOf(key: unknown): number {
  return rank.get(keyIn(key)) ?? order.length;
}

function keyIn(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function compared(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

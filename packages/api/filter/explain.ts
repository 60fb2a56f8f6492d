import { holds, type FilterFacts } from "./evaluate.ts";
import type { Expression } from "./expression.ts";
import { printFilter } from "./print.ts";

/** Why a filter holds for a device or does not: one line for each part of it, what a part is made of below it. */
export interface ExplainedPart {
  /** 0 is the whole filter. */
  readonly depth: number;
  /** The part, as it would be written. */
  readonly text: string;
  readonly holds: boolean;
  /** What the device has there; null when it is unknown. Only of a condition on one field. */
  readonly found?: string | null;
}

/** @param now in milliseconds */
export function explain(filter: Expression, facts: FilterFacts, now: number, depth = 0): readonly ExplainedPart[] {
  const line = { depth, text: printFilter(filter), holds: holds(filter, facts, now) };
  switch (filter.kind) {
    case "not":
      return [line, ...explain(filter.of, facts, now, depth + 1)];
    case "and":
    case "or":
      return [line, ...filter.of.flatMap((one) => explain(one, facts, now, depth + 1))];
    case "search":
      return [line];
    default:
      return [{ ...line, found: shown(facts[filter.field]) }];
  }
}

function shown(value: string | boolean | null | readonly string[]): string | null {
  if (value === null || typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value.length === 0 ? null : value.join(", ");
}

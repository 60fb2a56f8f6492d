import { fail } from "./errors.ts";
import type { Condition, Expression, Order, When } from "./expression.ts";
import { fieldOf, fields, type FieldName } from "./fields.ts";
import { networkOf } from "./network.ts";
import type { Mark } from "./tokens.ts";

type Operator = Mark | "in";

/** Chosen: ten years in seconds; further away is a mistyped unit. */
const mostSecondsFromNow = 315_360_000;
const secondsIn = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;

/** One comparison, its values checked. Several values are several chances. @throws filter.value (caller) */
export function conditionOn(name: FieldName, operator: Operator, values: readonly string[]): Condition | Expression {
  const [first = ""] = values;
  switch (fields[name].kind) {
    case "text":
    case "list":
    case "choice":
    case "address":
      return textCondition(name as Extract<Condition, { kind: "oneOf" }>["field"], operator, values);
    case "release":
      return releaseCondition(name as Extract<Condition, { kind: "release" }>["field"], operator, values);
    case "moment":
      if (!isOrder(operator)) throw operatorWrong(name, operator, ["<", "<=", ">", ">="]);
      return {
        kind: "moment",
        field: name as Extract<Condition, { kind: "moment" }>["field"],
        order: operator,
        when: whenOf(name, first),
      };
    case "flag":
      if (operator !== "=") throw operatorWrong(name, operator, ["="]);
      return { kind: "flag", field: name as Extract<Condition, { kind: "flag" }>["field"], is: flagOf(name, first) };
  }
}

function textCondition(
  field: Extract<Condition, { kind: "oneOf" }>["field"],
  operator: Operator,
  values: readonly string[],
): Condition {
  const { kind, choices } = fieldOf(field);
  const [first = ""] = values;
  if (operator === "in") {
    if (networkOf(first) === undefined) throw valueWrong(field, first, ["10.0.0.0/8"]);
    return { kind: "inside", field: "address", network: first };
  }
  if (operator === "~" && kind !== "choice") return { kind: "like", field, pattern: first };
  if (operator !== "=") throw operatorWrong(field, operator, kind === "choice" ? ["="] : ["=", "~"]);
  if (choices === undefined) return { kind: "oneOf", field, values };
  const chosen = values.map((value) => {
    const found = choices.find((one) => one.toLowerCase() === value.toLowerCase());
    if (found === undefined) throw valueWrong(field, value, choices);
    return found;
  });
  return { kind: "oneOf", field, values: chosen };
}

function releaseCondition(
  field: Extract<Condition, { kind: "release" }>["field"],
  operator: Operator,
  values: readonly string[],
): Condition | Expression {
  if (operator !== "=" && !isOrder(operator)) throw operatorWrong(field, operator, ["=", "<", "<=", ">", ">="]);
  const all = values.map((value): Condition => {
    const parts = releaseParts(value);
    if (parts === undefined) throw valueWrong(field, value, ["16", "16.1"]);
    return { kind: "release", field, order: operator, parts };
  });
  const [only] = all;
  return all.length === 1 && only !== undefined ? only : { kind: "or", of: all };
}

/** The numbers of a release; undefined when it is none. */
export function releaseParts(text: string): readonly number[] | undefined {
  return /^\d{1,9}(\.\d{1,9}){0,5}$/.test(text) ? text.split(".").map(Number) : undefined;
}

function whenOf(field: FieldName, text: string): When {
  const relative = /^now(?:([+-])(\d{1,9})([smhdw]))?$/i.exec(text);
  if (relative !== null) {
    const [, sign, count = "0", unit = "s"] = relative;
    const seconds = Number(count) * secondsIn[unit.toLowerCase() as keyof typeof secondsIn];
    if (seconds > mostSecondsFromNow) throw valueWrong(field, text, ["now-7d", "now+30d"]);
    return { fromNowSeconds: sign === "-" && seconds !== 0 ? -seconds : seconds };
  }
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isMoment = isDay || /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/.test(text);
  const at = isMoment ? new Date(isDay ? `${text}T00:00:00Z` : text) : undefined;
  // A day that the month lacks becomes one of the next month: that is not what was meant.
  if (at === undefined || Number.isNaN(at.getTime()) || at.getUTCDate() !== Number(text.slice(8, 10))) {
    throw valueWrong(field, text, ["now-7d", "2026-11-25", "2026-11-25T14:00Z"]);
  }
  return { at: at.toISOString() };
}

function flagOf(field: FieldName, text: string): boolean {
  const low = text.toLowerCase();
  if (low === "yes" || low === "true") return true;
  if (low === "no" || low === "false") return false;
  throw valueWrong(field, text, ["yes", "no"]);
}

function isOrder(operator: Operator): operator is Order {
  return operator === "<" || operator === "<=" || operator === ">" || operator === ">=";
}

function valueWrong(field: FieldName, value: string, examples: readonly string[]): Error {
  const message = `${field} cannot be "${value.slice(0, 40)}"; write for instance ${examples.join(", ")}`;
  return fail("filter.value", { message, details: { field, value: value.slice(0, 40), examples } });
}

function operatorWrong(field: FieldName, operator: string, operators: readonly string[]): Error {
  const message = `${field} cannot be compared by ${operator}; write ${operators.join(", ")}`;
  return fail("filter.value", { message, details: { field, operator, examples: operators } });
}

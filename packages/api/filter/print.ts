import type { Condition, Expression, When } from "./expression.ts";

/** Writes a filter so that reading it gives the same again. */
export function printFilter(filter: Expression): string {
  if (filter.kind === "not") return `not ${bracketed(filter.of)}`;
  if (filter.kind === "and" || filter.kind === "or") return filter.of.map(bracketed).join(` ${filter.kind} `);
  return conditionText(filter);
}

function bracketed(filter: Expression): string {
  const isPair = filter.kind === "and" || filter.kind === "or";
  return isPair ? `(${printFilter(filter)})` : printFilter(filter);
}

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case "search":
      return quoted(condition.text);
    case "known":
      return `${condition.field} is known`;
    case "oneOf": {
      const [first = "", ...rest] = condition.values;
      const all = condition.values.map(quoted).join(", ");
      return rest.length === 0 ? `${condition.field} = ${quoted(first)}` : `${condition.field} in (${all})`;
    }
    case "like":
      return `${condition.field} ~ ${quoted(condition.pattern)}`;
    case "release":
      return `${condition.field} ${condition.order} ${condition.parts.join(".")}`;
    case "moment":
      return `${condition.field} ${condition.order} ${whenText(condition.when)}`;
    case "flag":
      return `${condition.field} = ${condition.is ? "yes" : "no"}`;
    case "inside":
      return `${condition.field} in ${condition.network}`;
  }
}

function whenText(when: When): string {
  if ("at" in when) return when.at;
  if (when.fromNowSeconds === 0) return "now";
  const seconds = Math.abs(when.fromNowSeconds);
  const sign = when.fromNowSeconds < 0 ? "-" : "+";
  const units = [
    ["w", 604_800],
    ["d", 86_400],
    ["h", 3_600],
    ["m", 60],
    ["s", 1],
  ] as const;
  const [unit, size] = units.find(([, one]) => seconds % one === 0) ?? ["s", 1];
  return `now${sign}${seconds / size}${unit}`;
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}

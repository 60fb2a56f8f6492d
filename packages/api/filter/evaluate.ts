import { releaseParts } from "./conditions.ts";
import type { Condition, Expression, Order, When } from "./expression.ts";
import type { FlagField, ListField, MomentField, ReleaseField, TextField } from "./fields.ts";
import { isLike, lowered } from "./like.ts";
import { isInside, networkOf } from "./network.ts";

/** What is known of one device; null is unknown. Moments are ISO 8601. */
export type FilterFacts = Readonly<Record<TextField | ReleaseField | MomentField, string | null>> &
  Readonly<Record<FlagField, boolean | null>> &
  Readonly<Record<ListField, readonly string[]>>;

/** What a bare word is looked for in. */
export const searched = ["hostName", "address", "uuid", "release", "model"] as const;

/** Whether the filter holds for a device. @param now in milliseconds */
export function holds(filter: Expression, facts: FilterFacts, now: number): boolean {
  switch (filter.kind) {
    case "and":
      return filter.of.every((one) => holds(one, facts, now));
    case "or":
      return filter.of.some((one) => holds(one, facts, now));
    case "not":
      return !holds(filter.of, facts, now);
    default:
      return meets(filter, facts, now);
  }
}

function meets(condition: Condition, facts: FilterFacts, now: number): boolean {
  switch (condition.kind) {
    case "search": {
      const text = searched.map((name) => facts[name] ?? "").join("\n");
      return lowered(text).includes(lowered(condition.text));
    }
    case "known": {
      const value = facts[condition.field];
      return Array.isArray(value) ? value.length > 0 : value !== null;
    }
    case "oneOf": {
      const texts = textsOf(facts[condition.field]).map(lowered);
      return condition.values.some((value) => texts.includes(lowered(value)));
    }
    case "like": {
      const pattern = lowered(condition.pattern);
      return textsOf(facts[condition.field]).some((text) => isLike(lowered(text), pattern));
    }
    case "release":
      return releaseMeets(facts[condition.field], condition.order, condition.parts);
    case "moment": {
      const value = facts[condition.field];
      return value !== null && inOrder(Date.parse(value) - momentOf(condition.when, now), condition.order);
    }
    case "flag":
      return facts[condition.field] === condition.is;
    case "inside": {
      const network = networkOf(condition.network);
      return network !== undefined && isInside(network, facts[condition.field] ?? "");
    }
  }
}

/** In milliseconds. */
export function momentOf(when: When, now: number): number {
  return "at" in when ? Date.parse(when.at) : now + when.fromNowSeconds * 1_000;
}

function releaseMeets(value: string | null, order: Order | "=", wanted: readonly number[]): boolean {
  const parts = value === null ? undefined : releaseParts(value);
  if (parts === undefined) return false;
  const isWithin = wanted.every((part, index) => parts[index] === part);
  if (order === "=") return isWithin;
  // All of 16.* is neither below nor above 16.
  if (isWithin) return order === "<=" || order === ">=";
  const place = wanted.findIndex((part, index) => parts[index] !== part);
  return inOrder((parts[place] ?? -1) - (wanted[place] ?? -1), order);
}

function inOrder(difference: number, order: Order): boolean {
  switch (order) {
    case "<":
      return difference < 0;
    case "<=":
      return difference <= 0;
    case ">":
      return difference > 0;
    case ">=":
      return difference >= 0;
  }
}

function textsOf(value: string | null | readonly string[]): readonly string[] {
  if (value === null) return [];
  return typeof value === "string" ? [value] : value;
}

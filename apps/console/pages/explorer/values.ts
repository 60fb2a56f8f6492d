import type { ModelMember } from "@vigil/api/resources/explorer.ts";

/** A value as the table shows it. */
export interface Shown {
  /** As on the wire, as far as a person can read it. */
  readonly text: string;
  /** What that means: the word of a value map, a size. */
  readonly meaning?: string;
  readonly look?: "none" | "empty" | "sealed";
  /** An instance that it points at. */
  readonly reference?: Reference;
  /** A moment, ISO 8601. */
  readonly at?: string;
}

export interface Reference {
  readonly className: string;
  readonly selectors: Readonly<Record<string, string>>;
}

/** What stands where a secret is. The server puts it there. */
const sealed = "[sealed]";

export const returnValue: ModelMember = { name: "ReturnValue", type: "uint32" };

/** A value with its meaning. @param member undefined: the model lacks it */
export function shownOf(value: unknown, member: ModelMember | undefined): Shown {
  if (value === null || value === undefined) return { text: "—", look: "none" };
  if (value === "") return { text: "empty", look: "empty" };
  if (value === sealed) return { text: "sealed", look: "sealed" };
  if (Array.isArray(value)) return shownOfList(value, member);
  const pointer = referenceIn(value);
  if (pointer !== undefined) return { text: textOf(pointer), reference: pointer };
  if (typeof value === "object") return shownOfObject(value);
  const text = String(value);
  if (member?.name === "ReturnValue") return { text, meaning: value === 0 ? "success" : "not carried out" };
  if (member?.type === "enum") return shownOfWord(value, member.values ?? []);
  if (member?.type === "base64") return { text, meaning: `${bytesIn(text)} bytes` };
  return { text };
}

function shownOfList(list: readonly unknown[], member: ModelMember | undefined): Shown {
  if (list.length === 0) return { text: "none", look: "empty" };
  const all = list.map((one) => shownOf(one, member));
  const text = all.map((one) => one.text).join(", ");
  if (all.some(({ look }) => look === "sealed")) return { text, look: "sealed" };
  const hasMeaning = member?.type === "enum";
  return { text, ...(hasMeaning ? { meaning: all.map((one) => one.meaning ?? "").join(", ") } : {}) };
}

/** Words come where the value map has one, and plain numbers where it lacks one. */
function shownOfWord(value: unknown, values: NonNullable<ModelMember["values"]>): Shown {
  const number = values.find(([word]) => word === value)?.[1];
  if (number === undefined) return { text: String(value), meaning: "not in the value map" };
  return { text: String(number), meaning: String(value) };
}

function shownOfObject(value: object): Shown {
  const entries = Object.entries(value);
  const [name, one]: readonly unknown[] = entries.length === 1 ? (entries[0] ?? []) : [];
  if (typeof one === "string" && name === "datetime") return { text: one, at: one };
  if (typeof one === "string" && name === "interval") return { text: one, meaning: "a span of time" };
  if (typeof one === "string" && name === "text") return { text: one };
  return { text: entries.map(([key, held]) => `${key}=${shownOf(held, undefined).text}`).join("; ") };
}

function bytesIn(base64: string): number {
  const digits = base64.replaceAll(/[\s=]/g, "").length;
  return Math.floor((digits * 3) / 4);
}

/** Reads { address, resourceUri, selectors }. */
function referenceIn(value: unknown): Reference | undefined {
  if (typeof value !== "object" || value === null || !("resourceUri" in value)) return undefined;
  const { resourceUri } = value;
  if (typeof resourceUri !== "string") return undefined;
  const given = "selectors" in value && typeof value.selectors === "object" ? (value.selectors ?? {}) : {};
  const pairs = Object.entries(given).map(([key, one]) => [key, textOfReference(one) ?? String(one)]);
  return { className: resourceUri.slice(resourceUri.lastIndexOf("/") + 1), selectors: Object.fromEntries(pairs) };
}

/** A reference as the explorer takes it: CLASS?Key=Value. undefined when it is none. */
export function textOfReference(value: unknown): string | undefined {
  const found = referenceIn(value);
  return found === undefined ? undefined : textOf(found);
}

function textOf({ className, selectors }: Reference): string {
  const keys = Object.entries(selectors).map(([name, value]) => `${name}=${value}`);
  return keys.length === 0 ? className : `${className}?${keys.join("&")}`;
}

/**
 * Properties of a list of instances, those first that tell one from another: keys that differ, what else differs, and then
 * what is the same in all.
 */
export function columnsOf(rows: readonly Readonly<Record<string, unknown>>[], keys: ReadonlySet<string>): string[] {
  const names = [...new Set(rows.flatMap((one) => Object.keys(one)))];
  const differs = (name: string): boolean => new Set(rows.map((one) => JSON.stringify(one[name] ?? null))).size > 1;
  const rank = (name: string): number => (differs(name) ? 0 : 2) + (keys.has(name) ? 0 : 1);
  const ranks = new Map(names.map((name) => [name, rank(name)]));
  return names.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

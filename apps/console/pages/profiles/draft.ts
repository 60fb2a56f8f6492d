import { changesBetween } from "@vigil/api/resources/profile-changes.ts";

/** What a form may hold while somebody types: it need not be whole. */
export type Draft = unknown;
/** Names of tables and numbers of entries, from the outside in. */
export type Path = readonly string[];

export function at(draft: Draft, path: Path): unknown {
  return path.reduce<unknown>((part, key) => (isTable(part) ? Reflect.get(part, key) : undefined), draft);
}

/** The draft with another value there; what is not on the way keeps its identity. */
export function withValue(draft: Draft, path: Path, value: unknown): Draft {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(draft)) {
    return draft.map((one: unknown, index) => (String(index) === key ? withValue(one, rest, value) : one));
  }
  const table = isTable(draft) ? draft : {};
  return { ...table, [key]: withValue(Reflect.get(table, key), rest, value) };
}

export function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What two people made of one version. */
export interface Merge {
  readonly draft: Draft;
  /** Dotted paths of the settings that both have changed, and not alike: ours was taken. */
  readonly both: readonly string[];
}

/** Our changes on top of theirs. A list is one thing: who adds to it takes it over whole. */
export function merged(base: Draft, ours: Draft, theirs: Draft, path = ""): Merge {
  if (isSame(ours, base)) return { draft: theirs, both: [] };
  if (isSame(theirs, base) || isSame(ours, theirs)) return { draft: ours, both: [] };
  if (!isTable(base) || !isTable(ours) || !isTable(theirs) || [base, ours, theirs].some(Array.isArray)) {
    return { draft: ours, both: [path] };
  }
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])];
  const parts = keys.map((key) => {
    const inside = path === "" ? key : `${path}.${key}`;
    return [key, merged(Reflect.get(base, key), Reflect.get(ours, key), Reflect.get(theirs, key), inside)] as const;
  });
  return {
    draft: Object.fromEntries(parts.map(([key, part]) => [key, part.draft])),
    both: parts.flatMap(([, part]) => part.both),
  };
}

/** How many settings differ. */
export function changeCount(before: Draft, after: Draft): number {
  return changesBetween(before, after).length;
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

import type { ProfileChange } from "./profiles.ts";

/** What differs between two versions, or a version and a draft of the next: one entry a setting, in the order of the settings. */
export function changesBetween(before: unknown, after: unknown): ProfileChange[] {
  return compare("", before, after);
}

function compare(setting: string, before: unknown, after: unknown): ProfileChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const isList = (isNamedList(before) || isEmpty(before)) && (isNamedList(after) || isEmpty(after));
  if (isList) {
    return inside(setting, entriesOf(before), entriesOf(after), (name) => `${setting}[${name}]`);
  }
  if (isTable(before) && isTable(after)) {
    const path = (name: string): string => (setting === "" ? name : `${setting}.${name}`);
    return inside(setting, Object.entries(before), Object.entries(after), path);
  }
  return [{ setting, before: textOf(before), after: textOf(after) }];
}

function inside(
  setting: string,
  before: readonly (readonly [string, unknown])[],
  after: readonly (readonly [string, unknown])[],
  path: (name: string) => string,
): ProfileChange[] {
  const had = new Map(before);
  const has = new Map(after);
  const names = [...new Set([...had.keys(), ...has.keys()])];
  const changes = names.flatMap((name) => compare(path(name), had.get(name), has.get(name)));
  if (changes.length > 0) return changes;
  // The same entries in another order: in a list of preference that is a change.
  return [{ setting, before: textOf([...had.keys()]), after: textOf([...has.keys()]) }];
}

/** A list whose entries bear different names is compared by name, so that one more is one change. */
function isNamedList(value: unknown): value is readonly object[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  const names = value.map(nameOf);
  return names.every((name) => name !== undefined) && new Set(names).size === names.length;
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

function entriesOf(value: unknown): [string, unknown][] {
  return isNamedList(value) ? value.map((one) => [nameOf(one) ?? "", one]) : [];
}

function nameOf(one: unknown): string | undefined {
  if (!isTable(one)) return undefined;
  const name: unknown = Reflect.get(one, "name") ?? Reflect.get(one, "host") ?? Reflect.get(one, "trigger");
  return typeof name === "string" ? name : undefined;
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

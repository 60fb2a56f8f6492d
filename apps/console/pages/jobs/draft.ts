import { valueAt, stepKinds, plainKinds, type Place, type StepKind } from "@vigil/api/resources/job-steps.ts";

/** What the editor may hold while somebody types: it need not be a definition. */
export type Draft = unknown;

/** The draft with another value there; undefined takes the key away. What is not on the way keeps its identity. */
export function withValue(draft: Draft, place: Place, value: unknown): Draft {
  const [key, ...rest] = place;
  if (key === undefined) return value;
  if (Array.isArray(draft)) {
    return draft.map((one: unknown, index) => (index === key ? withValue(one, rest, value) : one));
  }
  const table: object = isTable(draft) ? draft : {};
  const inside = withValue(Reflect.get(table, key), rest, value);
  const others = Object.entries(table).filter(([name]) => name !== key);
  if (inside === undefined) return Object.fromEntries(others);
  return Object.hasOwn(table, key) ? { ...table, [key]: inside } : Object.fromEntries([...others, [key, inside]]);
}

/** What stands in a list, whatever the draft has there. */
export function listAt(draft: Draft, place: Place): readonly unknown[] {
  const value = valueAt(draft, place);
  return Array.isArray(value) ? value : [];
}

/** The draft with one more entry in a list. */
export function withEntry(draft: Draft, list: Place, index: number, entry: unknown): Draft {
  return withValue(draft, list, listAt(draft, list).toSpliced(index, 0, entry));
}

export function withoutEntry(draft: Draft, list: Place, index: number): Draft {
  return withValue(draft, list, listAt(draft, list).toSpliced(index, 1));
}

/** The draft with an entry moved by one; as it was where there is no such place. */
export function withMoved(draft: Draft, list: Place, from: number, to: number): Draft {
  const entries = listAt(draft, list);
  if (to < 0 || to >= entries.length) return draft;
  return withValue(draft, list, entries.toSpliced(from, 1).toSpliced(to, 0, entries[from]));
}

/** A line of the editor's list: a step, or a branch of the step above it. */
export interface Row {
  readonly kind: "step" | "branch";
  /** Of the step, or of the branch's list of steps. */
  readonly place: Place;
  readonly depth: number;
}

/** The lines of a draft, in the order of the file. */
export function rowsOf(draft: Draft): Row[] {
  return stepRows(draft, ["steps"], 0);
}

function stepRows(draft: Draft, list: Place, depth: number): Row[] {
  return listAt(draft, list).flatMap((step, index) => {
    const place = [...list, index];
    const branches = depth === 0 ? branchPlaces(step).map((one) => [...place, ...one]) : [];
    return [
      { kind: "step" as const, place, depth },
      ...branches.flatMap((one) => [
        { kind: "branch" as const, place: one, depth: depth + 1 },
        ...stepRows(draft, one, depth + 2),
      ]),
    ];
  });
}

function branchPlaces(step: unknown): Place[] {
  const parallel = listAt(step, ["parallel"]).map((_, index): Place => ["parallel", index]);
  const choose = listAt(step, ["choose"]).map((_, index): Place => ["choose", index, "steps"]);
  const otherwise: Place[] = valueAt(step, ["otherwise"]) === undefined ? [] : [["otherwise"]];
  return [...parallel, ...choose, ...otherwise];
}

/** What a step of a draft is; undefined when it does not say. */
export function kindAt(draft: Draft, place: Place): StepKind | undefined {
  const step = valueAt(draft, place);
  return isTable(step) ? stepKinds.find((kind) => Object.hasOwn(step, kind)) : undefined;
}

/** Kinds that a list can take. */
export function kindsFor(list: Place): readonly StepKind[] {
  return list.length === 1 ? stepKinds : plainKinds;
}

export const kindWords: Readonly<
  Record<StepKind, { readonly title: string; readonly name: string; readonly about: string }>
> = {
  do: { title: "Operation", name: "Power on", about: "Asks or tells each device something" },
  waitFor: { title: "Wait for a state", name: "Wait", about: "Until the machine is on, off, or answers" },
  pauseSeconds: { title: "Let time pass", name: "Pause", about: "On each device, without holding anything" },
  restore: { title: "Put the power back", name: "Put power back", about: "To what it was before the first step" },
  parallel: { title: "At once", name: "At once", about: "Several branches side by side" },
  choose: { title: "Choose", name: "Choose", about: "The first branch whose condition holds" },
  approval: { title: "Ask somebody", name: "Ask", about: "Waits until a second person says yes" },
};

/** A step of that kind that can be run as it is, with a name that no other has. */
export function freshStep(draft: Draft, kind: StepKind): object {
  const name = freshName(draft, kindWords[kind].name);
  const branch = (base: string): readonly object[] => [{ name: freshName(draft, base), pauseSeconds: 60 }];
  const bodies: Readonly<Record<StepKind, object>> = {
    do: { do: "power.on" },
    waitFor: { waitFor: { power: "on" } },
    pauseSeconds: { pauseSeconds: 60 },
    restore: { restore: "power" },
    parallel: { parallel: [branch("One"), branch("Other")] },
    choose: { choose: [{ when: { powerBefore: "on" }, steps: branch("Was on") }] },
    approval: { approval: "Go on?" },
  };
  return { name, ...bodies[kind] };
}

export function freshName(draft: Draft, base: string): string {
  const taken = new Set(namesIn(draft).map((name) => name.toLowerCase()));
  if (!taken.has(base.toLowerCase())) return base;
  for (let number = 2; ; number += 1) if (!taken.has(`${base} ${number}`.toLowerCase())) return `${base} ${number}`;
}

/** Names of the steps before that place: what a condition there can speak of, as far as the order of the file says. */
export function namesBefore(draft: Draft, place: Place): string[] {
  const rows = rowsOf(draft).filter(({ kind }) => kind === "step");
  const here = rows.findIndex((row) => isAtOrAround(row.place, place) && row.place.length === stepLength(place));
  return rows
    .slice(0, Math.max(0, here))
    .filter(({ place: other }) => !isAtOrAround(other, place) && !isBeside(other, place))
    .map((row) => nameAt(draft, row.place));
}

/** Whether both stand in branches of one step, and not in the same branch: one need not have ended when the other begins. */
function isBeside(one: Place, other: Place): boolean {
  const isSameStep = one.length > 2 && other.length > 2 && one[1] === other[1];
  return isSameStep && !isAtOrAround(one.slice(0, -1), other);
}

/** How long the place of the innermost step is, of a place within it. */
function stepLength(place: Place): number {
  const last = place.findLastIndex(
    (part, index) => typeof part === "number" && place[index - 1] !== "choose" && place[index - 1] !== "parallel",
  );
  return last + 1;
}

export function isAtOrAround(outer: Place, inner: Place): boolean {
  return outer.length <= inner.length && outer.every((part, index) => part === inner[index]);
}

export function nameAt(draft: Draft, place: Place): string {
  const name = valueAt(draft, [...place, "name"]);
  return typeof name === "string" ? name : "";
}

function namesIn(draft: Draft): string[] {
  return rowsOf(draft).flatMap(({ kind, place }) => (kind === "step" ? [nameAt(draft, place)] : []));
}

function isTable(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

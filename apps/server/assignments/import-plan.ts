import type { AssignmentEntry, ImportProblem } from "@vigil/api/resources/assignments.ts";
import { fullNameIn, keysIn, problem, type ListedDevice } from "./entries-csv.ts";

/** What an import does to the entries that are there. */
export interface ImportPlan {
  readonly added: readonly ListedDevice[];
  /** A row in the place of the entry with that id. */
  readonly changed: readonly { readonly id: number; readonly row: ListedDevice }[];
  readonly unchanged: number;
  /** Ids. */
  readonly removed: readonly number[];
  readonly problems: readonly ImportProblem[];
}

const fields = ["uuid", "mac", "serialNumber", "profile", "hostName", "domainName", "organizationalUnit"] as const;

/** Finds for each row the entry that it takes the place of: the one with one of its keys. */
export function planOf(
  rows: readonly ListedDevice[],
  existing: readonly AssignmentEntry[],
  mode: "merge" | "replace",
): ImportPlan {
  const byKey = new Map(existing.flatMap((entry) => keysIn(entry).map(({ key }) => [key, entry] as const)));
  const added: ListedDevice[] = [];
  const changed: { readonly id: number; readonly row: ListedDevice }[] = [];
  const problems: ImportProblem[] = [];
  const taken = new Map<number, number>();
  let unchanged = 0;
  for (const row of rows) {
    const found = new Map(
      keysIn(row).flatMap(({ key }) =>
        [byKey.get(key)].flatMap((one) => (one === undefined ? [] : [[one.id, one] as const])),
      ),
    );
    const [entry, other] = found.values();
    const before = entry === undefined ? undefined : taken.get(entry.id);
    if (entry === undefined) added.push(row);
    else if (other !== undefined && mode === "merge") {
      problems.push(
        problem(
          row.line,
          null,
          "",
          `The line is about two entries: ${entry.id} and ${other.id}`,
          "Remove one of those entries first, or correct the line",
        ),
      );
    } else if (before !== undefined) {
      if (mode === "replace") added.push(row);
      else
        problems.push(
          problem(
            row.line,
            null,
            "",
            `Line ${before} is about the same entry, ${entry.id}`,
            "Remove one of the two lines, or correct it",
          ),
        );
    } else {
      taken.set(entry.id, row.line);
      if (fields.every((field) => entry[field] === row[field])) unchanged += 1;
      else changed.push({ id: entry.id, row });
    }
  }
  const left = existing.filter(({ id }) => !taken.has(id));
  if (mode === "merge") problems.push(...namesTaken(rows, left));
  return { added, changed, unchanged, removed: mode === "replace" ? left.map(({ id }) => id) : [], problems };
}

/** Names that an entry has which stays as it is. */
function namesTaken(rows: readonly ListedDevice[], left: readonly AssignmentEntry[]): ImportProblem[] {
  const names = new Map(
    left.flatMap((entry) =>
      [fullNameIn(entry)].flatMap((name) => (name === undefined ? [] : [[name, entry.id] as const])),
    ),
  );
  return rows.flatMap((row) => {
    const name = fullNameIn(row);
    const other = name === undefined ? undefined : names.get(name);
    if (other === undefined) return [];
    return [
      problem(
        row.line,
        "hostName",
        row.hostName ?? "",
        `Entry ${other} gives that name to another device`,
        "Give another name, or remove that entry first",
      ),
    ];
  });
}

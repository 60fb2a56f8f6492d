import type { ImportReport } from "@vigil/api/resources/assignments.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Profiles } from "../profiles/profiles.ts";
import type { AssignmentsStore } from "./assignments.store.ts";
import { deviceIn, readList, writeList } from "./entries-csv.ts";
import { fail } from "./errors.ts";
import { planOf } from "./import-plan.ts";

export interface EntriesDeps {
  readonly postgres: Postgres;
  readonly store: AssignmentsStore;
  readonly audit: Audit;
  readonly profiles: Profiles;
}

/** Problems and rows in one report. */
const mostShown = 100;
const sampleSize = 20;

/** What lists say about single devices. An entry is found by its uuid, MAC address or serial number, through an index. */
export class Entries {
  readonly #deps: EntriesDeps;

  constructor(deps: EntriesDeps) {
    this.#deps = deps;
  }

  list(filter: { readonly search: string | undefined; readonly limit: number; readonly offset: number }) {
    return this.#deps.store.entries(filter);
  }

  async asCsv(): Promise<string> {
    return writeList(await this.#deps.store.allEntries());
  }

  /** Takes a list as a whole, in one transaction; with one problem, or in a dry run, nothing. */
  async take(
    actor: string,
    { csv, mode, isDryRun }: { readonly csv: string; readonly mode: "merge" | "replace"; readonly isDryRun: boolean },
  ): Promise<ImportReport> {
    const { postgres, store, audit, profiles } = this.#deps;
    const known = new Set((await profiles.list()).map(({ name }) => name));
    const { rows, problems: unreadable } = readList(csv, known);
    return postgres.transaction(async (tx) => {
      const plan = planOf(rows, await store.allEntries(tx), mode);
      const problems = [...unreadable, ...plan.problems].toSorted((one, other) => one.line - other.line);
      const isStored = !isDryRun && problems.length === 0;
      if (isStored) {
        const gone = [...plan.removed, ...plan.changed.map(({ id }) => id)];
        await store.removeEntries(tx, gone);
        await store.insertEntries(tx, [...plan.changed.map(({ id, row }) => ({ ...row, id })), ...plan.added]);
        const counts = { added: plan.added.length, changed: plan.changed.length, removed: plan.removed.length };
        const summary = `Imported ${rows.length} assignment entries: ${counts.added} new, ${counts.changed} changed, ${counts.removed} removed`;
        await audit.write(tx, { actor, action: "assignment.entries.imported", summary, details: { mode, ...counts } });
      }
      return {
        isStored,
        rows: rows.length,
        added: plan.added.length,
        changed: plan.changed.length,
        unchanged: plan.unchanged,
        removed: plan.removed.length,
        problems: problems.slice(0, mostShown),
        problemCount: problems.length,
        sample: rows.slice(0, sampleSize).map(deviceIn),
      };
    });
  }

  /** @throws assignments.entry.unknown (caller) */
  async remove(actor: string, id: number): Promise<void> {
    const { postgres, store, audit } = this.#deps;
    await postgres.transaction(async (tx) => {
      if ((await store.removeEntries(tx, [id])) === 0)
        throw fail("assignments.entry.unknown", { details: { entry: id } });
      const summary = `Removed the assignment entry ${id}`;
      await audit.write(tx, { actor, action: "assignment.entry.removed", summary, details: { entry: id } });
    });
  }
}

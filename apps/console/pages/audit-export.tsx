import { auditHeading, auditRow } from "@vigil/api/audit-rows.ts";
import type { ListedEntry } from "@vigil/api/resources/audit.ts";
import type { VigilClient } from "@vigil/api/client.ts";
import { ExportMenu } from "../parts/export-menu.tsx";
import type { AuditFilter } from "../queries.ts";
import { useServer } from "../server.ts";

/** Entries in one question, and in one file: a browser holds it in memory; `vigil audit list --export` has no such limit. */
const pageSize = 1_000;
const mostEntries = 200_000;

/** Saves the entries that the filter lets through. */
export function AuditExport({ filter }: { readonly filter: AuditFilter }) {
  const server = useServer();
  const entries = (): Promise<ListedEntry[]> => entriesOf(server, filter);
  return <ExportMenu label="Export entries" name="activity" heading={auditHeading} row={auditRow} entries={entries} />;
}

async function entriesOf(server: VigilClient, filter: AuditFilter): Promise<ListedEntry[]> {
  const all: ListedEntry[] = [];
  while (all.length < mostEntries) {
    const last = all.at(-1);
    const before = last === undefined ? {} : { before: last.id };
    const { items } = await server.audit.list({ query: { ...filter, ...before, limit: pageSize } });
    all.push(...items);
    if (items.length < pageSize) break;
  }
  return all;
}

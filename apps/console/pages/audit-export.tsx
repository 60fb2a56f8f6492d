import { Button, Menu } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { auditHeading, auditRow } from "@vigil/api/audit-rows.ts";
import { csvOf } from "@vigil/api/csv.ts";
import type { ListedEntry } from "@vigil/api/resources/audit.ts";
import type { VigilClient } from "@vigil/api/client.ts";
import { download } from "../parts/download.ts";
import { notifyFailure } from "../parts/notify-failure.ts";
import type { AuditFilter } from "../queries.ts";
import { useServer } from "../server.ts";

/** Entries in one question, and in one file: a browser holds it in memory; `vigil audit list --export` has no such limit. */
const pageSize = 1_000;
const mostEntries = 200_000;

/** Saves the entries that the filter lets through. */
export function AuditExport({ filter }: { readonly filter: AuditFilter }) {
  const server = useServer();
  const save = useMutation({
    mutationFn: async (kind: "csv" | "json") => {
      const entries = await entriesOf(server, filter);
      const text = kind === "csv" ? csvOf([auditHeading, ...entries.map(auditRow)]) : JSON.stringify(entries, null, 2);
      download(`activity.${kind}`, new TextEncoder().encode(text), kind === "csv" ? "text/csv" : "application/json");
    },
    onError: notifyFailure,
  });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={14} aria-hidden />} loading={save.isPending}>
          Export entries
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save.mutate("csv")}>As CSV</Menu.Item>
        <Menu.Item onClick={() => save.mutate("json")}>As JSON</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
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

import { ActionIcon, Button, Group, TextInput } from "@mantine/core";
import { IconDownload, IconTrash, IconUpload } from "@tabler/icons-react";
import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AssignmentEntry } from "@vigil/api/resources/assignments.ts";
import { countOf } from "../../ages.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useKeys } from "../../parts/keys.ts";
import { PlainTable, type PlainColumn } from "../../parts/plain-table.tsx";
import { assignmentEntriesQuery, keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { ImportDialog } from "./import-dialog.tsx";

/** What imported lists say about single devices: it goes before every rule. */
export function Entries() {
  const server = useServer();
  const [search, setSearch] = useState("");
  const [isImporting, setImporting] = useState(false);
  const { data, error, refetch } = useQuery({
    ...assignmentEntriesQuery(server, search.trim()),
    placeholderData: keepPreviousData,
  });
  const exported = useMutation({
    mutationFn: () => server.assignments.exportEntries(),
    onSuccess: ({ csv }) => save(csv),
  });
  useKeys({ i: () => setImporting(true) });
  return (
    <>
      <div className="toolbar">
        <Button leftSection={<IconUpload size={14} aria-hidden />} onClick={() => setImporting(true)} title="i">
          Import list
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={14} aria-hidden />}
          loading={exported.isPending}
          onClick={() => exported.mutate()}
        >
          Export list
        </Button>
        <TextInput
          className="toolbar-find"
          aria-label="Find entries"
          placeholder="Part of anything in an entry"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        {data === undefined ? null : (
          <span className="dim toolbar-count">{shownOf(data.items.length, data.total)}</span>
        )}
      </div>
      {exported.isError ? <Failure error={exported.error} /> : null}
      {error === null ? null : <Failure error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null ? (
          <Waiting />
        ) : null
      ) : data.items.length === 0 ? (
        <Empty title={search === "" ? "No entries yet" : "No entry has that in it"}>
          Import a list with a line for each machine: its UUID, MAC address or serial number, and what it gets.
        </Empty>
      ) : (
        <PlainTable label="Entries" rows={data.items} keyOf={({ id }) => String(id)} columns={columns} />
      )}
      <ImportDialog isOpen={isImporting} onClose={() => setImporting(false)} />
    </>
  );
}

function shownOf(shown: number, total: number): string {
  return shown < total ? `The first ${countOf(shown)} of ${countOf(total)}` : `${countOf(total)} entries`;
}

const columns: readonly PlainColumn<AssignmentEntry>[] = [
  { title: "#", width: "64px", isNumber: true, cell: ({ id }) => id },
  { title: "Device", cell: (entry) => <Keys entry={entry} /> },
  { title: "Host name", width: "170px", cell: ({ hostName }) => hostName ?? <Left /> },
  { title: "DNS suffix", width: "150px", cell: ({ domainName }) => domainName ?? <Left /> },
  {
    title: "OU",
    cell: ({ organizationalUnit: unit }) => (unit === null ? <Left /> : <span title={unit}>{unit}</span>),
  },
  { title: "Profile", width: "120px", cell: ({ profile }) => profile ?? <Left /> },
  { title: "Actions", width: "72px", cell: ({ id }) => <Remove id={id} /> },
];

function Keys({ entry: { uuid, mac, serialNumber } }: { readonly entry: AssignmentEntry }) {
  const all = [uuid, mac, serialNumber].filter((one) => one !== null).join(", ");
  return (
    <span className="mono" title={all}>
      {all}
    </span>
  );
}

function Left() {
  return (
    <span className="dim" title="Left to the rules">
      —
    </span>
  );
}

function Remove({ id }: { readonly id: number }) {
  const server = useServer();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => server.assignments.removeEntry({ params: { id } }),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.assignmentEntries }),
  });
  return (
    <Group>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="sm"
        aria-label={`Remove entry ${id}`}
        loading={remove.isPending}
        onClick={() => remove.mutate()}
      >
        <IconTrash size={14} aria-hidden />
      </ActionIcon>
    </Group>
  );
}

function save(csv: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  link.download = "assignment-entries.csv";
  link.click();
  URL.revokeObjectURL(link.href);
}

import { Button, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { auditPaths, type AuditPath, type ListedEntry } from "@vigil/api/resources/audit.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { When } from "../parts/now.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { auditChoicesQuery, auditQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { AuditExport } from "./audit-export.tsx";
import { AuditVerify } from "./audit-verify.tsx";
import { auditSearch, type AuditSearch } from "./searches.ts";

/** Over which path something was asked for, in words. */
export const pathWords = {
  console: "console",
  cli: "command line",
  api: "API key",
  job: "job",
  vigil: "Vigil itself",
} as const satisfies Readonly<Record<AuditPath, string>>;

/** Who did what, when, to which device, over which path; and whether somebody has tampered with it. */
export function AuditPage() {
  const server = useServer();
  const { q, ...rest } = auditSearch(useSearch({ strict: false }));
  const filter = { ...rest, ...(q === undefined ? {} : { search: q }) };
  const isFiltered = Object.keys(filter).length > 0;
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    auditQuery(server, filter),
  );
  const entries = data?.pages.flatMap((page) => page.items);
  return (
    <Page title="Activity" actions={<AuditExport filter={filter} />}>
      <Filters />
      <AuditVerify />
      {entries === undefined ? (
        error === null ? (
          <Waiting />
        ) : (
          <Failure error={error} onRetry={() => void refetch()} />
        )
      ) : null}
      {entries?.length === 0 ? <Empty title={isFiltered ? "No entry matches" : "Nothing has been done yet"} /> : null}
      {entries === undefined || entries.length === 0 ? null : <Entries entries={entries} />}
      {hasNextPage ? (
        <div className="toolbar">
          <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            Show older entries
          </Button>
        </div>
      ) : null}
    </Page>
  );
}

function Filters() {
  const navigate = useNavigate();
  const current = auditSearch(useSearch({ strict: false }));
  const { data: choices } = useQuery(auditChoicesQuery(useServer()));
  const set = (change: Partial<Record<keyof AuditSearch, string | null>>): void => {
    const search = auditSearch({ ...current, ...change });
    void navigate({ to: "/audit", search, replace: true });
  };
  return (
    <div className="toolbar">
      <TextInput
        className="toolbar-find"
        leftSection={<IconSearch size={14} aria-hidden />}
        placeholder="What was done, or by whom"
        aria-label="Find entries"
        value={current.q ?? ""}
        onChange={({ currentTarget: { value } }) => set({ q: value })}
      />
      <DeviceFilter key={current.device ?? ""} device={current.device ?? ""} onPick={(device) => set({ device })} />
      <Select
        aria-label="Actor"
        placeholder="Anybody"
        data={choices?.actors ?? []}
        value={current.actor ?? null}
        onChange={(actor) => set({ actor })}
        clearable
        searchable
        w={150}
      />
      <Select
        aria-label="Action"
        placeholder="Any action"
        data={choices?.actions ?? []}
        value={current.action ?? null}
        onChange={(action) => set({ action })}
        clearable
        searchable
        w={190}
      />
      <Select
        aria-label="Path"
        placeholder="Any path"
        data={auditPaths.map((value) => ({ value, label: pathWords[value] }))}
        value={current.path ?? null}
        onChange={(path) => set({ path })}
        clearable
        w={130}
      />
    </div>
  );
}

/** Asks the server once the name is whole: a part of one is no device. */
function DeviceFilter({ device, onPick }: { readonly device: string; readonly onPick: (device: string) => void }) {
  const [typed, setTyped] = useState(device);
  const pick = (): void => {
    if (typed.trim() !== device) onPick(typed.trim());
  };
  return (
    <TextInput
      aria-label="Device"
      placeholder="Any device"
      value={typed}
      onChange={({ currentTarget: { value } }) => setTyped(value)}
      onBlur={pick}
      onKeyDown={({ key }) => (key === "Enter" ? pick() : undefined)}
      w={160}
    />
  );
}

function Entries({ entries }: { readonly entries: readonly ListedEntry[] }) {
  return (
    <PlainTable
      label="Audit entries"
      rows={entries}
      keyOf={({ id }) => String(id)}
      columns={[
        { title: "No.", width: "64px", isNumber: true, cell: ({ id }) => id },
        {
          title: "When",
          width: "130px",
          cell: ({ at }) => <When at={at} />,
        },
        { title: "Who", width: "140px", cell: ({ actor }) => actor },
        {
          title: "Over",
          width: "116px",
          cell: ({ path }) => (path === null ? <span className="dim">unknown</span> : pathWords[path]),
        },
        { title: "Action", width: "180px", cell: ({ action }) => <span className="mono">{action}</span> },
        { title: "What", cell: ({ summary }) => <span title={summary}>{summary}</span> },
        {
          title: "Device",
          width: "140px",
          cell: ({ device, deviceName }) =>
            device === null ? null : (
              <Link to="/devices/$id" params={{ id: device }} className="mono" title={device}>
                {deviceName ?? device.slice(0, 8)}
              </Link>
            ),
        },
      ]}
    />
  );
}

import { Button, Select, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { logHeading, logRow } from "@vigil/api/log-rows.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import type { DeviceLog, LogEntry, LogState } from "@vigil/api/resources/readings.ts";
import { countOf } from "../ages.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { ExportMenu } from "../parts/export-menu.tsx";
import { Failure } from "../parts/failure.tsx";
import { When } from "../parts/now.tsx";
import { PlainTable, type PlainColumn } from "../parts/plain-table.tsx";
import { ReadingBar, useReading } from "../parts/reading.tsx";
import { deviceLogQuery, keys, type LogFilter } from "../queries.ts";
import { useServer } from "../server.ts";
import { deviceSearch, type DeviceSearch } from "./searches.ts";

interface TabProps {
  readonly device: Device;
}

/** What happened to the machine, by its firmware's own word. */
export function DeviceEvents({ device }: TabProps) {
  return <DeviceLogTab device={device} log="event" tab="events" />;
}

/** Who changed what of its security settings, by its firmware's own word. */
export function DeviceAuditLog({ device }: TabProps) {
  return <DeviceLogTab device={device} log="audit" tab="audit-log" />;
}

const severities = ["information", "ok", "monitor", "non-critical", "critical", "non-recoverable", "unspecified"];

function DeviceLogTab({ device, log, tab }: TabProps & { readonly log: DeviceLog; readonly tab: DeviceSearch["tab"] }) {
  const server = useServer();
  const navigate = useNavigate();
  const { q, severity } = deviceSearch(useSearch({ strict: false }));
  const isPossible = device.state === "provisioned";
  const params = { id: device.uuid, log };
  const filter = {
    ...(q === undefined ? {} : { search: q }),
    ...(severity === undefined || log === "audit" ? {} : { severity }),
  };
  const stored = useInfiniteQuery(deviceLogQuery(server, device.uuid, log, filter));
  const reading = useReading(
    keys.deviceLog(device.uuid, log),
    (signal) => server.readings.readLog({ params, signal }),
    isPossible,
  );
  const set = (change: { readonly q?: string; readonly severity?: string | null }): void => {
    const search = deviceSearch({ tab, q, severity, ...change });
    void navigate({ to: "/devices/$id", params: { id: device.uuid }, search, replace: true });
  };
  const { data, error } = stored;
  const first = data?.pages[0];
  const entries = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      <ReadingBar reading={reading} readAt={first?.readAt ?? null} isPossible={isPossible}>
        <TextInput
          w={220}
          leftSection={<IconSearch size={14} aria-hidden />}
          placeholder={log === "event" ? "What happened" : "What was done, as whom, from where"}
          aria-label="Find entries"
          value={q ?? ""}
          onChange={({ currentTarget: { value } }) => set({ q: value })}
        />
        {log === "event" ? (
          <Select
            aria-label="Severity"
            placeholder="Any severity"
            data={severities}
            value={severity ?? null}
            onChange={(value) => set({ severity: value })}
            clearable
            w={140}
          />
        ) : null}
        <LogExport device={device} log={log} filter={filter} />
      </ReadingBar>
      {data === undefined ? error === null ? <Waiting /> : <Failure error={error} /> : null}
      {first === undefined ? null : <LogStateWords state={first.state} log={log} />}
      {first !== undefined && entries.length === 0 && !(first.readAt === null && reading.isReading) ? (
        <Nothing readAt={first.readAt} isFiltered={Object.keys(filter).length > 0} isPossible={isPossible} />
      ) : null}
      {first?.readAt === null && reading.isReading ? <Waiting /> : null}
      {entries.length === 0 ? null : <LogEntries entries={entries} log={log} />}
      {stored.hasNextPage ? (
        <div className="toolbar">
          <Button variant="default" loading={stored.isFetchingNextPage} onClick={() => void stored.fetchNextPage()}>
            Show older entries
          </Button>
          <span className="dim">
            {countOf(entries.length)} of {countOf(first?.total ?? 0)}
          </span>
        </div>
      ) : null}
    </>
  );
}

function Nothing(props: {
  readonly readAt: string | null;
  readonly isFiltered: boolean;
  readonly isPossible: boolean;
}) {
  if (props.readAt === null) {
    const why = props.isPossible ? undefined : "Only provisioned devices can be asked for it.";
    return <Empty title="This log has not been read yet">{why}</Empty>;
  }
  return <Empty title={props.isFiltered ? "No entry matches" : "The device's log is empty"} />;
}

/** Only what an operator has to know: nothing is recorded, or it soon will not fit. */
export function LogStateWords({ state, log }: { readonly state: LogState | null; readonly log: DeviceLog }) {
  if (state === null) return null;
  const { isOn, records, capacity, percentFree } = state;
  if (!isOn) {
    const why = log === "event" ? "The log is frozen" : "The audit log is off";
    return <p className="warn log-state">{why}: the device records nothing more.</p>;
  }
  const most = capacity === null ? "" : ` of at most ${countOf(capacity)}`;
  const room = percentFree === null ? "" : `, ${percentFree} % free`;
  return <p className="dim log-state">{`${countOf(records)}${most} records in the device${room}`}</p>;
}

/** Lines of a device's own log. */
export function LogEntries({ entries, log }: { readonly entries: readonly LogEntry[]; readonly log: DeviceLog }) {
  const when: PlainColumn<LogEntry> = {
    title: "When",
    width: "130px",
    cell: ({ at }) => <When at={at} />,
  };
  const columns: readonly PlainColumn<LogEntry>[] =
    log === "event"
      ? [
          when,
          { title: "Severity", width: "110px", cell: ({ severity }) => <Severity name={severity ?? ""} /> },
          { title: "Event", cell: ({ text, data }) => <span title={`${text}\n${data}`}>{text}</span> },
          { title: "Source", width: "170px", cell: ({ source }) => <span className="dim">{source}</span> },
        ]
      : [
          when,
          { title: "Part", width: "130px", cell: ({ source }) => source },
          { title: "What", cell: ({ text, data }) => <span title={`${text}\n${data}`}>{text}</span> },
          { title: "As", width: "180px", cell: ({ who }) => who },
          {
            title: "From",
            width: "130px",
            cell: ({ from }) =>
              from === null ? <span className="dim">not noted</span> : <span className="mono">{from}</span>,
          },
        ];
  return (
    <PlainTable
      label={log === "event" ? "Events" : "Audit log"}
      rows={entries}
      keyOf={({ number }) => String(number)}
      columns={columns}
    />
  );
}

function Severity({ name }: { readonly name: string }) {
  const isBad = name === "critical" || name === "non-recoverable";
  return <span className={isBad ? "bad" : name === "non-critical" ? "warn" : ""}>{name}</span>;
}

const pageSize = 1_000;

function LogExport({ device, log, filter }: TabProps & { readonly log: DeviceLog; readonly filter: LogFilter }) {
  const server = useServer();
  const entries = async (): Promise<LogEntry[]> => {
    const all: LogEntry[] = [];
    for (;;) {
      const query = { ...filter, offset: all.length, limit: pageSize };
      const { items, total } = await server.readings.log({ params: { id: device.uuid, log }, query });
      all.push(...items);
      if (items.length === 0 || all.length >= total) return all;
    }
  };
  const name = `${device.hostName ?? device.uuid}-${log}-log`;
  return <ExportMenu label="Export" name={name} heading={logHeading} row={logRow} entries={entries} />;
}

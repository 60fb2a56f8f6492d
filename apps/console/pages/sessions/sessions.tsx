import { Button } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { LiveSession } from "@vigil/api/resources/sessions.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { notifyFailure } from "../../parts/notify-failure.ts";
import { Age } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { sessionNames, sessionTabs } from "../../parts/session-words.ts";
import { keys, sessionsQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Recordings } from "./recordings.tsx";
import { Page } from "../../shell/page.tsx";
import { bytesOf } from "../../sizes.ts";

/** Who is on which device now: serial lines, screens and lent disks. */
export function SessionsPage() {
  const { data, error, refetch } = useQuery(sessionsQuery(useServer()));
  return (
    <Page title="Sessions">
      {data === undefined && error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && error === null ? <Waiting /> : null}
      {data?.items.length === 0 ? (
        <Empty title="Nobody has a session with a device">
          <Link to="/">Open a device</Link> and its Screen, Serial or Disk tab to begin one.
        </Empty>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : <Open items={data.items} />}
      <Recordings />
    </Page>
  );
}

function Open({ items }: { readonly items: readonly LiveSession[] }) {
  return (
    <PlainTable
      label="Open sessions"
      rows={items}
      keyOf={({ id }) => id}
      columns={[
        {
          title: "Device",
          cell: ({ device, hostName, address, kind }) => (
            <Link to="/devices/$id" params={{ id: device }} search={{ tab: sessionTabs[kind] }}>
              {hostName ?? address}
            </Link>
          ),
        },
        {
          title: "Kind",
          width: "150px",
          cell: ({ kind, isViewOnly }) => `${sessionNames[kind]}${isViewOnly ? ", view only" : ""}`,
        },
        { title: "Who", width: "160px", cell: ({ actor }) => actor },
        {
          title: "Since",
          width: "110px",
          cell: ({ state, startedAt }) => (state === "opening" ? "opening" : <Age at={startedAt} />),
        },
        { title: "Last active", width: "110px", cell: ({ activeAt }) => <Age at={activeAt} /> },
        { title: "Channel", width: "90px", cell: ({ channel }) => (channel === "plain" ? "plain" : "TLS") },
        {
          title: "From device",
          width: "110px",
          isNumber: true,
          cell: ({ bytesFromDevice }) => bytesOf(bytesFromDevice),
        },
        { title: "To device", width: "110px", isNumber: true, cell: ({ bytesToDevice }) => bytesOf(bytesToDevice) },
        { title: "", width: "90px", cell: (session) => <End session={session} /> },
      ]}
    />
  );
}

/** Ends it at once: whoever has it is told by whom. */
function End({ session: { id, kind, hostName, address } }: { readonly session: LiveSession }) {
  const server = useServer();
  const cache = useQueryClient();
  const end = useMutation({
    mutationFn: () => server.sessions.kill({ params: { id } }),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.sessions }),
    onError: notifyFailure,
  });
  return (
    <Button
      variant="default"
      size="compact-xs"
      loading={end.isPending}
      aria-label={`End the ${sessionNames[kind].toLowerCase()} session of ${hostName ?? address}`}
      onClick={() => end.mutate()}
    >
      End
    </Button>
  );
}

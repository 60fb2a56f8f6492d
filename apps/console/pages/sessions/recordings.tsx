import { Button, Group } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { recordingFilePath, type SessionRecording } from "@vigil/api/resources/sessions.ts";
import { durationOf } from "../../ages.ts";
import { Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { notifyFailure } from "../../parts/notify-failure.ts";
import { Age } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { sessionNames } from "../../parts/session-words.ts";
import { keys, recordingsQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { bytesOf } from "../../sizes.ts";
import { RecordingSettings } from "./recording-settings.tsx";

/** What sessions showed, as far as it was recorded. */
export function Recordings() {
  const { data, error, refetch } = useQuery(recordingsQuery(useServer()));
  return (
    <section className="panel session-recordings" aria-label="Recordings">
      <h2>Recordings</h2>
      <RecordingSettings />
      {data === undefined && error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && error === null ? <Waiting rows={3} /> : null}
      {data?.items.length === 0 ? <p className="padded dim">Nothing has been recorded.</p> : null}
      {data === undefined || data.items.length === 0 ? null : <Kept items={data.items} />}
    </section>
  );
}

function Kept({ items }: { readonly items: readonly SessionRecording[] }) {
  return (
    <PlainTable
      label="Recordings"
      rows={items}
      keyOf={({ id }) => id}
      columns={[
        {
          title: "Device",
          cell: ({ device, hostName }) => (
            <Link to="/devices/$id" params={{ id: device }}>
              {hostName ?? device.slice(0, 8)}
            </Link>
          ),
        },
        { title: "Kind", width: "120px", cell: ({ kind }) => sessionNames[kind] },
        { title: "Whose session", width: "160px", cell: ({ actor }) => actor },
        { title: "Begun", width: "110px", cell: ({ startedAt }) => <Age at={startedAt} /> },
        { title: "Length", width: "120px", cell: (recording) => <Length recording={recording} /> },
        { title: "Size", width: "90px", isNumber: true, cell: ({ bytes }) => bytesOf(bytes) },
        { title: "", width: "260px", cell: (recording) => <Actions recording={recording} /> },
      ]}
    />
  );
}

function Length({ recording: { startedAt, endedAt, isWhole } }: { readonly recording: SessionRecording }) {
  if (endedAt === null) return <span className="session-live">going on</span>;
  const length = durationOf(Date.parse(endedAt) - Date.parse(startedAt));
  if (isWhole) return <>{length}</>;
  return (
    <span className="warn" title="It ends before the session did: by its size, the disk, or the server's end">
      {length}, cut
    </span>
  );
}

function Actions({ recording: { id, kind, endedAt } }: { readonly recording: SessionRecording }) {
  const server = useServer();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => server.sessions.removeRecording({ params: { id } }),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.recordings }),
    onError: notifyFailure,
  });
  const ending = kind === "sol" ? "cast" : "vigil-screen";
  return (
    <Group gap={8} wrap="nowrap">
      <Link to="/sessions/recordings/$id" params={{ id }} search={{ kind }}>
        Play
      </Link>
      <a href={recordingFilePath(id)} download={`${id}.${ending}`}>
        Download
      </a>
      <Button
        variant="subtle"
        color="red"
        size="compact-xs"
        loading={remove.isPending}
        disabled={endedAt === null}
        title={endedAt === null ? "It is still being written" : undefined}
        onClick={() => remove.mutate()}
      >
        Remove
      </Button>
    </Group>
  );
}

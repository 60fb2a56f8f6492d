import { Drawer } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Run, TrailEntry } from "@vigil/api/resources/runs.ts";
import { durationOf, momentOf } from "../../ages.ts";
import { Waiting } from "../../parts/empty.tsx";
import { Failure, ReportedFailure } from "../../parts/failure.tsx";
import { OutcomeMark, StepOutcomeMark } from "../../parts/states.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

const everyMs = 1_000;

interface TrailProps {
  readonly run: Run;
  readonly device: string;
}

/** What the run did to one device, beside the list. */
export function TrailDrawer({
  run,
  device,
  onClose,
}: {
  readonly run: Run;
  readonly device: string | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Drawer
      opened={device !== undefined}
      onClose={onClose}
      position="right"
      size={460}
      title="What it did to this device"
      withOverlay={false}
      lockScroll={false}
      trapFocus={false}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {device === undefined ? null : <Trail key={device} run={run} device={device} />}
    </Drawer>
  );
}

function Trail({ run, device }: TrailProps) {
  const server = useServer();
  const { data, error, refetch } = useQuery({
    queryKey: [...keys.resultWindows(run.id), "trail", device],
    queryFn: ({ signal }) => server.runs.trail({ params: { id: run.id, device }, signal }),
    refetchInterval: run.finishedAt === null ? everyMs : false,
    placeholderData: keepPreviousData,
  });
  if (data === undefined) {
    return error === null ? <Waiting rows={4} /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  const { result, items } = data;
  return (
    <div className="form">
      <p>
        <Link to="/devices/$id" params={{ id: device }}>
          {result.hostName ?? result.address}
        </Link>{" "}
        <span className="dim mono">{result.address}</span>
      </p>
      <p>
        <OutcomeMark outcome={result.outcome} />
        {result.powerBefore === null ? null : <span className="dim"> Power before: {result.powerBefore}</span>}
      </p>
      <ol className="timeline" aria-label="Trail">
        {items.map((entry) => (
          <Entry key={`${entry.path} ${entry.attempt}`} entry={entry} />
        ))}
      </ol>
    </div>
  );
}

function Entry({ entry }: { readonly entry: TrailEntry }) {
  const { path, attempt, outcome, answer, error, startedAt, finishedAt } = entry;
  const span = startedAt === null || finishedAt === null ? null : Date.parse(finishedAt) - Date.parse(startedAt);
  return (
    <li data-outcome={outcome}>
      <StepOutcomeMark outcome={outcome} />
      <div>
        <strong>{path}</strong>
        {attempt > 1 ? <span className="dim"> try {attempt}</span> : null}
        {answer === null ? null : <p>{answer}</p>}
        {error === null ? null : <ReportedFailure report={error} />}
        {startedAt === null ? null : (
          <p className="dim">
            <time dateTime={startedAt}>{momentOf(startedAt)}</time>
            {span === null ? "" : ` · took ${durationOf(span)}`}
          </p>
        )}
      </div>
    </li>
  );
}

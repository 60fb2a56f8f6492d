import { Button, Group } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { operations } from "@vigil/api/operations.ts";
import type { Outcome, Run, RunResult } from "@vigil/api/resources/runs.ts";
import { countOf, devicesOf } from "../ages.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure, ShortFailure } from "../parts/failure.tsx";
import { Age } from "../parts/now.tsx";
import { OperationDialog, type Intent } from "../parts/operation-dialog.tsx";
import { OutcomeMark, RunMark } from "../parts/states.tsx";
import { Table } from "../parts/table.tsx";
import type { Column } from "../parts/table-columns.ts";
import { useWindows } from "../parts/windows.ts";
import { fetchResults, keys, runQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { RunProgress } from "./run-progress.tsx";
import { outcomes, runSearch } from "./searches.ts";

/** Results of one answer when failed ones are run again. */
const mostAgain = 20_000;

/** One run: how far it is, how fast, and what each device said, the failing ones first. */
export function RunPage() {
  const server = useServer();
  const { id = "" } = useParams({ strict: false });
  const { data: run, error, refetch } = useQuery(runQuery(server, id));
  return (
    <Page
      title={run?.title ?? "Run"}
      above={{ to: "/jobs", title: "Jobs" }}
      actions={run === undefined ? null : <Actions run={run} />}
    >
      {run === undefined && error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {run === undefined ? error === null ? <Waiting /> : null : <Body run={run} />}
    </Page>
  );
}

function Body({ run }: { readonly run: Run }) {
  const server = useServer();
  const navigate = useNavigate();
  const { outcome } = runSearch(useSearch({ strict: false }));
  const [active, setActive] = useState(0);
  const queryKey = [...keys.resultWindows(run.id), outcome ?? "all"];
  const list = useWindows({ queryKey, fetch: fetchResults(server, run.id, outcome) });
  const show = (one: Outcome | undefined): void =>
    void navigate({
      to: "/jobs/$id",
      params: { id: run.id },
      search: one === undefined ? {} : { outcome: one },
      replace: true,
    });
  return (
    <>
      <div className="run-head">
        <RunMark run={run} />
        <span className="dim">
          {run.operation === null ? "" : `${operations[run.operation].title} · `}
          {run.target} · {run.startedBy} · <Age at={run.createdAt} />
        </span>
      </div>
      <RunProgress run={run} />
      <div className="toolbar" role="group" aria-label="Outcomes">
        <button type="button" className="chip" aria-pressed={outcome === undefined} onClick={() => show(undefined)}>
          All {countOf(run.total)}
        </button>
        {outcomes
          .filter((one) => run.counts[one] > 0 || one === outcome)
          .map((one) => (
            <button key={one} type="button" className="chip" aria-pressed={outcome === one} onClick={() => show(one)}>
              <OutcomeMark outcome={one} /> {countOf(run.counts[one])}
            </button>
          ))}
      </div>
      {list.error !== null && list.total === undefined ? <Failure error={list.error} onRetry={list.askAgain} /> : null}
      {list.total === 0 ? (
        <Empty title={run.total === 0 ? "The target held no devices" : "No device has this outcome"} />
      ) : (
        <Table
          id="results"
          label="Results"
          columns={columns}
          total={list.total ?? Math.min(run.total, 12)}
          rowAt={list.rowAt}
          keyOf={({ uuid }) => uuid}
          nameOf={({ hostName, address }) => hostName ?? address}
          onRange={list.onRange}
          active={active}
          onActive={setActive}
          onOpen={(index) => {
            const row = list.rowAt(index);
            if (row !== undefined) void navigate({ to: "/devices/$id", params: { id: row.uuid } });
          }}
          isOld={list.isOld}
        />
      )}
    </>
  );
}

const columns: readonly Column<RunResult>[] = [
  {
    name: "device",
    title: "Device",
    min: 150,
    grow: 1,
    cell: ({ uuid, hostName, address }) => (
      <Link to="/devices/$id" params={{ id: uuid }} tabIndex={-1}>
        {hostName ?? address}
      </Link>
    ),
  },
  {
    name: "address",
    title: "Address",
    min: 120,
    grow: 0,
    cell: ({ address }) => <span className="mono">{address}</span>,
  },
  { name: "outcome", title: "Outcome", min: 120, grow: 0, cell: ({ outcome }) => <OutcomeMark outcome={outcome} /> },
  {
    name: "answer",
    title: "Answer",
    min: 260,
    grow: 3,
    cell: ({ answer, error }) => (
      <>
        {error === null ? null : <ShortFailure report={error} />} {answer}
      </>
    ),
  },
  {
    name: "finished",
    title: "Finished",
    min: 110,
    grow: 0,
    cell: ({ finishedAt }) => <Age at={finishedAt} none="—" />,
  },
];

function Actions({ run }: { readonly run: Run }) {
  const server = useServer();
  const cache = useQueryClient();
  const [intent, setIntent] = useState<Intent>();
  const params = { id: run.id };
  const cancel = useMutation({
    mutationFn: () => server.runs.cancel({ params }),
    onSuccess: (fresh) => {
      cache.setQueryData(keys.run(run.id), fresh);
      void cache.invalidateQueries({ queryKey: keys.resultWindows(run.id) });
    },
  });
  const again = useMutation({
    mutationFn: () => server.runs.results({ params, query: { outcome: "failed", limit: mostAgain } }),
    onSuccess: ({ items, total }) => {
      if (run.operation === null) return;
      setIntent({
        operation: run.operation,
        target: { devices: items.map(({ uuid }) => uuid) },
        count: total,
        words: devicesOf(items.length),
        unmanaged: 0,
      });
    },
  });
  return (
    <Group gap={8}>
      {run.counts.failed > 0 && run.finishedAt !== null && run.operation !== null ? (
        <Button variant="default" loading={again.isPending} onClick={() => again.mutate()}>
          Run failed ones again
        </Button>
      ) : null}
      {run.state !== "cancelled" && run.finishedAt === null ? (
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
          Cancel run
        </Button>
      ) : null}
      <OperationDialog intent={intent} onClose={() => setIntent(undefined)} />
    </Group>
  );
}

import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useState } from "react";
import { operations } from "@vigil/api/operations.ts";
import type { Outcome, Run, RunResult } from "@vigil/api/resources/runs.ts";
import { countOf } from "../../ages.ts";
import { deviceColumns } from "../../parts/device-table.tsx";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure, ShortFailure } from "../../parts/failure.tsx";
import { Age } from "../../parts/now.tsx";
import { OutcomeMark, RunMark } from "../../parts/states.tsx";
import { Table } from "../../parts/table.tsx";
import type { Column } from "../../parts/table-columns.ts";
import { useWindows } from "../../parts/windows.ts";
import { fetchResults, keys, runQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { outcomes, runSearch, type RunSearch } from "../searches.ts";
import { PutBackNotice } from "./cancel-run.tsx";
import { RunActions, RunNotice } from "./run-actions.tsx";
import { RunProgress } from "./run-progress.tsx";
import { RunShape } from "./run-shape.tsx";
import { TrailDrawer } from "./trail.tsx";

/** One run: how far it is, how fast, and what each device said, the failing ones first. */
export function RunPage() {
  const server = useServer();
  const { id = "" } = useParams({ strict: false });
  const { data: run, error, refetch } = useQuery(runQuery(server, id));
  return (
    <Page
      title={run?.title ?? "Run"}
      above={{ to: "/jobs", title: "Runs" }}
      actions={run === undefined ? null : <RunActions run={run} />}
    >
      {run === undefined && error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {run === undefined ? error === null ? <Waiting /> : null : <Body run={run} />}
    </Page>
  );
}

function Body({ run }: { readonly run: Run }) {
  const hasShape = run.waves.length > 1 || run.operation === null;
  return (
    <>
      <div className="run-head">
        <RunMark run={run} />
        <span className="dim">
          <Origin run={run} /> · {run.target} · {run.startedBy} · <Age at={run.createdAt} />
          {run.retryOf === null ? null : (
            <>
              {" · again of "}
              <Link to="/jobs/$id" params={{ id: run.retryOf }}>
                an earlier run
              </Link>
            </>
          )}
        </span>
      </div>
      <RunNotice run={run} />
      <PutBackNotice run={run} />
      <RunProgress run={run} />
      <div className="run-body" data-shape={hasShape}>
        {hasShape ? <RunShape run={run} /> : null}
        <Results run={run} />
      </div>
    </>
  );
}

/** What it carries out: a job, one operation, or steps that were given with it. */
function Origin({ run }: { readonly run: Run }) {
  if (run.job !== null) {
    return (
      <Link to="/jobs/named/$name" params={{ name: run.job }}>
        {run.job}, version {run.jobVersion}
      </Link>
    );
  }
  if (run.operation !== null) return operations[run.operation].title;
  return `${run.definition.steps.length} steps`;
}

function Results({ run }: { readonly run: Run }) {
  const server = useServer();
  const navigate = useNavigate();
  const { outcome, device } = runSearch(useSearch({ strict: false }));
  const [active, setActive] = useState(0);
  const queryKey = [...keys.resultWindows(run.id), outcome ?? "all"];
  const list = useWindows({ queryKey, fetch: fetchResults(server, run.id, outcome) });
  const go = useCallback(
    (search: RunSearch): void => void navigate({ to: "/jobs/$id", params: { id: run.id }, search, replace: true }),
    [navigate, run.id],
  );
  const only = outcome === undefined ? {} : { outcome };
  const isSteps = run.operation === null;
  return (
    <div className="run-results">
      <div className="toolbar" role="group" aria-label="Outcomes">
        <Chip isOn={outcome === undefined} onClick={() => go({})}>
          All {countOf(run.total)}
        </Chip>
        {outcomes
          .filter((one) => run.counts[one] > 0 || one === outcome)
          .map((one) => (
            <Chip key={one} isOn={outcome === one} onClick={() => go({ outcome: one })}>
              <OutcomeMark outcome={one} /> {countOf(run.counts[one])}
            </Chip>
          ))}
      </div>
      {list.error !== null && list.total === undefined ? <Failure error={list.error} onRetry={list.askAgain} /> : null}
      {list.total === 0 ? (
        <Empty title={emptyWords(run, outcome)} />
      ) : (
        <Table
          id="results"
          label="Results"
          columns={isSteps ? stepColumns : columns}
          total={list.total ?? Math.min(run.total, 12)}
          rowAt={list.rowAt}
          keyOf={({ uuid }) => uuid}
          nameOf={({ hostName, address }) => hostName ?? address}
          onRange={list.onRange}
          active={active}
          onActive={setActive}
          onOpen={(index) => {
            const row = list.rowAt(index);
            if (row !== undefined) go({ ...only, device: row.uuid });
          }}
          openKey={device}
          isOld={list.isOld}
        />
      )}
      <TrailDrawer run={run} device={device} onClose={() => go(only)} />
    </div>
  );
}

function emptyWords(run: Run, outcome: Outcome | undefined): string {
  return run.total === 0 ? "The target held no devices" : `No device is ${outcome ?? "here"} now`;
}

function Chip(props: { readonly isOn: boolean; readonly onClick: () => void; readonly children: React.ReactNode }) {
  return (
    <button type="button" className="chip" aria-pressed={props.isOn} onClick={props.onClick}>
      {props.children}
    </button>
  );
}

const [deviceColumn, addressColumn] = deviceColumns;
const outcomeColumn: Column<RunResult> = {
  name: "outcome",
  title: "Outcome",
  min: 120,
  grow: 0,
  cell: ({ outcome }) => <OutcomeMark outcome={outcome} />,
};
const answerColumn: Column<RunResult> = {
  name: "answer",
  title: "Answer",
  min: 220,
  grow: 3,
  cell: ({ answer, error }) => (
    <>
      {error === null ? null : <ShortFailure report={error} />} {answer}
    </>
  ),
};
const finishedColumn: Column<RunResult> = {
  name: "finished",
  title: "Finished",
  min: 100,
  grow: 0,
  cell: ({ finishedAt }) => <Age at={finishedAt} none="—" />,
};

const columns: readonly Column<RunResult>[] = [
  deviceColumn,
  addressColumn,
  outcomeColumn,
  answerColumn,
  finishedColumn,
];

/** Where a run has several steps, where each device stands is worth more than its address. */
const stepColumns: readonly Column<RunResult>[] = [
  deviceColumn,
  outcomeColumn,
  { name: "step", title: "Step", min: 160, grow: 1, cell: ({ step }) => step ?? <span className="dim">—</span> },
  answerColumn,
  finishedColumn,
];

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { countOf } from "../../ages.ts";
import { doneOf } from "../../live-merge.ts";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Age } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { RunMark } from "../../parts/states.tsx";
import { runsQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { JobTabs } from "./job-tabs.tsx";

/** Runs, newest first. */
export function RunsPage() {
  const { data, error, refetch } = useQuery(runsQuery(useServer()));
  return (
    <Page title="Jobs">
      <JobTabs />
      {data === undefined && error !== null ? <Failure error={error} onRetry={() => void refetch()} /> : null}
      {data === undefined && error === null ? <Waiting /> : null}
      {data?.items.length === 0 ? (
        <Empty title="No job has run yet">
          <Link to="/">Select devices in the fleet</Link> and choose what to do with them, or{" "}
          <Link to="/jobs/named">write a job</Link> of several steps.
        </Empty>
      ) : null}
      {data === undefined || data.items.length === 0 ? null : (
        <PlainTable
          label="Runs"
          rows={data.items}
          keyOf={({ id }) => id}
          columns={[
            {
              title: "Job",
              cell: ({ id, title }) => (
                <Link to="/jobs/$id" params={{ id }}>
                  {title}
                </Link>
              ),
            },
            { title: "Outcome", width: "200px", cell: (run) => <RunMark run={run} /> },
            {
              title: "Done",
              width: "130px",
              isNumber: true,
              cell: (run) => `${countOf(doneOf(run))} of ${countOf(run.total)}`,
            },
            { title: "Started by", width: "160px", cell: ({ startedBy }) => startedBy },
            { title: "Started", width: "120px", cell: ({ createdAt }) => <Age at={createdAt} /> },
          ]}
        />
      )}
    </Page>
  );
}

import { Switch } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schedule } from "@vigil/api/resources/schedules.ts";
import { Empty } from "../../parts/empty.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { notifyFailure } from "../../parts/notify-failure.ts";
import { When } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { JobTabs } from "../jobs/job-tabs.tsx";
import { schedulesQuery } from "./queries.ts";
import { WeekCalendar } from "./week-calendar.tsx";

const example = 'vigil schedule create Night --operation power.off --collection Desks --cron "0 22 * * mon-fri"';

/** What starts without anybody, and when. */
export function SchedulesPage() {
  const query = useQuery(schedulesQuery(useServer()));
  return (
    <Page title="Schedules">
      <JobTabs />
      <Loaded query={query}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty title="Nothing starts by itself yet">
              A schedule starts an operation or a job by the clock, on the devices of a collection:
              <br />
              <code>{example}</code>
            </Empty>
          ) : (
            <List schedules={data.items} />
          )
        }
      </Loaded>
      <WeekCalendar />
    </Page>
  );
}

function List({ schedules }: { readonly schedules: readonly Schedule[] }) {
  return (
    <PlainTable
      label="Schedules"
      rows={schedules}
      keyOf={({ name }) => name}
      columns={[
        { title: "Name", width: "18%", cell: ({ name }) => name },
        { title: "Starts", cell: ({ work }) => workInWords(work) },
        { title: "Devices", cell: ({ target }) => target.collection ?? `${target.devices?.length ?? 0} devices` },
        { title: "When", cell: ({ at }) => ("once" in at ? <When at={at.once} /> : `${at.cron} (${at.timeZone})`) },
        { title: "Window", width: "12%", cell: ({ window }) => window ?? <span className="dim">any time</span> },
        {
          title: "Next",
          width: "130px",
          cell: ({ nextAt }) => (nextAt === null ? <span className="dim">never</span> : <When at={nextAt} />),
        },
        { title: "Last", width: "170px", cell: (schedule) => <Last {...schedule} /> },
        { title: "Switched", width: "90px", cell: (schedule) => <Toggle schedule={schedule} /> },
      ]}
    />
  );
}

function Last({ last }: Pick<Schedule, "last">) {
  if (last === null) return <span className="dim">not yet</span>;
  const { dueAt, outcome, run, error } = last;
  return (
    <>
      <When at={dueAt} />{" "}
      {run === null ? (
        <span title={error?.message}>{outcome}</span>
      ) : (
        <Link to="/jobs/$id" params={{ id: run }}>
          started
        </Link>
      )}
    </>
  );
}

function Toggle({ schedule }: { readonly schedule: Schedule }) {
  const server = useServer();
  const cache = useQueryClient();
  const change = useMutation({
    mutationFn: (isOn: boolean) => {
      const { work, target, at, window, missed, reason } = schedule;
      const body = { work, target, at, window, missed, reason, isOn };
      return server.schedules.change({ params: { name: schedule.name }, body });
    },
    onError: notifyFailure,
    onSettled: () => cache.invalidateQueries({ queryKey: keys.schedules }),
  });
  return (
    <Switch
      size="xs"
      aria-label={`${schedule.name} is on`}
      checked={change.isPending ? change.variables : schedule.isOn}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
    />
  );
}

function workInWords(work: Schedule["work"]): string {
  if ("operation" in work) return work.operation;
  return work.version === "newest" ? `job ${work.job}` : `job ${work.job}, version ${work.version}`;
}

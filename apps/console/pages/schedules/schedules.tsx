import { Button, Modal } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { Schedule } from "@vigil/api/resources/schedules.ts";
import { Empty } from "../../parts/empty.tsx";
import { useKeys } from "../../parts/keys.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { When } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { targetInWords } from "../../parts/target.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { JobTabs } from "../jobs/job-tabs.tsx";
import { scheduleSearch } from "../searches.ts";
import { schedulesQuery } from "./queries.ts";
import { ScheduleForm } from "./schedule-form.tsx";
import { ScheduleSwitch } from "./schedule-switch.tsx";
import { WeekCalendar } from "./week-calendar.tsx";
import { timeInWords, workInWords } from "./words.ts";

/** What starts without anybody, and when. */
export function SchedulesPage() {
  const navigate = useNavigate();
  const query = useQuery(schedulesQuery(useServer()));
  const { new: isNew = false, ...rest } = scheduleSearch(useSearch({ strict: false }));
  const show = (isOpen: boolean): void =>
    void navigate({ to: "/jobs/schedules", search: isOpen ? { ...rest, new: true } : rest, replace: true });
  useKeys({ n: () => show(true) });
  return (
    <Page
      title="Schedules"
      actions={
        <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => show(true)} title="n">
          New schedule
        </Button>
      }
    >
      <JobTabs />
      <Loaded query={query}>
        {(data) =>
          data.items.length === 0 ? (
            <Empty title="Nothing starts by itself yet">
              A schedule starts an operation or a job by the clock, on the devices that a collection or a filter holds
              then.
            </Empty>
          ) : (
            <List schedules={data.items} />
          )
        }
      </Loaded>
      <WeekCalendar />
      <Modal opened={isNew} onClose={() => show(false)} title="New schedule" size={1000} yOffset="4vh">
        {isNew ? <ScheduleForm onClose={() => show(false)} /> : null}
      </Modal>
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
        {
          title: "Name",
          width: "14%",
          cell: ({ name }) => (
            <Link to="/jobs/schedules/$name" params={{ name }}>
              {name}
            </Link>
          ),
        },
        { title: "Starts", width: "16%", cell: ({ work }) => workInWords(work) },
        { title: "Devices", cell: ({ target }) => targetInWords(target) },
        { title: "When", width: "20%", cell: ({ at }) => <span title={cronOf(at)}>{timeInWords(at)}</span> },
        { title: "Window", width: "10%", cell: ({ window }) => window ?? <span className="dim">any time</span> },
        {
          title: "Next",
          width: "130px",
          cell: ({ nextAt }) => (nextAt === null ? <span className="dim">never</span> : <When at={nextAt} />),
        },
        { title: "Last", width: "140px", cell: (schedule) => <Last {...schedule} /> },
        { title: "On", width: "64px", cell: (schedule) => <ScheduleSwitch schedule={schedule} /> },
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
        <span className={outcome === "due" ? "dim" : "warn"} title={error?.message}>
          {outcome}
        </span>
      ) : (
        <Link to="/jobs/$id" params={{ id: run }}>
          started
        </Link>
      )}
    </>
  );
}

function cronOf(at: Schedule["at"]): string | undefined {
  return "cron" in at ? at.cron : undefined;
}

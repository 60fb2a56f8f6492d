import { Button, Group, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Fire, Schedule } from "@vigil/api/resources/schedules.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Failure, ShortFailure } from "../../parts/failure.tsx";
import { useKeys } from "../../parts/keys.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { Age, When } from "../../parts/now.tsx";
import { PlainTable } from "../../parts/plain-table.tsx";
import { targetInWords } from "../../parts/target.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { NextStarts, useTimePreview } from "./next-starts.tsx";
import { firesQuery, mostFires, scheduleKeys, scheduleQuery } from "./queries.ts";
import { ScheduleForm } from "./schedule-form.tsx";
import { ScheduleSwitch } from "./schedule-switch.tsx";
import { missedInWords, timeInWords, workInWords } from "./words.ts";

/** One schedule: what it starts and when, and what became of the times that came. */
export function SchedulePage() {
  const { name = "" } = useParams({ strict: false });
  const query = useQuery(scheduleQuery(useServer(), name));
  return (
    <Page
      title={query.data?.name ?? name}
      above={{ to: "/jobs/schedules", title: "Schedules" }}
      actions={query.data === undefined ? null : <Actions schedule={query.data} />}
    >
      <Loaded query={query}>
        {(schedule) => (
          <>
            <About schedule={schedule} />
            <Fires name={schedule.name} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Actions({ schedule }: { readonly schedule: Schedule }) {
  const [open, setOpen] = useState<"change" | "remove">();
  const close = (): void => setOpen(undefined);
  useKeys({ c: () => setOpen("change") });
  return (
    <Group gap={8}>
      <ScheduleSwitch schedule={schedule} />
      <Button variant="default" onClick={() => setOpen("remove")}>
        Remove
      </Button>
      <Button onClick={() => setOpen("change")} title="c">
        Change
      </Button>
      <Modal opened={open === "change"} onClose={close} title={`Change ${schedule.name}`} size={1000} yOffset="4vh">
        {open === "change" ? <ScheduleForm schedule={schedule} onClose={close} /> : null}
      </Modal>
      <Modal opened={open === "remove"} onClose={close} title="Remove schedule">
        {open === "remove" ? <Removal schedule={schedule} onClose={close} /> : null}
      </Modal>
    </Group>
  );
}

function Removal({
  schedule: { name, nextAt },
  onClose,
}: {
  readonly schedule: Schedule;
  readonly onClose: () => void;
}) {
  const server = useServer();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => server.schedules.remove({ params: { name } }),
    onSuccess: async () => {
      onClose();
      await navigate({ to: "/jobs/schedules" });
      cache.removeQueries({ queryKey: scheduleKeys.one(name) });
      cache.removeQueries({ queryKey: scheduleKeys.fires(name) });
      await cache.invalidateQueries({ queryKey: scheduleKeys.all });
    },
  });
  return (
    <div className="form">
      <p className="question">
        <strong>{name}</strong> starts nothing any more
        {nextAt === null ? "" : " — its next start would be "}
        {nextAt === null ? null : <When at={nextAt} />}. Runs that it has started stay, and go on.
      </p>
      {remove.isError ? <Failure error={remove.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove schedule
        </Button>
      </DialogButtons>
    </div>
  );
}

function About({ schedule }: { readonly schedule: Schedule }) {
  const { work, target, at, window, missed, reason, isOn, nextAt, changedAt, changedBy } = schedule;
  const preview = useTimePreview(schedule);
  return (
    <section className="schedule-about" aria-label="What it says">
      <Facts
        facts={[
          [
            "Starts",
            "job" in work ? (
              <Link key="job" to="/jobs/named/$name" params={{ name: work.job }}>
                {workInWords(work)}
              </Link>
            ) : (
              workInWords(work)
            ),
          ],
          ["Choices", "operation" in work ? choicesInWords(work.parameters) : null],
          ["Devices", target.filter === undefined ? targetInWords(target) : <code key="filter">{target.filter}</code>],
          ["When", timeInWords(at)],
          [
            "Window",
            window === null ? (
              "none: at any time"
            ) : (
              <Link key="window" to="/jobs/windows">
                {window}
              </Link>
            ),
          ],
          ["A missed start", missedInWords(missed)],
          ["Reason", reason],
          [
            "Changed",
            <span key="changed">
              <Age at={changedAt} /> by {changedBy}
            </span>,
          ],
        ]}
      />
      {!isOn ? (
        <p className="warn">Switched off: it starts nothing.</p>
      ) : nextAt === null ? (
        <p className="dim">Its moment is over: it starts nothing any more.</p>
      ) : (
        <NextStarts at={at} window={window} preview={preview} />
      )}
    </section>
  );
}

function choicesInWords(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}: ${value}`)
    .join(", ");
}

function Fires({ name }: { readonly name: string }) {
  const query = useQuery(firesQuery(useServer(), name));
  return (
    <section className="fires" aria-label="Its last starts">
      <h2>Its last starts</h2>
      <Loaded query={query} rows={4}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="None of its times has come yet" />
          ) : (
            <>
              <PlainTable label="Last starts" rows={items} keyOf={({ dueAt }) => dueAt} columns={columns} />
              {items.length < mostFires ? null : (
                <p className="dim padded">The last {mostFires}; older runs are listed under Runs.</p>
              )}
            </>
          )
        }
      </Loaded>
    </section>
  );
}

export const outcomeWords: Readonly<Record<Fire["outcome"], string>> = {
  due: "about to start",
  started: "started",
  missed: "missed: no server ran",
  failed: "failed to start",
};

const columns = [
  { title: "Due", width: "200px", cell: ({ dueAt }: Fire) => <When at={dueAt} /> },
  { title: "Noticed", width: "200px", cell: ({ at }: Fire) => <When at={at} /> },
  {
    title: "Outcome",
    width: "200px",
    cell: ({ outcome }: Fire) => (
      <span className={outcome === "failed" ? "bad" : outcome === "missed" ? "warn" : undefined}>
        {outcomeWords[outcome]}
      </span>
    ),
  },
  {
    title: "Run",
    width: "110px",
    cell: ({ run }: Fire) =>
      run === null ? (
        <span className="dim">—</span>
      ) : (
        <Link to="/jobs/$id" params={{ id: run }}>
          Open run
        </Link>
      ),
  },
  {
    title: "Why not",
    cell: ({ error }: Fire) => (error === null ? <span className="dim">—</span> : <ShortFailure report={error} />),
  },
];

import { NativeSelect, NumberInput, Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { needsReasonFor } from "@vigil/api/operations.ts";
import { needsReason } from "@vigil/api/resources/job-check.ts";
import type { Missed, Schedule, ScheduleSettings } from "@vigil/api/resources/schedules.ts";
import { FormButtons } from "../../parts/dialog-buttons.tsx";
import { FieldFailure, useFieldFailures } from "../../parts/field-failure.tsx";
import { TargetFields } from "../../parts/target-fields.tsx";
import { draftOf, lackOf, noTarget, targetIn, type TargetDraft } from "../../parts/target.ts";
import { failureOf } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { jobsQuery } from "../jobs/queries.ts";
import { NextStarts, useTimePreview } from "./next-starts.tsx";
import { scheduleKeys, windowsQuery } from "./queries.ts";
import { TimeFields } from "./time-fields.tsx";
import { missedInWords } from "./words.ts";
import { WorkFields } from "./work-fields.tsx";
import { ownZone } from "./zones.ts";

type Settings = Omit<ScheduleSettings, "target">;

const fields = {
  "schedules.taken": "name",
  "jobs.": "work",
  "runs.parameter.invalid": "work",
  "collections.": "target",
  "devices.": "target",
  "filter.": "target",
  "runs.target.unclear": "target",
  "schedules.cron.invalid": "cron",
  "schedules.time-zone.unknown": "zone",
  "schedules.past": "once",
  "schedules.window.unknown": "window",
  "schedules.reason.missing": "reason",
} as const;

/** Makes a schedule or changes one; when it would start is shown while it is written. */
export function ScheduleForm({ schedule, onClose }: { readonly schedule?: Schedule; readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(schedule?.name ?? "");
  const [target, setTarget] = useState<TargetDraft>(schedule === undefined ? noTarget : draftOf(schedule.target));
  const [settings, setSettings] = useState<Settings>(() => (schedule === undefined ? usual() : settingsOf(schedule)));
  const set = (change: Partial<Settings>): void => setSettings((old) => ({ ...old, ...change }));
  const { data: windows } = useQuery(windowsQuery(server));
  const preview = useTimePreview(settings);
  const store = useMutation({
    mutationFn: (whole: ScheduleSettings) =>
      schedule === undefined
        ? server.schedules.create({ body: { name: name.trim(), settings: whole } })
        : server.schedules.change({ params: { name: schedule.name }, body: whole }),
    onSuccess: async (stored) => {
      onClose();
      await cache.invalidateQueries({ queryKey: scheduleKeys.all });
      if (schedule === undefined) await navigate({ to: "/jobs/schedules/$name", params: { name: stored.name } });
    },
  });
  const failures = useFieldFailures(store.error, fields);
  const { at, missed, window, isOn, reason } = settings;
  const isReasonNeeded = useReasonNeeded(settings.work);
  const chosen = targetIn(target);
  const why = hindrance(settings, name, chosen === undefined ? lackOf(target) : undefined, isReasonNeeded);
  const wrongTime = preview.error === null ? undefined : failureOf(preview.error).code;
  const timeError = (field: "cron" | "zone") =>
    wrongTime === (field === "cron" ? "schedules.cron.invalid" : "schedules.time-zone.unknown") ? (
      <FieldFailure error={preview.error} />
    ) : (
      failures.at(field)
    );
  return (
    <form
      ref={failures.form}
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (why === undefined && chosen !== undefined) store.mutate({ ...settings, target: chosen });
      }}
    >
      <div className="schedule-form">
        <div className="form">
          {schedule === undefined ? (
            <TextInput
              label="Name"
              value={name}
              error={failures.at("name")}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              maxLength={100}
              data-autofocus
              required
            />
          ) : null}
          <WorkFields work={settings.work} onWork={(work) => set({ work })} error={failures.at("work")} />
          <TargetFields
            draft={target}
            onDraft={setTarget}
            moment="at each start"
            error={failures.at("target")}
            isCounted
          />
          <Textarea
            label="Reason"
            description={
              isReasonNeeded ? "Needed: it cannot be undone from afar" : "Shown with each run, and in the audit trail"
            }
            required={isReasonNeeded}
            error={failures.at("reason")}
            value={reason}
            onChange={({ currentTarget }) => set({ reason: currentTarget.value })}
            maxLength={500}
            autosize
            minRows={2}
          />
          <Switch
            label="Switched on"
            description="Off: it keeps its settings and starts nothing"
            checked={isOn}
            onChange={({ currentTarget }) => set({ isOn: currentTarget.checked })}
          />
        </div>
        <div className="form">
          <TimeFields
            at={at}
            onAt={(next) => set({ at: next })}
            errors={{ once: failures.at("once"), cron: timeError("cron"), zone: timeError("zone") }}
          />
          <NextStarts at={at} window={window} preview={preview} />
          <NativeSelect
            label="Maintenance window"
            description="What falls outside it waits until it opens"
            value={window ?? ""}
            error={failures.at("window")}
            onChange={({ currentTarget }) => set({ window: currentTarget.value === "" ? null : currentTarget.value })}
            data={[
              { value: "", label: "none: it starts at any time" },
              ...(windows?.items ?? []).map((one) => ({ value: one.name, label: one.name })),
              ...(window === null || windows === undefined || windows.items.some((one) => one.name === window)
                ? []
                : [{ value: window, label: `${window} (is gone)` }]),
            ]}
          />
          <MissedFields missed={missed} onMissed={(next) => set({ missed: next })} />
        </div>
      </div>
      {failures.rest}
      <FormButtons
        action={schedule === undefined ? "Make schedule" : "Change schedule"}
        why={why}
        isPending={store.isPending}
        onClose={onClose}
      />
    </form>
  );
}

/** Chosen: an hour is a restart that went wrong. */
const usualLateSeconds = 3_600;

function MissedFields({ missed, onMissed }: { readonly missed: Missed; readonly onMissed: (missed: Missed) => void }) {
  const kind = typeof missed === "string" ? missed : "within";
  return (
    <div className="part-row">
      <NativeSelect
        label="A start that comes while no server runs"
        value={kind}
        onChange={({ currentTarget: { value } }) =>
          onMissed(value === "skip" || value === "run-once" ? value : { withinSeconds: usualLateSeconds })
        }
        data={[
          { value: "skip", label: missedInWords("skip") },
          { value: "run-once", label: missedInWords("run-once") },
          { value: "within", label: "is made up for if it is not too late" },
        ]}
      />
      {typeof missed === "string" ? null : (
        <NumberInput
          label="Minutes that it may be late"
          min={1}
          max={43_200}
          allowDecimal={false}
          value={Math.round(missed.withinSeconds / 60)}
          onChange={(minutes) =>
            typeof minutes === "number" && minutes >= 1 && onMissed({ withinSeconds: minutes * 60 })
          }
        />
      )}
    </div>
  );
}

function useReasonNeeded(work: ScheduleSettings["work"]): boolean {
  const { data } = useQuery(jobsQuery(useServer()));
  if ("operation" in work) return needsReasonFor(work.operation);
  const job = data?.items.find(({ name }) => name === work.job);
  return job !== undefined && needsReason(job.definition);
}

function hindrance(
  { work, at, reason }: Settings,
  name: string,
  lack: string | undefined,
  isReasonNeeded: boolean,
): string | undefined {
  if (name.trim() === "") return "Give it a name first";
  if ("job" in work && work.job === "") return "Choose a job first";
  if (lack !== undefined) return lack;
  if ("once" in at && at.once === "") return "Say when it starts";
  if ("cron" in at && at.cron.trim().length < 9) return "Give the five fields of cron first";
  return isReasonNeeded && reason.trim() === "" ? "It needs a reason" : undefined;
}

function usual(): Settings {
  return {
    work: { operation: "power.state", parameters: {} },
    at: { cron: "0 22 * * mon-fri", timeZone: ownZone() },
    window: null,
    missed: "skip",
    isOn: true,
    reason: "",
  };
}

function settingsOf({ work, at, window, missed, isOn, reason }: Schedule): Settings {
  return { work, at, window, missed, isOn, reason };
}

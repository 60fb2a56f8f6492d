import { Modal, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { needsReason } from "@vigil/api/resources/job-check.ts";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { stopInWords } from "@vigil/api/resources/job-definition.ts";
import type { RunPlan, Target } from "@vigil/api/resources/runs.ts";
import { countOf, devicesOf } from "../../ages.ts";
import { FormButtons } from "../../parts/dialog-buttons.tsx";
import { Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { fieldFailures } from "../../parts/field-failure.tsx";
import { RunOptionsFields } from "../../parts/run-options.tsx";
import { optionsIn, usualOptions } from "../../parts/run-options.ts";
import { TargetFields } from "../../parts/target-fields.tsx";
import { lackOf, noTarget, targetIn } from "../../parts/target.ts";
import { useServer } from "../../server.ts";

/** What is looked at or started: a stored job, or a draft that can only be looked at. */
export interface Started {
  readonly job: string;
  readonly definition: JobDefinition;
  /** The draft differs from what is stored. */
  readonly isDraft: boolean;
}

interface DialogProps {
  readonly started: Started;
  readonly mode: "plan" | "start" | undefined;
  readonly onClose: () => void;
}

/** Says what a run would do, to how many devices and in which waves; and starts it. */
export function StartDialog({ started, mode, onClose }: DialogProps) {
  return (
    <Modal
      opened={mode !== undefined}
      onClose={onClose}
      size="lg"
      title={mode === "plan" ? `Dry run of ${started.job}` : `Run ${started.job}`}
    >
      {mode === undefined ? null : <StartForm started={started} mode={mode} onClose={onClose} />}
    </Modal>
  );
}

/** Chosen: a glance at the list, not each step of the arrow keys. */
const pauseMs = 150;

/** Whose fault it is when a plan is refused. */
const fields = {
  "collections.": "target",
  "devices.": "target",
  "filter.": "target",
  "runs.target.unclear": "target",
} as const;

interface FormProps {
  readonly started: Started;
  readonly mode: "plan" | "start";
  /** Devices that are chosen already; absent: they are asked for. */
  readonly chosen?: Target;
  readonly onClose: () => void;
}

/** Asks on which devices and how, and says what would come of it. */
export function StartForm({ started, mode, chosen, onClose }: FormProps) {
  const server = useServer();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(noTarget);
  const [options, setOptions] = useState(usualOptions);
  const [reason, setReason] = useState("");
  const { definition } = started;
  const { body, problems } = optionsIn(options, definition.limits);
  const target = chosen ?? targetIn(draft);
  const limits = body.limits === undefined ? {} : { limits: body.limits };
  const wanted = JSON.stringify({ target, limits });
  const [asked] = useDebouncedValue(wanted, pauseMs);
  const isAsked = target !== undefined && problems.length === 0 && asked === wanted;
  const plan = useQuery({
    queryKey: ["runs", "plan", definition, asked],
    queryFn: ({ signal }) => server.runs.plan({ body: { definition, target: target ?? {}, ...limits }, signal }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const start = useMutation({
    mutationFn: (on: Target) => {
      const why = reason.trim() === "" ? {} : { reason: reason.trim() };
      return server.runs.start({ body: { job: started.job, target: on, ...body, ...why } });
    },
    onSuccess: async (run) => {
      onClose();
      await navigate({ to: "/jobs/$id", params: { id: run.id } });
    },
  });
  const isReasonNeeded = needsReason(definition);
  const isCurrent = isAsked && plan.data !== undefined && !plan.isPlaceholderData;
  const total = isCurrent ? plan.data.total : undefined;
  const failures = fieldFailures(isAsked ? plan.error : null, fields);
  const why =
    target === undefined
      ? lackOf(draft)
      : hindrance(problems.length > 0, isAsked && plan.isError, total, isReasonNeeded && reason.trim() === "");
  const later = body.startsAt === undefined ? "" : " later";
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (mode === "start" && why === undefined && target !== undefined) start.mutate(target);
      }}
    >
      {chosen === undefined ? (
        <TargetFields
          draft={draft}
          onDraft={setDraft}
          moment="at the moment of starting"
          error={failures.at("target")}
        />
      ) : null}
      {started.isDraft && mode === "plan" ? <p className="dim">Of your draft, which is not stored yet.</p> : null}
      {chosen === undefined ? failures.rest : isAsked && plan.isError ? <Failure error={plan.error} /> : null}
      {target === undefined || (isAsked && plan.isError) ? null : plan.data === undefined ? (
        <Waiting rows={3} />
      ) : (
        <Plan plan={plan.data} isOld={!isCurrent} isWhole={mode === "plan"} />
      )}
      <RunOptionsFields draft={options} onDraft={setOptions} own={definition.limits} problems={problems} />
      {mode === "start" ? (
        <Textarea
          label="Reason"
          description={isReasonNeeded ? "Needed: a step cannot be undone from afar" : "Shown in the audit trail"}
          required={isReasonNeeded}
          value={reason}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
        />
      ) : null}
      {start.isError ? <Failure error={start.error} /> : null}
      {mode === "start" ? (
        <FormButtons
          action={total === undefined ? `Run ${started.job}` : `Run ${started.job} on ${devicesOf(total)}${later}`}
          why={why}
          isPending={start.isPending}
          onClose={onClose}
        />
      ) : null}
    </form>
  );
}

/** What a run would do: no device has been asked. */
function Plan({
  plan,
  isOld,
  isWhole,
}: {
  readonly plan: RunPlan;
  readonly isOld: boolean;
  readonly isWhole: boolean;
}) {
  const { total, waves, limits, needsApproval, steps, devices } = plan;
  const waveWords =
    waves.length > 1 ? ` in ${waves.length} waves (${waves.map((size) => countOf(size)).join(", ")})` : " at once";
  return (
    <div className={isOld ? "form dim" : "form"} aria-busy={isOld}>
      <p className="question" role="status">
        <strong>{devicesOf(total)}</strong>
        {total === 0 ? ": none of them is there now." : `${waveWords}.`}
      </p>
      <p className="dim">It pauses by itself {stopInWords(limits)}.</p>
      {needsApproval ? (
        <p className="warn">A second person must approve it before anything begins: it is wider than the job allows.</p>
      ) : null}
      <ol className="plan-steps" aria-label="What each device is asked">
        {steps.map(({ path, calls, when }) => (
          <li key={path}>
            <strong>{path}</strong> {when === null ? null : <span className="dim">if {when}</span>}
            {calls.map((call) => (
              <p key={call} className="dim">
                {call}
              </p>
            ))}
          </li>
        ))}
      </ol>
      {isWhole && devices.length > 0 ? (
        <section aria-label="Devices of the plan">
          <ul className="plan-devices" tabIndex={0} aria-label="Devices">
            {devices.map(({ uuid, hostName, address, wave }) => (
              <li key={uuid}>
                {hostName ?? address} {waves.length > 1 ? <span className="dim">wave {wave}</span> : null}
              </li>
            ))}
          </ul>
          {total > devices.length ? <p className="dim">and {countOf(total - devices.length)} more</p> : null}
        </section>
      ) : null}
    </div>
  );
}

function hindrance(
  hasProblems: boolean,
  isRefused: boolean,
  total: number | undefined,
  lacksReason: boolean,
): string | undefined {
  if (hasProblems) return "Mend the limits first";
  if (isRefused) return "It cannot be started so";
  if (total === undefined) return "The plan is on its way";
  if (total === 0) return "There is no such device now";
  return lacksReason ? "It needs a reason" : undefined;
}

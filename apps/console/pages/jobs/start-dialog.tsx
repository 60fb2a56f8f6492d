import { Button, Modal, NativeSelect, Textarea } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { needsReason } from "@vigil/api/resources/job-check.ts";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { stopInWords } from "@vigil/api/resources/job-definition.ts";
import type { RunPlan } from "@vigil/api/resources/runs.ts";
import { countOf, devicesOf } from "../../ages.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { collectionsQuery } from "../../queries.ts";
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
      {mode === undefined ? null : <Question started={started} mode={mode} onClose={onClose} />}
    </Modal>
  );
}

/** Chosen: a glance at the list, not each step of the arrow keys. */
const pauseMs = 150;

function Question({ started, mode, onClose }: DialogProps & { readonly mode: "plan" | "start" }) {
  const server = useServer();
  const navigate = useNavigate();
  const { data: collections } = useQuery(collectionsQuery(server));
  const [collection, setCollection] = useState("");
  const [reason, setReason] = useState("");
  const [asked] = useDebouncedValue(collection, pauseMs);
  const plan = useQuery({
    queryKey: ["runs", "plan", started.definition, asked],
    queryFn: ({ signal }) =>
      server.runs.plan({ body: { definition: started.definition, target: { collection: asked } }, signal }),
    enabled: asked !== "",
    placeholderData: keepPreviousData,
    retry: false,
  });
  const start = useMutation({
    mutationFn: () => {
      const why = reason.trim() === "" ? {} : { reason: reason.trim() };
      return server.runs.start({ body: { job: started.job, target: { collection }, ...why } });
    },
    onSuccess: async (run) => {
      onClose();
      await navigate({ to: "/jobs/$id", params: { id: run.id } });
    },
  });
  const isReasonNeeded = needsReason(started.definition);
  const isCurrent = asked === collection && plan.data !== undefined && !plan.isPlaceholderData;
  const total = isCurrent ? plan.data.total : undefined;
  const why = hindrance(collection, total, isReasonNeeded && reason.trim() === "");
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (mode === "start" && why === undefined) start.mutate();
      }}
    >
      <NativeSelect
        label="Devices"
        description="A collection, as it is at the moment of starting"
        value={collection}
        onChange={({ currentTarget }) => setCollection(currentTarget.value)}
        data={[
          { value: "", label: "Choose a collection" },
          ...(collections?.items ?? []).map(({ name, count }) => ({
            value: name,
            label: `${name} (${countOf(count)})`,
          })),
        ]}
        data-autofocus
      />
      {started.isDraft && mode === "plan" ? <p className="dim">Of your draft, which is not stored yet.</p> : null}
      {plan.error !== null ? <Failure error={plan.error} /> : null}
      {collection === "" ? null : plan.data === undefined ? (
        plan.error === null ? (
          <Waiting rows={3} />
        ) : null
      ) : (
        <Plan plan={plan.data} isOld={!isCurrent} isWhole={mode === "plan"} />
      )}
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
        <DialogButtons onClose={onClose}>
          <Button type="submit" loading={start.isPending} disabled={why !== undefined} title={why}>
            {total === undefined ? `Run ${started.job}` : `Run ${started.job} on ${devicesOf(total)}`}
          </Button>
        </DialogButtons>
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
        {total === 0 ? ": the collection is empty now." : `${waveWords}.`}
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

function hindrance(collection: string, total: number | undefined, lacksReason: boolean): string | undefined {
  if (collection === "") return "Choose a collection first";
  if (total === undefined) return "The plan is on its way";
  if (total === 0) return "The collection holds no device";
  return lacksReason ? "It needs a reason" : undefined;
}

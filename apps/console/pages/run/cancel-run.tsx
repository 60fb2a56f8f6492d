import { Button, Modal, Radio } from "@mantine/core";
import { useState } from "react";
import { stepsOf } from "@vigil/api/resources/job-steps.ts";
import type { Run } from "@vigil/api/resources/runs.ts";
import { countOf, devicesOf } from "../../ages.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { useCancel } from "./verbs.ts";

/** Calls a run off. Where its job puts power back, it is asked what becomes of the machines that it has switched. */
export function CancelRun({ run }: { readonly run: Run }) {
  const [isOpen, setIsOpen] = useState(false);
  const cancel = useCancel(run);
  const asks = stepsOf(run.definition).some(({ step }) => "restore" in step);
  return (
    <>
      <Button
        variant="default"
        loading={cancel.isPending}
        title="Devices not yet asked are left alone, and no further step begins"
        onClick={() => (asks ? setIsOpen(true) : cancel.mutate("put-back"))}
      >
        Cancel run
      </Button>
      <Modal opened={isOpen} onClose={() => setIsOpen(false)} title="Cancel run">
        {isOpen ? <Question run={run} onClose={() => setIsOpen(false)} /> : null}
      </Modal>
    </>
  );
}

type Power = "put-back" | "leave";

function Question({ run, onClose }: { readonly run: Run; readonly onClose: () => void }) {
  const [power, setPower] = useState<Power>("put-back");
  const cancel = useCancel(run, onClose);
  const { waiting, running } = run.counts;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        cancel.mutate(power);
      }}
    >
      <p className="question">
        {waiting === 0 ? "" : `${devicesOf(waiting)} not yet asked ${waiting === 1 ? "is" : "are"} left alone. `}
        No further step begins on the {countOf(running)} under way.
      </p>
      <Radio.Group
        label="Machines that it has switched"
        value={power}
        onChange={(value) => setPower(value === "leave" ? "leave" : "put-back")}
        mt="sm"
      >
        <Radio value="put-back" label="get back the power that they had" mt={6} data-autofocus />
        <Radio value="leave" label="stay as they are" mt={6} />
      </Radio.Group>
      <DialogButtons onClose={onClose} mt="md">
        <Button type="submit" color="red" loading={cancel.isPending}>
          Cancel run
        </Button>
      </DialogButtons>
    </form>
  );
}

/** What becomes, or became, of the machines of a cancelled run; nothing where it has switched none. */
export function PutBackNotice({ run }: { readonly run: Run }) {
  const leave = useCancel(run);
  if (run.state !== "cancelled") return null;
  const { running } = run.counts;
  if (run.finishedAt === null) {
    if (running === 0) return null;
    return (
      <section className="run-notice" aria-label="Cancelled">
        <p>
          <strong>Cancelled.</strong>{" "}
          {run.leavesPower
            ? `${devicesOf(running)} still finish the step that they are at.`
            : `${devicesOf(running)} still finish the step that they are at, or get back the power that they had.`}
        </p>
        {run.leavesPower ? null : (
          <Button variant="default" loading={leave.isPending} onClick={() => leave.mutate("leave")}>
            Leave machines as they are
          </Button>
        )}
      </section>
    );
  }
  const { succeeded, failed, unknown } = run.putBack ?? { succeeded: 0, failed: 0, unknown: 0 };
  if (succeeded + failed + unknown === 0) return null;
  const wrong = failed + unknown;
  return (
    <section className="run-notice" aria-label="Cancelled">
      <p>
        <strong>Cancelled.</strong> {devicesOf(succeeded)} got back the power that {succeeded === 1 ? "it" : "they"} had
        {wrong === 0 ? "." : `; for ${devicesOf(wrong)} it failed or is not known: look at these first.`}
      </p>
    </section>
  );
}

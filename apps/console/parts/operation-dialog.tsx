import { Button, Modal, Radio, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { usualOf } from "@vigil/api/operation-values.ts";
import {
  needsReasonFor,
  operations,
  parametersOf,
  type OperationName,
  type OperationParameter,
  type Parameters,
} from "@vigil/api/operations.ts";
import type { Target } from "@vigil/api/resources/runs.ts";
import { devicesOf } from "../ages.ts";
import { useServer } from "../server.ts";
import { DialogButtons } from "./dialog-buttons.tsx";
import { Failure } from "./failure.tsx";
import { ParameterSelect } from "./parameter-select.tsx";
import { RunOptionsFields } from "./run-options.tsx";
import { optionsIn, usualOptions } from "./run-options.ts";

/** An operation that waits for a yes. */
export interface Intent {
  readonly operation: OperationName;
  readonly target: Target;
  readonly count: number;
  /** What a person calls the target: a host name, or "12 devices". */
  readonly words: string;
  /** How many of them cannot be asked: not provisioned. */
  readonly unmanaged: number;
}

/** Says in words what will happen and to how many, asks why, starts the job and goes to its page. */
export function OperationDialog({
  intent,
  onClose,
}: {
  readonly intent: Intent | undefined;
  readonly onClose: () => void;
}) {
  return (
    <Modal
      opened={intent !== undefined}
      onClose={onClose}
      size={intent !== undefined && Object.keys(parametersOf(intent.operation)).length > 0 ? "lg" : "md"}
      title={intent === undefined ? "" : operations[intent.operation].title}
    >
      {intent === undefined ? null : <Question intent={intent} onClose={onClose} />}
    </Modal>
  );
}

function Question({ intent, onClose }: { readonly intent: Intent; readonly onClose: () => void }) {
  const server = useServer();
  const navigate = useNavigate();
  const [reason, setReason] = useState("");
  const declared = Object.entries(parametersOf(intent.operation));
  const [parameters, setParameters] = useState<Parameters>(() =>
    Object.fromEntries(declared.map(([name, parameter]) => [name, usualOf(parameter) ?? ""])),
  );
  const [options, setOptions] = useState(usualOptions);
  const { body, problems } = optionsIn(options);
  const { verb, effect, risk } = operations[intent.operation];
  const isDangerous = risk === "dangerous";
  const start = useMutation({
    mutationFn: () => {
      const why = reason.trim() === "" ? {} : { reason: reason.trim() };
      const { operation, target } = intent;
      return server.runs.start({ body: { operation, target, parameters, ...body, ...why } });
    },
    onSuccess: async (run) => {
      onClose();
      await navigate({ to: "/jobs/$id", params: { id: run.id } });
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <p className="question">
        {verb} of <strong>{intent.words}</strong>. {effect}.
      </p>
      {intent.unmanaged > 0 ? (
        <p className="warn">
          {devicesOf(intent.unmanaged)} of them cannot be asked: not provisioned. They will be listed as failed.
        </p>
      ) : null}
      {declared.map(([name, parameter]) => (
        <ParameterField
          key={name}
          parameter={parameter}
          value={parameters[name] ?? ""}
          onChange={(value) => setParameters({ ...parameters, [name]: value })}
        />
      ))}
      {risk === "disruptive" || isDangerous ? (
        <Textarea
          required={needsReasonFor(intent.operation)}
          label="Reason"
          description="Shown in the audit trail"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={500}
          autosize
          minRows={2}
          data-autofocus
          mt="sm"
        />
      ) : null}
      {intent.count > 1 ? <RunOptionsFields draft={options} onDraft={setOptions} problems={problems} /> : null}
      {start.isError ? <Failure error={start.error} /> : null}
      <DialogButtons onClose={onClose} mt="md">
        <Button
          type="submit"
          disabled={problems.length > 0}
          title={problems.length > 0 ? "Mend the limits first" : undefined}
          {...(isDangerous ? { color: "red.9" } : {})}
          loading={start.isPending}
        >
          {verb} of {intent.words}
        </Button>
      </DialogButtons>
    </form>
  );
}

function ParameterField({
  parameter,
  value,
  onChange,
}: {
  readonly parameter: OperationParameter;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { title } = parameter;
  if (parameter.kind !== "choice") return <ParameterSelect parameter={parameter} value={value} onChange={onChange} />;
  return (
    <Radio.Group label={title} mt="sm" value={value} onChange={onChange}>
      {Object.entries(parameter.choices).map(([one, words]) => (
        <Radio key={one} value={one} label={`${one}: ${words}`} mt={6} />
      ))}
    </Radio.Group>
  );
}

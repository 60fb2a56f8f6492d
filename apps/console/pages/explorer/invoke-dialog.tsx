import { Button, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import type { ModelMethod } from "@vigil/api/resources/explorer.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";

/** A change that waits for a yes. */
export interface Call {
  readonly className: string;
  readonly method: ModelMethod;
  readonly input: Readonly<Record<string, readonly string[]>>;
  /** What a person calls the device. */
  readonly device: string;
}

interface InvokeDialogProps {
  readonly call: Call | undefined;
  readonly onClose: () => void;
  readonly onInvoke: (reason: string) => void;
}

/** Says what will be called on which device, and asks why. */
export function InvokeDialog({ call, onClose, onInvoke }: InvokeDialogProps) {
  return (
    <Modal opened={call !== undefined} onClose={onClose} title={call?.method.name ?? ""} size={560}>
      {call === undefined ? null : <Question call={call} onClose={onClose} onInvoke={onInvoke} />}
    </Modal>
  );
}

function Question({ call, onClose, onInvoke }: Omit<InvokeDialogProps, "call"> & { readonly call: Call }) {
  const [reason, setReason] = useState("");
  const { className, method, input, device } = call;
  const secrets = new Set(method.input.flatMap(({ name, isSecret }) => (isSecret === true ? name : [])));
  const given = Object.entries(input);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onInvoke(reason.trim());
      }}
    >
      <p className="question">
        Calls{" "}
        <strong className="mono">
          {className}.{method.name}
        </strong>{" "}
        on <strong>{device}</strong>. {method.warning ?? "It may change the device, and there is no way back from here"}
        .
      </p>
      {given.length === 0 ? null : (
        <dl className="explorer-given">
          {given.map(([name, values]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="mono wrap">{secrets.has(name) ? "sealed" : values.join(", ")}</dd>
            </div>
          ))}
        </dl>
      )}
      <Textarea
        label="Reason"
        description="Shown in the audit trail, with the names of the arguments and without their values"
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
        maxLength={500}
        autosize
        minRows={2}
        data-autofocus
        mt="sm"
      />
      <DialogButtons onClose={onClose} mt="md">
        <Button type="submit">
          Call {method.name} on {device}
        </Button>
      </DialogButtons>
    </form>
  );
}

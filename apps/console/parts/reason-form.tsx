import { Textarea } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { FormButtons } from "./dialog-buttons.tsx";
import { Failure } from "./failure.tsx";

/** As the routes and the audit trail want it. */
const shortestReason = 3;

interface ReasonFormProps {
  /** What is about to be done, to whom and with what consequence. */
  readonly question: ReactNode;
  /** As the button says it. */
  readonly action: string;
  /** It cannot be undone. */
  readonly isRed?: boolean;
  readonly isPending: boolean;
  /** Why it was refused; null while it was not. */
  readonly error: unknown;
  readonly onReason: (reason: string) => void;
  readonly onClose: () => void;
  /** What is asked beside the reason. */
  readonly children?: ReactNode;
}

/** The inside of a dialog for what may be done only with a reason. */
export function ReasonForm(props: ReasonFormProps) {
  const { question, action, isRed = false, isPending, error, onReason, onClose, children } = props;
  const [reason, setReason] = useState("");
  const isShort = reason.trim().length < shortestReason;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        onReason(reason.trim());
      }}
    >
      <p className="question">{question}</p>
      <Textarea
        label="Reason"
        description="Shown in the audit trail"
        value={reason}
        maxLength={500}
        autosize
        minRows={2}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        data-autofocus
      />
      {children}
      {error === null ? null : <Failure error={error} />}
      <FormButtons
        action={action}
        why={isShort ? "Say why first" : undefined}
        isPending={isPending}
        isRed={isRed}
        onClose={onClose}
      />
    </form>
  );
}

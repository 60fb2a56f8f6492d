import { Button, Modal, NativeSelect, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useServer } from "../../server.ts";
import { FreshPairs } from "./fresh-pairs.tsx";

interface DialogProps {
  readonly isOpen: boolean;
  readonly batches: readonly string[];
  readonly onClose: () => void;
}

/** Shows the pairs of a batch again, for a reason that goes into the audit trail first. */
export function PrintKeysDialog({ isOpen, batches, onClose }: DialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Print a batch again" size="lg" closeOnClickOutside={false}>
      {isOpen ? <Form batches={batches} onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ batches, onClose }: Omit<DialogProps, "isOpen">) {
  const server = useServer();
  const [batch, setBatch] = useState(batches[0] ?? "");
  const [reason, setReason] = useState("");
  const print = useMutation({
    mutationFn: () => server.setupKeys.print({ body: { batch, reason: reason.trim() } }),
    gcTime: 0,
  });
  if (print.data !== undefined) return <FreshPairs batch={batch} pairs={print.data.items} onClose={onClose} />;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        print.mutate();
      }}
    >
      <NativeSelect
        label="Batch"
        data={[...batches]}
        value={batch}
        onChange={({ currentTarget }) => setBatch(currentTarget.value)}
      />
      <Textarea
        label="Reason"
        description="Shown in the audit trail"
        value={reason}
        maxLength={200}
        onChange={({ currentTarget }) => setReason(currentTarget.value)}
        data-autofocus
      />
      {print.isError ? <Failure error={print.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button
          type="submit"
          color="red"
          loading={print.isPending}
          disabled={reason.trim() === ""}
          title={reason.trim() === "" ? "Say why first" : undefined}
        >
          Show the pairs
        </Button>
      </DialogButtons>
    </form>
  );
}

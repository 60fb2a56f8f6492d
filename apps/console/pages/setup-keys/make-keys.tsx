import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { countIn, CountField } from "./count-field.tsx";
import { FreshPairs } from "./fresh-pairs.tsx";

interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Makes pairs for a printed list, and shows them. */
export function MakeKeysDialog({ isOpen, onClose }: DialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Make setup keys" size="lg" closeOnClickOutside={false}>
      {isOpen ? <Form onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [batch, setBatch] = useState("");
  const [count, setCount] = useState("10");
  const wanted = countIn(count);
  const make = useMutation({
    mutationFn: (number: number) => server.setupKeys.make({ body: { batch: batch.trim(), count: number } }),
    gcTime: 0,
    onSuccess: () => void cache.invalidateQueries({ queryKey: keys.setupKeys }),
  });
  if (make.data !== undefined) return <FreshPairs batch={batch.trim()} pairs={make.data.items} onClose={onClose} />;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== undefined) make.mutate(wanted);
      }}
    >
      <TextInput
        label="Batch"
        description="A name for them, to find them again"
        value={batch}
        maxLength={64}
        onChange={({ currentTarget }) => setBatch(currentTarget.value)}
        data-autofocus
      />
      <CountField value={count} onChange={setCount} />
      {make.isError ? <Failure error={make.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button type="submit" loading={make.isPending} disabled={batch.trim() === "" || wanted === undefined}>
          Make {wanted === undefined ? "" : wanted} keys
        </Button>
      </DialogButtons>
    </form>
  );
}

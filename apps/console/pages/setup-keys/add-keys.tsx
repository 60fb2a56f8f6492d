import { Button, Modal, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "../../ages.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { pairsIn } from "./printed.ts";

interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Takes pairs that a maker or another tool has put into machines already. */
export function AddKeysDialog({ isOpen, onClose }: DialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Add keys that machines have" size="lg">
      {isOpen ? <Form onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [batch, setBatch] = useState("");
  const [text, setText] = useState("");
  const pairs = pairsIn(text);
  const add = useMutation({
    mutationFn: () => server.setupKeys.add({ body: { batch: batch.trim(), pairs: [...pairs] } }),
    gcTime: 0,
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.setupKeys });
      onClose();
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate();
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
      <Textarea
        label="Pairs"
        description="Lines of PID,PPS. All of them are taken, or none"
        className="mono-box"
        placeholder="0000-037M,NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ"
        value={text}
        autosize
        minRows={4}
        maxRows={12}
        spellCheck={false}
        autoComplete="off"
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      {add.isError ? <Failure error={add.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button type="submit" loading={add.isPending} disabled={batch.trim() === "" || pairs.length === 0}>
          Add {pairs.length === 0 ? "" : countOf(pairs.length)} keys
        </Button>
      </DialogButtons>
    </form>
  );
}

import { Button, Modal, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import type { Visit, VisitPowerAction } from "@vigil/api/resources/visits.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useServer } from "../../server.ts";

const effects = {
  on: { title: "Power on", effect: "The machine starts, unless it is on already" },
  cycle: { title: "Cycle power", effect: "The machine is switched off and on; unsaved work is lost" },
  reset: { title: "Reset", effect: "The machine starts anew at once; unsaved work is lost" },
  off: { title: "Power off", effect: "The machine is switched off; unsaved work is lost" },
} as const satisfies Readonly<Record<VisitPowerAction, { readonly title: string; readonly effect: string }>>;

interface PowerDialogProps {
  readonly visit: Visit;
  /** Undefined: closed. */
  readonly action: VisitPowerAction | undefined;
  readonly onClose: (isDone: boolean) => void;
}

export function PowerDialog({ visit, action, onClose }: PowerDialogProps) {
  return (
    <Modal
      opened={action !== undefined}
      onClose={() => onClose(false)}
      title={action === undefined ? "" : effects[action].title}
    >
      {action === undefined ? null : <PowerQuestion visit={visit} action={action} onClose={onClose} />}
    </Modal>
  );
}

function PowerQuestion(props: {
  readonly visit: Visit;
  readonly action: VisitPowerAction;
  readonly onClose: (isDone: boolean) => void;
}) {
  const { visit, action, onClose } = props;
  const server = useServer();
  const [reason, setReason] = useState("");
  const ask = useMutation({
    mutationFn: () =>
      server.visits.power({
        params: { id: visit.id },
        body: { action, ...(reason.trim() === "" ? {} : { reason: reason.trim() }) },
      }),
    onSuccess: () => onClose(true),
  });
  const { title, effect } = effects[action];
  const onSubmit = (event: FormEvent): void => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <form onSubmit={onSubmit}>
      <p className="question">
        {title} of <strong>{visit.host}</strong>. {effect}.
      </p>
      <TextInput
        label="Reason"
        description="Shown in the activity log"
        value={reason}
        onChange={({ currentTarget: { value } }) => setReason(value)}
        maxLength={500}
        data-autofocus
      />
      {ask.isError ? <Failure error={ask.error} /> : null}
      <DialogButtons onClose={() => onClose(false)} mt="md">
        <Button type="submit" loading={ask.isPending}>
          {title} of {visit.host}
        </Button>
      </DialogButtons>
    </form>
  );
}

export function AdoptDialog(props: { readonly visit: Visit; readonly isOpen: boolean; readonly onClose: () => void }) {
  const { visit, isOpen, onClose } = props;
  const server = useServer();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const adopt = useMutation({
    mutationFn: () => server.visits.adopt({ params: { id: visit.id }, body: {} }),
    onSuccess: async ({ device }) => {
      await navigate({ to: "/devices/$id", params: { id: device } });
      await cache.invalidateQueries();
    },
  });
  return (
    <Modal opened={isOpen} onClose={onClose} title="Adopt device">
      <p className="question">
        Takes <strong>{visit.host}</strong> into the registry as it is set up now. Vigil keeps its password, sealed, and
        reaches it by its plain port: until its profile is applied, which gives it TLS and a password that nobody knows.
      </p>
      {adopt.isError ? <Failure error={adopt.error} /> : null}
      <DialogButtons onClose={onClose} mt="md">
        <Button loading={adopt.isPending} onClick={() => adopt.mutate()} data-autofocus>
          Adopt device
        </Button>
      </DialogButtons>
    </Modal>
  );
}

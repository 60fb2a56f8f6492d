import { Button, CopyButton, Group, Modal, NativeSelect } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Api } from "@vigil/api/api.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import type { SecretKind } from "@vigil/api/resources/secrets.ts";
import type { Reply } from "@vigil/api/route.ts";
import { momentOf } from "../../ages.ts";
import { ReasonForm } from "../../parts/reason-form.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { secretName } from "./secret-words.ts";

interface RevealProps {
  readonly device: Device;
  /** What is to be shown; undefined while nobody asks. */
  readonly kind: SecretKind | undefined;
  readonly onClose: () => void;
}

/** Chosen: long enough to type twenty characters at a machine, short enough for a screen that is left alone. */
const shownSeconds = 90;

const delays = [
  { value: "15", label: "15 minutes" },
  { value: "60", label: "1 hour" },
  { value: "240", label: "4 hours" },
  { value: "1440", label: "1 day" },
];

/** Breaks the glass: asks why, shows the secret once and for a while, and says what follows. */
export function RevealDialog({ device, kind, onClose }: RevealProps) {
  return (
    <Modal
      opened={kind !== undefined}
      onClose={onClose}
      title={kind === undefined ? "" : `Reveal the ${secretName(kind)}`}
      closeOnClickOutside={false}
    >
      {kind === undefined ? null : <Reveal device={device} kind={kind} onClose={onClose} />}
    </Modal>
  );
}

function Reveal({ device, kind, onClose }: RevealProps & { readonly kind: SecretKind }) {
  const server = useServer();
  const cache = useQueryClient();
  const [minutes, setMinutes] = useState("60");
  const isReplaced = kind === "admin-password";
  const reveal = useMutation({
    mutationFn: (reason: string) =>
      server.secrets.reveal({
        params: { id: device.uuid },
        body: { kind, reason, minutes: Number(minutes) },
      }),
    // The value is in this dialog and nowhere else.
    gcTime: 0,
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: keys.deviceSecrets(device.uuid) });
      void cache.invalidateQueries({ queryKey: keys.timeline(device.uuid) });
    },
  });
  if (reveal.data !== undefined) return <Shown secret={reveal.data} onHide={onClose} />;
  return (
    <ReasonForm
      question={
        <>
          The {secretName(kind)} of <strong>{device.hostName ?? device.address}</strong> is shown once, for{" "}
          {shownSeconds} seconds. Your name and the reason go into the audit trail first.{" "}
          {isReplaced
            ? "Afterwards it is replaced by itself."
            : "It cannot be replaced from afar: whoever sees it knows it until somebody changes it."}
        </>
      }
      action="Reveal the secret"
      isRed
      isPending={reveal.isPending}
      error={reveal.error}
      onReason={reveal.mutate}
      onClose={onClose}
    >
      {isReplaced ? (
        <NativeSelect
          label="Replaced after"
          data={delays}
          value={minutes}
          onChange={({ currentTarget }) => setMinutes(currentTarget.value)}
        />
      ) : null}
    </ReasonForm>
  );
}

function Shown({
  secret: { username, value, replacedAt },
  onHide,
}: {
  readonly secret: Reply<Api["secrets"]["reveal"]>;
  readonly onHide: () => void;
}) {
  const left = useCountdown(shownSeconds, onHide);
  return (
    <div className="form">
      <dl className="secret-shown">
        <dt>User</dt>
        <dd className="mono">{username === "" ? "none" : username}</dd>
        <dt>Secret</dt>
        <dd className="mono" aria-label="The secret">
          {value}
        </dd>
      </dl>
      <p role="status">
        <strong>Noted in the audit trail.</strong>{" "}
        {replacedAt === null
          ? "Nothing replaces it by itself: change it at the machine when you are done."
          : `It is replaced by itself at ${momentOf(replacedAt)}, or before with Rotate now.`}
      </p>
      <Group justify="flex-end">
        <span className="dim" role="timer">
          Hidden in {left} s
        </span>
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button variant="default" onClick={copy}>
              {copied ? "Copied" : "Copy secret"}
            </Button>
          )}
        </CopyButton>
        <Button onClick={onHide} data-autofocus>
          Hide now
        </Button>
      </Group>
    </div>
  );
}

/** Seconds that are left; at none of them `onEnd` is called. */
function useCountdown(seconds: number, onEnd: () => void): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const timer = setInterval(() => setLeft((old) => old - 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (left <= 0) onEnd();
  }, [left, onEnd]);
  return Math.max(0, left);
}

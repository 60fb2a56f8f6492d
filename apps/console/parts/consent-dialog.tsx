import { Button, Group, Modal, PinInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConsentState } from "@vigil/api/resources/consent.ts";
import { consentQuery, keys } from "../queries.ts";
import { useServer } from "../server.ts";
import { Waiting } from "./empty.tsx";
import { Failure } from "./failure.tsx";

export const policyWords = {
  none: "nothing",
  kvm: "seeing the screen",
  all: "every session",
} as const satisfies Readonly<Record<ConsentState["policy"], string>>;

export const consentWords = {
  notStarted: "not asked for",
  requested: "asked for",
  displayed: "the code is on the machine's screen",
  received: "given",
  inSession: "given, and a session is open",
  unknown: "unknown",
} as const satisfies Readonly<Record<ConsentState["state"], string>>;

interface ConsentDialogProps {
  /** Undefined: closed. */
  readonly device: { readonly uuid: string; readonly hostName: string | null; readonly address: string } | undefined;
  /** @param isGiven a session may begin now */
  readonly onClose: (isGiven: boolean) => void;
}

/**
 * Asks the user at the machine for consent: their screen shows six digits, they read them out, the operator types them. Closing it leaves the consent
 * as it stands; only "Cancel consent" ends it.
 */
export function ConsentDialog({ device, onClose }: ConsentDialogProps) {
  return (
    <Modal
      opened={device !== undefined}
      onClose={() => onClose(false)}
      title={device === undefined ? "" : `Consent of the user at ${device.hostName ?? device.address}`}
    >
      {device === undefined ? null : <Steps uuid={device.uuid} onClose={onClose} />}
    </Modal>
  );
}

function Steps({ uuid, onClose }: { readonly uuid: string; readonly onClose: (isGiven: boolean) => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const params = { id: uuid };
  const [code, setCode] = useState("");
  const { data, error, refetch } = useQuery(consentQuery(server, uuid));
  const keep = (state: ConsentState): void => void cache.setQueryData(keys.consent(uuid), state);
  // The device may have moved on by itself: its code goes off the screen after a while.
  const onError = (): void => void refetch();
  const start = useMutation({ mutationFn: () => server.consent.start({ params }), onSuccess: keep, onError });
  const cancel = useMutation({ mutationFn: () => server.consent.cancel({ params }), onSuccess: keep, onError });
  const send = useMutation({
    mutationFn: (typed: string) => server.consent.send({ params, body: { code: typed } }),
    onSuccess: keep,
    onError: () => {
      setCode("");
      onError();
    },
  });
  if (data === undefined)
    return error === null ? <Waiting rows={3} /> : <Failure error={error} onRetry={() => void refetch()} />;
  const failure = [send, start, cancel].find(({ isError }) => isError);
  const isGiven = data.state === "received" || data.state === "inSession";
  return (
    <>
      <p role="status">{wordsFor(data)}</p>
      {data.state === "displayed" || data.state === "requested" ? (
        <PinInput
          length={6}
          type="number"
          aria-label="Code on the machine's screen"
          getInputProps={(index) => ({ "aria-label": `Digit ${index + 1} of the code` })}
          value={code}
          onChange={setCode}
          onComplete={(typed) => send.mutate(typed)}
          disabled={send.isPending}
          autoFocus
          my="md"
        />
      ) : null}
      {failure === undefined ? null : <Failure error={failure.error} />}
      <Group justify="flex-end" mt="md">
        {data.state === "notStarted" || data.state === "unknown" ? (
          <Button loading={start.isPending} onClick={() => start.mutate()} data-autofocus>
            Show code on its screen
          </Button>
        ) : (
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel consent
          </Button>
        )}
        {isGiven ? (
          <Button onClick={() => onClose(true)} data-autofocus>
            Go on
          </Button>
        ) : null}
      </Group>
    </>
  );
}

function wordsFor({ state, policy, codeTimeoutSeconds, sessionTimeoutSeconds }: ConsentState): string {
  switch (state) {
    case "notStarted":
    case "unknown":
      return policy === "none"
        ? "This device does not ask its user for consent."
        : `Needed for ${policyWords[policy]}. The machine's screen will show six digits for ${codeTimeoutSeconds} s; its user reads them out to you.`;
    case "requested":
    case "displayed":
      return "Six digits are on the machine's screen. Type what its user reads out.";
    case "received":
      return `Given. A session has to begin within ${sessionTimeoutSeconds} s.`;
    case "inSession":
      return "Given, and a session is open.";
    default:
      return state satisfies never;
  }
}

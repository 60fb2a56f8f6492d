import { Button, Modal, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DeviceCertificate } from "@vigil/api/resources/device-certificates.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

interface RenewProps {
  readonly device: Device;
  /** What is to be replaced; undefined while nobody asks. */
  readonly certificate: DeviceCertificate | undefined;
  readonly onClose: () => void;
}

/** As audit entries want it. */
const shortestReason = 3;

/** Takes the certificate back as superseded: maintenance, which looks at once, gives the device another one. */
export function RenewCertificate({ device, certificate, onClose }: RenewProps) {
  return (
    <Modal opened={certificate !== undefined} onClose={onClose} title="Renew the device's certificate">
      {certificate === undefined ? null : <Renew device={device} certificate={certificate} onClose={onClose} />}
    </Modal>
  );
}

function Renew({
  device,
  certificate: { serial, subject },
  onClose,
}: RenewProps & { readonly certificate: DeviceCertificate }) {
  const server = useServer();
  const cache = useQueryClient();
  const [note, setNote] = useState("");
  const renew = useMutation({
    mutationFn: () =>
      server.authorities.revoke({
        params: { serial: serial ?? "" },
        body: { reason: "superseded", note: note.trim() },
      }),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: keys.heldCertificates(device.uuid) });
      void cache.invalidateQueries({ queryKey: keys.timeline(device.uuid) });
      onClose();
    },
  });
  const isShort = note.trim().length < shortestReason;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        renew.mutate();
      }}
    >
      <p className="question">
        {subject} is revoked as superseded, and <strong>{device.hostName ?? device.address}</strong> gets a new key and
        a new certificate as soon as it can be reached. It stays reachable meanwhile; sessions that are open go on.
      </p>
      <Textarea
        label="Reason"
        description="Shown in the audit trail"
        value={note}
        maxLength={500}
        autosize
        minRows={2}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
        data-autofocus
      />
      {renew.isError ? <Failure error={renew.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button
          type="submit"
          loading={renew.isPending}
          disabled={isShort}
          title={isShort ? "Say why first" : undefined}
        >
          Renew certificate
        </Button>
      </DialogButtons>
    </form>
  );
}

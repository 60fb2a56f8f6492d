import { Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { DeviceCertificate } from "@vigil/api/resources/device-certificates.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { ReasonForm } from "../../parts/reason-form.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

interface RenewProps {
  readonly device: Device;
  /** What is to be replaced; undefined while nobody asks. */
  readonly certificate: DeviceCertificate | undefined;
  readonly onClose: () => void;
}

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
  const renew = useMutation({
    mutationFn: (note: string) =>
      server.authorities.revoke({
        params: { serial: serial ?? "" },
        body: { reason: "superseded", note },
      }),
    onSuccess: () => {
      void cache.invalidateQueries({ queryKey: keys.heldCertificates(device.uuid) });
      void cache.invalidateQueries({ queryKey: keys.timeline(device.uuid) });
      onClose();
    },
  });
  return (
    <ReasonForm
      question={
        <>
          {subject} is revoked as superseded, and <strong>{device.hostName ?? device.address}</strong> gets a new key
          and a new certificate as soon as it can be reached. It stays reachable meanwhile; sessions that are open go
          on.
        </>
      }
      action="Renew certificate"
      isPending={renew.isPending}
      error={renew.error}
      onReason={renew.mutate}
      onClose={onClose}
    />
  );
}

import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type {
  CertificatePart,
  DeviceCertificate,
  DeviceCertificates as Certificates,
} from "@vigil/api/resources/device-certificates.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { countOf } from "../../ages.ts";
import { StoredReading } from "../../parts/reading.tsx";
import { TitledFacts } from "../../parts/titled-facts.tsx";
import { TitledTable } from "../../parts/titled-table.tsx";
import { heldCertificatesQuery, keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Left, Origin } from "./certificate-words.tsx";
import { RenewCertificate } from "./renew-certificate.tsx";

interface DeviceProps {
  readonly device: Device;
}

interface CertificatesProps {
  readonly certificates: Certificates;
}

/** What the device holds of keys and certificates: at once as it was last read, then as the device says it now. */
export function DeviceCertificates({ device }: DeviceProps) {
  const server = useServer();
  const params = { id: device.uuid };
  const stored = useQuery(heldCertificatesQuery(server, device.uuid));
  return (
    <StoredReading
      stored={stored}
      body={stored.data?.certificates ?? null}
      device={device}
      storedKey={keys.heldCertificates(device.uuid)}
      read={(signal) => server.readings.readCertificates({ params, signal })}
      never="The certificates have not been read yet"
    >
      {(certificates) => (
        <div className="device-parts">
          <Shown device={device} certificates={certificates} />
          <Store certificates={certificates} />
          <Keys certificates={certificates} />
          <Revocations certificates={certificates} />
        </div>
      )}
    </StoredReading>
  );
}

/** What the device shows over TLS, and whom it lets speak to it. */
function Shown({ device, certificates: { tls, items, lacks } }: DeviceProps & CertificatesProps) {
  const [isRenewing, setRenewing] = useState(false);
  const shown = items.find(({ uses }) => uses.includes("TLS"));
  const why = whyNot(device, shown);
  return (
    <TitledFacts
      title="TLS"
      facts={[
        ["Network side", tls === null ? lacking("tls", lacks) : tlsWords(tls)],
        ["System side", tls === null ? null : tls.isLocalEnabled ? "on" : "off"],
        ["Mutual TLS", tls === null ? null : tls.isMutual ? mutualWords(tls.trustedNames) : "off"],
        ["Shows", shown?.subject ?? null],
        ["Issued by", shown === undefined ? null : <Origin key="origin" certificate={shown} />],
        ["Ends", shown === undefined ? null : <Left key="left" until={shown.validTo} />],
        [
          "Fingerprint",
          shown === undefined ? null : (
            <span key="print" className="mono wrap">
              {shown.fingerprint}
            </span>
          ),
        ],
      ]}
    >
      <Button
        mt={12}
        variant="default"
        disabled={why !== undefined}
        {...(why === undefined ? {} : { title: why })}
        onClick={() => setRenewing(true)}
      >
        Renew certificate
      </Button>
      <RenewCertificate
        device={device}
        certificate={isRenewing ? shown : undefined}
        onClose={() => setRenewing(false)}
      />
    </TitledFacts>
  );
}

/** Why there is nothing to renew. */
function whyNot({ state }: Device, shown: DeviceCertificate | undefined): string | undefined {
  if (state !== "provisioned") return "Only provisioned devices get certificates";
  if (shown === undefined) return "The device shows none";
  if (shown.origin !== "vigil") return "It is not of Vigil's";
  return shown.revokedAt === null ? undefined : "It is revoked already, and being replaced";
}

function tlsWords({ isEnabled, acceptsPlain }: NonNullable<Certificates["tls"]>) {
  if (!isEnabled) return <span className="warn">▲ off</span>;
  return acceptsPlain ? <span className="warn">▲ on, and plain connections too</span> : "on, nothing else";
}

function mutualWords(names: readonly string[]): string {
  return names.length === 0 ? "on, for any name" : `on, for ${names.join(", ")}`;
}

function Store({ certificates: { items } }: CertificatesProps) {
  const isRoot = ({ isTrustedRoot }: DeviceCertificate): boolean => isTrustedRoot;
  const columns = [
    { title: "Certificate", cell: ({ subject }: DeviceCertificate) => <span title={subject}>{subject}</span> },
    { title: "Issued by", width: "140px", cell: (one: DeviceCertificate) => <Origin certificate={one} /> },
    { title: "Ends", width: "104px", cell: ({ validTo }: DeviceCertificate) => <Left until={validTo} /> },
    { title: "Key", width: "90px", cell: ({ key }: DeviceCertificate) => key },
    { title: "Used for", width: "120px", cell: ({ uses }: DeviceCertificate) => uses.join(", ") },
  ];
  return (
    <>
      <TitledTable
        title="Its own certificates"
        rows={items.filter((one) => !isRoot(one))}
        columns={columns}
        none="The device holds no certificate of its own."
      />
      <TitledTable
        title="Trusted roots"
        rows={items.filter(isRoot)}
        columns={columns}
        none="None: it believes no certificate of anybody else."
      />
    </>
  );
}

function Keys({ certificates: { keyPairs, items, lacks } }: CertificatesProps) {
  const subjectOf = (id: string | null): string => items.find((one) => one.id === id)?.subject ?? "";
  return (
    <TitledTable
      title="Key pairs"
      rows={keyPairs}
      none={lacking("keyPairs", lacks) ?? "None."}
      columns={[
        { title: "Key pair", cell: ({ id }) => <span className="mono">{id}</span> },
        { title: "Key", width: "110px", cell: ({ key }) => key },
        {
          title: "Certificate over it",
          cell: ({ certificateId }) =>
            certificateId === null ? <span className="dim">none: it is spare</span> : subjectOf(certificateId),
        },
      ]}
    />
  );
}

function Revocations({ certificates: { revocations, lacks } }: CertificatesProps) {
  return (
    <TitledTable
      title="Clients that it does not believe"
      rows={revocations}
      none={
        lacking("revocations", lacks) ?? "None. With mutual TLS it is told which certificates of Vigil's are revoked."
      }
      columns={[
        { title: "Revocation list", cell: ({ url }) => <span className="mono">{url}</span> },
        {
          title: "Serial numbers",
          width: "130px",
          isNumber: true,
          cell: ({ serialNumbers }) => countOf(serialNumbers.length),
        },
      ]}
    />
  );
}

function lacking(part: CertificatePart, lacks: readonly CertificatePart[]): string | null {
  return lacks.includes(part) ? "This release has none of it." : null;
}

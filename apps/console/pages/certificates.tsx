import { ActionIcon, Button, Group, Modal, TextInput } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SetupCertificate } from "@vigil/api/resources/setup-certificates.ts";
import { countOf } from "../ages.ts";
import { Checks } from "../parts/certificate-report.tsx";
import { DialogButtons } from "../parts/dialog-buttons.tsx";
import { Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { coverageQuery, keys, setupCertificateQuery, setupCertificatesQuery } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { CoveragePanel } from "./certificate-coverage.tsx";
import { CertificateUpload } from "./certificate-upload.tsx";
import { DnsPanel } from "./dns-check.tsx";

/** Setup certificates: with what Vigil proves itself to devices in factory state, whom they cover, and whether devices find the way. */
export function CertificatesPage() {
  const [isAdding, setAdding] = useState(false);
  return (
    <Page
      title="Setup certificates"
      actions={
        <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setAdding(true)}>
          Add certificate
        </Button>
      }
    >
      <div className="stack">
        <p className="dim">
          With a setup certificate Vigil proves itself to devices that are being set up. It is not the certificate of a
          TLS server: devices get their TLS certificates from an authority, which has a page of its own.
        </p>
        <List />
        <CoveragePanel />
        <DnsPanel />
      </div>
      <CertificateUpload isOpen={isAdding} onClose={() => setAdding(false)} />
    </Page>
  );
}

function List() {
  const server = useServer();
  const { data, error } = useQuery(setupCertificatesQuery(server));
  const coverage = useQuery(coverageQuery(server)).data;
  const [shown, setShown] = useState<SetupCertificate>();
  const [renaming, setRenaming] = useState<SetupCertificate>();
  const [removing, setRemoving] = useState<SetupCertificate>();
  const coversOf = (id: string): string => {
    const row = coverage?.certificates.find(({ certificate }) => certificate.id === id);
    if (row === undefined || coverage === undefined || coverage.devices === 0) return "—";
    const percent = Math.floor((row.answers.yes / coverage.devices) * 100);
    return `${countOf(row.answers.yes)} (${percent} %)`;
  };
  return (
    <section className="panel">
      <h2>Certificates</h2>
      {data === undefined ? error === null ? <Waiting rows={2} /> : <Failure error={error} /> : null}
      {data === undefined ? null : (
        <PlainTable
          label="Setup certificates"
          rows={data.items}
          keyOf={({ id }) => id}
          columns={[
            {
              title: "Name",
              cell: (one) => (
                <button type="button" className="link" onClick={() => setShown(one)}>
                  {one.name}
                </button>
              ),
            },
            { title: "For", cell: ({ names }) => <span className="mono">{names.join(", ")}</span> },
            { title: "Root", cell: ({ rootSubject, rootHash }) => <span title={rootHash}>{rootSubject}</span> },
            { title: "Covers", width: "130px", isNumber: true, cell: ({ id }) => coversOf(id) },
            { title: "Expires", width: "220px", cell: (one) => <Expiry certificate={one} /> },
            {
              title: "Actions",
              width: "90px",
              cell: (one) => (
                <Group gap={4} wrap="nowrap">
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="sm"
                    aria-label={`Rename ${one.name}`}
                    onClick={() => setRenaming(one)}
                  >
                    <IconPencil size={14} aria-hidden />
                  </ActionIcon>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    size="sm"
                    aria-label={`Remove ${one.name}`}
                    disabled={one.isOwn}
                    title={one.isOwn ? "Vigil's own stays: the next start would make it anew" : undefined}
                    onClick={() => setRemoving(one)}
                  >
                    <IconTrash size={14} aria-hidden />
                  </ActionIcon>
                </Group>
              ),
            },
          ]}
        />
      )}
      <Details certificate={shown} onClose={() => setShown(undefined)} />
      <Rename certificate={renaming} onClose={() => setRenaming(undefined)} />
      <Remove certificate={removing} onClose={() => setRemoving(undefined)} />
    </section>
  );
}

/** Louder from 90, 30 and 7 days on. */
function Expiry({ certificate: { expiresAt, daysLeft } }: { readonly certificate: SetupCertificate }) {
  const day = expiresAt.slice(0, 10);
  if (daysLeft >= 90) return day;
  if (daysLeft < 0) return <strong className="bad">Expired {day}</strong>;
  const text = `${day}, ${daysLeft} days left`;
  if (daysLeft < 7) return <strong className="bad">{text}</strong>;
  return <span className={daysLeft < 30 ? "bad" : "warn"}>{text}</span>;
}

interface DialogProps {
  readonly certificate: SetupCertificate | undefined;
  readonly onClose: () => void;
}

function Details({ certificate, onClose }: DialogProps) {
  return (
    <Modal opened={certificate !== undefined} onClose={onClose} title={certificate?.name ?? ""} size="lg">
      {certificate === undefined ? null : <Report id={certificate.id} />}
    </Modal>
  );
}

function Report({ id }: { readonly id: string }) {
  const { data, error } = useQuery(setupCertificateQuery(useServer(), id));
  if (data === undefined) return error === null ? <Waiting rows={4} /> : <Failure error={error} />;
  return (
    <div className="form">
      <Checks checks={data.report.checks} />
      <p className="dim">
        SHA-256 of the root, as a device lists it: <code className="code wrap">{data.certificate.rootHash}</code>
      </p>
    </div>
  );
}

function Rename({ certificate, onClose }: DialogProps) {
  return (
    <Modal opened={certificate !== undefined} onClose={onClose} title="Rename the certificate">
      {certificate === undefined ? null : <RenameForm certificate={certificate} onClose={onClose} />}
    </Modal>
  );
}

function RenameForm({ certificate, onClose }: DialogProps & { readonly certificate: SetupCertificate }) {
  const server = useServer();
  const cache = useQueryClient();
  const [name, setName] = useState(certificate.name);
  const rename = useMutation({
    mutationFn: () => server.setupCertificates.rename({ params: { id: certificate.id }, body: { name: name.trim() } }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.setupCertificates });
      onClose();
    },
  });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate();
      }}
    >
      <TextInput
        label="Name"
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      {rename.isError ? <Failure error={rename.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button type="submit" loading={rename.isPending} disabled={name.trim() === ""}>
          Rename
        </Button>
      </DialogButtons>
    </form>
  );
}

function Remove({ certificate, onClose }: DialogProps) {
  return (
    <Modal opened={certificate !== undefined} onClose={onClose} title="Remove the certificate">
      {certificate === undefined ? null : <RemoveForm certificate={certificate} onClose={onClose} />}
    </Modal>
  );
}

function RemoveForm({ certificate, onClose }: DialogProps & { readonly certificate: SetupCertificate }) {
  const server = useServer();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => server.setupCertificates.remove({ params: { id: certificate.id } }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.setupCertificates });
      onClose();
    },
  });
  return (
    <div className="form">
      <p className="question">
        <strong>{certificate.name}</strong> and its private key are removed. Devices that are set up need it no more;
        those that only this one covers are not set up any longer.
      </p>
      {remove.isError ? <Failure error={remove.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()} data-autofocus>
          Remove certificate
        </Button>
      </DialogButtons>
    </div>
  );
}

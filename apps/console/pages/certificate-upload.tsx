import { Button, FileInput, Modal, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Api } from "@vigil/api/api.ts";
import type { Request } from "@vigil/api/route.ts";
import { Checks } from "../parts/certificate-report.tsx";
import { DialogButtons } from "../parts/dialog-buttons.tsx";
import { Failure } from "../parts/failure.tsx";
import { keys } from "../queries.ts";
import { useServer } from "../server.ts";

type Upload = NonNullable<Request<Api["setupCertificates"]["add"]>["body"]>;

/** Adds a setup certificate: first the whole report about it, then, when no rule is broken, the certificate. */
export function CertificateUpload({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Add a setup certificate" size="lg">
      {isOpen ? <Form onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [files, setFiles] = useState<File[]>([]);
  const [passphrase, setPassphrase] = useState("");
  const [name, setName] = useState("");
  const inspect = useMutation({
    mutationFn: async () => server.setupCertificates.inspect({ body: await uploadOf(files, passphrase) }),
  });
  const add = useMutation({
    mutationFn: async () => {
      const called = name.trim() === "" ? {} : { name: name.trim() };
      return server.setupCertificates.add({ body: { ...(await uploadOf(files, passphrase)), ...called } });
    },
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.setupCertificates });
      onClose();
    },
  });
  const report = inspect.data;
  const hasKey = report?.checks.find(({ id }) => id === "key")?.verdict === "pass";
  const isGood = report !== undefined && report.verdict !== "fail" && hasKey;
  const changed = (): void => {
    inspect.reset();
    add.reset();
  };
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) add.mutate();
        else inspect.mutate();
      }}
    >
      <FileInput
        label="Files"
        description="A PFX file, or PEM: the certificate, its issuers, the root and the private key, in one file or several"
        placeholder="Choose files"
        multiple
        value={files}
        onChange={(chosen) => {
          setFiles(chosen);
          changed();
        }}
        data-autofocus
      />
      <PasswordInput
        label="Passphrase"
        description="Of the PFX file or the key, if it has one. Used once, and not kept"
        autoComplete="off"
        value={passphrase}
        maxLength={1_000}
        onChange={(event) => {
          setPassphrase(event.currentTarget.value);
          changed();
        }}
      />
      <TextInput
        label="Name"
        description="What to call it; its host name otherwise"
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {report === undefined ? null : <Checks checks={report.checks} />}
      {inspect.isError ? <Failure error={inspect.error} /> : null}
      {add.isError ? <Failure error={add.error} /> : null}
      <DialogButtons onClose={onClose}>
        {isGood ? (
          <Button type="submit" loading={add.isPending}>
            Add certificate
          </Button>
        ) : (
          <Button
            type="submit"
            loading={inspect.isPending}
            disabled={files.length === 0}
            title={files.length === 0 ? "Choose the files first" : undefined}
          >
            Inspect
          </Button>
        )}
      </DialogButtons>
    </form>
  );
}

/** PEM files are put together; another is taken for a PFX file. */
async function uploadOf(files: readonly File[], passphrase: string): Promise<Upload> {
  const texts: string[] = [];
  let pfx: string | undefined;
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = new TextDecoder().decode(bytes);
    if (text.includes("-----BEGIN ")) texts.push(text);
    else pfx = base64From(bytes);
  }
  return {
    ...(texts.length === 0 ? {} : { chainPem: texts.join("\n") }),
    ...(pfx === undefined ? {} : { pfx }),
    ...(passphrase === "" ? {} : { passphrase }),
  };
}

function base64From(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCodePoint(byte)).join(""));
}

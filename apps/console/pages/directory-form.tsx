import { Button, Modal, PasswordInput, Select, Switch, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Directory } from "@vigil/api/resources/directories.ts";
import { DialogButtons } from "../parts/dialog-buttons.tsx";
import { Failure } from "../parts/failure.tsx";
import { keys } from "../queries.ts";
import { useServer } from "../server.ts";

interface DirectoryFormProps {
  /** undefined: the form is closed. */
  readonly edited: Directory | "new" | undefined;
  readonly onClose: () => void;
}

/** Adds a directory or changes its settings. */
export function DirectoryForm({ edited, onClose }: DirectoryFormProps) {
  const title = edited === undefined || edited === "new" ? "Add a directory" : `Change ${edited.realm}`;
  return (
    <Modal opened={edited !== undefined} onClose={onClose} title={title} size="lg">
      {edited === undefined ? null : <Form known={edited === "new" ? undefined : edited} onClose={onClose} />}
    </Modal>
  );
}

const nothing = {
  realm: "",
  urls: "",
  baseDn: "",
  bindDn: "",
  organizationalUnit: "",
  rootPem: "",
  cleanUp: "delete" as "delete" | "disable",
  hasPortlessName: false,
  allowsRc4: false,
  password: "",
};
type Fields = typeof nothing;

function fieldsOf(known: Directory | undefined): Fields {
  if (known === undefined) return nothing;
  const { realm, baseDn, bindDn, organizationalUnit, cleanUp, hasPortlessName, allowsRc4 } = known;
  const own = { realm, baseDn, bindDn, organizationalUnit, cleanUp, hasPortlessName, allowsRc4 };
  return { ...own, urls: known.urls.join("\n"), rootPem: known.rootPem ?? "", password: "" };
}

function Form({ known, onClose }: { readonly known: Directory | undefined; readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [fields, setFields] = useState<Fields>(() => fieldsOf(known));
  const set = (change: Partial<Fields>): void => setFields((now) => ({ ...now, ...change }));
  const store = useMutation({
    mutationFn: () => {
      const { realm, urls, rootPem, password, ...rest } = fields;
      const settings = { ...rest, urls: urls.split(/\s+/).filter(Boolean), rootPem: rootPem.trim() || null };
      const body = { settings, ...(password === "" ? {} : { password }) };
      return server.directories.put({ params: { realm: realm.trim() }, body });
    },
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.directories });
      onClose();
    },
  });
  const isWhole = [fields.realm, fields.urls, fields.baseDn, fields.bindDn, fields.organizationalUnit].every(
    (one) => one.trim() !== "",
  );
  const text = (name: "realm" | "baseDn" | "bindDn" | "organizationalUnit", label: string, description: string) => (
    <TextInput
      label={label}
      description={description}
      value={fields[name]}
      disabled={name === "realm" && known !== undefined}
      maxLength={512}
      onChange={(event) => set({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        store.mutate();
      }}
    >
      {text("realm", "Realm", "Of Active Directory: the domain's name, e.g. EXAMPLE.COM")}
      <Textarea
        label="Servers"
        description="One a line, tried in order: ldaps://dc1.example.com, or ldap://dc1.example.com for STARTTLS"
        autosize
        minRows={2}
        value={fields.urls}
        onChange={(event) => set({ urls: event.currentTarget.value })}
      />
      {text("baseDn", "Base", "Where objects are looked for, e.g. DC=example,DC=com")}
      {text("organizationalUnit", "Unit", "Where objects go whose profile names none, e.g. OU=AMT,DC=example,DC=com")}
      {text("bindDn", "Vigil's account", "A distinguished name, or vigil@example.com")}
      <PasswordInput
        label="Password"
        description={known === undefined ? "Sealed, and never shown again" : "Left empty, it stays as it is"}
        autoComplete="new-password"
        value={fields.password}
        maxLength={256}
        onChange={(event) => set({ password: event.currentTarget.value })}
      />
      <Textarea
        label="Root of the servers' certificates"
        description="PEM. Left empty, the authorities that the server's machine trusts"
        classNames={{ input: "mono" }}
        minRows={3}
        maxRows={6}
        autosize
        value={fields.rootPem}
        onChange={(event) => set({ rootPem: event.currentTarget.value })}
      />
      <Select
        label="The object of a device that leaves"
        data={[
          { value: "delete", label: "is deleted" },
          { value: "disable", label: "is switched off, without its names" },
        ]}
        value={fields.cleanUp}
        allowDeselect={false}
        onChange={(value) => set({ cleanUp: value === "disable" ? "disable" : "delete" })}
      />
      <Switch
        label="Give objects HTTP/name without a port, too"
        description="Browsers and curl ask for it. It takes the name from the machine's own operating system, whose remote management may need it"
        checked={fields.hasPortlessName}
        onChange={(event) => set({ hasPortlessName: event.currentTarget.checked })}
      />
      <Switch
        label="Allow RC4 for devices before AMT 8"
        description="They know no other encryption. It is weak"
        checked={fields.allowsRc4}
        onChange={(event) => set({ allowsRc4: event.currentTarget.checked })}
      />
      {store.isError ? <Failure error={store.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button
          type="submit"
          loading={store.isPending}
          disabled={!isWhole}
          title={isWhole ? undefined : "Realm, servers, base, unit and account are needed"}
        >
          Store directory
        </Button>
      </DialogButtons>
    </form>
  );
}

import { Button, Modal, SegmentedControl, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { DialogButtons } from "../parts/dialog-buttons.tsx";
import { Failure } from "../parts/failure.tsx";
import { keys } from "../queries.ts";
import { useServer } from "../server.ts";

const kinds = [
  { value: "outside", label: "Below a company's authority" },
  { value: "own", label: "Vigil's own" },
];

/** Makes an authority: an own one is ready at once, one below a company's begins with a request. */
export function NewAuthority({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Add an authority" size="lg">
      {isOpen ? <Form onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [kind, setKind] = useState("outside");
  const [name, setName] = useState("");
  const [commonName, setCommonName] = useState("Vigil Device Authority");
  const [organization, setOrganization] = useState("");
  const isOutside = kind === "outside";
  const make = useMutation({
    mutationFn: async () => {
      if (!isOutside) return server.authorities.create({ body: { name: name.trim(), kind: "own" } });
      const about = { commonName: commonName.trim(), organization: organization.trim() };
      const { authority } = await server.authorities.create({ body: { name: name.trim(), kind: "outside", ...about } });
      return server.authorities.request({ params: { id: authority.id } });
    },
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: keys.authorities });
      onClose();
    },
  });
  const lacks = name.trim() === "" || (isOutside && (commonName.trim() === "" || organization.trim() === ""));
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate();
      }}
    >
      <SegmentedControl data={kinds} value={kind} onChange={setKind} aria-label="Kind" />
      <p className="dim">
        {isOutside
          ? "Vigil makes a key, which never leaves the server, and a certificate request for your authority to sign."
          : "Vigil makes a new root and an issuing authority below it. Devices notice nothing until it is put to use."}
      </p>
      <TextInput
        label="Name"
        description="What to call it here"
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      {isOutside ? (
        <>
          <TextInput
            label="Common name"
            description="Of the certificate that is asked for"
            value={commonName}
            maxLength={64}
            onChange={(event) => setCommonName(event.currentTarget.value)}
          />
          <TextInput
            label="Organisation"
            value={organization}
            maxLength={64}
            onChange={(event) => setOrganization(event.currentTarget.value)}
          />
        </>
      ) : null}
      {make.isError ? <Failure error={make.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button
          type="submit"
          loading={make.isPending}
          disabled={lacks}
          title={lacks ? "Fill in every field first" : undefined}
        >
          {isOutside ? "Make request" : "Make authority"}
        </Button>
      </DialogButtons>
    </form>
  );
}

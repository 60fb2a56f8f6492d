import { Button, Checkbox, Group, Modal, PasswordInput, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { countOf } from "../../ages.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Failure } from "../../parts/failure.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { countIn, CountField } from "./count-field.tsx";
import { download } from "../../parts/download.ts";

interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Makes a setup.bin: a key and a menu password for each machine that takes a record from the stick. */
export function SetupFileDialog({ isOpen, onClose }: DialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Make setup.bin for a stick" size="lg" closeOnClickOutside={false}>
      {isOpen ? <Form onClose={onClose} /> : null}
    </Modal>
  );
}

function Form({ onClose }: { readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [batch, setBatch] = useState("");
  const [count, setCount] = useState("10");
  const [hosts, setHosts] = useState("");
  const [domain, setDomain] = useState("");
  const [password, setPassword] = useState("");
  const [isScrambled, setScrambled] = useState(false);
  const wanted = countIn(count);
  const hostNames = hosts.split(/\s+/).filter((one) => one !== "");
  const make = useMutation({
    mutationFn: (number: number) =>
      server.setupKeys.file({
        body: {
          batch: batch.trim(),
          count: number,
          isScrambled,
          ...(hostNames.length === 0 ? {} : { hostNames }),
          ...(domain.trim() === "" ? {} : { domainName: domain.trim() }),
          ...(password === "" ? {} : { currentMebxPassword: password }),
        },
      }),
    gcTime: 0,
    onSuccess: () => void cache.invalidateQueries({ queryKey: keys.setupKeys }),
  });
  if (make.data !== undefined) return <Made file={make.data.file} records={make.data.pids.length} onClose={onClose} />;
  const tooMany = wanted !== undefined && hostNames.length > wanted;
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (wanted !== undefined) make.mutate(wanted);
      }}
    >
      <TextInput
        label="Batch"
        description="A name for the keys in it, to find them again"
        value={batch}
        maxLength={64}
        onChange={({ currentTarget }) => setBatch(currentTarget.value)}
        data-autofocus
      />
      <CountField value={count} onChange={setCount} />
      <PasswordInput
        label="MEBx password until now"
        description="The factory's, admin, unless said otherwise. Each machine gets a random one, which is kept sealed"
        value={password}
        maxLength={32}
        autoComplete="off"
        onChange={({ currentTarget }) => setPassword(currentTarget.value)}
      />
      <Textarea
        label="Host names"
        description="One a line, in the order in which the machines take their records; may be left empty"
        className="mono-box"
        value={hosts}
        autosize
        minRows={2}
        maxRows={8}
        error={tooMany ? `${hostNames.length} names for ${wanted} machines` : undefined}
        onChange={({ currentTarget }) => setHosts(currentTarget.value)}
      />
      <TextInput
        label="Domain"
        value={domain}
        maxLength={255}
        onChange={({ currentTarget }) => setDomain(currentTarget.value)}
      />
      <Checkbox
        label="Scramble the records, which keeps nobody from reading them"
        checked={isScrambled}
        onChange={({ currentTarget }) => setScrambled(currentTarget.checked)}
      />
      {make.isError ? <Failure error={make.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button
          type="submit"
          loading={make.isPending}
          disabled={batch.trim() === "" || wanted === undefined || tooMany}
        >
          Make setup.bin
        </Button>
      </DialogButtons>
    </form>
  );
}

function Made({
  file,
  records,
  onClose,
}: {
  readonly file: string;
  readonly records: number;
  readonly onClose: () => void;
}) {
  const bytes = Uint8Array.from(atob(file), (letter) => letter.codePointAt(0) ?? 0);
  return (
    <div className="form">
      <p>
        The file holds {countOf(records)} {records === 1 ? "record" : "records"} with keys and passwords in the clear.
        Put it as <code>setup.bin</code> on a stick formatted with FAT, and wipe the stick when the machines are set up.
        It cannot be downloaded again once this is closed.
      </p>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Done with it
        </Button>
        <Button onClick={() => download("setup.bin", bytes, "application/octet-stream")} data-autofocus>
          Download setup.bin
        </Button>
      </Group>
    </div>
  );
}

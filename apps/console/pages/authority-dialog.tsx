import { Button, FileInput, Group, Modal } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AuthorityDetail } from "@vigil/api/resources/authorities.ts";
import { countOf } from "../ages.ts";
import { Checks } from "../parts/certificate-report.tsx";
import { Waiting } from "../parts/empty.tsx";
import { Facts } from "../parts/facts.tsx";
import { Failure } from "../parts/failure.tsx";
import { authorityQuery, keys, summaryQuery } from "../queries.ts";
import { useServer } from "../server.ts";

/** One authority: what it is, what is wrong with it, and the next thing that can be done with it. */
export function AuthorityDialog({ id, onClose }: { readonly id: string | undefined; readonly onClose: () => void }) {
  return (
    <Modal opened={id !== undefined} onClose={onClose} title="Authority" size="xl">
      {id === undefined ? null : <Content id={id} onClose={onClose} />}
    </Modal>
  );
}

interface ContentProps {
  readonly id: string;
  readonly onClose: () => void;
}

function Content({ id, onClose }: ContentProps) {
  const { data, error } = useQuery(authorityQuery(useServer(), id));
  if (data === undefined) return error === null ? <Waiting rows={4} /> : <Failure error={error} />;
  const { authority, report, requestPem, chainPem } = data;
  const { name, subject, rootSubject, tiers, devices, expiresAt, revocationList, attention, state } = authority;
  return (
    <div className="form">
      <Facts
        facts={[
          ["Name", name],
          ["Subject", subject],
          ["Root", rootSubject],
          ["Tiers", tiers === 0 ? null : tiers],
          ["Devices that show its certificates", countOf(devices)],
          ["Ends", expiresAt?.slice(0, 10)],
          ["Revocation list", revocationList === null ? null : <a href={revocationList}>{revocationList}</a>],
          ["To do", attention],
        ]}
      />
      {report === null ? null : <Checks checks={report.checks} />}
      <Group>
        {requestPem === null ? null : <Download name={`${name}.csr`} text={requestPem} title="Download request" />}
        {chainPem === null ? null : <Download name={`${name}.pem`} text={chainPem} title="Download chain" />}
      </Group>
      {state === "waiting" ? <Install id={id} /> : null}
      <Acts detail={data} onClose={onClose} />
    </div>
  );
}

function Download({ name, text, title }: { readonly name: string; readonly text: string; readonly title: string }) {
  return (
    <Button
      variant="default"
      component="a"
      download={name}
      href={`data:application/x-pem-file;charset=utf-8,${encodeURIComponent(text)}`}
    >
      {title}
    </Button>
  );
}

/** First the whole report about what was signed, then, when no rule is broken, the chain. */
function Install({ id }: { readonly id: string }) {
  const server = useServer();
  const cache = useQueryClient();
  const [files, setFiles] = useState<File[]>([]);
  const chainOf = async () => ({ chainPem: (await Promise.all(files.map((file) => file.text()))).join("\n") });
  const inspect = useMutation({
    mutationFn: async () => server.authorities.inspect({ params: { id }, body: await chainOf() }),
  });
  const install = useMutation({
    mutationFn: async () => server.authorities.install({ params: { id }, body: await chainOf() }),
    onSuccess: () => cache.invalidateQueries({ queryKey: keys.authorities }),
  });
  const isGood = inspect.data !== undefined && inspect.data.verdict !== "fail";
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isGood) install.mutate();
        else inspect.mutate();
      }}
    >
      <FileInput
        label="Signed chain"
        description="PEM: what your authority made of the request, its issuers and the root, in one file or several"
        placeholder="Choose files"
        multiple
        value={files}
        onChange={(chosen) => {
          setFiles(chosen);
          inspect.reset();
          install.reset();
        }}
      />
      {inspect.data === undefined ? null : <Checks checks={inspect.data.checks} />}
      {inspect.isError ? <Failure error={inspect.error} /> : null}
      {install.isError ? <Failure error={install.error} /> : null}
      <Group justify="flex-end">
        <Button
          type="submit"
          loading={inspect.isPending || install.isPending}
          disabled={files.length === 0}
          title={files.length === 0 ? "Choose the files first" : undefined}
        >
          {isGood ? "Install chain" : "Inspect chain"}
        </Button>
      </Group>
    </form>
  );
}

/** What changes devices says to how many, before it is done. */
function Acts({ detail, onClose }: { readonly detail: AuthorityDetail; readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const fleet = useQuery(summaryQuery(server)).data;
  const { id, name, state } = detail.authority;
  const refresh = () => cache.invalidateQueries({ queryKey: keys.authorities });
  const use = useMutation({ mutationFn: () => server.authorities.use({ params: { id } }), onSuccess: refresh });
  const remove = useMutation({
    mutationFn: () => server.authorities.remove({ params: { id } }),
    onSuccess: async () => {
      await refresh();
      onClose();
    },
  });
  const canUse = state === "ready" || state === "retired";
  const canRemove = state === "draft" || state === "waiting" || state === "ready";
  const isBroken = detail.report?.verdict === "fail";
  return (
    <>
      {canUse ? (
        <p className="question">
          When <strong>{name}</strong> is put to use, {fleet === undefined ? "all" : countOf(fleet.provisioned)}{" "}
          provisioned devices get certificates of it, in waves of at most 2,000 an hour. Until a device has its own, the
          one before is believed.
        </p>
      ) : null}
      {use.isError ? <Failure error={use.error} /> : null}
      {remove.isError ? <Failure error={remove.error} /> : null}
      <Group justify="flex-end">
        {canRemove ? (
          <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
            Remove authority
          </Button>
        ) : null}
        {canUse ? (
          <Button
            loading={use.isPending}
            disabled={isBroken}
            title={isBroken ? "A rule above is broken" : undefined}
            onClick={() => use.mutate()}
          >
            Put to use
          </Button>
        ) : null}
      </Group>
    </>
  );
}

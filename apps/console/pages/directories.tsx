import { Button } from "@mantine/core";
import { IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Directory, DirectoryCheck } from "@vigil/api/resources/directories.ts";
import { countOf } from "../ages.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { Facts } from "../parts/facts.tsx";
import { Age } from "../parts/now.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { directoriesQuery, directoryObjectsQuery, keys } from "../queries.ts";
import { useServer } from "../server.ts";
import { Page } from "../shell/page.tsx";
import { DirectoryForm } from "./directory-form.tsx";

/** Directories: where devices have objects for logins by Kerberos ticket, whether Vigil can work there, and how old the objects' keys are. */
export function DirectoriesPage() {
  const { data, error } = useQuery(directoriesQuery(useServer()));
  const [edited, setEdited] = useState<Directory | "new">();
  return (
    <Page
      title="Directories"
      actions={
        <Button leftSection={<IconPlus size={14} aria-hidden />} onClick={() => setEdited("new")}>
          Add directory
        </Button>
      }
    >
      <div className="stack">
        <p className="dim">
          A device that takes Kerberos tickets has an object in Active Directory, which Vigil makes, keeps and removes.
          Its profile says in which realm.
        </p>
        {data === undefined ? error === null ? <Waiting rows={4} /> : <Failure error={error} /> : null}
        {data?.items.length === 0 ? (
          <section className="panel">
            <Empty title="There are no directories">
              Add one before a profile switches Kerberos on: here, or with <code>vigil directory add</code>.
            </Empty>
          </section>
        ) : null}
        {data?.items.map((one) => (
          <DirectoryPanel key={one.realm} directory={one} onEdit={() => setEdited(one)} />
        ))}
        {data === undefined || data.items.length === 0 ? null : <Objects />}
      </div>
      <DirectoryForm edited={edited} onClose={() => setEdited(undefined)} />
    </Page>
  );
}

function DirectoryPanel({ directory, onEdit }: { readonly directory: Directory; readonly onEdit: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const { realm, objects } = directory;
  const again = () => cache.invalidateQueries({ queryKey: keys.directories });
  const test = useMutation({
    mutationFn: () => server.directories.test({ params: { realm }, body: {} }),
    onSettled: again,
  });
  const remove = useMutation({ mutationFn: () => server.directories.remove({ params: { realm } }), onSettled: again });
  return (
    <section className="panel" aria-label={realm}>
      <h2>{realm}</h2>
      <div className="padded">
        <Facts facts={factsOf(directory)} />
      </div>
      <div className="toolbar">
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Test directory
        </Button>
        <Button
          variant="default"
          leftSection={<IconPencil size={14} aria-hidden />}
          aria-label={`Change ${realm}`}
          onClick={onEdit}
        >
          Change
        </Button>
        <Button
          variant="default"
          leftSection={<IconTrash size={14} aria-hidden />}
          aria-label={`Remove ${realm}`}
          disabled={objects > 0}
          title={objects > 0 ? `${countOf(objects)} devices have an object in it` : undefined}
          onClick={() => remove.mutate()}
        >
          Remove
        </Button>
      </div>
      {isFailing(directory) && test.data === undefined ? <Failure error={directory.error} /> : null}
      {test.isError ? <Failure error={test.error} /> : null}
      {remove.isError ? <Failure error={remove.error} /> : null}
      {test.data === undefined ? null : <Checks checks={test.data.checks} />}
    </section>
  );
}

function factsOf(one: Directory): Parameters<typeof Facts>[0]["facts"] {
  return [
    [
      "Servers",
      <span key="urls" className="mono wrap">
        {one.urls.join(", ")}
      </span>,
    ],
    [
      "Vigil's account",
      <span key="bind" className="mono wrap">
        {one.bindDn}
      </span>,
    ],
    [
      "Unit",
      <span key="unit" className="mono wrap">
        {one.organizationalUnit}
      </span>,
    ],
    ["Objects", countOf(one.objects)],
    ["A device that leaves", one.cleanUp === "delete" ? "its object is deleted" : "its object is switched off"],
    ["Answered", one.answeredAt === null ? null : <Age key="answered" at={one.answeredAt} />],
    [
      "Last error",
      one.failedAt === null ? "none" : <LastError key="failed" code={one.error?.code} at={one.failedAt} />,
    ],
  ];
}

function LastError({ code = "", at }: { readonly code: string | undefined; readonly at: string }) {
  return (
    <>
      <Age at={at} /> <code className="code">{code}</code>
    </>
  );
}

/** Whether what went wrong last came after what went well last. */
function isFailing({ error, failedAt, answeredAt }: Directory): boolean {
  return error !== null && failedAt !== null && (answeredAt === null || failedAt > answeredAt);
}

const checkTitles: Readonly<Record<DirectoryCheck["name"], string>> = {
  "log-in": "Log in",
  realm: "Realm of the server",
  base: "Base",
  unit: "Organizational unit",
  create: "Create computer objects",
  password: "Reset passwords",
  names: "Write names",
  enable: "Switch objects on",
  "key-version": "Read key versions",
  delete: "Delete computer objects",
};
const tones = { passed: "good", failed: "bad", skipped: "dim" } as const;

function Checks({ checks }: { readonly checks: readonly DirectoryCheck[] }) {
  return (
    <ul className="checks" aria-label="Checks">
      {checks.map(({ name, state, error }) => (
        <li key={name} data-tone={tones[state]}>
          <span className={tones[state]}>{state}</span>
          <span>{checkTitles[name]}</span>
          <span className="wrap">
            {error === null ? null : (
              <>
                {error.message}
                <span className="dim check-more">{placeIn(error.details)}</span>
                <span className="check-more">{error.next}.</span>
                <code className="code" title={`Runbook: docs/runbooks/${error.code}.md`}>
                  {error.code}
                </code>
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Which right is missing, and where. */
function placeIn({ right, on, reason }: Readonly<Record<string, unknown>>): string {
  const parts = [right, on, reason].filter((one) => typeof one === "string");
  return parts.join(" — ");
}

function Objects() {
  const { data, error } = useQuery(directoryObjectsQuery(useServer()));
  return (
    <section className="panel">
      <h2>Objects of devices</h2>
      {data === undefined ? error === null ? <Waiting rows={3} /> : <Failure error={error} /> : null}
      {data?.total === 0 ? (
        <Empty title="No device has an object yet">A profile with Kerberos on makes one for each of its devices.</Empty>
      ) : null}
      {data === undefined || data.total === 0 ? null : (
        <PlainTable
          label="Objects of devices"
          rows={data.items}
          keyOf={({ device }) => device}
          columns={[
            {
              title: "Device",
              cell: ({ device, serviceNames }) => (
                <Link to="/devices/$id" params={{ id: device }} search={{}} className="link" title={device}>
                  {serviceNames[0]?.replace(/^\w+\/|:\d+$/g, "") ?? device}
                </Link>
              ),
            },
            { title: "Account", width: "180px", cell: ({ account }) => <span className="mono">{account}</span> },
            { title: "Password age", width: "130px", isNumber: true, cell: (one) => `${one.passwordAgeDays} d` },
            { title: "Key version", width: "110px", isNumber: true, cell: ({ keyVersion }) => keyVersion },
            { title: "Encryption", width: "120px", cell: ({ encryption }) => encryption },
            { title: "Object", cell: ({ dn }) => <span title={dn}>{dn}</span> },
          ]}
        />
      )}
      {data === undefined || data.total <= data.items.length ? null : (
        <p className="dim padded">
          The {countOf(data.items.length)} oldest passwords of {countOf(data.total)}.
        </p>
      )}
    </section>
  );
}

import { Button, Switch } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ProvisioningFailure } from "@vigil/api/resources/provisioning.ts";
import { countOf, devicesOf } from "../ages.ts";
import { Empty, Waiting } from "../parts/empty.tsx";
import { Failure } from "../parts/failure.tsx";
import { PlainTable } from "../parts/plain-table.tsx";
import { failureOf, failuresQuery, keys } from "../queries.ts";
import { useServer } from "../server.ts";

/** Every code that provisioning can end with, the ones that devices are at first: cause, next step, and what begins again with them. */
export function FailureCatalogue() {
  const { data, error, refetch } = useQuery(failuresQuery(useServer()));
  const [isWhole, setWhole] = useState(false);
  if (data === undefined)
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  const met = data.items.filter(({ failed, waiting }) => failed + waiting > 0);
  const rows = isWhole ? data.items : met;
  return (
    <section className="panel" aria-label="Failure catalogue">
      <h2>Failure catalogue</h2>
      <div className="toolbar">
        <span className="dim">
          {met.length === 0 ? "No device is at any" : `Devices are at ${met.length}`} of {data.items.length} codes
        </span>
        <Switch label="Whole catalogue" checked={isWhole} onChange={(event) => setWhole(event.currentTarget.checked)} />
      </div>
      {rows.length === 0 ? (
        <Empty title="No device has failed">Codes appear here with their next step as soon as one does.</Empty>
      ) : (
        <PlainTable
          label="Failures by code"
          rows={rows}
          keyOf={({ code }) => code}
          columns={[
            { title: "Code", width: "270px", cell: (one) => <Named failure={one} /> },
            { title: "Failed", width: "64px", isNumber: true, cell: ({ failed }) => countOf(failed) },
            { title: "Waiting", width: "68px", isNumber: true, cell: ({ waiting }) => countOf(waiting) },
            { title: "Cause", cell: ({ cause }) => <span title={cause}>{cause}</span> },
            { title: "Next step", cell: ({ next }) => <span title={next}>{next}</span> },
            { title: "Begins again", width: "190px", cell: (one) => <Remedy failure={one} /> },
            { title: "Actions", width: "130px", cell: (one) => <RetryThese failure={one} /> },
          ]}
        />
      )}
    </section>
  );
}

function Named({ failure: { code, hasRunbook } }: { readonly failure: ProvisioningFailure }) {
  if (!hasRunbook) return <code className="code">{code}</code>;
  return (
    <a className="code" href={`/runbooks/${code}`} target="_blank" rel="noreferrer" title="Opens the runbook">
      <code>{code}</code>
    </a>
  );
}

const events: Readonly<Record<string, string>> = {
  "setup-certificate": "a setup certificate",
  "dns-suffix": "its DNS suffix is told",
  "setup-key": "its key is added",
  profile: "its profile changes",
  "profile-secret": "the secret is set",
  directory: "a directory is added",
  "known-address": "it answers where it is known",
};

function Remedy({ failure: { isFinal, reopenedBy } }: { readonly failure: ProvisioningFailure }) {
  const after = ["a hello", ...reopenedBy.map((one) => events[one] ?? one)];
  const text = isFinal ? `After ${after.join(", ")}` : `By itself, or after ${after.join(", ")}`;
  return <span title={text}>{text}</span>;
}

function RetryThese({ failure: { code, failed } }: { readonly failure: ProvisioningFailure }) {
  const server = useServer();
  const cache = useQueryClient();
  const retry = useMutation({
    mutationFn: () => server.provisioning.retry({ body: { code } }),
    onSuccess: ({ reopened }) =>
      notifications.show({ title: `Begins again with ${devicesOf(reopened)}`, message: code }),
    onError: (error) => {
      const { message, next } = failureOf(error);
      notifications.show({ color: "red", title: message, message: next });
    },
    onSettled: () => cache.invalidateQueries({ queryKey: keys.provisioning }),
  });
  if (failed === 0) return null;
  return (
    <Button variant="default" size="compact-xs" loading={retry.isPending} onClick={() => retry.mutate()}>
      Retry these {countOf(failed)}
    </Button>
  );
}

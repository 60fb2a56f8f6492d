import { Button, Group } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { Run } from "@vigil/api/resources/runs.ts";
import { countOf, devicesOf } from "../../ages.ts";
import { download } from "../../parts/download.ts";
import { notifyFailure } from "../../parts/notify-failure.ts";
import { meQuery } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { CancelRun } from "./cancel-run.tsx";
import { useVerb } from "./verbs.ts";

/** What can be done with a run as it stands. */
export function RunActions({ run }: { readonly run: Run }) {
  const server = useServer();
  const navigate = useNavigate();
  const pause = useVerb(run, "pause");
  const again = useMutation({
    mutationFn: () => server.runs.retry({ params: { id: run.id } }),
    onSuccess: (fresh) => navigate({ to: "/jobs/$id", params: { id: fresh.id } }),
    onError: notifyFailure,
  });
  const save = useMutation({
    mutationFn: () => server.runs.export({ params: { id: run.id } }),
    onSuccess: ({ name, csv }) => download(name, new TextEncoder().encode(csv), "text/csv"),
    onError: notifyFailure,
  });
  const isOpen = run.finishedAt === null && run.state !== "cancelled";
  const { failed } = run.counts;
  return (
    <Group gap={8}>
      <Button
        variant="default"
        leftSection={<IconDownload size={14} aria-hidden />}
        loading={save.isPending}
        onClick={() => save.mutate()}
      >
        Export results
      </Button>
      {run.finishedAt !== null && failed > 0 ? (
        <Button
          variant="default"
          loading={again.isPending}
          title={`The same again on ${devicesOf(failed)}, as a run of its own`}
          onClick={() => again.mutate()}
        >
          Retry {countOf(failed)} failed
        </Button>
      ) : null}
      {run.state === "running" && run.finishedAt === null ? (
        <Button
          variant="default"
          loading={pause.isPending}
          title="Steps under way end; nothing new begins"
          onClick={() => pause.mutate()}
        >
          Pause run
        </Button>
      ) : null}
      {isOpen ? <CancelRun run={run} /> : null}
    </Group>
  );
}

/** Why the run does not go on, and what lets it. */
export function RunNotice({ run }: { readonly run: Run }) {
  const { data: me } = useQuery(meQuery(useServer()));
  const resume = useVerb(run, "resume");
  const approve = useVerb(run, "approve");
  if (run.finishedAt !== null) return null;
  if (run.state === "paused") {
    return (
      <section className="run-notice" aria-label="Paused">
        <p>
          <strong>{run.pausedBecause ?? "Paused"}.</strong> Steps under way end; nothing new begins until it is resumed.
        </p>
        <Button loading={resume.isPending} onClick={() => resume.mutate()}>
          Resume run
        </Button>
      </section>
    );
  }
  if (run.approval === null) return null;
  const isOwn = me !== undefined && me.name === run.startedBy;
  return (
    <section className="run-notice" aria-label="Asks for approval">
      <p>
        <strong>{run.approval.asked}</strong>{" "}
        {run.approval.step === null ? "Nothing has begun." : `Devices wait at ${run.approval.step}.`}
        {isOwn ? ` You started it: somebody else has to approve.` : ""}
      </p>
      <Button
        loading={approve.isPending}
        disabled={isOwn}
        title={isOwn ? "Who starts a run cannot approve it" : undefined}
        onClick={() => approve.mutate()}
      >
        Approve run
      </Button>
    </section>
  );
}

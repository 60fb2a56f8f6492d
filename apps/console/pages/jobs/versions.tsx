import { Button, Modal, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Job, JobVersion } from "@vigil/api/resources/jobs.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { Empty, Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { keys } from "../../queries.ts";
import { VersionList } from "../../parts/version-list.tsx";
import { useServer } from "../../server.ts";
import { jobSearch } from "../searches.ts";
import { DiffView } from "./diff-view.tsx";
import { jobVersionsQuery } from "./queries.ts";

/** Every version of a job, and what differs between any two. */
export function JobVersions({ job }: { readonly job: Job }) {
  const { name, version: newest } = job;
  const navigate = useNavigate();
  const { from = Math.max(1, newest - 1), to = newest } = jobSearch(useSearch({ strict: false }));
  const { data, error, refetch } = useQuery(jobVersionsQuery(useServer(), name));
  const [backTo, setBackTo] = useState<JobVersion>();
  const compare = (one: number, other: number): void =>
    void navigate({
      to: "/jobs/named/$name",
      params: { name },
      search: { view: "versions", from: one, to: other },
      replace: true,
    });
  if (data === undefined) {
    return error === null ? <Waiting /> : <Failure error={error} onRetry={() => void refetch()} />;
  }
  const choices = data.items.map(({ version }) => ({ value: String(version), label: `Version ${version}` }));
  const [before, after] = [from, to].map((wanted) => data.items.find(({ version }) => version === wanted));
  return (
    <div className="stack">
      <section className="panel">
        <h2>What differs</h2>
        <div className="toolbar">
          <NativeSelect
            size="xs"
            aria-label="From version"
            data={choices}
            value={String(from)}
            onChange={({ currentTarget }) => compare(Number(currentTarget.value), to)}
          />
          <span className="dim">to</span>
          <NativeSelect
            size="xs"
            aria-label="To version"
            data={choices}
            value={String(to)}
            onChange={({ currentTarget }) => compare(from, Number(currentTarget.value))}
          />
        </div>
        {before === undefined || after === undefined ? (
          <Empty title="There is no such version">Choose two of those below.</Empty>
        ) : (
          <DiffView before={before.definition} after={after.definition} />
        )}
      </section>
      <section className="panel">
        <h2>Versions</h2>
        <VersionList
          versions={data.items}
          newest={newest}
          commentOf={({ comment }) => comment}
          onCompare={({ version }) => compare(version, newest)}
          onBack={setBackTo}
        />
      </section>
      <Modal
        opened={backTo !== undefined}
        onClose={() => setBackTo(undefined)}
        title={`Roll back to version ${backTo?.version ?? ""}`}
        size="xl"
      >
        {backTo === undefined ? null : <RollBack job={job} to={backTo} onClose={() => setBackTo(undefined)} />}
      </Modal>
    </div>
  );
}

function RollBack({ job, to, onClose }: { readonly job: Job; readonly to: JobVersion; readonly onClose: () => void }) {
  const server = useServer();
  const cache = useQueryClient();
  const [comment, setComment] = useState("");
  const { name } = job;
  const goBack = useMutation({
    mutationFn: () =>
      server.jobs.rollBack({
        params: { name },
        body: { to: to.version, ...(comment.trim() === "" ? {} : { comment: comment.trim() }) },
      }),
    onSuccess: async (fresh) => {
      cache.setQueryData([...keys.jobs, "one", name], fresh);
      await cache.invalidateQueries({ queryKey: keys.jobs });
      onClose();
    },
  });
  return (
    <div className="form">
      <p className="question">
        Version {job.version + 1} of <strong>{name}</strong> will say what version {to.version} says. Runs that have
        begun go on with what they began with.
      </p>
      <DiffView before={job.definition} after={to.definition} />
      <TextInput
        label="Comment"
        value={comment}
        maxLength={500}
        placeholder={`Back to version ${to.version}`}
        onChange={({ currentTarget }) => setComment(currentTarget.value)}
        data-autofocus
      />
      {goBack.isError ? <Failure error={goBack.error} /> : null}
      <DialogButtons onClose={onClose}>
        <Button loading={goBack.isPending} onClick={() => goBack.mutate()}>
          Roll back to version {to.version}
        </Button>
      </DialogButtons>
    </div>
  );
}

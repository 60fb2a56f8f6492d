import { Button, Group, Menu, Modal } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { textOf } from "@vigil/api/resources/job-text.ts";
import type { Job } from "@vigil/api/resources/jobs.ts";
import { DialogButtons } from "../../parts/dialog-buttons.tsx";
import { download } from "../../parts/download.ts";
import { Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { LeaveDialog } from "../../parts/leave-dialog.tsx";
import { Age } from "../../parts/now.tsx";
import { failureOf, keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { jobSearch, type JobSearch } from "../searches.ts";
import { DiffView } from "./diff-view.tsx";
import { useEditing, type Editing } from "./editing.ts";
import { JobEditor } from "./editor.tsx";
import { SaveBar } from "./save-bar.tsx";
import { StartDialog } from "./start-dialog.tsx";
import { JobVersions } from "./versions.tsx";
import { Views } from "./views.tsx";
import { jobQuery } from "./queries.ts";

/** One job: its steps, as a form or as a text, and its versions. */
export function JobPage() {
  const { name = "" } = useParams({ strict: false });
  const { data: job, error, refetch } = useQuery(jobQuery(useServer(), name));
  // A draft belongs to one job.
  if (job !== undefined) return <KnownJob key={name} job={job} />;
  return (
    <Page title={name} above={{ to: "/jobs/named", title: "Jobs" }}>
      {error === null ? <Waiting rows={12} /> : <Failure error={error} onRetry={() => void refetch()} />}
    </Page>
  );
}

function KnownJob({ job }: { readonly job: Job }) {
  const editing = useEditing(job);
  return (
    <Page
      title={job.name}
      above={{ to: "/jobs/named", title: "Jobs" }}
      actions={<Actions job={job} editing={editing} />}
    >
      <Body job={job} editing={editing} />
    </Page>
  );
}

function Body({ job, editing }: { readonly job: Job; readonly editing: Editing }) {
  const { view = "form" } = jobSearch(useSearch({ strict: false }));
  const navigate = useNavigate();
  const show = (next: "form" | "text" | "versions"): void => {
    const search: JobSearch = next === "form" ? {} : { view: next };
    void navigate({ to: "/jobs/named/$name", params: { name: job.name }, search, replace: true });
  };
  const { missing = [] } = editing.checked ?? {};
  return (
    <>
      <Views view={view} onView={show} hasVersions>
        Version {job.version}, <Age at={job.changedAt} /> by {job.changedBy}
        {job.comment === null ? "" : `: ${job.comment}`}
      </Views>
      {missing.length === 0 ? null : (
        <p className="warn padded" role="status">
          You can edit it and not start it: {missing.join(", ")} {missing.length === 1 ? "is" : "are"} missing. An owner
          can grant {missing.length === 1 ? "it" : "them"}.
        </p>
      )}
      {editing.isDirty && editing.isStale ? <Conflict job={job} editing={editing} /> : null}
      {view === "versions" ? <JobVersions job={job} /> : <JobEditor editing={editing} view={view} />}
      {editing.isDirty ? <SaveBar job={job} editing={editing} /> : null}
      <LeaveDialog isDirty={editing.isDirty} discard={editing.discard} what="this job" />
    </>
  );
}

/** Somebody else was quicker: what would become of theirs, and the two ways on. Nothing is lost until one is chosen. */
function Conflict({ job, editing }: { readonly job: Job; readonly editing: Editing }) {
  return (
    <section className="panel profile-conflict" aria-label="Changed in the meantime" role="alert">
      <h2>
        Version {job.version} was stored by {job.changedBy} <Age at={job.changedAt} />; your change is made from version{" "}
        {editing.basedOn}
      </h2>
      {editing.whole === undefined ? null : (
        <>
          <p className="dim padded">What yours would change in theirs:</p>
          <DiffView before={job.definition} after={editing.whole} />
        </>
      )}
      <Group p="sm" gap={8}>
        <Button variant="default" ml="auto" onClick={editing.discard}>
          Discard mine
        </Button>
        <Button onClick={editing.rebase}>Put mine in place of version {job.version}</Button>
      </Group>
    </section>
  );
}

function Actions({ job, editing }: { readonly job: Job; readonly editing: Editing }) {
  const navigate = useNavigate();
  const [isRemoving, setRemoving] = useState(false);
  const [mode, setMode] = useState<"plan" | "start">();
  const { isDirty, whole, checked } = editing;
  const missing = checked?.missing ?? [];
  const whyNot = isDirty
    ? "Save the changes first: what is stored is what runs"
    : missing.length > 0
      ? `You lack ${missing.join(", ")}`
      : undefined;
  return (
    <Group gap={8}>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px={8} aria-label="More for this job">
            <IconDots size={14} aria-hidden />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => void navigate({ to: "/jobs/new", search: { copy: job.name } })}>
            Duplicate job
          </Menu.Item>
          <Menu.Item
            onClick={() =>
              download(
                `${job.name}.yaml`,
                new TextEncoder().encode(textOf(job.definition, job.name)),
                "application/yaml",
              )
            }
          >
            Save as a file
          </Menu.Item>
          <Menu.Item onClick={() => setRemoving(true)}>Remove job</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Button
        variant="default"
        disabled={whole === undefined}
        title={whole === undefined ? "Mend the problems first" : "Says what it would do; no device is asked"}
        onClick={() => setMode("plan")}
      >
        Dry run
      </Button>
      <Button disabled={whyNot !== undefined} title={whyNot} onClick={() => setMode("start")}>
        Run job
      </Button>
      <StartDialog
        started={{ job: job.name, definition: whole ?? job.definition, isDraft: isDirty }}
        mode={mode}
        onClose={() => setMode(undefined)}
      />
      <Modal opened={isRemoving} onClose={() => setRemoving(false)} title="Remove the job">
        <Removal job={job} onClose={() => setRemoving(false)} />
      </Modal>
    </Group>
  );
}

function Removal({ job, onClose }: { readonly job: Job; readonly onClose: () => void }) {
  const server = useServer();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const remove = useMutation({
    mutationFn: () => server.jobs.remove({ params: { name: job.name } }),
    onSuccess: async () => {
      onClose();
      await navigate({ to: "/jobs/named" });
      cache.removeQueries({ queryKey: [...keys.jobs, "one", job.name] });
      await cache.invalidateQueries({ queryKey: keys.jobs });
    },
  });
  const users = remove.isError ? schedulesIn(remove.error) : [];
  return (
    <div className="form">
      <p className="question">
        <strong>{job.name}</strong> with its {job.version} {job.version === 1 ? "version" : "versions"} is gone for
        good. Its runs stay, each with what it did.
      </p>
      {remove.isError ? <Failure error={remove.error} /> : null}
      {users.length === 0 ? null : (
        <ul className="users" aria-label="Schedules that start it">
          {users.map((name) => (
            <li key={name}>
              <Link to="/jobs/schedules/$name" params={{ name }}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      )}
      <DialogButtons onClose={onClose}>
        <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove {job.name}
        </Button>
      </DialogButtons>
    </div>
  );
}

/** The schedules that keep a job from being removed, as the refusal names them. */
function schedulesIn(error: unknown): readonly string[] {
  const { code, details } = failureOf(error);
  const names = details["schedules"];
  return code === "jobs.in-use" && Array.isArray(names) ? names.map(String) : [];
}

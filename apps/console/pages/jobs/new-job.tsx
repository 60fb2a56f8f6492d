import { Button, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { Waiting } from "../../parts/empty.tsx";
import { Failure } from "../../parts/failure.tsx";
import { useKeys } from "../../parts/keys.ts";
import { LeaveDialog } from "../../parts/leave-dialog.tsx";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import { Page } from "../../shell/page.tsx";
import { newJobSearch } from "../searches.ts";
import { useEditing } from "./editing.ts";
import { JobEditor } from "./editor.tsx";
import { hindranceOf } from "./save-bar.tsx";
import { Views } from "./views.tsx";
import { galleryQuery, jobQuery } from "./queries.ts";

const blank: JobDefinition = { steps: [{ name: "Power on", do: "power.on" }] };

/** A job that is being made: from nothing, from the gallery, or from another. */
export function NewJobPage() {
  const server = useServer();
  const { ready, copy } = newJobSearch(useSearch({ strict: false }));
  const gallery = useQuery({ ...galleryQuery(server), enabled: ready !== undefined });
  const other = useQuery({ ...jobQuery(server, copy ?? ""), enabled: copy !== undefined });
  const source =
    ready !== undefined
      ? gallery.data?.items.find(({ name }) => name === ready)
      : copy !== undefined
        ? other.data
        : { name: "", definition: blank };
  const error = gallery.error ?? other.error;
  const isMissing = ready !== undefined && gallery.data !== undefined && source === undefined;
  const name = copy === undefined ? (source?.name ?? "") : `Copy of ${copy}`;
  return (
    <Page title="New job" above={{ to: "/jobs/named", title: "Jobs" }}>
      {error !== null ? <Failure error={error} /> : null}
      {isMissing ? <p className="padded">The gallery has no job {ready}.</p> : null}
      {source === undefined ? (
        error === null && !isMissing ? (
          <Waiting rows={12} />
        ) : null
      ) : (
        <Body key={`${ready ?? ""} ${copy ?? ""}`} name={name.slice(0, 60)} definition={source.definition} />
      )}
    </Page>
  );
}

function Body({ name: suggested, definition }: { readonly name: string; readonly definition: JobDefinition }) {
  const server = useServer();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const search = newJobSearch(useSearch({ strict: false }));
  const [name, setName] = useState(suggested);
  const editing = useEditing({ version: 0, definition }, true);
  const { whole, problems, hindrance } = editing;
  const create = useMutation({
    mutationFn: (body: JobDefinition) => server.jobs.create({ body: { name: name.trim(), definition: body } }),
    onSuccess: async (fresh) => {
      await cache.invalidateQueries({ queryKey: keys.jobs });
      await navigate({ to: "/jobs/named/$name", params: { name: fresh.name }, ignoreBlocker: true });
    },
  });
  const why =
    name.trim() === "" ? "It needs a name" : name.includes("/") ? "No slash in the name" : hindranceOf(problems.length);
  const make = (): void => {
    if (whole !== undefined && why === undefined && !create.isPending) create.mutate(whole);
  };
  useKeys({ "mod+s": make }, "fields");
  const { view = "form", ...from } = search;
  return (
    <>
      <Views
        view={view}
        onView={(next) =>
          void navigate({ to: "/jobs/new", search: next === "text" ? { ...from, view: next } : from, replace: true })
        }
      >
        {hindrance}
      </Views>
      <JobEditor editing={editing} view={view} />
      {create.isError ? <Failure error={create.error} /> : null}
      <section className="action-bar" aria-label="A job that is not stored">
        <TextInput
          aria-label="Name of the job"
          placeholder="Name of the job"
          value={name}
          maxLength={60}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <span className={why === undefined ? "dim" : "bad"} role="status">
          {why ?? "Nothing is stored yet"}
        </span>
        <Button
          ml="auto"
          onClick={make}
          loading={create.isPending}
          disabled={why !== undefined || whole === undefined}
          title={why}
          aria-keyshortcuts="Control+S"
          rightSection={<kbd className="button-key">Ctrl S</kbd>}
        >
          Make job
        </Button>
      </section>
      <LeaveDialog isDirty={!create.isSuccess} discard={editing.discard} what="this page" />
    </>
  );
}

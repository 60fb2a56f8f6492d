import { Button, Group, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import type { Job } from "@vigil/api/resources/jobs.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { Failure } from "../../parts/failure.tsx";
import { useKeys } from "../../parts/keys.ts";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";
import type { Editing } from "./editing.ts";

/** Why it was changed, and the button that makes a version of it. */
export function SaveBar({ job, editing }: { readonly job: Job; readonly editing: Editing }) {
  const server = useServer();
  const cache = useQueryClient();
  const [comment, setComment] = useState("");
  const { whole, basedOn, discard, problems, isStale } = editing;
  const { name } = job;
  const save = useMutation({
    mutationFn: (definition: JobDefinition) =>
      server.jobs.change({
        params: { name },
        body: { basedOn, definition, ...(comment.trim() === "" ? {} : { comment: comment.trim() }) },
      }),
    onSuccess: async (fresh) => {
      cache.setQueryData([...keys.jobs, "one", name], fresh);
      discard();
      setComment("");
      notifications.show({
        title: `Version ${fresh.version} of ${name} is stored`,
        message: "Runs that have begun go on with what they began with.",
      });
      await cache.invalidateQueries({ queryKey: keys.jobs });
    },
    // The newest version, once it is there, shows the conflict by itself.
    onError: () => cache.invalidateQueries({ queryKey: keys.jobs }),
  });
  const why = isStale ? "Somebody else has stored a version: say first how to go on" : hindranceOf(problems.length);
  const store = (): void => {
    if (whole !== undefined && why === undefined && !save.isPending) save.mutate(whole);
  };
  useKeys({ "mod+s": store }, "fields");
  const isConflict = save.error instanceof VigilError && save.error.code === "jobs.version.stale";
  return (
    <>
      {save.isError && !isConflict ? <Failure error={save.error} /> : null}
      <section className="action-bar" aria-label="Changes that are not stored">
        <span className={why === undefined ? "dim" : "bad"} role="status">
          {why ?? `Changed, from version ${basedOn}`}
        </span>
        <TextInput
          className="profile-note"
          aria-label="Comment"
          placeholder="Why: shown in the list of versions"
          value={comment}
          maxLength={500}
          onChange={({ currentTarget }) => setComment(currentTarget.value)}
        />
        <Group gap={6} wrap="nowrap">
          <Button variant="default" onClick={discard}>
            Discard changes
          </Button>
          <Button
            onClick={store}
            loading={save.isPending}
            disabled={why !== undefined || whole === undefined}
            title={why}
            aria-keyshortcuts="Control+S"
            rightSection={<kbd className="button-key">Ctrl S</kbd>}
          >
            Save version {basedOn + 1}
          </Button>
        </Group>
      </section>
    </>
  );
}

export function hindranceOf(problems: number): string | undefined {
  if (problems === 0) return undefined;
  return `${problems} ${problems === 1 ? "problem" : "problems"} to mend`;
}

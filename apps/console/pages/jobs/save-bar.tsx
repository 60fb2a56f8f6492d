import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import type { Job } from "@vigil/api/resources/jobs.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { VersionBar } from "../../parts/version-bar.tsx";
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
  const isConflict = save.error instanceof VigilError && save.error.code === "jobs.version.stale";
  return (
    <VersionBar
      why={why}
      isWhole={whole !== undefined}
      standing={`Changed, from version ${basedOn}`}
      basedOn={basedOn}
      comment={comment}
      onComment={setComment}
      isPending={save.isPending}
      error={isConflict ? null : save.error}
      onDiscard={discard}
      onStore={() => whole !== undefined && save.mutate(whole)}
    />
  );
}

export function hindranceOf(problems: number): string | undefined {
  if (problems === 0) return undefined;
  return `${problems} ${problems === 1 ? "problem" : "problems"} to mend`;
}

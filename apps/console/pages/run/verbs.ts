import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import type { Run } from "@vigil/api/resources/runs.ts";
import { notifyFailure } from "../../parts/notify-failure.ts";
import { keys } from "../../queries.ts";
import { useServer } from "../../server.ts";

/** Tells the run something, and shows what it has become. */
export function useVerb(run: Run, verb: "pause" | "resume" | "approve"): UseMutationResult<Run, unknown, void> {
  const server = useServer();
  return useTold(run, () => server.runs[verb]({ params: { id: run.id } }));
}

/** Cancels the run, with what shall become of the machines that it has switched. */
export function useCancel(run: Run, onDone?: () => void): UseMutationResult<Run, unknown, "put-back" | "leave"> {
  const server = useServer();
  return useTold(run, (power) => server.runs.cancel({ params: { id: run.id }, query: { power } }), onDone);
}

function useTold<T>(
  run: Run,
  tell: (what: T) => Promise<Run>,
  onDone?: () => void,
): UseMutationResult<Run, unknown, T> {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: tell,
    onSuccess: (fresh) => {
      cache.setQueryData(keys.run(run.id), fresh);
      void cache.invalidateQueries({ queryKey: keys.resultWindows(run.id) });
      onDone?.();
    },
    onError: notifyFailure,
  });
}

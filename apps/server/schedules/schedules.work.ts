import { operations, type OperationDeclaration } from "@vigil/api/operations.ts";
import { reportOf, VigilError } from "@vigil/base/errors.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { LaneOptions } from "@vigil/work/work.ts";
import type { Runs } from "../runs/runs.ts";
import type { SchedulesStore } from "./schedules.store.ts";

export const firesLane = "schedule-fires";

/** One item starts one run. Idempotent: the run has the fire's id, and one that exists is not started again. */
export function fireLane(
  deps: { readonly postgres: Postgres; readonly runs: Runs },
  store: SchedulesStore,
): LaneOptions<{ readonly fire: string }> {
  return {
    concurrency: 4,
    leaseSeconds: 120,
    retry: { limit: 20, firstDelaySeconds: 1, maxDelaySeconds: 60 },
    isUnique: true,
    handle: async (item) => {
      const fire = await store.fire(item.payload.fire);
      const row = fire === undefined ? undefined : await store.get(fire.schedule);
      if (fire === undefined || row === undefined || fire.outcome !== "due") return;
      const { operation, parameters, target, reason } = row.settings;
      const { permission, title }: OperationDeclaration = operations[operation];
      // Who may write such a schedule was asked for the permission then.
      const starter = { actor: `schedule ${row.name}`, permissions: [permission] };
      const what = { id: fire.id, title: `Schedule "${row.name}": ${title}`, operation, parameters, target };
      const failed = await deps.runs.start(starter, { ...what, ...(reason === "" ? {} : { reason }) }).then(
        () => undefined,
        (error: unknown) => error,
      );
      // What the caller's words are to blame for is so at every try.
      if (failed !== undefined && !(failed instanceof VigilError && failed.side === "caller")) throw failed;
      await deps.postgres.transaction(async (tx) => {
        const isStarted = failed === undefined;
        await store.endFire(tx, fire.id, isStarted ? "started" : "failed", isStarted ? null : reportOf(failed));
        await item.done(tx);
      });
    },
    onExhausted: async ({ payload }, error) => {
      await deps.postgres.transaction((tx) => store.endFire(tx, payload.fire, "failed", reportOf(error)));
    },
  };
}

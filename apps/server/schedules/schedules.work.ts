import { reportOf, VigilError } from "@vigil/base/errors.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { LaneOptions } from "@vigil/work/work.ts";
import type { Runs } from "../runs/runs.ts";
import { askedBy, workInWords } from "./schedule.ts";
import type { ScheduleRow, SchedulesStore } from "./schedules.store.ts";

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
      const failed = await started(deps.runs, fire.id, row).then(
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

async function started(runs: Runs, id: string, { name, settings }: ScheduleRow): Promise<void> {
  const { work, target, reason } = settings;
  const asked = askedBy(work);
  // Who may write such a schedule was asked for these then.
  const { permissions } = await runs.needsOf(asked);
  const starter = { actor: `schedule ${name}`, permissions };
  const title = `Schedule "${name}": ${workInWords(work)}`.slice(0, 200);
  await runs.start(starter, { ...asked, id, title, target, ...(reason === "" ? {} : { reason }) });
}

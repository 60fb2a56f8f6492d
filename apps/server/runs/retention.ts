import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { RunsStore } from "./runs.store.ts";

const sweepMs = 3_600_000;
const dayMs = 86_400_000;
/** Runs in one sweep, each in a transaction of its own: one of 20,000 devices has many rows. */
const sweptAtOnce = 50;

/** Removes runs that ended long ago, with their trails. @returns ends it */
export function keepRuns(
  deps: {
    readonly postgres: Postgres;
    readonly audit: Audit;
    readonly clock: Clock;
    readonly log: Log;
    readonly keptDays: number;
  },
  store: RunsStore,
): () => void {
  const sweep = (): void => {
    sweepOnce(deps, store).catch((error: unknown) => deps.log.warn("old runs were not removed", { error }));
  };
  sweep();
  return deps.clock.every(sweepMs, sweep);
}

/** @returns how many it removed */
export async function sweepOnce(
  { postgres, audit, clock, keptDays }: Parameters<typeof keepRuns>[0],
  store: RunsStore,
): Promise<number> {
  const before = new Date(clock.now() - keptDays * dayMs);
  for (let count = 0; count < sweptAtOnce; count += 1) {
    const removed = await postgres.transaction(async (tx) => {
      const run = await store.removeEnded(tx, before);
      if (run === undefined) return false;
      const summary = `After ${keptDays} days, removed the run "${run.title}"`;
      await audit.write(tx, { actor: "vigil", action: "run.removed", summary, details: { run: run.id } });
      return true;
    });
    if (!removed) return count;
  }
  return sweptAtOnce;
}

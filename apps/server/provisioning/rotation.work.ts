import type { LaneOptions } from "@vigil/work/work.ts";
import type { Audit } from "../audit/audit.ts";
import type { OneAtATime } from "./one-at-a-time.ts";
import type { CourseDeps } from "./course.ts";
import { rotate } from "./rotation.ts";

interface Payload {
  readonly uuid: string;
}

/** Two connections, some ten requests. */
const leaseSeconds = 120;

/** Replaces a password that somebody has seen, or that is too old. Idempotent: rotating twice leaves a new one, too. */
export function rotationLane(
  deps: CourseDeps & { readonly audit: Audit; readonly turns: OneAtATime },
): LaneOptions<Payload> {
  return {
    concurrency: 8,
    leaseSeconds,
    // A machine may be off its network for days; the password that was seen is good until then.
    retry: { limit: 200, firstDelaySeconds: 60, maxDelaySeconds: 3_600 },
    isUnique: true,
    async handle({ payload: { uuid } }, signal) {
      // It was unprovisioned or retired since: what was seen opens nothing, or nobody is to be asked.
      const { state } = (await deps.devices.lookUp(uuid)) ?? { state: "retired" };
      if (state === "retired" || state === "factory") return;
      await deps.turns.run(uuid, () => rotate(deps, uuid, signal));
      const summary = "Replaced the admin password: it had been revealed, or was older than its profile allows";
      await deps.postgres.transaction((tx) =>
        deps.audit.write(tx, { actor: "vigil", action: "secret.rotated", device: uuid, summary }),
      );
    },
  };
}

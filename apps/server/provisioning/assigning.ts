import type { LaneOptions, Work } from "@vigil/work/work.ts";
import type { AssignedChange } from "../assignments/assignments.ts";
import type { CourseDeps } from "./course.ts";
import { maintenanceLane } from "./maintenance.work.ts";
import type { OneAtATime } from "./one-at-a-time.ts";

export const assigningLane = "assigning";

type AssigningDeps = CourseDeps & { readonly work: Work };

interface Payload {
  readonly uuid: string;
}

/** One item decides anew about one device. Idempotent: the same evidence gives the same decision. */
export function assigningItems(deps: AssigningDeps & { readonly turns: OneAtATime }): LaneOptions<Payload> {
  return {
    concurrency: 4,
    // Every rule's webhook at its slowest would take longer; the next try begins again.
    leaseSeconds: 300,
    retry: { limit: 8, firstDelaySeconds: 5, maxDelaySeconds: 600 },
    isUnique: true,
    handle: ({ payload: { uuid } }, signal) =>
      deps.turns.run(uuid, async () => void (await assign(deps, uuid, { signal }))),
  };
}

/**
 * Decides anew about a device. When one that is ours is to bear another name, the name, the certificate and the directory's service names are written by
 * an item of the maintenance lane, which goes with the decision.
 * @returns what is otherwise than before @throws as Assignments.decide()
 */
export async function assign(
  { assignments, devices, work }: AssigningDeps,
  uuid: string,
  how: { readonly actor?: string; readonly signal: AbortSignal },
): Promise<readonly AssignedChange[]> {
  const { state } = await devices.get(uuid);
  let found: readonly AssignedChange[] = [];
  await assignments.decide(uuid, {
    ...how,
    also: async (tx, changes) => {
      found = changes;
      const isRenamed = changes.some(({ field }) => field === "hostName" || field === "domainName");
      if (isRenamed && state === "provisioned") await work.send(maintenanceLane, { uuid }, { tx, key: uuid });
    },
  });
  return found;
}

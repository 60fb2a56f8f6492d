import { provisioning as routes, type ProvisioningEntry } from "@vigil/api/resources/provisioning.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Entry, Provisioning } from "./provisioning.ts";

export function provisioningRoutes(provisioning: Provisioning): readonly RouteBinding[] {
  return [
    bind(routes.list, async ({ query }) => {
      const items = await provisioning.list(query.state, query.limit ?? 200);
      const { waiting, running, failed, done } = await provisioning.counts();
      return {
        items: items.map(shown),
        counts: { waiting, running, failed, done },
        refused: { ...provisioning.refused },
        isHeld: await provisioning.isHeld(),
      };
    }),
    bind(routes.hold, async ({ body, caller }) => {
      await provisioning.hold(body.isHeld, caller.actor);
      return { isHeld: body.isHeld, running: (await provisioning.counts()).running };
    }),
  ];
}

function shown(entry: Entry): ProvisioningEntry {
  const { uuid, address, method, state, step, attempts, lane, nextTryAt, error, updatedAt } = entry;
  return {
    uuid,
    address,
    method,
    state,
    step,
    attempts,
    lane,
    nextTryAt: nextTryAt?.toISOString() ?? null,
    error: error === null ? null : { ...error },
    updatedAt: updatedAt.toISOString(),
  };
}

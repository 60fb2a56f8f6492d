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
      };
    }),
  ];
}

function shown({ uuid, address, state, step, attempts, error, updatedAt }: Entry): ProvisioningEntry {
  const report = error === null ? null : { ...error };
  return { uuid, address, state, step, attempts, error: report, updatedAt: updatedAt.toISOString() };
}

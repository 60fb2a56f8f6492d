import { drift as routes, type Drift as Shown } from "@vigil/api/resources/drift.ts";
import type { Devices } from "../devices/devices.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Drift, Provisioning } from "./provisioning.ts";

const usualLimit = 200;

export function driftRoutes(deps: {
  readonly provisioning: Provisioning;
  readonly devices: Devices;
}): readonly RouteBinding[] {
  const { provisioning, devices } = deps;
  return [
    bind(routes.list, async ({ query }) => {
      const { items, total } = await provisioning.drifting(query.limit ?? usualLimit);
      return { items: items.map(shown), total };
    }),
    bind(routes.show, async ({ params }) => {
      await devices.get(params.id);
      const found = await provisioning.driftOf(params.id);
      return { drift: found === undefined ? null : shown(found) };
    }),
    bind(routes.look, async ({ params, signal }) => shown(await provisioning.lookForDrift(params.id, signal))),
  ];
}

function shown({ uuid, profile, version, differences, lookedAt }: Drift): Shown {
  return {
    uuid,
    profile,
    version,
    differences: differences.map((one) => ({ ...one })),
    lookedAt: lookedAt.toISOString(),
  };
}

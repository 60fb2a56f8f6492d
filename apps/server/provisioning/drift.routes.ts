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
      const { setting, limit = usualLimit, offset = 0 } = query;
      const { items, total } = await provisioning.drifting({ setting, limit, offset });
      const named = await namesOf(
        devices,
        items.map(({ uuid }) => uuid),
      );
      const rows = items.map((one) => ({ ...shown(one), ...(named.get(one.uuid) ?? { hostName: null, address: "" }) }));
      return { items: rows, total };
    }),
    bind(routes.settings, async () => {
      const { settings, differing, alike } = await provisioning.driftBySetting();
      return { items: settings.map((one) => ({ ...one })), differing, alike };
    }),
    bind(routes.show, async ({ params }) => {
      await devices.get(params.id);
      const found = await provisioning.driftOf(params.id);
      return { drift: found === undefined ? null : shown(found) };
    }),
    bind(routes.look, async ({ params, signal }) => shown(await provisioning.lookForDrift(params.id, signal))),
  ];
}

async function namesOf(
  devices: Devices,
  uuids: readonly string[],
): Promise<ReadonlyMap<string, { readonly hostName: string | null; readonly address: string }>> {
  if (uuids.length === 0) return new Map();
  const page = { sort: "hostName", order: "asc", limit: uuids.length, offset: 0 } as const;
  const { items } = await devices.list({ uuids }, page);
  return new Map(items.map(({ uuid, hostName, address }) => [uuid, { hostName, address }]));
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

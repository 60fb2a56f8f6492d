import { directories as routes, type Directory, type DirectoryObject } from "@vigil/api/resources/directories.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Directories, DirectoryRow, ObjectRow } from "./directories.ts";

const dayMs = 86_400_000;
const usualLimit = 100;

export function directoryRoutes({
  directories,
  clock,
}: {
  readonly directories: Directories;
  readonly clock: Clock;
}): readonly RouteBinding[] {
  const shown = async (row: DirectoryRow): Promise<Directory> => {
    const { total } = await directories.objects({ realm: row.realm }, { limit: 1, offset: 0 });
    return {
      ...row,
      urls: [...row.urls],
      objects: total,
      changedAt: row.changedAt.toISOString(),
      answeredAt: row.answeredAt?.toISOString() ?? null,
      failedAt: row.failedAt?.toISOString() ?? null,
    };
  };
  return [
    bind(routes.list, async () => ({ items: await Promise.all((await directories.list()).map(shown)) })),
    bind(routes.put, async ({ params, body, caller }) => {
      await directories.put(caller.actor, params.realm, body.settings, body.password);
      return shown(await directories.get(params.realm));
    }),
    bind(routes.remove, async ({ params, caller }) => {
      await directories.remove(caller.actor, params.realm);
      return null;
    }),
    bind(routes.test, async ({ params, body, signal }) => {
      const checks = await directories.test(params.realm, body.organizationalUnit, signal);
      return { isGood: checks.every(({ state }) => state === "passed"), checks };
    }),
    bind(routes.objects, async ({ query }) => {
      const { realm, device, limit = usualLimit, offset = 0 } = query;
      const { items, total } = await directories.objects({ realm: realm?.toUpperCase(), device }, { limit, offset });
      return { items: items.map((one) => objectOf(one, clock.now())), total };
    }),
    bind(routes.removeObject, async ({ params, caller, signal }) => {
      await directories.removeObject(caller.actor, params.device, { signal });
      return null;
    }),
  ];
}

function objectOf(row: ObjectRow, nowMs: number): DirectoryObject {
  const { device, realm, account, dn, encryption, keyVersion, passwordSetAt } = row;
  return {
    device,
    realm,
    account,
    dn,
    serviceNames: [...row.serviceNames],
    encryption,
    keyVersion,
    passwordSetAt: passwordSetAt.toISOString(),
    passwordAgeDays: Math.max(0, Math.floor((nowMs - passwordSetAt.getTime()) / dayMs)),
  };
}

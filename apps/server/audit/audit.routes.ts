import { audit as routes, type AuditEntry, type ListedEntry } from "@vigil/api/resources/audit.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { Audit } from "./audit.ts";

/** What the rooms above know of devices; compose.ts brings it. */
export interface AuditContext {
  /** The one device of that host name or address. @throws devices.unknown, devices.ambiguous (caller) */
  devicesOf(name: string): Promise<readonly string[]>;
  /** What people call these devices, those that are not known left out. */
  namesOf(uuids: readonly string[]): Promise<ReadonlyMap<string, string>>;
}

const pageSize = { list: 200, verify: 5_000 } as const;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function auditRoutes(audit: Audit, context: AuditContext): readonly RouteBinding[] {
  const listed = async (entries: readonly AuditEntry[]): Promise<ListedEntry[]> => {
    const uuids = new Set(entries.flatMap(({ device }) => (device === null ? [] : [device])));
    const names = await context.namesOf([...uuids]);
    return entries.map((one) => ({ ...one, deviceName: one.device === null ? null : (names.get(one.device) ?? null) }));
  };
  // A device that has been forgotten is known by its uuid alone: its entries outlive it.
  const deviceOf = async (name: string): Promise<string> =>
    uuid.test(name) ? name.toLowerCase() : ((await context.devicesOf(name))[0] ?? name);
  return [
    bind(routes.list, async ({ query }) => {
      const { device, since, until, limit = pageSize.list, ...rest } = query;
      const filter = {
        ...rest,
        ...(device === undefined ? {} : { device: await deviceOf(device) }),
        ...(since === undefined ? {} : { since: new Date(since) }),
        ...(until === undefined ? {} : { until: new Date(until) }),
      };
      return { items: await listed(await audit.list({ ...filter, limit })) };
    }),
    bind(routes.choices, () => audit.choices()),
    bind(routes.verify, ({ query }) => audit.verify(query.cursor, query.limit ?? pageSize.verify)),
  ];
}

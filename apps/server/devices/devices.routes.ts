import {
  devices as routes,
  type Device,
  type DeviceSummary,
  type TimelineEntry,
} from "@vigil/api/resources/devices.ts";
import type { Expression } from "@vigil/api/filter/expression.ts";
import { parseFilter } from "@vigil/api/filter/parse.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { bind, type RouteBinding } from "../http.ts";
import { lifeOf, type DeviceFilter, type DeviceRecord, type Devices, type RetiredBecause } from "./devices.ts";
import { refreshDevice } from "./refresh.ts";

/** What the rooms above know of devices; compose.ts brings it. */
export interface DeviceContext {
  /** With the names of collections in it replaced by what these hold. @throws collections.unknown, collections.ring (caller) */
  resolved(filter: Expression): Promise<Expression>;
  /** Names of the collections that each device is in. */
  collectionsOf(devices: readonly DeviceRecord[]): Promise<readonly (readonly string[])[]>;
  timeline(uuid: string, limit: number): Promise<TimelineEntry[]>;
  runningRuns(): Promise<number>;
  provision(uuid: string, actor: string): Promise<void>;
  /** The step that is under way at the device right now. */
  stepOf(uuid: string): string | undefined;
  readonly retirements: {
    retire(uuid: string, how: Wanted & RetireChoices): Promise<void>;
    readmit(uuid: string, how: Wanted): Promise<void>;
    purge(uuid: string, how: Wanted): Promise<void>;
  };
}

interface Wanted {
  readonly actor: string;
  readonly reason: string;
}

interface RetireChoices {
  readonly because: RetiredBecause;
  readonly keepSecretsDays?: number;
}

export function devicesRoutes(
  deps: { readonly devices: Devices; readonly audit: Audit; readonly postgres: Postgres; readonly clock: Clock },
  context: DeviceContext,
): readonly RouteBinding[] {
  const { devices } = deps;
  const show = async (record: DeviceRecord): Promise<Device> => {
    const [summary] = await summariesOf([record], context);
    if (summary === undefined) throw new Error("one record gives one summary");
    return detailOf(record, summary);
  };
  return [
    bind(routes.list, async ({ query }) => {
      const { limit = 200, offset = 0, sort = "hostName", order = "asc" } = query;
      const filter = await filterOf(query, context);
      const { items, total } = await devices.list(filter, { sort, order, limit, offset });
      return { items: await summariesOf(items, context), total };
    }),
    bind(routes.summary, async () => ({ ...(await devices.counts()), runningRuns: await context.runningRuns() })),
    bind(routes.show, async ({ params }) => show(await devices.get(params.id))),
    bind(routes.timeline, async ({ params, query }) => {
      await devices.get(params.id);
      return { items: await context.timeline(params.id, query.limit ?? 100) };
    }),
    bind(routes.refresh, async ({ params, signal }) => show(await refreshDevice(deps, params.id, signal))),
    bind(routes.tag, ({ body, caller }) =>
      deps.postgres.transaction(async (tx) => {
        const { devices: uuids, add = [], remove = [] } = body;
        const changed = await devices.tag(tx, uuids, { add, remove });
        const summary = `Changed the tags of ${changed === 1 ? "one device" : `${changed} devices`}`;
        const details = { add, remove, devices: changed };
        await deps.audit.write(tx, { actor: caller.actor, action: "devices.tagged", summary, details });
        return { changed };
      }),
    ),
    bind(routes.provision, async ({ params, caller }) => {
      await context.provision(params.id, caller.actor);
      return show(await devices.get(params.id));
    }),
    bind(routes.retire, async ({ params, body, caller }) => {
      await context.retirements.retire(params.id, { ...body, actor: caller.actor });
      return show(await devices.get(params.id));
    }),
    bind(routes.readmit, async ({ params, body, caller }) => {
      await context.retirements.readmit(params.id, { ...body, actor: caller.actor });
      return show(await devices.get(params.id));
    }),
    bind(routes.purge, async ({ params, body, caller }) => {
      await context.retirements.purge(params.id, { ...body, actor: caller.actor });
      return {};
    }),
  ];
}

async function filterOf(
  query: {
    readonly search?: string;
    readonly state?: DeviceRecord["state"];
    readonly power?: DeviceRecord["power"];
    readonly attention?: boolean;
    readonly reachable?: boolean;
    readonly collection?: string;
    readonly filter?: string;
    readonly profile?: string;
    readonly profileBefore?: number;
  },
  context: DeviceContext,
): Promise<DeviceFilter> {
  const { search, state, power, attention, reachable, collection, filter, profile, profileBefore } = query;
  const all: Expression[] = [];
  if (filter !== undefined) all.push(parseFilter(filter));
  if (collection !== undefined) all.push({ kind: "oneOf", field: "collection", values: [collection] });
  if (search !== undefined) all.push({ kind: "search", text: search });
  if (state !== undefined) all.push({ kind: "oneOf", field: "state", values: [state] });
  if (power !== undefined) all.push({ kind: "oneOf", field: "power", values: [power] });
  if (reachable !== undefined) all.push({ kind: "flag", field: "reachable", is: reachable });
  if (attention === true) all.push(needsAttention);
  return {
    where: await context.resolved({ kind: "and", of: all }),
    ...(profile === undefined ? {} : { profile }),
    ...(profileBefore === undefined ? {} : { profileBefore }),
  };
}

/** Failed, somebody else's, or not reachable; nobody looks for retired ones. */
const needsAttention: Expression = {
  kind: "and",
  of: [
    { kind: "not", of: { kind: "oneOf", field: "state", values: ["retired"] } },
    {
      kind: "or",
      of: [
        { kind: "oneOf", field: "state", values: ["failed", "foreign"] },
        { kind: "flag", field: "reachable", is: false },
      ],
    },
  ],
};

/** Rows of the list. */
export async function summariesOf(
  records: readonly DeviceRecord[],
  context: Pick<DeviceContext, "collectionsOf" | "stepOf">,
): Promise<DeviceSummary[]> {
  const names = await context.collectionsOf(records);
  return records.map((one, index) => ({
    uuid: one.uuid,
    hostName: one.hostName,
    address: one.address,
    state: one.state,
    release: one.release,
    model: one.model,
    power: one.power,
    powerAt: one.powerAt?.toISOString() ?? null,
    lastSeenAt: one.lastSeenAt.toISOString(),
    isReachable: one.isReachable,
    step: context.stepOf(one.uuid) ?? one.step,
    tags: [...one.tags],
    error: one.error === null ? null : { ...one.error },
    isolation: isolationOf(one),
    collections: [...(names[index] ?? [])],
  }));
}

function isolationOf({ isolation }: DeviceRecord): DeviceSummary["isolation"] {
  if (isolation === null) return null;
  const { state, since, by, reason, addresses, allowsDns } = isolation;
  return { state, since, by, reason, addresses: [...addresses], allowsDns };
}

function detailOf(record: DeviceRecord, summary: DeviceSummary): Device {
  const { retired } = record;
  return {
    ...summary,
    life: lifeOf(record),
    lifeSince: record.lifeSince?.toISOString() ?? null,
    retired: retired === null ? null : { ...retired, secretsUntil: retired.secretsUntil?.toISOString() ?? null },
    profile: record.profile,
    profileVersion: record.profileVersion,
    channel: record.channel,
    setupMethod: record.setupMethod,
    firstSeenAt: record.firstSeenAt.toISOString(),
    provisionedAt: record.provisionedAt?.toISOString() ?? null,
    controlMode: record.controlMode,
    manufacturer: record.manufacturer,
    serialNumber: record.serialNumber,
    biosVersion: record.biosVersion,
    inventoryAt: record.inventoryAt?.toISOString() ?? null,
    certificate: record.certificate,
    hello: record.hello,
  };
}

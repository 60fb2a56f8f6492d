import {
  devices as routes,
  type Device,
  type DeviceSummary,
  type TimelineEntry,
} from "@vigil/api/resources/devices.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { bind, type RouteBinding } from "../http.ts";
import type { DeviceFilter, DeviceRecord, Devices } from "./devices.ts";
import { refreshDevice } from "./refresh.ts";

/** What the rooms above know of devices; compose.ts brings it. */
export interface DeviceContext {
  /** The filter of a collection of that name. @throws collections.unknown (caller) */
  filterOf(collection: string): Promise<DeviceFilter>;
  /** Names of the collections that each device is in. */
  collectionsOf(devices: readonly DeviceRecord[]): Promise<readonly (readonly string[])[]>;
  timeline(uuid: string, limit: number): Promise<TimelineEntry[]>;
  runningRuns(): Promise<number>;
  provision(uuid: string, actor: string): Promise<void>;
}

const mostEvents = 390;

export function devicesRoutes(
  deps: { readonly devices: Devices; readonly postgres: Postgres; readonly clock: Clock },
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
    bind(routes.eventLog, ({ params, signal }) =>
      devices.using(params.id, { signal }, async (device) => {
        const events = await device.eventLog.read(mostEvents);
        return { items: events.map(({ at, severity, text }) => ({ at: at.toISOString(), severity, text })) };
      }),
    ),
    bind(routes.refresh, async ({ params, signal }) => show(await refreshDevice(deps, params.id, signal))),
    bind(routes.provision, async ({ params, caller }) => {
      await context.provision(params.id, caller.actor);
      return show(await devices.get(params.id));
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
  },
  context: DeviceContext,
): Promise<DeviceFilter> {
  const { search, state, power, attention, reachable, collection } = query;
  const base = collection === undefined ? {} : await context.filterOf(collection);
  return {
    ...base,
    ...(search === undefined ? {} : { search }),
    ...(state === undefined
      ? {}
      : { states: base.states === undefined ? [state] : base.states.filter((one) => one === state) }),
    ...(power === undefined
      ? {}
      : { powers: base.powers === undefined ? [power] : base.powers.filter((one) => one === power) }),
    ...(attention === undefined ? {} : { needsAttention: attention }),
    ...(reachable === undefined ? {} : { isReachable: reachable }),
  };
}

/** Rows of the list. */
export async function summariesOf(
  records: readonly DeviceRecord[],
  context: Pick<DeviceContext, "collectionsOf">,
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
    step: one.step,
    error: one.error === null ? null : { ...one.error },
    collections: [...(names[index] ?? [])],
  }));
}

function detailOf(record: DeviceRecord, summary: DeviceSummary): Device {
  return {
    ...summary,
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

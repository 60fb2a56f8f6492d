import { parseFilter } from "@vigil/api/filter/parse.ts";
import type { ErrorReport } from "@vigil/api/resources/common.ts";
import type { Collections } from "../collections/collections.ts";
import type { DeviceName, Devices } from "../devices/devices.ts";
import type { Provisioning } from "../provisioning/provisioning.ts";
import type { Runs } from "../runs/runs.ts";
import type { Judged, PolicySettings } from "./policy.ts";

export interface JudgeDeps {
  readonly collections: Collections;
  readonly devices: Devices;
  readonly provisioning: Provisioning;
  readonly runs: Runs;
}

/** Chosen: a fleet and then some; as a run's. */
const mostDevices = 100_000;
/** Of one run. */
export const everyResult = { limit: mostDevices, offset: 0 } as const;

/** How each device of the policy's collection stands by what is stored. */
export async function judgeStored(
  deps: JudgeDeps,
  settings: PolicySettings,
): Promise<{ readonly devices: readonly DeviceName[]; readonly judged: readonly Judged[] }> {
  const within = await deps.collections.filterOf(settings.collection);
  const devices = await deps.devices.namesIn(within, mostDevices);
  const { filter } = settings.desired;
  if (filter === undefined) {
    const { alike, differing } = await deps.provisioning.compared();
    const judged = devices.map(({ uuid }): Judged => {
      const standing = alike.has(uuid) ? "compliant" : differing.has(uuid) ? "deviating" : "unknown";
      return { device: uuid, standing, error: null };
    });
    return { devices, judged };
  }
  const where = await deps.collections.resolved(parseFilter(filter));
  const both = within.where === undefined ? where : ({ kind: "and", of: [within.where, where] } as const);
  const named = await deps.devices.namesIn({ ...within, where: both }, mostDevices);
  const good = new Set(named.map(({ uuid }) => uuid));
  const judged = devices.map(({ uuid }): Judged => ({
    device: uuid,
    standing: good.has(uuid) ? "compliant" : "deviating",
    error: null,
  }));
  return { devices, judged };
}

/**
 * As judgeStored(), once a run has asked: whoever did not answer it is unknown.
 * @param among these alone; undefined: all of the collection
 */
export async function judge(
  deps: JudgeDeps,
  settings: PolicySettings,
  { lookRun, among }: { readonly lookRun: string | null; readonly among?: ReadonlySet<string> },
): Promise<readonly Judged[]> {
  const { judged } = await judgeStored(deps, settings);
  const silent = lookRun === null ? new Map<string, ErrorReport | null>() : await silentIn(deps.runs, lookRun);
  return judged
    .filter(({ device }) => among?.has(device) ?? true)
    .map((one) => {
      const error = silent.get(one.device);
      return error === undefined ? one : { ...one, standing: "unknown", error };
    });
}

/** Whoever did not answer a run, and why. */
async function silentIn(runs: Runs, run: string): Promise<ReadonlyMap<string, ErrorReport | null>> {
  const silent = new Map<string, ErrorReport | null>();
  for (const outcome of ["failed", "unknown", "cancelled"] as const) {
    const { items } = await runs.results(run, { outcome, ...everyResult });
    for (const { uuid, error } of items) silent.set(uuid, error);
  }
  return silent;
}

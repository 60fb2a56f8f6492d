import { sortableColumns, type DeviceState, type PowerState } from "@vigil/api/resources/devices.ts";
import type { DeviceFilter } from "../queries.ts";

/** What the fleet's address says: which devices, in which order. Absent means no condition. */
export interface FleetSearch {
  /** In the filter language. */
  q?: string;
  state?: DeviceState;
  power?: PowerState;
  attention?: boolean;
  reachable?: boolean;
  collection?: string;
  profile?: string;
  profileBefore?: number;
  sort?: (typeof sortableColumns)[number];
  order?: "asc" | "desc";
}

const states: readonly DeviceState[] = ["factory", "provisioning", "provisioned", "failed", "foreign", "retired"];
const powers: readonly PowerState[] = ["on", "sleep", "hibernate", "off", "unknown"];

/** Reads an address; what makes no sense in it is left out. */
export function fleetSearch(given: Readonly<Record<string, unknown>>): FleetSearch {
  const { q, collection, profile, profileBefore } = given;
  const state = states.find((one) => one === given["state"]);
  const power = powers.find((one) => one === given["power"]);
  const sort = sortableColumns.find((one) => one === given["sort"]);
  const order = (["asc", "desc"] as const).find((one) => one === given["order"]);
  return {
    // A number in an address is read as one.
    ...(typeof q === "string" || typeof q === "number" ? { q: String(q) } : {}),
    ...(typeof collection === "string" ? { collection } : {}),
    ...(typeof profile === "string" || typeof profile === "number" ? { profile: String(profile) } : {}),
    ...(Number.isInteger(profileBefore) && Number(profileBefore) > 0 ? { profileBefore: Number(profileBefore) } : {}),
    ...(state === undefined ? {} : { state }),
    ...(power === undefined ? {} : { power }),
    ...(typeof given["attention"] === "boolean" ? { attention: given["attention"] } : {}),
    ...(typeof given["reachable"] === "boolean" ? { reachable: given["reachable"] } : {}),
    ...(sort === undefined ? {} : { sort }),
    ...(order === undefined ? {} : { order }),
  };
}

/** The same as the list route takes it. */
export function filterOf({ q, ...rest }: FleetSearch): DeviceFilter {
  return { ...rest, ...(q === undefined || q === "" ? {} : { filter: q }) };
}

/** Whether the address names any condition. */
export function isFiltered(search: FleetSearch): boolean {
  const { sort: _sort, order: _order, ...conditions } = search;
  return Object.keys(conditions).length > 0;
}

import { sql, type Kysely } from "kysely";
import { Gathered } from "@vigil/postgres/gathered.ts";
import type { DeviceRecord } from "./device.ts";

/** A device has been met, or was not. */
export interface Seen {
  readonly uuid: string;
  /** What it said of its power. */
  readonly power?: DeviceRecord["power"];
  /** When; absent when it was not met. */
  readonly at?: Date;
  readonly isReachable: boolean;
}

/** Notes who was met: every device that is asked anything is, so many go in one statement. */
export function seenIn<T>(db: Kysely<T>): Gathered<Seen, undefined> {
  return new Gathered<Seen, undefined>(async (all) => {
    // One row for each device: of what it said twice the last word counts.
    const rows = new Map<string, Seen>();
    for (const one of all) rows.set(one.uuid, { ...rows.get(one.uuid), ...one });
    await sql`
      update devices set
        power = coalesce(x.power, devices.power), power_at = case when x.power is null then power_at else x.at end,
        last_seen_at = coalesce(x.at, last_seen_at), is_reachable = x."isReachable"
      from jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb) as x(
        uuid uuid, power text, at timestamptz, "isReachable" boolean)
      where devices.uuid = x.uuid`.execute(db);
    return all.map(() => undefined);
  });
}

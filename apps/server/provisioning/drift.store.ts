import { sql, type ColumnType, type Kysely, type Selectable } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { Difference } from "./steps/step.ts";

/** What a device had otherwise than its profile, when it was last looked at. */
export interface Drift {
  readonly uuid: string;
  readonly profile: string;
  readonly version: number;
  readonly differences: readonly Difference[];
  readonly lookedAt: Date;
}

interface DriftTable {
  readonly device: string;
  readonly profile: string;
  readonly version: number;
  /** jsonb: read as what it holds, written as text. */
  readonly differences: ColumnType<readonly Difference[], string, string>;
  readonly looked_at: Date;
}

interface DriftTables {
  readonly device_drift: DriftTable;
}

/** What was found otherwise than profiles want it, the newest finding of each device. */
export class DriftStore {
  readonly #db: Kysely<DriftTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<DriftTables>();
  }

  async put({ uuid, profile, version, differences, lookedAt }: Drift): Promise<void> {
    const found = { profile, version, differences: JSON.stringify(differences), looked_at: lookedAt };
    await this.#db
      .insertInto("device_drift")
      .values({ device: uuid, ...found })
      .onConflict((one) => one.column("device").doUpdateSet(found))
      .execute();
  }

  async get(uuid: string): Promise<Drift | undefined> {
    const row = await this.#db.selectFrom("device_drift").selectAll().where("device", "=", uuid).executeTakeFirst();
    return row === undefined ? undefined : driftOf(row);
  }

  /** What was found says nothing any more. */
  async remove(tx: Tx, uuid: string): Promise<void> {
    await tables<DriftTables>(tx).deleteFrom("device_drift").where("device", "=", uuid).execute();
  }

  /** Devices that differ, the latest finding first. @param setting in this one; undefined: in any */
  async list(page: {
    readonly setting: string | undefined;
    readonly limit: number;
    readonly offset: number;
  }): Promise<{ readonly items: Drift[]; readonly total: number }> {
    const { setting, limit, offset } = page;
    const wanted =
      setting === undefined
        ? sql<boolean>`differences <> '[]'::jsonb`
        : sql<boolean>`differences @> ${JSON.stringify([{ setting }])}::jsonb`;
    const differing = this.#db.selectFrom("device_drift").where(wanted);
    const ordered = differing.selectAll().orderBy("looked_at", "desc").orderBy("device");
    const rows = await ordered.limit(limit).offset(offset).execute();
    const { total } = await differing.select((of) => of.fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
    return { items: rows.map(driftOf), total: Number(total) };
  }

  /** How many devices differ in each setting, the most frequent first. */
  async settings(): Promise<{ readonly setting: string; readonly devices: number }[]> {
    const { rows } = await sql<{ setting: string; devices: number }>`
      select one->>'setting' as setting, count(distinct device)::integer as devices
        from device_drift, jsonb_array_elements(differences) as one
        group by 1 order by 2 desc, 1`.execute(this.#db);
    return rows;
  }

  /** Devices that were compared with their profiles, by what was found last. */
  async compared(): Promise<{ readonly alike: ReadonlySet<string>; readonly differing: ReadonlySet<string> }> {
    const rows = await this.#db
      .selectFrom("device_drift")
      .select(["device", sql<boolean>`differences = '[]'::jsonb`.as("isAlike")])
      .execute();
    const those = (isAlike: boolean) =>
      new Set(rows.filter((row) => row.isAlike === isAlike).map(({ device }) => device));
    return { alike: those(true), differing: those(false) };
  }

  /** How many of the devices that were compared differ, and how many do not. */
  async counts(): Promise<{ readonly differing: number; readonly alike: number }> {
    return this.#db
      .selectFrom("device_drift")
      .select([
        sql<number>`count(*) filter (where differences <> '[]'::jsonb)::integer`.as("differing"),
        sql<number>`count(*) filter (where differences = '[]'::jsonb)::integer`.as("alike"),
      ])
      .executeTakeFirstOrThrow();
  }
}

function driftOf({ device, profile, version, differences, looked_at }: Selectable<DriftTable>): Drift {
  return { uuid: device, profile, version, differences, lookedAt: looked_at };
}

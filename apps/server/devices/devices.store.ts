import { sql, type Insertable, type Kysely, type SqlBool, type Updateable } from "kysely";
import type { ColumnType, Expression } from "kysely";
import type { Clock } from "@vigil/base/clock.ts";
import { gatheredRows, type Gathered } from "@vigil/postgres/gathered.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import { whereOf } from "./filter.store.ts";
import { recordColumns, recordOf, type DeviceTable } from "./record.store.ts";
import { uuidsByFilter, uuidsByIndex, type DevicePage } from "./page.store.ts";
import { hidesRetired, type DeviceFilter, type DeviceName, type DeviceRecord } from "./device.ts";
import type { Transition } from "./life.ts";
import { seenIn, type Seen } from "./seen.store.ts";

interface DevicesTables {
  readonly devices: DeviceTable;
  readonly device_transitions: {
    readonly id: ColumnType<string, never, never>;
    readonly device: string;
    readonly at: Date;
    readonly from_life: Transition["from"];
    readonly to_life: Transition["to"];
    readonly actor: string;
    readonly code: string | null;
  };
}

export type NewDevice = Pick<
  Insertable<DeviceTable>,
  "uuid" | "address" | "state" | "first_seen_at" | "last_seen_at" | "hello"
>;
export type DeviceChange = Updateable<DeviceTable>;
/** Devices that have all of this in common. */
export interface SetupKind {
  readonly release: string | null;
  readonly profile: string | null;
  readonly dnsSuffix: string | null;
  readonly rootSet: string | null;
  readonly devices: number;
  /** The uuid of one of them. */
  readonly example: string;
}

export class DevicesStore {
  readonly #db: Kysely<DevicesTables>;
  readonly #clock: Clock;
  readonly #byId = gatheredRows(
    (uuids) =>
      this.#db
        .selectFrom("devices")
        .select(recordColumns)
        .where("uuid", "in", [...uuids])
        .execute(),
    ({ uuid }) => uuid,
  );
  readonly #seen: Gathered<Seen, undefined>;

  constructor(postgres: Postgres, clock: Clock) {
    this.#db = postgres.kysely<DevicesTables>();
    this.#clock = clock;
    this.#seen = seenIn(this.#db);
  }

  #in(tx: Tx | undefined): Kysely<DevicesTables> {
    return tx === undefined ? this.#db : tables<DevicesTables>(tx);
  }

  async get(uuid: string, tx?: Tx): Promise<DeviceRecord | undefined> {
    const [row] =
      tx === undefined
        ? await this.#byId.ask(uuid.toLowerCase())
        : await this.#in(tx).selectFrom("devices").select(recordColumns).where("uuid", "=", uuid).execute();
    return row === undefined ? undefined : recordOf(row);
  }

  /** What decides where it stands in its life; nobody else moves it until the transaction ends. */
  async lock(tx: Tx, uuid: string): Promise<Pick<DeviceRecord, "state" | "controlMode"> | undefined> {
    const query = tables<DevicesTables>(tx).selectFrom("devices").select(["state", "control_mode as controlMode"]);
    return query.where("uuid", "=", uuid).forUpdate().executeTakeFirst();
  }

  async insertTransition(tx: Tx, device: string, { from, to, ...rest }: Transition): Promise<void> {
    const row = { device, from_life: from, to_life: to, ...rest };
    await tables<DevicesTables>(tx).insertInto("device_transitions").values(row).execute();
  }

  /** Newest first. */
  async transitions(device: string, limit: number): Promise<Transition[]> {
    return this.#db
      .selectFrom("device_transitions")
      .select(["at", "from_life as from", "to_life as to", "actor", "code"])
      .where("device", "=", device)
      .orderBy("id", "desc")
      .limit(limit)
      .execute();
  }

  async remove(tx: Tx, uuid: string): Promise<void> {
    await tables<DevicesTables>(tx).deleteFrom("device_transitions").where("device", "=", uuid).execute();
    await tables<DevicesTables>(tx).deleteFrom("devices").where("uuid", "=", uuid).execute();
  }

  /** Retired devices whose secrets have been kept long enough. */
  async secretsOverdue(at: Date, limit: number): Promise<string[]> {
    const query = this.#db.selectFrom("devices").select("uuid").where("state", "=", "retired");
    const rows = await query.where("secrets_until", "<=", at).orderBy("secrets_until").limit(limit).execute();
    return rows.map(({ uuid }) => uuid);
  }

  /** A new device, or a known one at a new address. */
  async upsert(tx: Tx, row: NewDevice): Promise<DeviceRecord> {
    const { address, last_seen_at, hello } = row;
    const seen = { address, last_seen_at, is_reachable: true, ...(hello === undefined ? {} : { hello }) };
    const stored = await tables<DevicesTables>(tx)
      .insertInto("devices")
      .values(row)
      .onConflict((one) => one.column("uuid").doUpdateSet(seen))
      .returning(recordColumns)
      .executeTakeFirstOrThrow();
    return recordOf(stored);
  }

  /** Those of them that are known, and where they stand. */
  standing(tx: Tx, uuids: readonly string[]): Promise<Pick<DeviceRecord, "uuid" | "state">[]> {
    return tables<DevicesTables>(tx)
      .selectFrom("devices")
      .select(["uuid", "state"])
      .where(sql<SqlBool>`uuid = any(${[...uuids]}::uuid[])`)
      .execute();
  }

  /** Many new ones at once. */
  async insertAll(tx: Tx, rows: readonly Insertable<DeviceTable>[]): Promise<void> {
    if (rows.length > 0) await tables<DevicesTables>(tx).insertInto("devices").values(rows).execute();
  }

  /** @returns false when there is no such device */
  /** Many at once, since every device that is asked anything is met. */
  seen(one: Seen): Promise<undefined> {
    return this.#seen.ask(one);
  }

  async update(uuid: string, change: DeviceChange, tx?: Tx): Promise<boolean> {
    const result = await this.#in(tx).updateTable("devices").set(change).where("uuid", "=", uuid).executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async list(
    filter: DeviceFilter,
    page: DevicePage,
  ): Promise<{ readonly items: DeviceRecord[]; readonly total: number }> {
    const where = conditions(filter, this.#clock.now());
    if (!isWhole(filter)) {
      const { uuids, total } = await uuidsByFilter(this.#db, where, page);
      return { items: await this.#inOrder(uuids), total };
    }
    const total = await this.count(filter);
    return { items: await this.#inOrder(await uuidsByIndex(this.#db, where, page, total)), total };
  }

  async #inOrder(uuids: readonly string[]): Promise<DeviceRecord[]> {
    if (uuids.length === 0) return [];
    const rows = await this.#db
      .selectFrom("devices")
      .select(recordColumns)
      .where(sql<SqlBool>`uuid = any(${[...uuids]}::uuid[])`)
      .execute();
    const byUuid = new Map(rows.map((row) => [row.uuid, recordOf(row)]));
    return uuids.flatMap((uuid) => byUuid.get(uuid) ?? []);
  }

  /** Who they are and no more, by host name: for what is done with many thousands. */
  names(filter: DeviceFilter, most: number): Promise<DeviceName[]> {
    return this.#db
      .selectFrom("devices")
      .select(["uuid", "host_name as hostName", "address"])
      .where(conditions(filter, this.#clock.now()))
      .orderBy("host_name")
      .orderBy("uuid")
      .limit(most)
      .execute();
  }

  async count(filter: DeviceFilter): Promise<number> {
    const { count } = await this.#db
      .selectFrom("devices")
      .select((of) => of.fn.countAll<number>().as("count"))
      .where(conditions(filter, this.#clock.now()))
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async ids(filter: DeviceFilter, tx?: Tx): Promise<string[]> {
    const query = this.#in(tx).selectFrom("devices").select("uuid").where(conditions(filter, this.#clock.now()));
    const rows = await query.orderBy("uuid").execute();
    return rows.map(({ uuid }) => uuid);
  }

  /** By uuid, host name or address, letter case aside. */
  async named(names: readonly string[], tx?: Tx): Promise<DeviceRecord[]> {
    const wanted = names.map((name) => name.toLowerCase());
    const rows = await this.#in(tx)
      .selectFrom("devices")
      .select(recordColumns)
      .where((of) =>
        of.or([
          of(sql`uuid::text`, "=", of.fn.any(of.val(wanted))),
          of(sql`lower(host_name)`, "=", of.fn.any(of.val(wanted))),
          of("address", "=", of.fn.any(of.val(wanted))),
        ]),
      )
      .execute();
    return rows.map(recordOf);
  }

  /** @returns which of them changed, and the most tags that one of these has now */
  async tag(
    tx: Tx,
    uuids: readonly string[],
    { add, remove }: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ): Promise<{ readonly changed: readonly string[]; readonly most: number }> {
    const gone = [...remove, ...add].map((tag) => tag.toLowerCase());
    const tags = sql<string[]>`(
      select coalesce(array_agg(tag order by lower(tag)), '{}') from (
        select tag from unnest(tags) as tag where lower(tag) <> all(${gone}::text[])
        union select tag from unnest(${[...add]}::text[]) as tag
      ) as kept)`;
    const rows = await tables<DevicesTables>(tx)
      .updateTable("devices")
      .set({ tags })
      .where(sql<SqlBool>`uuid = any(${[...uuids]}::uuid[])`)
      .where(sql<SqlBool>`tags is distinct from ${tags}`)
      .returning(["uuid", sql<number>`cardinality(tags)`.as("count")])
      .execute();
    return { changed: rows.map(({ uuid }) => uuid), most: Math.max(0, ...rows.map(({ count }) => count)) };
  }

  /** How many devices each profile is for, and in which version they have it. */
  profileCounts(): Promise<{ profile: string; version: number | null; count: number }[]> {
    return this.#db
      .selectFrom("devices")
      .select(["profile", "profile_version as version", sql<number>`count(*)::integer`.as("count")])
      .where("profile", "is not", null)
      .where("state", "<>", "retired")
      .$narrowType<{ profile: string }>()
      .groupBy(["profile", "profile_version"])
      .execute();
  }

  /** Devices with that profile, by release and control mode. */
  kindsWith(
    profile: string,
  ): Promise<{ release: string | null; controlMode: DeviceRecord["controlMode"]; devices: number }[]> {
    return this.#db
      .selectFrom("devices")
      .select(["release", "control_mode as controlMode", sql<number>`count(*)::integer`.as("devices")])
      .where("profile", "=", profile)
      .where("state", "<>", "retired")
      .groupBy(["release", "control_mode"])
      .orderBy("release")
      .execute();
  }

  /** Devices by what decides which setup certificate they accept: thousands fall into a few kinds. */
  setupKinds(): Promise<SetupKind[]> {
    return this.#db
      .selectFrom("devices")
      .select(["release", "profile", "dns_suffix as dnsSuffix", "root_set as rootSet"])
      .select([sql<number>`count(*)::integer`.as("devices"), sql<string>`min(uuid::text)`.as("example")])
      .groupBy(["release", "profile", "dns_suffix", "root_set"])
      .execute();
  }

  /** Provisioned devices that nobody has looked after since, or whose certificate ends before; the longest neglected first. */
  async dueForMaintenance(before: { maintained: Date; expires: Date }, limit: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("devices")
      .select("uuid")
      .where("state", "=", "provisioned")
      .where((of) =>
        of.or([
          of("maintained_at", "is", null),
          of("maintained_at", "<", before.maintained),
          sql<SqlBool>`(certificate->>'expiresAt')::timestamptz < ${before.expires}`,
        ]),
      )
      .orderBy(sql`maintained_at nulls first`)
      .limit(limit)
      .execute();
    return rows.map(({ uuid }) => uuid);
  }

  /** Those of them that are provisioned and reached over TLS. */
  async securedAmong(uuids: readonly string[]): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("devices")
      .select("uuid")
      .where("state", "=", "provisioned")
      .where("channel", "<>", "plain")
      .where(sql<SqlBool>`uuid = any(${[...uuids]}::uuid[])`)
      .execute();
    return rows.map(({ uuid }) => uuid);
  }

  async withProfile(tx: Tx, profile: string, uuids: readonly string[]): Promise<string[]> {
    const rows = await tables<DevicesTables>(tx)
      .selectFrom("devices")
      .select("uuid")
      .where("profile", "=", profile)
      .where(sql<SqlBool>`uuid = any(${[...uuids]}::uuid[])`)
      .execute();
    return rows.map(({ uuid }) => uuid);
  }

  /** Those that ask for the manager's certificate are to be looked after soon. */
  async dueWithMutualTls(tx: Tx): Promise<void> {
    await this.#in(tx).updateTable("devices").set({ maintained_at: null }).where("channel", "=", "mutual").execute();
  }

  /** Those of them that have failed, with what decides where they stand; nobody else moves them until the transaction ends. */
  lockFailed(tx: Tx, uuids: readonly string[]): Promise<Pick<DeviceRecord, "uuid" | "state" | "controlMode">[]> {
    return tables<DevicesTables>(tx)
      .selectFrom("devices")
      .select(["uuid", "state", "control_mode as controlMode"])
      .where("state", "in", ["failed", "foreign"])
      .where(sql<SqlBool>`uuid = any(${[...uuids]}::uuid[])`)
      .forUpdate()
      .execute();
  }

  /** Many at once, as #move in devices.ts moves one. */
  async moveAll(
    tx: Tx,
    moved: readonly (Transition & { readonly device: string })[],
    change: DeviceChange,
  ): Promise<void> {
    const db = tables<DevicesTables>(tx);
    // A statement takes 65,535 parameters.
    for (let at = 0; at < moved.length; at += 5_000) {
      const some = moved.slice(at, at + 5_000);
      const rows = some.map(({ from, to, ...rest }) => ({ from_life: from, to_life: to, ...rest }));
      await db.insertInto("device_transitions").values(rows).execute();
      const uuids = some.map(({ device }) => device);
      await db
        .updateTable("devices")
        .set(change)
        .where(sql<SqlBool>`uuid = any(${uuids}::uuid[])`)
        .execute();
    }
  }

  /** Those of them that are provisioned and have that profile. */
  async provisionedWith(profile: string, uuids: readonly string[]): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("devices")
      .select("uuid")
      .where("state", "=", "provisioned")
      .where("profile", "=", profile)
      .where(sql<SqlBool>`uuid = any(${[...uuids]}::uuid[])`)
      .execute();
    return rows.map(({ uuid }) => uuid);
  }

  async counts(): Promise<Readonly<Record<"total" | "reachable" | "attention" | DeviceRecord["state"], number>>> {
    const row = await this.#db
      .selectFrom("devices")
      .select([
        sql<number>`count(*) filter (where state <> 'retired')`.as("total"),
        sql<number>`count(*) filter (where is_reachable and state <> 'retired')`.as("reachable"),
        sql<number>`count(*) filter (where ${attention})`.as("attention"),
        sql<number>`count(*) filter (where state = 'factory')`.as("factory"),
        sql<number>`count(*) filter (where state = 'provisioning')`.as("provisioning"),
        sql<number>`count(*) filter (where state = 'provisioned')`.as("provisioned"),
        sql<number>`count(*) filter (where state = 'failed')`.as("failed"),
        sql<number>`count(*) filter (where state = 'foreign')`.as("foreign"),
        sql<number>`count(*) filter (where state = 'retired')`.as("retired"),
      ])
      .executeTakeFirstOrThrow();
    return row;
  }
}

/** Failed, somebody else's, or not reachable; the same as `needsAttention` in devices.routes.ts. */
const attention = sql<SqlBool>`(state in ('failed', 'foreign') or (state <> 'retired' and not is_reachable))`;

/** Whether nothing is held back but what is retired. */
function isWhole({ where, uuids, profile, profileBefore }: DeviceFilter): boolean {
  const isOpen = where === undefined || (where.kind === "and" && where.of.length === 0);
  return isOpen && uuids === undefined && profile === undefined && profileBefore === undefined;
}

/** The same filter as `matches` in device.ts. */
function conditions({ where, uuids, profile, profileBefore }: DeviceFilter, now: number): Expression<SqlBool> {
  const all = [where === undefined ? sql<SqlBool>`true` : whereOf(where, now)];
  if (profile !== undefined) all.push(sql<SqlBool>`profile = ${profile}`);
  if (profileBefore !== undefined) all.push(sql<SqlBool>`profile_version < ${profileBefore}`);
  if (uuids !== undefined) all.push(sql<SqlBool>`uuid = any(${[...uuids]}::uuid[])`);
  else if (hidesRetired(where)) all.push(sql<SqlBool>`state <> 'retired'`);
  return sql<SqlBool>`${sql.join(all, sql` and `)}`;
}

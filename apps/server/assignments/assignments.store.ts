import { sql, type ColumnType, type Kysely, type Selectable, type SqlBool } from "kysely";
import type { AssignmentEntry, Explanation, HostName } from "@vigil/api/resources/assignments.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { Entry, Rule, Said } from "./assignment.ts";
import type { ListedDevice } from "./entries-csv.ts";

/** jsonb: read as what it holds, written as text. */
type Json<T> = ColumnType<T, string, string>;

interface AssignmentsTables {
  readonly assignment_rules: {
    readonly version: number;
    readonly rules: Json<readonly Rule[]>;
    readonly changed_at: Date;
    readonly changed_by: string;
  };
  readonly assignment_entries: {
    readonly id: ColumnType<number, number | undefined, never>;
    readonly uuid: string | null;
    readonly mac: string | null;
    readonly serial_number: string | null;
    readonly profile: string | null;
    readonly host_name: string | null;
    readonly domain_name: string | null;
    readonly organizational_unit: string | null;
  };
  readonly device_facts: { readonly device: string; facts: Json<Readonly<Record<string, string>>>; changed_at: Date };
  readonly assignment_decisions: {
    readonly device: string;
    given: Json<Said["given"]>;
    explanation: Json<Explanation>;
    decided_at: Date;
  };
  readonly host_names: {
    readonly id: ColumnType<string, never, never>;
    readonly device: string;
    readonly host_name: string;
    readonly domain_name: string;
    readonly since: Date;
    until: Date | null;
    written_at: Date | null;
  };
}

/** All rules, in one version. */
export interface RulesRow {
  readonly version: number;
  readonly rules: readonly Rule[];
  readonly changedAt: Date | null;
  readonly changedBy: string | null;
}

export interface DecisionRow {
  readonly given: Said["given"];
  readonly explanation: Explanation;
  readonly decidedAt: Date;
}

/** A name that a device is to have now. */
export interface CurrentName {
  readonly device: string;
  readonly hostName: string;
  readonly domainName: string;
  readonly writtenAt: Date | null;
}

/** Rows in one insert. Chosen: seven parameters each stay well under the 65,535 of a statement. */
const insertSize = 1_000;

export class AssignmentsStore {
  readonly #db: Kysely<AssignmentsTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<AssignmentsTables>();
  }

  /** The newest version; version 0 has no rules. */
  async rules(tx?: Tx): Promise<RulesRow> {
    const newest = this.#in(tx).selectFrom("assignment_rules").selectAll().orderBy("version", "desc").limit(1);
    const row = await newest.executeTakeFirst();
    if (row === undefined) return { version: 0, rules: [], changedAt: null, changedBy: null };
    return { version: row.version, rules: row.rules, changedAt: row.changed_at, changedBy: row.changed_by };
  }

  /** @returns false when somebody else has stored that version */
  async insertRules(
    tx: Tx,
    row: {
      readonly version: number;
      readonly rules: readonly Rule[];
      readonly changedAt: Date;
      readonly changedBy: string;
    },
  ): Promise<boolean> {
    const { numInsertedOrUpdatedRows: count } = await this.#in(tx)
      .insertInto("assignment_rules")
      .values({
        version: row.version,
        rules: JSON.stringify(row.rules),
        changed_at: row.changedAt,
        changed_by: row.changedBy,
      })
      .onConflict((one) => one.doNothing())
      .executeTakeFirst();
    return (count ?? 0n) > 0n;
  }

  /** Entries with one of these keys. */
  async entriesFor(
    keys: { readonly uuid: string | null; readonly mac: string | null; readonly serialNumber: string | null },
    tx?: Tx,
  ): Promise<Entry[]> {
    const { uuid, mac, serialNumber } = keys;
    const rows = await this.#in(tx)
      .selectFrom("assignment_entries")
      .selectAll()
      .where((of) =>
        of.or([
          ...(uuid === null ? [] : [of("uuid", "=", uuid)]),
          ...(mac === null ? [] : [of("mac", "=", mac)]),
          ...(serialNumber === null ? [] : [sql<SqlBool>`lower(serial_number) = lower(${serialNumber})`]),
        ]),
      )
      .execute();
    return rows.map(entryOf);
  }

  /** Whether any entry is found by a MAC address, and by a serial number. */
  async entryKeys(tx?: Tx): Promise<{ readonly mac: boolean; readonly serialNumber: boolean }> {
    return this.#in(tx)
      .selectNoFrom([
        sql<boolean>`exists (select from assignment_entries where mac is not null)`.as("mac"),
        sql<boolean>`exists (select from assignment_entries where serial_number is not null)`.as("serialNumber"),
      ])
      .executeTakeFirstOrThrow();
  }

  async allEntries(tx?: Tx): Promise<Entry[]> {
    return (await this.#in(tx).selectFrom("assignment_entries").selectAll().orderBy("id").execute()).map(entryOf);
  }

  async entries(filter: {
    readonly search: string | undefined;
    readonly limit: number;
    readonly offset: number;
  }): Promise<{ readonly items: Entry[]; readonly total: number }> {
    let query = this.#db.selectFrom("assignment_entries");
    if (filter.search !== undefined) {
      const like = `%${filter.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
      query = query.where(
        sql<SqlBool>`concat_ws(' ', uuid, mac, serial_number, host_name, domain_name, organizational_unit, profile) ilike ${like}`,
      );
    }
    const rows = await query.selectAll().orderBy("id").limit(filter.limit).offset(filter.offset).execute();
    const { total } = await query.select((of) => of.fn.countAll<number>().as("total")).executeTakeFirstOrThrow();
    return { items: rows.map(entryOf), total: Number(total) };
  }

  /** How many entries give that profile. */
  async entriesWithProfile(profile: string): Promise<number> {
    const { total } = await this.#db
      .selectFrom("assignment_entries")
      .select((of) => of.fn.countAll<number>().as("total"))
      .where("profile", "=", profile)
      .executeTakeFirstOrThrow();
    return Number(total);
  }

  async insertEntries(tx: Tx, rows: readonly (ListedDevice & { readonly id?: number })[]): Promise<void> {
    for (let from = 0; from < rows.length; from += insertSize) {
      const some = rows.slice(from, from + insertSize).map((row) => ({
        ...(row.id === undefined ? {} : { id: row.id }),
        uuid: row.uuid,
        mac: row.mac,
        serial_number: row.serialNumber,
        profile: row.profile,
        host_name: row.hostName,
        domain_name: row.domainName,
        organizational_unit: row.organizationalUnit,
      }));
      await this.#in(tx).insertInto("assignment_entries").values(some).execute();
    }
  }

  /** @returns how many there were */
  async removeEntries(tx: Tx, ids: readonly number[]): Promise<number> {
    if (ids.length === 0) return 0;
    const { numDeletedRows } = await this.#in(tx)
      .deleteFrom("assignment_entries")
      .where(sql<SqlBool>`id = any(${[...ids]}::integer[])`)
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  async facts(device: string, tx?: Tx): Promise<Readonly<Record<string, string>>> {
    const found = this.#in(tx).selectFrom("device_facts").select("facts").where("device", "=", device);
    return (await found.executeTakeFirst())?.facts ?? {};
  }

  async putFacts(tx: Tx, device: string, facts: Readonly<Record<string, string>>, at: Date): Promise<void> {
    const row = { facts: JSON.stringify(facts), changed_at: at };
    await this.#in(tx)
      .insertInto("device_facts")
      .values({ device, ...row })
      .onConflict((one) => one.column("device").doUpdateSet(row))
      .execute();
  }

  async removeFacts(tx: Tx, device: string): Promise<void> {
    await this.#in(tx).deleteFrom("device_facts").where("device", "=", device).execute();
  }

  async decision(device: string, tx?: Tx): Promise<DecisionRow | undefined> {
    const found = this.#in(tx).selectFrom("assignment_decisions").selectAll().where("device", "=", device);
    const row = await found.executeTakeFirst();
    return row === undefined
      ? undefined
      : { given: row.given, explanation: row.explanation, decidedAt: row.decided_at };
  }

  async putDecision(tx: Tx, device: string, { given, explanation, decidedAt }: DecisionRow): Promise<void> {
    const row = { given: JSON.stringify(given), explanation: JSON.stringify(explanation), decided_at: decidedAt };
    await this.#in(tx)
      .insertInto("assignment_decisions")
      .values({ device, ...row })
      .onConflict((one) => one.column("device").doUpdateSet(row))
      .execute();
  }

  async removeDecision(tx: Tx, device: string): Promise<void> {
    await this.#in(tx).deleteFrom("assignment_decisions").where("device", "=", device).execute();
  }

  /** The name that the device is to have now. */
  async currentName(device: string, tx?: Tx): Promise<CurrentName | undefined> {
    const current = this.#in(tx).selectFrom("host_names").selectAll().where("until", "is", null);
    const row = await current.where("device", "=", device).executeTakeFirst();
    return row === undefined ? undefined : currentOf(row);
  }

  /** Who is to have that name now. */
  async bearerOf(
    name: { readonly hostName: string; readonly domainName: string },
    tx?: Tx,
  ): Promise<string | undefined> {
    const row = await this.#in(tx)
      .selectFrom("host_names")
      .select("device")
      .where("until", "is", null)
      .where(sql<SqlBool>`lower(host_name) = lower(${name.hostName})`)
      .where(sql<SqlBool>`lower(domain_name) = lower(${name.domainName})`)
      .executeTakeFirst();
    return row?.device;
  }

  async endName(tx: Tx, device: string, at: Date): Promise<void> {
    const current = this.#in(tx).updateTable("host_names").set({ until: at }).where("device", "=", device);
    await current.where("until", "is", null).execute();
  }

  /** @returns false when another device is to have it */
  async insertName(
    tx: Tx,
    row: { readonly device: string; readonly hostName: string; readonly domainName: string; readonly since: Date },
  ): Promise<boolean> {
    const { device, hostName: host_name, domainName: domain_name, since } = row;
    const { numInsertedOrUpdatedRows: count } = await this.#in(tx)
      .insertInto("host_names")
      .values({ device, host_name, domain_name, since, until: null, written_at: null })
      .onConflict((one) => one.doNothing())
      .executeTakeFirst();
    return (count ?? 0n) > 0n;
  }

  async removeNames(tx: Tx, device: string): Promise<void> {
    await this.#in(tx).deleteFrom("host_names").where("device", "=", device).execute();
  }

  /** @returns false when the device is to have another name by now */
  async nameWritten(
    tx: Tx,
    {
      device,
      hostName,
      domainName,
    }: { readonly device: string; readonly hostName: string; readonly domainName: string },
    at: Date,
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.#in(tx)
      .updateTable("host_names")
      .set({ written_at: sql<Date>`coalesce(written_at, ${at})` })
      .where("device", "=", device)
      .where("until", "is", null)
      .where("host_name", "=", hostName)
      .where("domain_name", "=", domainName)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Newest first. */
  async names(device: string, limit: number): Promise<HostName[]> {
    const all = this.#db.selectFrom("host_names").selectAll().where("device", "=", device);
    const rows = await all.orderBy("since", "desc").orderBy("id", "desc").limit(limit).execute();
    return rows.map((row) => ({
      hostName: row.host_name,
      domainName: row.domain_name,
      since: row.since.toISOString(),
      until: row.until?.toISOString() ?? null,
      writtenAt: row.written_at?.toISOString() ?? null,
    }));
  }

  #in(tx: Tx | undefined): Kysely<AssignmentsTables> {
    return tx === undefined ? this.#db : tables<AssignmentsTables>(tx);
  }
}

function entryOf(row: Selectable<AssignmentsTables["assignment_entries"]>): AssignmentEntry {
  return {
    id: row.id,
    uuid: row.uuid,
    mac: row.mac,
    serialNumber: row.serial_number,
    profile: row.profile,
    hostName: row.host_name,
    domainName: row.domain_name,
    organizationalUnit: row.organizational_unit,
  };
}

function currentOf(row: Selectable<AssignmentsTables["host_names"]>): CurrentName {
  return { device: row.device, hostName: row.host_name, domainName: row.domain_name, writtenAt: row.written_at };
}

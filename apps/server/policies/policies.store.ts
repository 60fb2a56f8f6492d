import { sql, type ColumnType, type Kysely, type Selectable } from "kysely";
import type { ErrorReport } from "@vigil/api/resources/common.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { Counts, Finding, Judged, PolicyRound, PolicySettings, Standing } from "./policy.ts";

/** jsonb: read as what it holds, written as text. */
type Json<T> = ColumnType<T, string, string>;

interface PolicyTable {
  readonly name: string;
  settings: Json<PolicySettings>;
  next_at: Date | null;
  changed_at: Date;
  changed_by: string;
}

interface RoundTable {
  readonly id: string;
  readonly policy: string;
  state: PolicyRound["state"];
  /** As they were when the round began. */
  readonly settings: Json<PolicySettings>;
  readonly started_by: string;
  readonly started_at: Date;
  ended_at: Date | null;
  look_run: string | null;
  remedy_run: string | null;
  again_run: string | null;
  found: ColumnType<Counts | null, null, string>;
  remaining: ColumnType<Counts | null, null, string>;
  withheld: string;
}

interface FindingTable {
  readonly policy: string;
  readonly device: string;
  standing: Standing;
  since: Date;
  looked_at: Date;
  error: ColumnType<ErrorReport | null, string | null, string | null>;
}

interface PolicyTables {
  readonly policies: PolicyTable;
  readonly policy_rounds: RoundTable;
  readonly policy_findings: FindingTable;
}

export type PolicyRow = Selectable<PolicyTable>;
export type RoundRow = Selectable<RoundTable>;

/** What moves in a round. */
export interface RoundChange {
  readonly state?: PolicyRound["state"];
  readonly ended_at?: Date;
  readonly remedy_run?: string;
  readonly again_run?: string;
  readonly found?: Counts;
  readonly remaining?: Counts;
  readonly withheld?: string;
}

export class PoliciesStore {
  readonly #db: Kysely<PolicyTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<PolicyTables>();
  }

  list(): Promise<PolicyRow[]> {
    return this.#db.selectFrom("policies").selectAll().orderBy("name").execute();
  }

  /** Letter case aside. */
  get(name: string, tx?: Tx): Promise<PolicyRow | undefined> {
    const db = tx === undefined ? this.#db : tables<PolicyTables>(tx);
    const query = db
      .selectFrom("policies")
      .selectAll()
      .where(sql`lower(name)`, "=", name.toLowerCase());
    return (tx === undefined ? query : query.forUpdate()).executeTakeFirst();
  }

  /** @returns false when there is one of that name */
  async insert(tx: Tx, { settings, ...row }: PolicyRow): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await tables<PolicyTables>(tx)
      .insertInto("policies")
      .values({ ...row, settings: JSON.stringify(settings) })
      .onConflict((one) => one.doNothing())
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  async change(tx: Tx, name: string, { settings, ...row }: Partial<Omit<PolicyRow, "name">>): Promise<void> {
    const values = { ...row, ...(settings === undefined ? {} : { settings: JSON.stringify(settings) }) };
    await tables<PolicyTables>(tx).updateTable("policies").set(values).where("name", "=", name).execute();
  }

  async remove(tx: Tx, name: string): Promise<void> {
    await tables<PolicyTables>(tx).deleteFrom("policies").where("name", "=", name).execute();
  }

  /** The next round begins then, or earlier where it would have. */
  async bringForward(tx: Tx, name: string, at: Date): Promise<void> {
    await tables<PolicyTables>(tx)
      .updateTable("policies")
      .set({ next_at: sql`least(next_at, ${at}::timestamptz)` })
      .where("name", "=", name)
      .execute();
  }

  /** Names of those whose next round should have begun. */
  async due(at: Date): Promise<string[]> {
    const rows = await this.#db.selectFrom("policies").select("name").where("next_at", "<=", at).execute();
    return rows.map(({ name }) => name);
  }

  /** @returns false when a round of that policy is under way */
  async insertRound(
    tx: Tx,
    round: Pick<RoundRow, "id" | "policy" | "settings" | "started_by" | "started_at" | "look_run">,
  ): Promise<boolean> {
    const empty = {
      state: "looking",
      ended_at: null,
      remedy_run: null,
      again_run: null,
      found: null,
      remaining: null,
      withheld: "",
    } as const;
    const { numInsertedOrUpdatedRows } = await tables<PolicyTables>(tx)
      .insertInto("policy_rounds")
      .values({ ...round, ...empty, settings: JSON.stringify(round.settings) })
      .onConflict((one) => one.doNothing())
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }

  round(id: string): Promise<RoundRow | undefined> {
    return this.#db.selectFrom("policy_rounds").selectAll().where("id", "=", id).executeTakeFirst();
  }

  async changeRound(tx: Tx, id: string, { found, remaining, ...change }: RoundChange): Promise<void> {
    const values = {
      ...change,
      ...(found === undefined ? {} : { found: JSON.stringify(found) }),
      ...(remaining === undefined ? {} : { remaining: JSON.stringify(remaining) }),
    };
    await tables<PolicyTables>(tx).updateTable("policy_rounds").set(values).where("id", "=", id).execute();
  }

  /** Newest first. */
  rounds(policy: string, limit: number, tx?: Tx): Promise<RoundRow[]> {
    const db = tx === undefined ? this.#db : tables<PolicyTables>(tx);
    return db
      .selectFrom("policy_rounds")
      .selectAll()
      .where("policy", "=", policy)
      .orderBy("started_at", "desc")
      .limit(limit)
      .execute();
  }

  /** Rounds that are over and older than that. */
  async removeRounds(before: Date): Promise<void> {
    await this.#db.deleteFrom("policy_rounds").where("ended_at", "<", before).execute();
  }

  /**
   * How devices were found now. Who stands as before has stood so since before. Findings of devices that were not judged are removed when
   * `isWhole`: they are in the collection no more.
   */
  async putFindings(tx: Tx, policy: string, judged: readonly Judged[], at: Date, isWhole: boolean): Promise<void> {
    const db = tables<PolicyTables>(tx);
    const rows = judged.map(({ device, standing, error }) => ({ device, standing, error }));
    await sql`
      insert into policy_findings (policy, device, standing, since, looked_at, error)
      select ${policy}, device, standing, ${at}, ${at}, nullif(error, 'null'::jsonb)
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (device uuid, standing text, error jsonb)
        where exists (select from devices where uuid = device)
      on conflict (policy, device) do update set
        since = case when policy_findings.standing = excluded.standing then policy_findings.since else excluded.since end,
        standing = excluded.standing, looked_at = excluded.looked_at, error = excluded.error`.execute(db);
    if (!isWhole) return;
    await db.deleteFrom("policy_findings").where("policy", "=", policy).where("looked_at", "<", at).execute();
  }

  async removeFindings(tx: Tx, policy: string): Promise<void> {
    await tables<PolicyTables>(tx).deleteFrom("policy_findings").where("policy", "=", policy).execute();
  }

  /** Of each policy; of that one alone where it is named. */
  async counts(name?: string): Promise<ReadonlyMap<string, Counts>> {
    let query = this.#db.selectFrom("policy_findings");
    if (name !== undefined) query = query.where("policy", "=", name);
    const rows = await query
      .select(["policy", "standing", (of) => of.fn.countAll<number>().as("count")])
      .groupBy(["policy", "standing"])
      .execute();
    const all = new Map<string, Record<Standing, number>>();
    for (const { policy, standing, count } of rows) {
      const counts = all.get(policy) ?? { compliant: 0, deviating: 0, unknown: 0 };
      counts[standing] = Number(count);
      all.set(policy, counts);
    }
    return all;
  }

  /** The deviating first, then the unknown; by host name. */
  async findings(
    policy: string,
    page: { readonly standing?: Standing; readonly limit: number; readonly offset: number },
  ): Promise<{ readonly items: Finding[]; readonly total: number }> {
    let query = this.#db.selectFrom("policy_findings").where("policy", "=", policy);
    if (page.standing !== undefined) query = query.where("standing", "=", page.standing);
    const { count } = await query.select((of) => of.fn.countAll<number>().as("count")).executeTakeFirstOrThrow();
    const { rows } = await sql<{
      device: string;
      host_name: string | null;
      address: string;
      standing: Standing;
      since: Date;
      looked_at: Date;
      error: ErrorReport | null;
    }>`
      select device, host_name, address, standing, since, looked_at, policy_findings.error
        from policy_findings join devices on devices.uuid = device
        where policy = ${policy} and (${page.standing ?? null}::text is null or standing = ${page.standing ?? null})
        order by array_position(array['deviating', 'unknown', 'compliant'], standing), host_name, device
        limit ${page.limit} offset ${page.offset}`.execute(this.#db);
    return {
      total: Number(count),
      items: rows.map(({ device, host_name, looked_at, since, ...row }) => ({
        ...row,
        uuid: device,
        hostName: host_name,
        since: since.toISOString(),
        lookedAt: looked_at.toISOString(),
      })),
    };
  }
}

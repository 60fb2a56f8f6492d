import type { ColumnType, Generated, Kysely, Selectable } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";

/** By which rule devices that are not provisioned are tried again, day by day. */
export interface DelayedPolicy {
  readonly isOn: boolean;
  readonly everyHours: number;
  /** A machine whose one-time password is not the one that was sent is taken nevertheless. */
  readonly replacesOneTimePassword: boolean;
  /** Boards that stand on ASF and can do AMT are tried, too. */
  readonly switchesToAmt: boolean;
}

/** What the last round did. */
export interface DelayedRound {
  readonly targets: number;
  /** Answered at an address that is known of them, or from inside their machine, and were begun again with. */
  readonly reopened: number;
  readonly silent: number;
  /** Never tried by themselves: no AMT, or their identity is in doubt. */
  readonly skipped: number;
}

/** Checks that may be left out for a while. Who a device is, is never one of them. */
export type IgnorableCheck = "dns" | "one-time-password";

export interface IgnoredCheck {
  readonly id: number;
  readonly check: IgnorableCheck;
  readonly reason: string;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly endsAt: Date;
}

interface DelayedTables {
  readonly delayed_provisioning: {
    readonly only_row: ColumnType<boolean, boolean | undefined, never>;
    is_on: boolean;
    every_hours: number;
    replaces_one_time_password: boolean;
    switches_to_amt: boolean;
    last_round_at: Date | null;
    last_round: ColumnType<DelayedRound | null, string | null, string | null>;
  };
  readonly ignored_checks: {
    readonly id: Generated<number>;
    readonly check_name: IgnorableCheck;
    readonly reason: string;
    readonly made_by: string;
    readonly made_at: Date;
    ends_at: Date;
  };
}

const usual: DelayedPolicy = { isOn: false, everyHours: 24, replacesOneTimePassword: false, switchesToAmt: false };

export class DelayedStore {
  readonly #db: Kysely<DelayedTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<DelayedTables>();
  }

  async get(): Promise<{
    readonly policy: DelayedPolicy;
    readonly lastRoundAt: Date | null;
    readonly lastRound: DelayedRound | null;
  }> {
    const row = await this.#db.selectFrom("delayed_provisioning").selectAll().executeTakeFirst();
    if (row === undefined) return { policy: usual, lastRoundAt: null, lastRound: null };
    return { policy: policyOf(row), lastRoundAt: row.last_round_at, lastRound: row.last_round };
  }

  /** One statement, so that two changes at once both hold. @returns the policy as it is now */
  async change(tx: Tx, change: Partial<DelayedPolicy>): Promise<DelayedPolicy> {
    const row = await tables<DelayedTables>(tx)
      .insertInto("delayed_provisioning")
      .values({ ...columnsOf({ ...usual, ...change }), last_round_at: null, last_round: null })
      .onConflict((one) => one.column("only_row").doUpdateSet(columnsOf(change)))
      .returningAll()
      .executeTakeFirstOrThrow();
    return policyOf(row);
  }

  async noteRound(at: Date, round: DelayedRound): Promise<void> {
    const row = { last_round_at: at, last_round: JSON.stringify(round) };
    await this.#db
      .insertInto("delayed_provisioning")
      .values({ ...columnsOf(usual), ...row })
      .onConflict((one) => one.column("only_row").doUpdateSet(row))
      .execute();
  }

  /** Those that hold now. */
  async ignored(at: Date): Promise<IgnoredCheck[]> {
    const rows = await this.#db
      .selectFrom("ignored_checks")
      .selectAll()
      .where("ends_at", ">", at)
      .orderBy("ends_at")
      .execute();
    return rows.map(({ id, check_name, reason, made_by, made_at, ends_at }) => ({
      id,
      check: check_name,
      reason,
      madeBy: made_by,
      madeAt: made_at,
      endsAt: ends_at,
    }));
  }

  async ignore(tx: Tx, one: Omit<IgnoredCheck, "id">): Promise<void> {
    await tables<DelayedTables>(tx)
      .insertInto("ignored_checks")
      .values({
        check_name: one.check,
        reason: one.reason,
        made_by: one.madeBy,
        made_at: one.madeAt,
        ends_at: one.endsAt,
      })
      .execute();
  }

  /** Ends it now. @returns the check; undefined when it has ended already */
  async endIgnoring(tx: Tx, id: number, at: Date): Promise<IgnorableCheck | undefined> {
    const row = await tables<DelayedTables>(tx)
      .updateTable("ignored_checks")
      .set({ ends_at: at })
      .where("id", "=", id)
      .where("ends_at", ">", at)
      .returning("check_name")
      .executeTakeFirst();
    return row?.check_name;
  }
}

type PolicyColumns = Pick<
  Selectable<DelayedTables["delayed_provisioning"]>,
  "is_on" | "every_hours" | "replaces_one_time_password" | "switches_to_amt"
>;

function policyOf(row: PolicyColumns): DelayedPolicy {
  return {
    isOn: row.is_on,
    everyHours: row.every_hours,
    replacesOneTimePassword: row.replaces_one_time_password,
    switchesToAmt: row.switches_to_amt,
  };
}

function columnsOf(policy: DelayedPolicy): PolicyColumns;
function columnsOf(policy: Partial<DelayedPolicy>): Partial<PolicyColumns>;
function columnsOf({
  isOn,
  everyHours,
  replacesOneTimePassword,
  switchesToAmt,
}: Partial<DelayedPolicy>): Partial<PolicyColumns> {
  return {
    ...(isOn === undefined ? {} : { is_on: isOn }),
    ...(everyHours === undefined ? {} : { every_hours: everyHours }),
    ...(replacesOneTimePassword === undefined ? {} : { replaces_one_time_password: replacesOneTimePassword }),
    ...(switchesToAmt === undefined ? {} : { switches_to_amt: switchesToAmt }),
  };
}

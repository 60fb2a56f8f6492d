import type { Kysely, Selectable } from "kysely";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { BootImage, BootOutcome, BootRecord, BootState, BootTarget } from "./boot.ts";

interface BootsTables {
  readonly boots: {
    readonly id: string;
    readonly device: string;
    readonly target: BootTarget;
    /** jsonb: written as text, read as what it holds. */
    readonly image: BootImage | string | null;
    readonly shows_on_serial: boolean;
    returns: boolean;
    readonly quiet_seconds: number | null;
    readonly run: string | null;
    state: BootState;
    outcome: BootOutcome | null;
    error: ErrorReport | string | null;
    was_on: boolean | null;
    switched_disk_on: boolean;
    is_return_told: boolean;
    /** bigint: comes as text. */
    bytes_read: string | number;
    readonly asked_by: string;
    readonly asked_at: Date;
    told_at: Date | null;
    started_at: Date | null;
    ended_at: Date | null;
  };
}

/** What changes of a boot while it is under way. */
export type BootChange = Partial<
  Pick<
    BootRecord,
    | "returns"
    | "state"
    | "outcome"
    | "error"
    | "wasOn"
    | "switchedDiskOn"
    | "isReturnTold"
    | "bytesRead"
    | "toldAt"
    | "startedAt"
    | "endedAt"
  >
>;

export class BootsStore {
  readonly #db: Kysely<BootsTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<BootsTables>();
  }

  #in(tx: Tx | undefined): Kysely<BootsTables> {
    return tx === undefined ? this.#db : tables<BootsTables>(tx);
  }

  /** @returns false when another boot of the device is open */
  async insert(tx: Tx, one: BootRecord): Promise<boolean> {
    const row = {
      id: one.id,
      device: one.device,
      target: one.to,
      image: one.image === null ? null : JSON.stringify(one.image),
      shows_on_serial: one.showsOnSerial,
      returns: one.returns,
      quiet_seconds: one.quietSeconds,
      run: one.run,
      state: one.state,
      asked_by: one.askedBy,
      asked_at: one.askedAt,
      outcome: null,
      error: null,
      was_on: null,
      switched_disk_on: false,
      is_return_told: false,
      bytes_read: 0,
      told_at: null,
      started_at: null,
      ended_at: null,
    };
    const insert = this.#in(tx).insertInto("boots").values(row);
    const { numInsertedOrUpdatedRows: count } = await insert
      .onConflict((conflict) => conflict.column("device").where("state", "<>", "ended").doNothing())
      .executeTakeFirstOrThrow();
    return count === 1n;
  }

  async get(id: string, tx?: Tx): Promise<BootRecord | undefined> {
    const row = await this.#in(tx).selectFrom("boots").selectAll().where("id", "=", id).executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** Holds the row until the transaction ends. */
  async lock(tx: Tx, id: string): Promise<BootRecord | undefined> {
    const query = this.#in(tx).selectFrom("boots").selectAll().where("id", "=", id).forUpdate();
    const row = await query.executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** The boot of the device that has not ended. */
  async openOf(tx: Tx, device: string): Promise<BootRecord | undefined> {
    const query = this.#in(tx).selectFrom("boots").selectAll().where("device", "=", device);
    const row = await query.where("state", "<>", "ended").forUpdate().executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** The newest that the run began on the device since then. */
  async latestOf(run: string, device: string, since: Date): Promise<BootRecord | undefined> {
    const query = this.#db.selectFrom("boots").selectAll().where("device", "=", device).where("run", "=", run);
    const newest = query.where("asked_at", ">=", since).orderBy("asked_at", "desc").limit(1);
    const row = await newest.executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** Newest first. */
  async list(filter: {
    readonly device?: string | undefined;
    readonly isOpen?: boolean | undefined;
    readonly limit: number;
  }): Promise<BootRecord[]> {
    let query = this.#db.selectFrom("boots").selectAll().orderBy("asked_at", "desc").limit(filter.limit);
    if (filter.device !== undefined) query = query.where("device", "=", filter.device);
    if (filter.isOpen !== undefined) query = query.where("state", filter.isOpen ? "<>" : "=", "ended");
    return (await query.execute()).map(recordOf);
  }

  async update(tx: Tx, id: string, change: BootChange): Promise<void> {
    const { error, wasOn, switchedDiskOn, isReturnTold, bytesRead, toldAt, startedAt, endedAt, ...same } = change;
    const row = {
      ...same,
      ...(error === undefined ? {} : { error: error === null ? null : JSON.stringify(error) }),
      ...(wasOn === undefined ? {} : { was_on: wasOn }),
      ...(switchedDiskOn === undefined ? {} : { switched_disk_on: switchedDiskOn }),
      ...(isReturnTold === undefined ? {} : { is_return_told: isReturnTold }),
      ...(bytesRead === undefined ? {} : { bytes_read: bytesRead }),
      ...(toldAt === undefined ? {} : { told_at: toldAt }),
      ...(startedAt === undefined ? {} : { started_at: startedAt }),
      ...(endedAt === undefined ? {} : { ended_at: endedAt }),
    };
    await this.#in(tx).updateTable("boots").set(row).where("id", "=", id).execute();
  }
}

function recordOf(row: Selectable<BootsTables["boots"]>): BootRecord {
  return {
    id: row.id,
    device: row.device,
    to: row.target,
    // Strings are what is written; jsonb is read as what it holds.
    image: typeof row.image === "string" ? null : row.image,
    showsOnSerial: row.shows_on_serial,
    returns: row.returns,
    quietSeconds: row.quiet_seconds,
    run: row.run,
    state: row.state,
    outcome: row.outcome,
    error: typeof row.error === "string" ? null : row.error,
    wasOn: row.was_on,
    switchedDiskOn: row.switched_disk_on,
    isReturnTold: row.is_return_told,
    bytesRead: Number(row.bytes_read),
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    toldAt: row.told_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
  };
}

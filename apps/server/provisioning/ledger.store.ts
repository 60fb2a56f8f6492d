import { sql, type Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";

/** What a device's hellos have told over time. */
export interface Ledger {
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** When it last began to ask anew: its retry counter went back. */
  readonly openedAt: Date;
  readonly count: number;
  readonly retry: number;
  /** Where they came from, the newest first. */
  readonly addresses: readonly LedgerAddress[];
}

export interface LedgerAddress {
  readonly address: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly count: number;
}

interface LedgerTables {
  readonly hello_ledger: {
    readonly uuid: string;
    first_at: Date;
    last_at: Date;
    opened_at: Date;
    count: number;
    retry: number;
  };
  readonly hello_addresses: {
    readonly uuid: string;
    readonly address: string;
    first_at: Date;
    last_at: Date;
    count: number;
  };
}

/** Addresses kept of one device. Chosen: one a working day for a month. */
const mostAddresses = 20;

export class LedgerStore {
  readonly #db: Kysely<LedgerTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<LedgerTables>();
  }

  /** A hello came. Its retry counter begins at zero when the device begins to ask anew. */
  async note(
    tx: Tx,
    {
      uuid,
      address,
      retry,
      at,
    }: { readonly uuid: string; readonly address: string; readonly retry: number; readonly at: Date },
  ): Promise<void> {
    const db = tables<LedgerTables>(tx);
    await db
      .insertInto("hello_ledger")
      .values({ uuid, first_at: at, last_at: at, opened_at: at, count: 1, retry })
      .onConflict((one) =>
        one.column("uuid").doUpdateSet({
          last_at: at,
          retry,
          count: sql`hello_ledger.count + 1`,
          opened_at: sql`case when ${retry} < hello_ledger.retry or ${retry} = 0 then ${at}::timestamptz else hello_ledger.opened_at end`,
        }),
      )
      .execute();
    await db
      .insertInto("hello_addresses")
      .values({ uuid, address, first_at: at, last_at: at, count: 1 })
      .onConflict((one) =>
        one.columns(["uuid", "address"]).doUpdateSet({ last_at: at, count: sql`hello_addresses.count + 1` }),
      )
      .execute();
  }

  async get(uuid: string): Promise<Ledger | undefined> {
    const row = await this.#db.selectFrom("hello_ledger").selectAll().where("uuid", "=", uuid).executeTakeFirst();
    if (row === undefined) return undefined;
    const rows = await this.#db
      .selectFrom("hello_addresses")
      .selectAll()
      .where("uuid", "=", uuid)
      .orderBy("last_at", "desc")
      .limit(mostAddresses)
      .execute();
    const addresses = rows.map(({ address, first_at, last_at, count }) => ({
      address,
      firstAt: first_at,
      lastAt: last_at,
      count,
    }));
    const { first_at, last_at, opened_at, count, retry } = row;
    return { firstAt: first_at, lastAt: last_at, openedAt: opened_at, count, retry, addresses };
  }

  /** When each of these devices last began to ask. */
  async openedAt(uuids: readonly string[]): Promise<ReadonlyMap<string, Date>> {
    if (uuids.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("hello_ledger")
      .select(["uuid", "opened_at"])
      .where("uuid", "in", uuids)
      .execute();
    return new Map(rows.map(({ uuid, opened_at }) => [uuid, opened_at]));
  }

  /** Forgets all but the newest addresses of each device. */
  async forgetOldAddresses(): Promise<void> {
    await sql`
      delete from hello_addresses as old using (
        select uuid, address, row_number() over (partition by uuid order by last_at desc) as place from hello_addresses
      ) as ranked
      where ranked.place > ${mostAddresses} and ranked.uuid = old.uuid and ranked.address = old.address`.execute(
      this.#db,
    );
  }
}

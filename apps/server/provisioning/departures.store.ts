import type { Kysely } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { Departure } from "./departure.ts";

interface DepartureTables {
  readonly departures: {
    readonly device: string;
    kind: Departure["kind"];
    certificate: Departure["certificate"];
    directory: Departure["directory"];
    afterwards: Departure["afterwards"];
    actor: string;
    asked_at: Date;
    told_at: Date | null;
  };
}

/** Devices that are being unprovisioned: written down before they are told, removed when it is known what came of it. */
export class DeparturesStore {
  readonly #db: Kysely<DepartureTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<DepartureTables>();
  }

  #in(tx: Tx | undefined): Kysely<DepartureTables> {
    return tx === undefined ? this.#db : tables<DepartureTables>(tx);
  }

  async get(device: string, tx?: Tx): Promise<Departure | undefined> {
    const query = this.#in(tx).selectFrom("departures").selectAll().where("device", "=", device);
    const row = await query.executeTakeFirst();
    if (row === undefined) return undefined;
    const { kind, certificate, directory, afterwards, actor, told_at: toldAt } = row;
    return { device, kind, certificate, directory, afterwards, actor, toldAt };
  }

  /** Another wish for the same device takes the place of the one before. */
  async put(tx: Tx, departure: Departure, at: Date): Promise<void> {
    const { device, toldAt, ...wish } = departure;
    const row = { ...wish, asked_at: at, told_at: toldAt };
    await this.#in(tx)
      .insertInto("departures")
      .values({ device, ...row })
      .onConflict((one) => one.column("device").doUpdateSet(row))
      .execute();
  }

  async told(tx: Tx, device: string, at: Date): Promise<void> {
    await this.#in(tx).updateTable("departures").set({ told_at: at }).where("device", "=", device).execute();
  }

  async remove(tx: Tx, device: string): Promise<void> {
    await this.#in(tx).deleteFrom("departures").where("device", "=", device).execute();
  }

  /** Devices that were told, and of which it is not known what they did. */
  async open(): Promise<string[]> {
    const query = this.#db.selectFrom("departures").select("device").where("told_at", "is not", null);
    return (await query.execute()).map(({ device }) => device);
  }
}

import { sql, type Kysely, type Selectable } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { EntryLane } from "./entry.ts";

/** A place with its own network, and how many of its devices may be set up at once. */
export interface Site {
  readonly name: string;
  /** CIDR, e.g. "10.1.0.0/16". */
  readonly subnets: readonly string[];
  readonly mostAtOnce: number;
  /** Between the begins of two devices there. */
  readonly pauseSeconds: number;
  /** True: no device there is begun. */
  readonly isHeld: boolean;
}

/** How a site stands in the queue. */
export interface SiteCounts {
  readonly waiting: number;
  readonly running: number;
  readonly failed: number;
}

interface SiteTables {
  readonly sites: {
    readonly name: string;
    subnets: string[];
    most_at_once: number;
    pause_seconds: number;
    is_held: boolean;
    last_begun_at: Date | null;
  };
  /** Of the provisioning room, too: what of it says where an entry waits. */
  readonly provisioning_entries: {
    readonly uuid: string;
    readonly address: string;
    readonly state: string;
    readonly lane: EntryLane;
    readonly next_try_at: Date | null;
    readonly updated_at: Date;
    site: string | null;
    is_admitted: boolean;
  };
}

/** An entry whose turn has come. */
export interface Admitted {
  readonly uuid: string;
  readonly lane: EntryLane;
}

/** Addresses that are none, as a host's name is, are in no site. */
const isAddress = sql`entry.address ~ '^[0-9a-fA-F.:]+$'`;
/** The narrowest subnet that holds the address. */
const siteOfEntry = sql`(
  select name from sites, unnest(subnets) as subnet
  where entry.address::inet <<= subnet::inet order by masklen(subnet::inet) desc limit 1)`;

export class SitesStore {
  readonly #db: Kysely<SiteTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<SiteTables>();
  }

  async list(): Promise<Site[]> {
    return (await this.#db.selectFrom("sites").selectAll().orderBy("name").execute()).map(siteOf);
  }

  async get(tx: Tx, name: string): Promise<Site | undefined> {
    const row = await tables<SiteTables>(tx)
      .selectFrom("sites")
      .selectAll()
      .where("name", "=", name)
      .executeTakeFirst();
    return row === undefined ? undefined : siteOf(row);
  }

  /** A new one, or one of that name changed. */
  async put(tx: Tx, { name, subnets, mostAtOnce, pauseSeconds, isHeld }: Site): Promise<void> {
    const row = {
      subnets: [...subnets],
      most_at_once: mostAtOnce,
      pause_seconds: pauseSeconds,
      is_held: isHeld,
    };
    await tables<SiteTables>(tx)
      .insertInto("sites")
      .values({ name, ...row, last_begun_at: null })
      .onConflict((one) => one.column("name").doUpdateSet(row))
      .execute();
  }

  /** @returns false when there is none */
  async remove(tx: Tx, name: string): Promise<boolean> {
    const { numDeletedRows } = await tables<SiteTables>(tx)
      .deleteFrom("sites")
      .where("name", "=", name)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }

  /** Entries that wait learn in which site they are; one that waits in none may begin. @returns each with its site */
  async assign(tx: Tx, uuids: readonly string[]): Promise<(Admitted & { readonly site: string | null })[]> {
    const { rows } = await sql<Admitted & { readonly site: string | null }>`
      update provisioning_entries as entry
      set site = found.name, is_admitted = found.name is null
      from (
        select entry.uuid, case when ${isAddress} then ${siteOfEntry} end as name
        from provisioning_entries as entry where entry.uuid = any(${[...uuids]}::uuid[])
      ) as found
      where found.uuid = entry.uuid and entry.state = 'waiting'
      returning entry.uuid, entry.lane, entry.site`.execute(tables<SiteTables>(tx));
    return rows;
  }

  /** Every entry that waits for its site, or for a next try there. */
  async waiting(tx: Tx): Promise<string[]> {
    const rows = await tables<SiteTables>(tx)
      .selectFrom("provisioning_entries")
      .select("uuid")
      .where("state", "=", "waiting")
      .where((of) => of.or([of("site", "is not", null), of("is_admitted", "=", false)]))
      .execute();
    return rows.map(({ uuid }) => uuid);
  }

  /** Entries that wait for nothing but the queue itself, and are not begun: they may be in a site that is new. */
  async freeAndWaiting(tx: Tx): Promise<string[]> {
    const rows = await tables<SiteTables>(tx)
      .selectFrom("provisioning_entries")
      .select("uuid")
      .where("state", "=", "waiting")
      .where("site", "is", null)
      .execute();
    return rows.map(({ uuid }) => uuid);
  }

  /** The entry holds its place in its site no more. @returns the site; null when it is in none */
  async leave(tx: Tx, uuid: string): Promise<string | null> {
    const row = await tables<SiteTables>(tx)
      .updateTable("provisioning_entries")
      .set({ is_admitted: false })
      .where("uuid", "=", uuid)
      .where("site", "is not", null)
      .returning("site")
      .executeTakeFirst();
    return row?.site ?? null;
  }

  /**
   * Admits as many as the site has room for, those that wait longest first. The site's row is locked, so that two processes cannot both see
   * the same room.
   */
  async admit(tx: Tx, name: string, at: Date): Promise<Admitted[]> {
    const db = tables<SiteTables>(tx);
    const site = await db.selectFrom("sites").selectAll().where("name", "=", name).forUpdate().executeTakeFirst();
    if (site === undefined || site.is_held) return [];
    const { count } = await db
      .selectFrom("provisioning_entries")
      .select((of) => of.fn.countAll<number>().as("count"))
      .where("site", "=", name)
      .where("is_admitted", "=", true)
      .where("state", "in", ["waiting", "running"])
      .executeTakeFirstOrThrow();
    const room = site.most_at_once - Number(count);
    const isPausing =
      site.last_begun_at !== null && at.getTime() - site.last_begun_at.getTime() < site.pause_seconds * 1000;
    const most = isPausing ? 0 : site.pause_seconds > 0 ? Math.min(1, room) : room;
    if (most <= 0) return [];
    const { rows } = await sql<Admitted>`
      update provisioning_entries as entry set is_admitted = true
      where uuid in (
        select uuid from provisioning_entries
        where site = ${name} and state = 'waiting' and not is_admitted and (next_try_at is null or next_try_at <= ${at})
        order by updated_at limit ${most}
      )
      returning entry.uuid, entry.lane`.execute(db);
    if (rows.length > 0) {
      await db.updateTable("sites").set({ last_begun_at: at }).where("name", "=", name).execute();
    }
    return rows;
  }

  /** Sites in which somebody waits whose time has come. */
  async due(at: Date): Promise<string[]> {
    const { rows } = await sql<{ readonly site: string }>`
      select distinct site from provisioning_entries
      where site is not null and state = 'waiting' and not is_admitted and (next_try_at is null or next_try_at <= ${at})
      `.execute(this.#db);
    return rows.map(({ site }) => site);
  }

  async counts(): Promise<ReadonlyMap<string, SiteCounts>> {
    const rows = await this.#db
      .selectFrom("provisioning_entries")
      .select(["site", "state", (of) => of.fn.countAll<number>().as("count")])
      .where("site", "is not", null)
      .groupBy(["site", "state"])
      .execute();
    const all = new Map<string, SiteCounts>();
    for (const { site, state, count } of rows) {
      if (site === null) continue;
      all.set(site, { ...(all.get(site) ?? { waiting: 0, running: 0, failed: 0 }), [state]: Number(count) });
    }
    return all;
  }
}

function siteOf(row: Selectable<SiteTables["sites"]>): Site {
  return {
    name: row.name,
    subnets: row.subnets,
    mostAtOnce: row.most_at_once,
    pauseSeconds: row.pause_seconds,
    isHeld: row.is_held,
  };
}

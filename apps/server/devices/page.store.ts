import { sql, type Expression, type Kysely, type RawBuilder, type SqlBool } from "kysely";

// One page of a long list. The default page and those of other columns walk an index; rows are fetched for what is shown alone.

/** A page of devices, by the names of the API's columns. */
export interface DevicePage {
  readonly sort: SortColumn;
  readonly order: "asc" | "desc";
  readonly limit: number;
  readonly offset: number;
}

export type SortColumn = "hostName" | "address" | "state" | "release" | "power" | "lastSeenAt" | "model";

const columns = {
  hostName: sql.ref("host_name"),
  // Addresses sort as numbers, not as text.
  address: sql.ref("address_number"),
  state: sql.ref("state"),
  release: sql.ref("release"),
  power: sql.ref("power"),
  lastSeenAt: sql.ref("last_seen_at"),
  model: sql.ref("model"),
} as const satisfies Readonly<Record<SortColumn, unknown>>;

/** What is unknown comes last in both directions; of equals the order is turned round, too, so that one index serves. */
const forward = { asc: sql`asc nulls last, uuid`, desc: sql`desc nulls last, uuid desc` } as const;
const backward = { asc: sql`desc nulls first, uuid desc`, desc: sql`asc nulls first, uuid` } as const;
/** Of a column that is never unknown: the database does not see by itself that where nulls stand makes no difference. */
const known = { asc: sql`asc, uuid`, desc: sql`desc, uuid desc` } as const;

function wayOf(sort: SortColumn, order: DevicePage["order"], isBackward: boolean): RawBuilder<unknown> {
  if (sort === "state") return known[(order === "asc") === isBackward ? "desc" : "asc"];
  return (isBackward ? backward : forward)[order];
}

/** What is on the page when no filter holds anything back: the nearer end of the index is walked to it. @param total of them */
export async function uuidsByIndex<T>(
  db: Kysely<T>,
  where: Expression<SqlBool>,
  { sort, order, limit, offset }: DevicePage,
  total: number,
): Promise<string[]> {
  const isNearEnd = offset > total / 2;
  const count = Math.max(0, Math.min(limit, total - offset));
  const skipped = isNearEnd ? total - offset - count : offset;
  const way = wayOf(sort, order, isNearEnd);
  const uuids = await uuidsIn(
    db,
    sql`select uuid from devices where ${where} order by ${columns[sort]} ${way} limit ${count} offset ${Math.max(0, skipped)}`,
  );
  return isNearEnd ? uuids.toReversed() : uuids;
}

/** What is on the page of those that a filter lets through, and how many those are: the filter is asked once. */
export async function uuidsByFilter<T>(
  db: Kysely<T>,
  where: Expression<SqlBool>,
  { sort, order, limit, offset }: DevicePage,
): Promise<{ readonly uuids: readonly string[]; readonly total: number }> {
  const { rows } = await sql<{ readonly uuids: readonly string[] | null; readonly total: number }>`
    with hits as materialized (select uuid, ${columns[sort]} as place from devices where ${where})
    select (select count(*)::integer from hits) as total,
      array(select uuid::text from hits order by place ${forward[order]} limit ${limit} offset ${offset}) as uuids`.execute(
    db,
  );
  return { uuids: rows[0]?.uuids ?? [], total: rows[0]?.total ?? 0 };
}

async function uuidsIn<T>(db: Kysely<T>, query: RawBuilder<unknown>): Promise<string[]> {
  const { rows } = await sql<{ readonly uuid: string }>`${query}`.execute(db);
  return rows.map(({ uuid }) => uuid);
}

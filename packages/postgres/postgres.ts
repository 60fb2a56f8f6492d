import { CompiledQuery, Kysely, type Transaction } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Backend } from "./backend.ts";
import { openEmbedded } from "./embedded.ts";
import { openServer } from "./server.ts";

/** Where the database is: a PostgreSQL server, a folder for the embedded one, or memory for tests. */
export type PostgresOptions = { readonly url: string } | { readonly directory: string } | { readonly memory: true };

/** A transaction. Stores see its tables through `tables<T>(tx)`. */
export interface Tx {
  readonly kysely: Transaction<unknown>;
  /** Calls `run` once the transaction has been committed; never when it was rolled back. For news, not for work. */
  afterCommit(run: () => void): void;
}

/**
 * One PostgreSQL, embedded or not, with the same dialect and the same result types: timestamps are Date, 64-bit integers are
 * numbers where they are safe, jsonb is what it holds, bytes are Uint8Array.
 */
export class Postgres implements AsyncDisposable {
  readonly kind: "embedded" | "server";
  readonly #backend: Backend;
  readonly #kysely: Kysely<unknown>;

  constructor(backend: Backend) {
    this.kind = backend.kind;
    this.#backend = backend;
    this.#kysely = new Kysely<unknown>({ dialect: backend.dialect });
  }

  /** The query builder, seeing the tables `T`. Which tables there are is the migrations' word; a room declares its own. */
  kysely<T>(): Kysely<T> {
    return this.#kysely.withTables<Record<never, never>>() as unknown as Kysely<T>;
  }

  /** Runs `work` in one transaction; an error rolls it back. Inside, use the given `tx` for every query. */
  async transaction<R>(work: (tx: Tx) => Promise<R>): Promise<R> {
    const after: (() => void)[] = [];
    const result = await this.#kysely
      .transaction()
      .execute((kysely) => work({ kysely, afterCommit: (run) => void after.push(run) }));
    for (const run of after) run();
    return result;
  }

  /** Brings the schema up to date. @param migrations name to migration; names in order, forward only */
  async migrate(migrations: Readonly<Record<string, Migration>>): Promise<void> {
    const migrator = new Migrator({
      db: this.#kysely,
      provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    });
    const { error } = await migrator.migrateToLatest();
    if (error !== undefined) throw error;
  }

  listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>> {
    return this.#backend.listen(channel, onPayload);
  }

  async notify(channel: string, payload: string): Promise<void> {
    await this.#backend.execute("select pg_notify($1, $2)", [channel, payload]);
  }

  /** Plain SQL, for the queue's library. */
  execute(sql: string, values?: readonly unknown[]): Promise<{ rows: unknown[] }> {
    return this.#backend.execute(sql, values);
  }

  async close(): Promise<void> {
    await this.#kysely.destroy();
    await this.#backend.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The transaction's query builder, seeing the tables `T`. */
export function tables<T>(tx: Tx): Transaction<T> {
  // The same claim as Postgres.kysely<T>(): a room declares its own tables.
  return tx.kysely as unknown as Transaction<T>;
}

/** Plain SQL inside a transaction, for the queue's library. */
export async function executeIn(tx: Tx, sql: string, values: readonly unknown[] = []): Promise<{ rows: unknown[] }> {
  const { rows } = await tx.kysely.executeQuery(CompiledQuery.raw(sql, [...values]));
  return { rows };
}

/**
 * Opens the database.
 * @throws postgres.directory.in-use (caller), postgres.directory.broken, postgres.sync.missing (ours), postgres.server.unreachable
 */
export async function openPostgres(
  options: PostgresOptions,
  deps: { readonly log: Log; readonly clock: Clock },
): Promise<Postgres> {
  if ("url" in options) return new Postgres(await openServer(options.url, deps));
  const postgres = new Postgres(await openEmbedded("directory" in options ? options.directory : undefined, deps));
  return postgres;
}

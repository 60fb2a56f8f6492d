import { Worker } from "node:worker_threads";
import {
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from "kysely";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Ask, Say } from "./embedded-worker.ts";
import { fail } from "./errors.ts";
import { lockDirectory } from "./lock.ts";
import type { Backend } from "./backend.ts";
import { Turns } from "./turns.ts";

type WithoutId<T> = T extends { readonly id: number } ? Omit<T, "id"> : never;

/**
 * PostgreSQL inside this process, in a thread of its own. It has one session: whoever holds the turn has it alone, so a
 * transaction excludes everybody else until it ends.
 */
export async function openEmbedded(
  directory: string | undefined,
  deps: { readonly log: Log; readonly clock: Clock },
): Promise<Backend> {
  const unlock = directory === undefined ? () => {} : lockDirectory(directory);
  try {
    const thread = new Thread(directory, deps.log);
    const syncs = await thread.ready;
    if (syncs < 1) throw fail("postgres.sync.missing");
    return new Embedded(thread, new Turns(deps.clock), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

class Embedded implements Backend {
  readonly kind = "embedded";
  readonly dialect: Dialect;
  readonly #thread: Thread;
  readonly #turns: Turns;
  readonly #unlock: () => void;

  constructor(thread: Thread, turns: Turns, unlock: () => void) {
    this.#thread = thread;
    this.#turns = turns;
    this.#unlock = unlock;
    this.dialect = {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new OneSession(thread, turns),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    };
  }

  async listen(channel: string, onPayload: (payload: string) => void): Promise<() => Promise<void>> {
    const stop = this.#thread.onNotice(channel, onPayload);
    await this.#turns.take(() => this.#thread.ask({ kind: "listen", channel }));
    return async () => {
      stop();
      await this.#turns.take(() => this.#thread.ask({ kind: "unlisten", channel }));
    };
  }

  execute(sql: string, values: readonly unknown[] = []): Promise<{ rows: unknown[] }> {
    return this.#turns.take(() =>
      values.length === 0
        ? this.#thread.ask({ kind: "execute", sql })
        : this.#thread.ask({ kind: "query", sql, values }),
    );
  }

  async close(): Promise<void> {
    await this.#turns.take(() => this.#thread.ask({ kind: "close" }));
    await this.#thread.end();
    this.#unlock();
  }
}

/** Kysely's driver over the one session. */
class OneSession implements Driver {
  readonly #thread: Thread;
  readonly #turns: Turns;
  readonly #ends = new WeakMap<DatabaseConnection, () => void>();

  constructor(thread: Thread, turns: Turns) {
    this.#thread = thread;
    this.#turns = turns;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const end = await this.#turns.begin();
    const connection: DatabaseConnection = {
      executeQuery: <R>({ sql, parameters }: CompiledQuery) => this.#query<R>(sql, parameters),
      // oxlint-disable-next-line require-yield -- kysely asks for a generator; nothing in Vigil streams
      async *streamQuery() {
        throw fail("postgres.closed", { message: "The embedded database does not stream" });
      },
    };
    this.#ends.set(connection, end);
    return connection;
  }

  async #query<R>(sql: string, values: readonly unknown[]): Promise<QueryResult<R>> {
    const { rows, affected } = await this.#thread.ask({ kind: "query", sql, values });
    // The rows have the shape that the query's types say; kysely makes the same claim of every driver.
    return { rows: rows as R[], numAffectedRows: BigInt(affected) };
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("commit"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("rollback"));
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    this.#ends.get(connection)?.();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

interface Waiting {
  readonly resolve: (answer: { rows: unknown[]; affected: number }) => void;
  readonly reject: (error: Error) => void;
}

/** The other end of embedded-worker.ts. */
class Thread {
  /** How often one commit was synced to the disk. */
  readonly ready: Promise<number>;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #notices = new Map<string, (payload: string) => void>();
  #asked = 0;
  #ended = false;

  constructor(directory: string | undefined, log: Log) {
    this.#worker = new Worker(new URL("./embedded-worker.ts", import.meta.url), { workerData: { directory } });
    this.ready = new Promise((resolve, reject) => {
      this.#worker.on("message", (say: Say) => {
        if (say.kind === "ready") resolve(say.syncs);
        else this.#hear(say);
      });
      this.#worker.on("error", (cause) => {
        log.error("the embedded database failed", { error: cause });
        reject(fail("postgres.directory.broken", { cause, details: { directory: directory ?? "memory" } }));
        this.#stopAll();
      });
      this.#worker.on("exit", () => this.#stopAll());
    });
  }

  ask(ask: WithoutId<Ask>): Promise<{ rows: unknown[]; affected: number }> {
    if (this.#ended) return Promise.reject(fail("postgres.closed"));
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ ...ask, id });
    });
  }

  onNotice(channel: string, onPayload: (payload: string) => void): () => void {
    this.#notices.set(channel, onPayload);
    return () => this.#notices.delete(channel);
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#worker.terminate();
  }

  #hear(say: Exclude<Say, { kind: "ready" }>): void {
    if (say.kind === "notice") return this.#notices.get(say.channel)?.(say.payload);
    const waiting = this.#waiting.get(say.id);
    this.#waiting.delete(say.id);
    if (say.kind === "done") waiting?.resolve({ rows: say.rows, affected: say.affected });
    else waiting?.reject(Object.assign(new Error(say.message), say.code === undefined ? {} : { code: say.code }));
  }

  #stopAll(): void {
    this.#ended = true;
    for (const { reject } of this.#waiting.values()) reject(fail("postgres.closed"));
    this.#waiting.clear();
  }
}

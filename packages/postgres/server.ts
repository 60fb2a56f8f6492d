import { PostgresDialect } from "kysely";
import { Client, escapeIdentifier, Pool, types as pgTypes, type CustomTypesConfig, type QueryResult } from "pg";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import { fail } from "./errors.ts";
import type { Backend } from "./backend.ts";

/** Chosen: PostgreSQL's own default allows 100 sessions; five nodes fit. */
const mostSessions = 16;
const connectLimitMs = 10_000;
const statementLimitMs = 60_000;
const reconnectMs = 1_000;

const int8 = 20;

/** A PostgreSQL server behind a pool. @throws postgres.server.unreachable (network) */
export async function openServer(url: string, deps: { readonly log: Log; readonly clock: Clock }): Promise<Backend> {
  const types: CustomTypesConfig = {
    getTypeParser: (oid: number, format?: "text" | "binary") =>
      oid === int8 && format !== "binary" ? safeInteger : pgTypes.getTypeParser(oid, format),
  };
  const pool = new Pool({
    connectionString: url,
    max: mostSessions,
    connectionTimeoutMillis: connectLimitMs,
    statement_timeout: statementLimitMs,
    application_name: "vigil",
    types,
  });
  pool.on("error", (error) => deps.log.warn("a database session was lost", { error }));
  try {
    await pool.query("select 1");
  } catch (cause) {
    await pool.end();
    throw fail("postgres.server.unreachable", { cause, details: { host: hostOf(url) } });
  }
  return {
    kind: "server",
    // Kysely ends the pool when it is destroyed.
    dialect: new PostgresDialect({ pool }),
    listen: (channel, onPayload) => listen(url, channel, onPayload, deps),
    async execute(sql, values = []) {
      const result: QueryResult | QueryResult[] =
        values.length === 0 ? await pool.query(sql) : await pool.query(sql, [...values]);
      // Several statements give several results: all their rows count, as with the embedded one.
      return { rows: [result].flat().flatMap(({ rows }): unknown[] => rows ?? []) };
    },
    close: () => Promise.resolve(),
  };
}

/** A session of its own that waits for notices, and comes back after it was lost. */
async function listen(
  url: string,
  channel: string,
  onPayload: (payload: string) => void,
  deps: { readonly log: Log; readonly clock: Clock },
): Promise<() => Promise<void>> {
  let client: Client;
  let hasStopped = false;
  const again = async (): Promise<void> => {
    try {
      if (!hasStopped) await start();
    } catch (error) {
      deps.log.warn("the database listener cannot come back yet", { error });
      deps.clock.after(reconnectMs, again);
    }
  };
  const start = async (): Promise<void> => {
    client = new Client({ connectionString: url, application_name: "vigil listener" });
    client.on("notification", ({ payload }) => onPayload(payload ?? ""));
    client.on("error", (error) => {
      deps.log.warn("the database listener was lost", { error });
      deps.clock.after(reconnectMs, again);
    });
    await client.connect();
    await client.query(`listen ${escapeIdentifier(channel)}`);
  };
  await start();
  return async () => {
    hasStopped = true;
    await client.end();
  };
}

function safeInteger(text: string): number | string {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : text;
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "?";
}

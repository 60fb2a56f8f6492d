import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { DurableFolder } from "./durable-folder.ts";

// PGlite runs in the thread that calls it: here, so that a long query does not stop the server.

/** What the main thread asks for. Statements come one at a time. */
export type Ask =
  | { readonly id: number; readonly kind: "query"; readonly sql: string; readonly values: readonly unknown[] }
  | { readonly id: number; readonly kind: "execute"; readonly sql: string }
  | { readonly id: number; readonly kind: "listen"; readonly channel: string }
  | { readonly id: number; readonly kind: "unlisten"; readonly channel: string }
  | { readonly id: number; readonly kind: "close" };

/** What the worker says. */
export type Say =
  | { readonly kind: "done"; readonly id: number; readonly rows: unknown[]; readonly affected: number }
  | { readonly kind: "failed"; readonly id: number; readonly message: string; readonly code: string | undefined }
  | { readonly kind: "notice"; readonly channel: string; readonly payload: string }
  | { readonly kind: "ready"; readonly syncs: number };

const { directory }: { directory: string | undefined } = workerData;
const port = parentPort;
if (port === null) throw new Error("this file runs as a worker");

const folder = directory === undefined ? undefined : new DurableFolder(directory);
const database = await PGlite.create(
  folder === undefined
    ? { dataDir: "memory://" }
    : {
        fs: folder,
        // -F switches fsync off; the wasm build's fdatasync is a stub, its fsync is what DurableFolder makes real.
        startParams: [...PGlite.defaultStartParams.filter((one) => one !== "-F"), "-c", "wal_sync_method=fsync"],
      },
);
const stops = new Map<string, () => Promise<void>>();

port.on("message", (ask: Ask) => {
  void answer(ask).then(
    (say) => port.postMessage(say),
    (error: unknown) => port.postMessage(failure(ask.id, error)),
  );
});
port.postMessage({ kind: "ready", syncs: await syncsOfOneCommit() } satisfies Say);

async function answer(ask: Ask): Promise<Say> {
  const done = (rows: unknown[] = [], affected = 0): Say => ({ kind: "done", id: ask.id, rows, affected });
  switch (ask.kind) {
    case "query": {
      const { rows, affectedRows } = await database.query(ask.sql, [...ask.values]);
      return done(rows, affectedRows ?? rows.length);
    }
    case "execute":
      return done(await execute(ask.sql));
    case "listen": {
      const { channel } = ask;
      const stop = await database.listen(channel, (payload) => {
        port?.postMessage({ kind: "notice", channel, payload } satisfies Say);
      });
      stops.set(channel, () => stop());
      return done();
    }
    case "unlisten":
      await stops.get(ask.channel)?.();
      stops.delete(ask.channel);
      return done();
    case "close":
      await database.close();
      return done();
  }
}

/** One or several statements, with the rows of them all. A block that failed half-way must not leave its transaction behind. */
async function execute(sql: string): Promise<unknown[]> {
  try {
    const results = await database.exec(sql);
    return results.flatMap(({ rows }) => rows);
  } catch (error) {
    await database.exec("rollback");
    throw error;
  }
}

/** A commit must reach the disk before it is acknowledged: counts how often that happened for one. */
async function syncsOfOneCommit(): Promise<number> {
  if (folder === undefined) return 1;
  await database.exec("create table if not exists vigil_sync_test (at timestamptz)");
  const before = folder.syncs;
  await database.exec("insert into vigil_sync_test values (now()); delete from vigil_sync_test");
  return folder.syncs - before;
}

function failure(id: number, error: unknown): Say {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : undefined;
  return { kind: "failed", id, message: error instanceof Error ? error.message : String(error), code };
}

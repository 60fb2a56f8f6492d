import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vigilClient, type VigilClient } from "@vigil/api/client.ts";
import { systemClock, type Clock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { freshUrl, openTestDatabase, type DatabaseKind } from "@vigil/postgres/test-databases.ts";
import { startServer, type RunningServer } from "../compose.ts";
import { serverConfig, type ServerOptions } from "../config.ts";
import { migrations } from "../migrations/all.ts";

/** A server on free ports and a folder of its own. */
export interface TestServer extends AsyncDisposable {
  readonly running: RunningServer;
  readonly key: string;
  readonly client: VigilClient;
}

export async function aServer(
  options: Partial<ServerOptions> = {},
  kind: DatabaseKind = "embedded",
): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), "vigil-server-"));
  const given: ServerOptions = {
    mode: "lab",
    dataDirectory: directory,
    http: "0",
    helloPort: 0,
    domainSuffix: "test.example",
    ...(kind === "embedded" ? {} : { databaseUrl: await freshUrl() }),
    ...options,
  };
  const config = serverConfig(given, { VIGIL_MASTER_KEY: randomBytes(32).toString("base64") });
  const running = await startServer(config, { clock: systemClock(), log: silentLog() });
  const key = await running.createApiKey("test");
  return {
    running,
    key,
    client: vigilClient({ baseUrl: running.url, token: key }),
    async [Symbol.asyncDispose]() {
      await running.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** A fresh database with every table. */
export async function aDatabase(clock: Clock, kind: DatabaseKind = "embedded"): Promise<Postgres> {
  const postgres = await openTestDatabase(kind, clock);
  await postgres.migrate(migrations);
  return postgres;
}

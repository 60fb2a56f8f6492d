import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vigilClient, type VigilClient } from "@vigil/api/client.ts";
import { systemClock, type Clock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres, type Postgres } from "@vigil/postgres/postgres.ts";
import { startServer, type RunningServer } from "../compose.ts";
import { serverConfig, type ServerOptions } from "../config.ts";
import { migrations } from "../migrations/all.ts";

/** A server on free ports and a folder of its own. */
export interface TestServer extends AsyncDisposable {
  readonly running: RunningServer;
  readonly key: string;
  readonly client: VigilClient;
}

export async function aServer(options: Partial<ServerOptions> = {}): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), "vigil-server-"));
  const config = serverConfig(
    { mode: "lab", dataDirectory: directory, http: "0", helloPort: 0, domainSuffix: "test.example", ...options },
    {},
  );
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

/** A database in memory with every table. */
export async function aDatabase(clock: Clock): Promise<Postgres> {
  const postgres = await openPostgres({ memory: true }, { clock, log: silentLog() });
  await postgres.migrate(migrations);
  return postgres;
}

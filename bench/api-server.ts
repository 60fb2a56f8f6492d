import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres, type Postgres } from "@vigil/postgres/postgres.ts";
import { startServer } from "../apps/server/compose.ts";
import { serverConfig } from "../apps/server/config.ts";
import { migrations } from "../apps/server/migrations/all.ts";

// The other side of bench/api.ts, in a process of its own: a server whose registry is full, and beside it the floor: a bare node:http server that
// answers each path with the bytes that it was given for it. The rows are written straight into the database, since what is measured reads them.

const [count = "20000"] = process.argv.slice(2);
const deps = { clock: systemClock(), log: silentLog() };
const directory = mkdtempSync(join(tmpdir(), "vigil-bench-api-"));
const config = serverConfig({
  mode: "lab",
  dataDirectory: directory,
  http: "0",
  helloPort: 0,
  domainSuffix: "bench.test",
});
{
  const postgres = await openPostgres({ directory: join(directory, "database") }, deps);
  await postgres.migrate(migrations);
  await fill(postgres, Number(count));
  await postgres.close();
}
const server = await startServer(config, deps);
const answers = new Map<string, Buffer>();
const floor = createServer((request, response) => {
  response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(answers.get(request.url ?? ""));
});
process.on("message", ({ path, body }: { path: string; body: string }) => {
  answers.set(path, Buffer.from(body));
  process.send?.({ path });
});
floor.listen(0, "127.0.0.1", () => void tell());
process.once("disconnect", () => void stop());

async function tell(): Promise<void> {
  const { port } = floor.address() as AddressInfo;
  process.send?.({ url: server.url, token: await server.createApiKey("bench"), floorUrl: `http://127.0.0.1:${port}` });
}

async function stop(): Promise<void> {
  floor.close();
  floor.closeAllConnections();
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** Devices as a company has them: most provisioned, on and reachable; a few of everything else. */
async function fill(postgres: Postgres, rows: number): Promise<void> {
  await postgres.execute(
    `insert into devices (uuid, address, host_name, state, release, model, manufacturer, serial_number, bios_version, control_mode,
       profile, profile_version, power, power_at, is_reachable, first_seen_at, last_seen_at, provisioned_at, maintained_at, certificate, tags, error)
     select md5(n::text)::uuid, '10.' || n / 65536 || '.' || n / 256 % 256 || '.' || n % 256,
       case when n % 50 = 0 then null else 'amt-' || left(md5(n::text), 8) end,
       case when n % 50 = 0 then 'factory' when n % 97 = 0 then 'failed' when n % 211 = 0 then 'retired' else 'provisioned' end,
       (array['12.0.67', '15.0.23', '16.1.25', '11.8.50'])[1 + n % 4], (array['Desk 7040', 'TravelMate X15', 'Tower Z2'])[1 + n % 3],
       'Contoso', upper(left(md5('s' || n), 8)), 'CX15.0231', case when n % 50 = 0 then 'none' else 'admin' end,
       'Default', 1, (array['on', 'on', 'off', 'sleep', 'unknown'])[1 + n % 5], now() - n * interval '1 second', n % 20 <> 0,
       now() - interval '90 days', now() - n * interval '1 second', now() - interval '30 days', now() - n % 86400 * interval '1 second',
       jsonb_build_object('subject', 'CN=amt-' || left(md5(n::text), 8), 'fingerprint', md5('a' || n) || md5('b' || n), 'expiresAt', '2028-01-01T00:00:00.000Z'),
       case when n % 10 = 0 then array['kiosk'] when n % 7 = 0 then array['night', 'site-' || n % 40] else '{}'::text[] end,
       case when n % 97 = 0 and n % 50 <> 0 then '{"code":"amt.connect.timeout","side":"network","message":"No answer","next":"Look at the cable"}'::jsonb end
     from generate_series(1, $1::integer) as n`,
    [rows],
  );
  await postgres.execute("vacuum analyze devices");
}

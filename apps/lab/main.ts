import { join } from "node:path";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { systemClock, type Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { jsonLog } from "@vigil/base/log.ts";
import { startServer, type RunningServer } from "@vigil/server/compose.ts";
import { serverConfig } from "@vigil/server/config.ts";
import { enrolled } from "./enrolling.ts";
import { startProgram, type Program } from "./programs.ts";

/** Chosen: the address range that the README names. */
const usualFirstAddress = "127.77.0.1";
const mostDevices = 20_000;
/** Chosen: twice what 20,000 devices that are set up already may take. */
const fleetReadyMs = 240_000;

interface LabOptions {
  readonly devices: number;
  readonly data: string;
  readonly http: string;
  readonly hello: number;
  readonly domain: string;
  readonly database?: string;
  readonly firstAddress: string;
  readonly provisioned?: true;
  readonly json?: true;
}

const program = new Command("vigil lab")
  .description("A Vigil server and a fleet of virtual AMT devices in factory state, in one command")
  .option("--devices <count>", "how many virtual devices", countOption, 25)
  .option("--data <directory>", "where everything is kept", ".vigil/lab")
  .option("--http <port>", "port of console and API, or HOST:PORT", "9970")
  .option("--hello <port>", "port for hellos", portOption, 9971)
  .option("--domain <suffix>", "DNS suffix of the devices' network", "lab.example")
  .option("--database <url>", "a PostgreSQL server instead of the embedded database")
  .option("--first-address <address>", "address of the first device; the others follow", usualFirstAddress)
  .option("--provisioned", "the devices are set up already, and the server knows them")
  .option("--json", "one JSON line when ready, nothing else on stdout")
  .exitOverride();

try {
  program.parse();
  await runLab(program.opts<LabOptions>());
} catch (error) {
  process.exitCode = explain(error);
}

async function runLab(options: LabOptions): Promise<void> {
  const clock = systemClock();
  const log = jsonLog({ write: (line) => process.stderr.write(line), clock, level: "warn" });
  const isJson = options.json === true;
  if (!isJson) process.stdout.write("Starting the server ...\n");
  await using stack = new AsyncDisposableStack();
  const server = await startServer(configOf(options), { clock, log });
  stack.defer(() => server.stop());
  const fleet = await startFleetProgram(options, server);
  stack.defer(async () => void (await fleet.stop()));
  const stopped = untilStopped(fleet);
  const token = isJson ? await server.createApiKey("lab") : undefined;
  const ready = { ready: true, url: server.url, token, fleetPid: fleet.pid };
  if (isJson) process.stdout.write(`${JSON.stringify(ready)}\n`);
  else await welcome(options, server, clock, stopped.signal);
  await stopped.promise;
  if (!isJson) process.stdout.write("\nStopping ...\n");
}

function configOf(options: LabOptions): Parameters<typeof startServer>[0] {
  return serverConfig({
    mode: "lab",
    dataDirectory: join(options.data, "server"),
    http: options.http,
    helloPort: options.hello,
    domainSuffix: options.domain,
    ...(options.database === undefined ? {} : { databaseUrl: options.database }),
  });
}

/** The virtual devices live in a process of their own: they take a core, and the server can be watched without them. */
function startFleetProgram(options: LabOptions, server: RunningServer): Promise<Program> {
  const args = {
    count: String(options.devices),
    hello: `127.0.0.1:${server.helloPort}`,
    "first-address": options.firstAddress,
    data: join(options.data, "fleet"),
    "trust-root": join(options.data, "server", "setup-root.pem"),
    domain: options.domain,
  };
  return startProgram(
    "apps/lab/fleet.ts",
    [
      ...Object.entries(args).flatMap(([name, value]) => [`--${name}`, value]),
      ...(options.provisioned === undefined ? [] : ["--enrolled"]),
    ],
    { answer: (question) => enrolled(server, question), readyMs: fleetReadyMs },
  );
}

interface Stopped {
  readonly promise: Promise<void>;
  readonly signal: AbortSignal;
}

/** Ctrl-C, a polite kill, or the end of the fleet: each ends the lab cleanly. */
function untilStopped(fleet: Program): Stopped {
  const controller = new AbortController();
  const promise = new Promise<void>((resolve, reject) => {
    const stop = (): void => {
      controller.abort();
      resolve();
    };
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
    void fleet.ended.then((code) => {
      controller.abort();
      reject(new Error(`the virtual devices ended by themselves with exit code ${code}`));
    });
  });
  return { promise, signal: controller.signal };
}

async function welcome(options: LabOptions, server: RunningServer, clock: Clock, signal: AbortSignal): Promise<void> {
  const link = await server.signInLink();
  process.stdout.write(
    [
      "",
      `  Console   ${server.url}`,
      `  Sign in   ${link}`,
      `            (works once, for 15 minutes; press l for another)`,
      `  Fleet     ${options.devices} virtual devices from ${options.firstAddress}, hellos to port ${server.helloPort}`,
      `  Data      ${options.data}`,
      "",
      "  Ctrl-C stops; the same command goes on where it was.",
      "",
      "",
    ].join("\n"),
  );
  offerLinks(server, signal);
  void showProgress(server, clock, signal);
}

/** Pressing l prints a new sign-in link. */
function offerLinks(server: RunningServer, signal: AbortSignal): void {
  const { stdin } = process;
  if (!stdin.isTTY) return;
  stdin.setRawMode(true).setEncoding("utf8").resume();
  signal.addEventListener("abort", () => stdin.setRawMode(false).pause(), { once: true });
  stdin.on("data", (key: string) => {
    if (key === "\u0003") process.kill(process.pid, "SIGINT");
    if (key === "l") void server.signInLink().then((link) => process.stdout.write(`\r\u001B[K  Sign in   ${link}\n`));
  });
}

/** One line that moves: how many are provisioned, how fast, how long it will still take. */
async function showProgress(server: RunningServer, clock: Clock, signal: AbortSignal): Promise<void> {
  const started = clock.monotonic();
  let before = "";
  while (!signal.aborted) {
    const { total, provisioned, provisioning, failed } = await server.summary();
    const perSecond = provisioned / Math.max(0.001, (clock.monotonic() - started) / 1000);
    const left = total - provisioned - failed;
    const pace = left > 0 && perSecond > 0 ? `  ${perSecond.toFixed(1)}/s, ${Math.ceil(left / perSecond)} s left` : "";
    const line = `  ${provisioned} of ${total} provisioned, ${provisioning} under way, ${failed} failed${pace}`;
    if (line !== before) process.stdout.write(process.stdout.isTTY ? `\r\u001B[K${line}` : `${line}\n`);
    before = line;
    await clock.sleep(1_000, signal).catch(() => {});
  }
}

function explain(error: unknown): number {
  // Commander has printed its own message by now; help asked for is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof VigilError)) throw error;
  process.stderr.write(
    `${error.message}\n${error.next}\n${error.code} (${error.side}). Runbook: docs/runbooks/${error.code}.md\n`,
  );
  return error.side === "caller" ? 2 : 1;
}

function countOption(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= mostDevices) return count;
  throw new InvalidArgumentError(`Give a whole number from 0 to ${mostDevices}.`);
}

function portOption(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("Give a port from 0 to 65535.");
}

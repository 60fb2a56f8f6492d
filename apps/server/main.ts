import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { jsonLog, type LogLevel } from "@vigil/base/log.ts";
import { startServer, type RunningServer } from "./compose.ts";
import { serverConfig, type ServerConfig } from "./config.ts";

// `vigil server`: the server alone, for real devices.

interface ServerProgramOptions {
  readonly data: string;
  readonly http: string;
  readonly hello: number;
  readonly domain: string;
  readonly secretDays: number;
  readonly runDays: number;
  readonly imagesAtOnce: number;
  readonly disruptiveAtOnce?: number;
  readonly disruptiveAtOncePerSite?: number;
  readonly approvalAbove?: number;
  readonly dns: readonly string[];
  readonly database?: string;
  readonly setupCertificate?: string;
  readonly setupKey?: string;
  readonly publicUrl?: string;
  readonly logLevel: LogLevel;
  readonly json?: true;
}

async function main(): Promise<number> {
  const program = new Command("vigil server")
    .description("The Vigil server alone, for real devices")
    .option("--data <directory>", "where everything is kept", ".vigil/server")
    .option("--http <port>", "port of console and API, or HOST:PORT", "9970")
    .option("--hello <port>", "port for hellos", portOption, 9971)
    .option("--domain <suffix>", "DNS suffix of the devices' network, as their DHCP server tells them", "lab.example")
    .option("--dns <server>", "resolver for the DNS check, ADDRESS or ADDRESS:PORT; may be given again", collect, [])
    .option("--secret-days <days>", "how long the passwords of retired devices are kept, sealed", Number, 90)
    .option("--run-days <days>", "how long runs are kept after their end", Number, 180)
    .option("--images-at-once <count>", "images that devices are shown before those of runs have to wait", Number, 12)
    .option("--disruptive-at-once <count>", "devices that all runs together may interrupt at once", Number)
    .option("--disruptive-at-once-per-site <count>", "of them, in one site", Number)
    .option("--approval-above <count>", "a run that interrupts more devices asks a second person", Number)
    .option("--database <url>", "a PostgreSQL server instead of the embedded database")
    .option("--setup-certificate <file>", "PEM of a setup certificate and its chain up to the root")
    .option("--setup-key <file>", "PEM of its private key")
    .option("--public-url <url>", "where others find this server: certificates then say where their revocation list is")
    .addOption(
      new Option("--log-level <level>", "the least that is logged")
        .choices(["debug", "info", "warn", "error"] satisfies LogLevel[])
        .default("info"),
    )
    .option("--json", "one JSON line when ready, nothing else on stdout")
    .exitOverride();
  try {
    program.parse();
    return await run(program.opts<ServerProgramOptions>());
  } catch (error) {
    return explain(error);
  }
}

async function run(options: ServerProgramOptions): Promise<number> {
  const clock = systemClock();
  const log = jsonLog({ write: (line) => process.stderr.write(line), clock, level: options.logLevel });
  const config = configOf(options);
  const server = await startServer(config, { clock, log });
  const stopped = untilStopped();
  if (options.json === true) {
    const token = await server.createApiKey("program");
    process.stdout.write(`${JSON.stringify({ ready: true, url: server.url, token })}\n`);
  } else {
    await welcome(server, config);
  }
  await stopped;
  await server.stop();
  return 0;
}

function configOf(options: ServerProgramOptions): ServerConfig {
  const { data, http, hello, domain, secretDays, runDays, imagesAtOnce } = options;
  const { dns, database, setupCertificate, setupKey, publicUrl } = options;
  const { disruptiveAtOnce, disruptiveAtOncePerSite, approvalAbove } = options;
  return serverConfig({
    mode: "server",
    dataDirectory: data,
    http,
    helloPort: hello,
    domainSuffix: domain,
    secretDays,
    runDays,
    imagesAtOnce,
    dnsServers: dns,
    ...(database === undefined ? {} : { databaseUrl: database }),
    ...(disruptiveAtOnce === undefined ? {} : { disruptiveAtOnce }),
    ...(disruptiveAtOncePerSite === undefined ? {} : { disruptiveAtOncePerSite }),
    ...(approvalAbove === undefined ? {} : { approvalAbove }),
    ...(setupCertificate === undefined ? {} : { setupCertificate }),
    ...(setupKey === undefined ? {} : { setupKey }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
  });
}

async function welcome(server: RunningServer, { dataDirectory, domainSuffix }: ServerConfig): Promise<void> {
  process.stdout.write(
    [
      "",
      `  Console   ${server.url}`,
      `  Sign in   ${await server.signInLink()}`,
      "            (works once, for 15 minutes)",
      `  Hellos    port ${server.helloPort}, domain ${domainSuffix}`,
      `  Trust     ${dataDirectory}/setup-root.pem is the root that devices have to list`,
      "",
      "  Ctrl-C stops.",
      "",
      "",
    ].join("\n"),
  );
}

/** Ctrl-C, a polite kill, or the end of the program that started this one. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    process.once("disconnect", () => resolve());
    // Listening for the end of the channel would keep this process alive for the channel's sake.
    process.channel?.unref();
  });
}

function explain(error: unknown): number {
  // Commander has printed its own message by now; help asked for is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (!(error instanceof VigilError)) throw error;
  const details = Object.entries(error.details).map(([name, value]) => `  ${name}: ${String(value)}\n`);
  process.stderr.write(`${error.message}\n${details.join("")}${error.next}\n`);
  process.stderr.write(`${error.code} (${error.side}). Runbook: docs/runbooks/${error.code}.md\n`);
  return error.side === "caller" ? 2 : 1;
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function portOption(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new InvalidArgumentError("Give a port from 0 to 65535.");
}

process.exitCode = await main();

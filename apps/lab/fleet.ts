import { X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { systemClock, type Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { jsonLog } from "@vigil/base/log.ts";
import { startFleet, type Fleet } from "@vigil/virtual-device/fleet.ts";
import { askingParent } from "./enrolling.ts";
import { generationNames, type Generation } from "@vigil/virtual-device/identity.ts";

// `vigil fleet`: virtual devices alone.

const mostDevices = 20_000;
/** Where a server of the same folder leaves the root of its own setup certificate. */
const usualRoots = [".vigil/server/setup-root.pem", ".vigil/lab/server/setup-root.pem"];

interface FleetProgramOptions {
  readonly count: number;
  readonly hello?: { readonly host: string; readonly port: number };
  readonly firstAddress: string;
  readonly data?: string;
  readonly trustRoot: readonly string[];
  readonly domain: string;
  readonly seed?: string;
  readonly generations?: readonly Generation[];
  readonly provisioned?: true;
  readonly enrolled?: true;
  readonly json?: true;
}

async function main(): Promise<number> {
  const program = new Command("vigil fleet")
    .description("Virtual AMT devices in factory state, each on a loopback address of its own")
    .option("--count <number>", "how many", countOption, 25)
    .option("--hello <host:port>", "where they send their hellos; without it they are silent", targetOption)
    .option("--first-address <address>", "address of the first; the others follow", "127.77.0.1")
    .option("--data <directory>", "keep their state here; without it they forget when they stop")
    .option("--trust-root <file>", "PEM of a root certificate that may set them up; may be given again", collect, [])
    .option("--domain <suffix>", "DNS suffix of their network", "lab.example")
    .option("--seed <text>", "the same seed gives the same machines")
    .option(
      "--generations <list>",
      `which firmware they have, in turns: ${generationNames.join(", ")}`,
      generationsOption,
    )
    .option("--provisioned", "they are set up already; the admin's password is VIGIL_AMT_PASSWORD's")
    .option("--enrolled", "they are set up already, with what the program that started this one gives out")
    .option("--json", "one JSON line when ready, nothing else on stdout")
    .exitOverride();
  try {
    program.parse();
    return await run(program.opts<FleetProgramOptions>());
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof VigilError)) throw error;
    process.stderr.write(
      `${error.message}\n${error.next}\n${error.code} (${error.side}) ${JSON.stringify(error.details)}\n`,
    );
    return error.side === "caller" ? 2 : 1;
  }
}

async function run(options: FleetProgramOptions): Promise<number> {
  const clock = systemClock();
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  // Started by another program, it ends with it.
  process.once("disconnect", stop);
  // Listening for the end of the channel would keep this process alive for the channel's sake.
  process.channel?.unref();
  const roots = options.trustRoot.length > 0 ? options.trustRoot : usualRoots.filter((path) => existsSync(path));
  const fleet = await startFleet({
    count: options.count,
    firstAddress: options.firstAddress,
    clock,
    log: jsonLog({ write: (line) => process.stderr.write(line), clock, level: "warn" }),
    trustedRootHashes: roots.map(hashOf),
    domainSuffix: options.domain,
    ...(options.hello === undefined ? {} : { hello: options.hello }),
    ...(options.data === undefined ? {} : { directory: options.data }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.generations === undefined ? {} : { generations: options.generations }),
    ...(options.provisioned === undefined ? {} : { provisioned: { password: adminPassword(), acceptsPlain: true } }),
    ...(options.enrolled === undefined ? {} : { handedOver: askingParent() }),
  });
  const { count, firstAddress: first } = options;
  if (options.json === true) process.stdout.write(`${JSON.stringify({ ready: true, count, first })}\n`);
  else welcome(options, roots);
  await watch(fleet, clock, stopped.signal, options.json === true);
  await fleet.stop();
  return 0;
}

function welcome(options: FleetProgramOptions, roots: readonly string[]): void {
  const { count, firstAddress, hello, domain } = options;
  const lines = [
    `  Devices   ${count} from ${firstAddress}, ports 16992 and 16993, in ${domain}`,
    `  Hellos    ${hello === undefined ? "none (--hello HOST:PORT)" : `to ${hello.host}:${hello.port}`}`,
    `  Trust     the factory's roots${roots.map((path) => `, ${path}`).join("")}`,
    "  Keys      RSA keys come from a pool of eight: two devices can hold the same one",
  ];
  if (roots.length === 0) lines.push("            (no server's own root: give it with --trust-root FILE)");
  process.stdout.write(`\n${lines.join("\n")}\n\n  Ctrl-C stops.\n\n`);
}

/** Says what changes until the signal aborts. */
async function watch(fleet: Fleet, clock: Clock, signal: AbortSignal, isQuiet: boolean): Promise<void> {
  let before = "";
  while (!signal.aborted) {
    const { factory, inSetup, provisioned, requests } = fleet.stats();
    const line = `  ${factory} factory, ${inSetup} in setup, ${provisioned} provisioned; ${requests} requests`;
    if (!isQuiet && line !== before) process.stdout.write(process.stdout.isTTY ? `\r\u001B[K${line}` : `${line}\n`);
    before = line;
    await clock.sleep(1_000, signal).catch(() => {});
  }
  if (!isQuiet) process.stdout.write("\n");
}

/** SHA-256 of the first certificate of a PEM file, as a device lists it. */
function hashOf(file: string): string {
  try {
    return new X509Certificate(readFileSync(file)).fingerprint256.replaceAll(":", "").toLowerCase();
  } catch {
    throw new InvalidArgumentError(`${file} is no PEM certificate that can be read`);
  }
}

/** @throws InvalidArgumentError */
function generationsOption(text: string): readonly Generation[] {
  return text.split(",").map((word) => {
    const found = generationNames.find((one) => one === word.trim());
    if (found === undefined) throw new InvalidArgumentError(`Give some of ${generationNames.join(", ")}.`);
    return found;
  });
}

function adminPassword(): string {
  const password = process.env["VIGIL_AMT_PASSWORD"];
  if (password === undefined || password === "") {
    throw new InvalidArgumentError("--provisioned needs the environment variable VIGIL_AMT_PASSWORD.");
  }
  return password;
}

function countOption(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= mostDevices) return count;
  throw new InvalidArgumentError(`Give a whole number from 1 to ${mostDevices}.`);
}

function targetOption(text: string): { host: string; port: number } {
  const [, host, digits] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host !== undefined && port > 0 && port <= 65_535) return { host: host.replaceAll(/[[\]]/g, ""), port };
  throw new InvalidArgumentError("Give HOST:PORT, e.g. 127.0.0.1:9971.");
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

process.exitCode = await main();

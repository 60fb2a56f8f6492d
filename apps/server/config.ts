import { randomBytes } from "node:crypto";
import { Resolver } from "node:dns";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fail } from "./errors.ts";

/** Everything that a server is told from outside. */
export interface ServerConfig {
  readonly mode: "lab" | "server";
  readonly dataDirectory: string;
  readonly httpHost: string;
  readonly httpPort: number;
  readonly helloHost: string;
  readonly helloPort: number;
  /** A PostgreSQL server; absent: the embedded database in the data folder. */
  readonly databaseUrl?: string;
  /** DNS suffix of the devices' network. */
  readonly domainSuffix: string;
  /** Resolvers for the DNS check, ADDRESS or ADDRESS:PORT; none: the system's. */
  readonly dnsServers: readonly string[];
  /** Days that the secrets of a retired device are kept, when nobody says otherwise. */
  readonly secretDays: number;
  /** Days that runs are kept after their end. */
  readonly runDays: number;
  /** Images that are shown to devices at once before those of runs have to wait. */
  readonly imagesAtOnce: number;
  /** For all runs together that interrupt users or cannot be undone. */
  readonly fleetLimits: {
    readonly disruptiveAtOnce?: number;
    readonly disruptiveAtOncePerSite?: number;
    readonly approvalAbove?: number;
  };
  /** 32 bytes. */
  readonly masterKey: Uint8Array;
  /** Where others find this server, e.g. "http://vigil.corp.example:9970"; absent: certificates do not say where revocation lists are. */
  readonly publicUrl?: string;
  /** PEM of a setup certificate that devices trust already. */
  readonly setupCertificate?: { readonly chainPem: string; readonly keyPem: string };
}

/** What the command line says. */
export interface ServerOptions {
  readonly mode: "lab" | "server";
  readonly dataDirectory: string;
  /** PORT or HOST:PORT. */
  readonly http: string;
  readonly helloPort: number;
  readonly databaseUrl?: string;
  readonly domainSuffix: string;
  /** ADDRESS or ADDRESS:PORT. */
  readonly dnsServers?: readonly string[];
  readonly secretDays?: number;
  readonly runDays?: number;
  readonly imagesAtOnce?: number;
  readonly disruptiveAtOnce?: number;
  readonly disruptiveAtOncePerSite?: number;
  readonly approvalAbove?: number;
  readonly setupCertificate?: string;
  readonly setupKey?: string;
  readonly publicUrl?: string;
}

/** Chosen: whoever looks into a theft asks within a quarter. */
const usualSecretDays = 90;
/** Chosen: half a year of trails answers what an audit asks. */
const usualRunDays = 180;
/** Chosen: what reads at full speed through one process, and people still get theirs. */
const usualImagesAtOnce = 12;

/** Makes the data folder and the master key where they are missing. @throws server.option.invalid, server.master-key.* (caller) */
export function serverConfig(options: ServerOptions, env: NodeJS.ProcessEnv = process.env): ServerConfig {
  const { mode, dataDirectory, helloPort, databaseUrl } = options;
  const domainSuffix = options.domainSuffix.toLowerCase();
  if (!/^(?=.{1,191}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(domainSuffix)) {
    throw fail("server.option.invalid", { message: `Not a DNS suffix: ${options.domainSuffix}` });
  }
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const setupCertificate = setupFiles(options);
  const { secretDays = usualSecretDays, runDays = usualRunDays, imagesAtOnce = usualImagesAtOnce } = options;
  if (!Number.isInteger(imagesAtOnce) || imagesAtOnce < 1 || imagesAtOnce > 1_000)
    throw fail("server.option.invalid", { message: `Not a number of images from 1 to 1000: ${imagesAtOnce}` });
  for (const days of [secretDays, runDays])
    if (!Number.isInteger(days) || days < 0 || days > 3_650)
      throw fail("server.option.invalid", { message: `Not a number of days from 0 to 3650: ${days}` });
  return {
    mode,
    dataDirectory,
    ...httpAddress(options.http),
    helloHost: mode === "lab" ? "127.0.0.1" : "0.0.0.0",
    helloPort,
    domainSuffix,
    dnsServers: resolvers(options.dnsServers ?? []),
    secretDays,
    runDays,
    imagesAtOnce,
    fleetLimits: fleetLimits(options),
    masterKey: masterKey(dataDirectory, databaseUrl !== undefined, env),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: addressOf(options.publicUrl) }),
    ...(setupCertificate === undefined ? {} : { setupCertificate }),
  };
}

function httpAddress(text: string): { httpHost: string; httpPort: number } {
  const [, host, digits] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) {
    throw fail("server.option.invalid", { message: `Not a port, nor HOST:PORT: ${text}` });
  }
  return { httpHost: host?.replaceAll(/[[\]]/g, "") ?? "127.0.0.1", httpPort: port };
}

/** Without a path, and without the slash at its end. */
function addressOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.pathname !== "/" || url.search !== "") {
    throw fail("server.option.invalid", { message: `Not an address like http://HOST:PORT: ${text}` });
  }
  return url.origin;
}

function resolvers(servers: readonly string[]): readonly string[] {
  try {
    new Resolver().setServers(servers);
    return servers;
  } catch (cause) {
    throw fail("server.option.invalid", { message: `Not addresses of resolvers: ${servers.join(", ")}`, cause });
  }
}

function fleetLimits(options: ServerOptions): ServerConfig["fleetLimits"] {
  const { disruptiveAtOnce, disruptiveAtOncePerSite, approvalAbove } = options;
  const limits = { disruptiveAtOnce, disruptiveAtOncePerSite, approvalAbove };
  for (const [name, count] of Object.entries(limits)) {
    const least = name === "approvalAbove" ? 0 : 1;
    if (count !== undefined && (!Number.isInteger(count) || count < least || count > 10_000))
      throw fail("server.option.invalid", { message: `Not a number of devices from ${least} to 10000: ${count}` });
  }
  return {
    ...(disruptiveAtOnce === undefined ? {} : { disruptiveAtOnce }),
    ...(disruptiveAtOncePerSite === undefined ? {} : { disruptiveAtOncePerSite }),
    ...(approvalAbove === undefined ? {} : { approvalAbove }),
  };
}

function setupFiles(options: ServerOptions): ServerConfig["setupCertificate"] {
  const { setupCertificate, setupKey } = options;
  if (setupCertificate === undefined && setupKey === undefined) return undefined;
  if (setupCertificate === undefined || setupKey === undefined) {
    throw fail("server.option.invalid", { message: "--setup-certificate and --setup-key go together" });
  }
  return { chainPem: readOption(setupCertificate), keyPem: readOption(setupKey) };
}

function readOption(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw fail("server.option.invalid", { message: `Cannot read ${file}`, cause });
  }
}

/** From the environment, else from the data folder, where the first start makes it. */
function masterKey(directory: string, hasServer: boolean, env: NodeJS.ProcessEnv): Uint8Array {
  const given = env["VIGIL_MASTER_KEY"];
  if (given !== undefined) return keyIn(given);
  const file = join(directory, "master.key");
  if (existsSync(file)) return keyIn(readFileSync(file, "utf8"));
  if (!hasServer && existsSync(join(directory, "database"))) {
    throw fail("server.master-key.missing", { details: { file } });
  }
  const key = randomBytes(32);
  writeFileSync(file, `${key.toString("base64")}\n`, { mode: 0o600, flag: "wx" });
  return key;
}

function keyIn(text: string): Uint8Array {
  const key = Buffer.from(text.trim(), "base64");
  if (key.length !== 32) throw fail("server.master-key.malformed", { details: { bytes: key.length } });
  return key;
}

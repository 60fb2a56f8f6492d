import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vigilClient } from "@vigil/api/client.ts";
import type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { startFleet, type Fleet, type FleetOptions } from "@vigil/virtual-device/fleet.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";
import { askingChild } from "./enrolling.ts";
import { startProgram, type Program } from "./programs.ts";

/** The domain that the stage's devices believe to be in. */
export const stageDomain = "lab.example";

export type Client = ReturnType<typeof vigilClient>;

/** A server in a process of its own, which a scenario may kill, and a fleet of virtual devices in this one. */
export interface Stage extends AsyncDisposable {
  readonly fleet: Fleet;
  readonly client: Client;
  readonly url: string;
  readonly token: string;
  readonly helloPort: number;
  readonly server: Program;
  /** The server's data folder. */
  readonly data: string;
  /** SHA-256 of the server's setup root, lower-case hex: what devices have to trust. */
  readonly rootHash: string;
  /** A file with everything that the server has printed, kills included. */
  readonly transcript: string;
  /** A link that signs a browser in, once. */
  signInLink(): Promise<string>;
  /** kill -9 of the server, then a new one on the same data. The fleet goes on. */
  crash(): Promise<void>;
  /** Starts the server again on the same data, after `server.kill()`. */
  restart(): Promise<void>;
}

export interface StageOptions {
  readonly devices: number;
  readonly fleet?: Partial<FleetOptions>;
  /** What the default profile shall say before the first device asks. */
  readonly profile?: (settings: ProfileSettings) => ProfileSettings;
  /** The devices are set up already, and the server knows them: with many of them, setting up over the wire is what takes the time. */
  readonly isEnrolled?: true;
  /** What is to be done on the server before the first device asks. */
  readonly prepare?: (client: Client) => Promise<void>;
  /** More arguments for the server, e.g. `--database URL`. */
  readonly serverArgs?: readonly string[];
}

/** Puts up the stage: first the server, then devices that trust its setup certificate and send it their hellos. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), "vigil-stage-"));
  await using guard = new AsyncDisposableStack();
  guard.defer(() => rmSync(directory, { recursive: true, force: true }));
  const data = join(directory, "server");
  const transcript = join(directory, "server.log");
  const program = options.isEnrolled === true ? "apps/lab/testing/enrolling-server.ts" : "apps/server/main.ts";
  const start = (httpPort: number, helloPort: number): Promise<RunningServer> =>
    startServer({ data, httpPort, helloPort, transcript, more: options.serverArgs ?? [], program });
  let running = await start(0, 0);
  guard.defer(async () => void (await running.program.stop()));
  const { httpPort, helloPort } = running;
  await options.prepare?.(running.client);
  if (options.profile !== undefined) await changeProfile(running.client, options.profile);
  const fleet = await startFleet({
    count: options.devices,
    firstAddress: someAddress(options.devices),
    clock: systemClock(),
    log: silentLog(),
    trustedRootHashes: [rootHash(data)],
    domainSuffix: stageDomain,
    hello: { host: "127.0.0.1", port: helloPort },
    ...(options.isEnrolled === true
      ? { isQuiet: true, handedOver: askingChild((question) => running.program.ask(question)) }
      : {}),
    ...options.fleet,
  });
  guard.defer(() => fleet.stop());
  const { provisioned } = fleet.stats();
  if (options.isEnrolled === true && provisioned < options.devices) {
    throw new Error(`only ${provisioned} of ${options.devices} devices are set up`);
  }
  const owned = guard.move();
  const restart = async (): Promise<void> => {
    running = await start(httpPort, helloPort);
  };
  return {
    fleet,
    helloPort,
    data,
    transcript,
    rootHash: rootHash(data),
    restart,
    get client() {
      return running.client;
    },
    get url() {
      return running.url;
    },
    get token() {
      return running.token;
    },
    get server() {
      return running.program;
    },
    async signInLink() {
      const { token } = await running.client.access.createLink();
      return `${running.url}/sign-in#token=${token}`;
    },
    async crash() {
      await running.program.kill();
      await restart();
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Stores the default profile anew. */
export async function changeProfile(
  client: Client,
  change: (settings: ProfileSettings) => ProfileSettings,
): Promise<void> {
  const params = { name: "Default" };
  const { settings, version } = await client.profiles.show({ params });
  await client.profiles.change({ params, body: { basedOn: version, settings: change(settings) } });
}

interface RunningServer {
  readonly program: Program;
  readonly client: Client;
  readonly url: string;
  readonly token: string;
  readonly httpPort: number;
  readonly helloPort: number;
}

async function startServer(options: {
  readonly data: string;
  readonly httpPort: number;
  readonly helloPort: number;
  readonly transcript: string;
  readonly more: readonly string[];
  readonly program: string;
}): Promise<RunningServer> {
  const { data, httpPort, helloPort, transcript, more, program: file } = options;
  const ports = ["--http", String(httpPort), "--hello", String(helloPort)];
  const args = ["--data", data, ...ports, "--domain", stageDomain, ...more];
  const program = await startProgram(file, args, { transcript });
  const { url, token } = program.ready;
  if (typeof url !== "string" || typeof token !== "string") throw new Error("the server did not say url and token");
  const client = vigilClient({ baseUrl: url, token });
  const meta = await client.access.meta();
  return { program, client, url, token, httpPort: Number(new URL(url).port), helloPort: meta.helloPort };
}

/** SHA-256 of the server's setup root, as a device's hash list holds it. */
function rootHash(data: string): string {
  const root = new X509Certificate(readFileSync(join(data, "setup-root.pem")));
  return root.fingerprint256.replaceAll(":", "").toLowerCase();
}

/** Changes the default profile, which all devices of a stage have. @param oldestTls that their connections may speak */
export async function allowTls(client: Client, oldestTls: "TLSv1" | "TLSv1.2"): Promise<void> {
  const params = { name: "Default" };
  const { version: basedOn, settings } = await client.profiles.show({ params });
  const tls = { ...settings.tls, oldestTls };
  await client.profiles.change({ params, body: { basedOn, settings: { ...settings, tls } } });
}

/** Waits until `isSo` holds. @throws when it does not within `limitMs` */
export async function until(
  what: string,
  isSo: () => Promise<boolean> | boolean,
  options: { limitMs?: number; lookMs?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const clock = systemClock();
  const limitMs = options.limitMs ?? 120_000;
  const started = clock.monotonic();
  while (!(await isSo())) {
    if (clock.monotonic() - started > limitMs) throw new Error(`not within ${limitMs} ms: ${what}`);
    await clock.sleep(options.lookMs ?? 100, options.signal);
  }
}

/** Waits until every device of the fleet is provisioned, by the server's own word. */
export async function untilProvisioned(stage: Stage, count: number, signal?: AbortSignal): Promise<void> {
  try {
    await until(
      `${count} devices provisioned`,
      async () => (await stage.client.devices.summary()).provisioned === count,
      { limitMs: 60_000 + count * 1_000, ...(signal === undefined ? {} : { signal }) },
    );
  } catch (cause) {
    const { counts, items, refused } = await stage.client.provisioning.list({ query: { limit: 3 } });
    throw new Error(`not all provisioned: ${JSON.stringify({ counts, refused, items })}`, { cause });
  }
}

/** Up to 5,000 devices that are set up have listeners of their own, so that other fleets may stand beside them on this machine. */
export function besideOthers(devices: number): Pick<FleetOptions, "listen"> {
  return { listen: devices <= 5_000 ? "own" : "auto" };
}

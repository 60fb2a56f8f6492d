import { fork, type ChildProcess } from "node:child_process";
import { hash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { Agent, request } from "node:https";
import { parseArgs } from "node:util";
import { connect, type AmtDevice } from "@vigil/amt-client/device.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { secured } from "@vigil/amt-client/dial/tls.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { CIM_AssociatedPowerManagementService } from "@vigil/model/cim/CIM_AssociatedPowerManagementService.ts";
import { ha1, parseChallenge, type Challenge } from "@vigil/wire/digest.ts";
import { actions } from "@vigil/wire/wsman/actions.ts";
import { encodeRequest } from "@vigil/wire/wsman/envelope.ts";
import type { BenchDevice } from "./provisioned-fleet.ts";

// How many power states a second amt-client reads from a virtual fleet over TLS, next to the floor: a bare loop that sends the
// same HTTPS requests with a fixed body through node:https and throws the answers away. The floor logs in as cheaply as a right
// login can be made: HA1 and HA2 are known, one MD5 per request. Both have one connection per device, kept alive, and one
// question on it at a time. Rounds alternate, because the machine's speed drifts; medians are compared. The fleet has a process
// of its own; on a machine with few cores it takes most of the time in both, so the client's own CPU time is told, too.

const port = 16_993;
const path = "/wsman";

interface Way {
  readonly name: "amt-client" | "bare https";
  /** Asks device number `index` once. */
  ask(index: number): Promise<void>;
  close(): void;
}

interface Round {
  readonly perSecond: number;
  readonly cpuMicroseconds: number;
}

const { values } = parseArgs({
  options: {
    devices: { type: "string", default: "8" },
    seconds: { type: "string", default: "2" },
    rounds: { type: "string", default: "7" },
    json: { type: "boolean", default: false },
  },
});
const count = Number(values.devices);
const milliseconds = Number(values.seconds) * 1_000;
const rounds = Number(values.rounds);
if (![count, milliseconds, rounds].every((one) => Number.isFinite(one) && one > 0)) {
  console.error("usage: node bench/power.ts [--devices 8] [--seconds 2] [--rounds 7] [--json]");
  process.exit(2);
}

const child = fork(new URL("provisioned-fleet.ts", import.meta.url), [String(count)]);
try {
  await measure(await devicesOf(child));
} finally {
  child.disconnect();
}

async function devicesOf(fleet: ChildProcess): Promise<readonly BenchDevice[]> {
  const exited = once(fleet, "exit").then(() => Promise.reject(new Error("the fleet did not start")));
  const [devices] = await Promise.race([once(fleet, "message"), exited]);
  // The fleet's own message, see provisioned-fleet.ts.
  return devices as readonly BenchDevice[];
}

async function measure(devices: readonly BenchDevice[]): Promise<void> {
  const ours = amtClient(devices);
  const floor = await bareLoop(devices);
  const results = { ours: [] as Round[], floor: [] as Round[] };
  await round(ours, 500);
  await round(floor, 500);
  for (let index = 0; index < rounds; index += 1) {
    results.ours.push(await round(ours, milliseconds));
    results.floor.push(await round(floor, milliseconds));
  }
  ours.close();
  floor.close();
  report(results.ours, results.floor);
}

/** All devices at once, each asked again as soon as it has answered. */
async function round(way: Way, lastsMs: number): Promise<Round> {
  let done = 0;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const until = start + lastsMs;
  const one = async (index: number): Promise<void> => {
    while (performance.now() < until) {
      await way.ask(index);
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: count }, (_one, index) => one(index)));
  const used = process.cpuUsage(cpu);
  return {
    perSecond: (done * 1_000) / (performance.now() - start),
    cpuMicroseconds: (used.user + used.system) / done,
  };
}

function amtClient(devices: readonly BenchDevice[]): Way {
  const clock = systemClock();
  const all: AmtDevice[] = devices.map(({ address, password, certificatePem }) => {
    const dialer = secured(directDialer({ host: address }), { trust: { caPem: [certificatePem] } });
    return connect({ dialer, port, credential: { username: "admin", password }, clock });
  });
  return {
    name: "amt-client",
    async ask(index) {
      const reading = await all[index]?.power.state();
      if (reading?.power !== "on") throw new Error("the device is not on");
    },
    close: () => all.forEach((one) => one.close()),
  };
}

async function bareLoop(devices: readonly BenchDevice[]): Promise<Way> {
  const body = encodeRequest({
    action: actions.get,
    resourceUri: CIM_AssociatedPowerManagementService.uri,
    messageId: "1",
    operationTimeoutMs: 60_000,
    selectors: {},
    hasOptions: false,
    mustUnderstand: [],
  });
  const all = await Promise.all(devices.map((one) => bareDevice(one, body)));
  return {
    name: "bare https",
    async ask(index) {
      if ((await all[index]?.ask()) !== 200) throw new Error("the device did not answer 200");
    },
    close: () => all.forEach((one) => one.agent.destroy()),
  };
}

async function bareDevice(
  device: BenchDevice,
  body: string,
): Promise<{ readonly agent: Agent; ask(): Promise<number | undefined> }> {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    ca: device.certificatePem,
    checkServerIdentity: () => undefined,
  });
  const post = (authorization: string | undefined): Promise<{ status: number | undefined; challenge: string }> =>
    new Promise((resolve, reject) => {
      const headers = {
        "Content-Type": "application/soap+xml; charset=utf-8",
        "Content-Length": Buffer.byteLength(body),
        ...(authorization === undefined ? {} : { Authorization: authorization }),
      };
      const asked = request({ agent, host: device.address, port, path, method: "POST", headers }, (answer) => {
        answer.on("data", () => {});
        answer.once("end", () => {
          resolve({ status: answer.statusCode, challenge: answer.headers["www-authenticate"] ?? "" });
        });
      });
      asked.once("error", reject);
      asked.end(body);
    });
  const challenge = parseChallenge((await post(undefined)).challenge);
  const login = cheapestLogin(challenge, device.password);
  return { agent, ask: async () => (await post(login())).status };
}

function cheapestLogin({ realm, nonce }: Challenge, password: string): () => string {
  const first = ha1("admin", realm, password);
  const second = hash("md5", `POST:${path}`);
  const cnonce = randomBytes(9).toString("base64url");
  let counter = 0;
  return () => {
    counter += 1;
    const nc = counter.toString(16).padStart(8, "0");
    const response = hash("md5", `${first}:${nonce}:${nc}:${cnonce}:auth:${second}`);
    return `Digest username="admin", realm="${realm}", nonce="${nonce}", uri="${path}", qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}"`;
  };
}

function report(ours: readonly Round[], floor: readonly Round[]): void {
  const figures = {
    devices: count,
    rounds,
    secondsPerRound: milliseconds / 1_000,
    queriesPerSecond: Math.round(median(ours.map((one) => one.perSecond))),
    floorPerSecond: Math.round(median(floor.map((one) => one.perSecond))),
    ratio: ratio(ours, floor, (one) => one.perSecond),
    cpuMicroseconds: Math.round(median(ours.map((one) => one.cpuMicroseconds))),
    floorCpuMicroseconds: Math.round(median(floor.map((one) => one.cpuMicroseconds))),
  };
  if (values.json) {
    console.log(JSON.stringify(figures));
    return;
  }
  const { queriesPerSecond, floorPerSecond } = figures;
  console.log(`power states of ${count} virtual devices over TLS, one connection each, kept alive`);
  console.log(`${rounds} rounds of ${figures.secondsPerRound} s each way, alternating; medians`);
  console.log(`  amt-client   ${queriesPerSecond} queries/s   ${figures.cpuMicroseconds} µs of client CPU a query`);
  console.log(
    `  bare https   ${floorPerSecond} requests/s   ${figures.floorCpuMicroseconds} µs of client CPU a request`,
  );
  console.log(`  ratio        ${figures.ratio}`);
}

function ratio(ours: readonly Round[], floor: readonly Round[], of: (one: Round) => number): number {
  return Math.round((median(ours.map(of)) / median(floor.map(of))) * 1_000) / 1_000;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { connect } from "@vigil/amt-client/device.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { secured, TlsContexts } from "@vigil/amt-client/dial/tls.ts";
import { vigilClient, type VigilClient } from "@vigil/api/client.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { startServer } from "@vigil/server/compose.ts";
import { serverConfig } from "@vigil/server/config.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";
import { enrolled } from "../apps/lab/enrolling.ts";
import { startProgram } from "../apps/lab/programs.ts";

// How many devices in a second a run reads the power state of, next to the floor: a bare loop in the same program that opens the same devices
// with the same dialer, TLS and login through amt-client and asks the same question, without a queue and without a database. Both have as many
// devices in hand at once. The server is in this process, the fleet in one of its own. Rounds alternate, because the machine's speed drifts;
// medians are compared. The floor asks a part of the fleet where that is large: it has to be told each password.

const { values } = parseArgs({
  options: {
    devices: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    bare: { type: "string", default: "1000" },
    json: { type: "boolean", default: false },
  },
});
const count = Number(values.devices);
const rounds = Number(values.rounds);
const bareCount = Math.min(count, Number(values.bare));
if (![count, rounds, bareCount].every((one) => Number.isInteger(one) && one > 0)) {
  console.error("usage: node bench/jobs.ts [--devices 1000] [--rounds 3] [--bare 1000] [--json]");
  process.exit(2);
}
/** As many as the server has hands for short questions. */
const atOnce = 64;
const clock = systemClock();

interface Opened {
  readonly address: string;
  readonly password: string;
}

interface Round {
  readonly perSecond: number;
  /** Of this process, its database's thread included, for each device. */
  readonly cpuMicroseconds: number;
}

interface RunRound extends Round {
  readonly createMs: number;
  readonly firstAnswerMs: number;
}

{
  await using stack = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), "vigil-bench-"));
  stack.defer(() => rmSync(directory, { recursive: true, force: true }));
  const config = serverConfig({
    mode: "lab",
    dataDirectory: directory,
    http: "0",
    helloPort: 0,
    domainSuffix: "lab.example",
  });
  const server = await startServer(config, { clock, log: silentLog() });
  stack.defer(() => server.stop());
  const client = vigilClient({ baseUrl: server.url, token: await server.createApiKey("bench") });
  const flags = { count: String(count), "first-address": someAddress(count), data: join(directory, "fleet") };
  stack.use(
    await startProgram(
      "apps/lab/fleet.ts",
      [...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]), "--enrolled"],
      { answer: (question) => enrolled(server, question), readyMs: 60_000 + count * 100 },
    ),
  );
  const { items } = await client.devices.list({ query: { state: "provisioned", limit: bareCount } });
  const opened: Opened[] = [];
  for (const { uuid, address } of items) {
    const body = { kind: "admin-password", reason: "A measurement", minutes: 1_440 } as const;
    const { value } = await client.secrets.reveal({ params: { id: uuid }, body });
    opened.push({ address, password: value });
  }
  const { items: authorities } = await client.authorities.list();
  const shown = await Promise.all(authorities.map(({ id }) => client.authorities.show({ params: { id } })));
  const caPem = shown.flatMap(({ chainPem }) => chainPem ?? []);
  const ours: RunRound[] = [];
  const floor: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    floor.push(await bareRound(opened, caPem));
    ours.push(await runRound(client));
  }
  report(ours, floor);
}

async function bareRound(devices: readonly Opened[], caPem: readonly string[]): Promise<Round> {
  const contexts = new TlsContexts();
  const waiting = [...devices];
  const hand = async (): Promise<void> => {
    for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
      const dialer = secured(directDialer({ host: one.address }), { contexts, trust: { caPem } });
      const device = connect({
        dialer,
        port: 16_993,
        credential: { username: "admin", password: one.password },
        clock,
      });
      await device.power.state();
      device.close();
    }
  };
  return timed(devices.length, async () => void (await Promise.all(Array.from({ length: atOnce }, hand))));
}

async function runRound(client: VigilClient): Promise<RunRound> {
  let createMs = 0;
  let firstAnswerMs = 0;
  const round = await timed(count, async () => {
    const start = performance.now();
    const { id } = await client.runs.start({
      body: { operation: "power.state", target: { collection: "Provisioned" } },
    });
    createMs = performance.now() - start;
    for (;;) {
      const { counts, finishedAt } = await client.runs.show({ params: { id } });
      if (firstAnswerMs === 0 && counts.succeeded > 0) firstAnswerMs = performance.now() - start;
      if (finishedAt !== null) {
        if (counts.succeeded !== count) throw new Error(`not all succeeded: ${JSON.stringify(counts)}`);
        return;
      }
      await clock.sleep(firstAnswerMs === 0 ? 20 : 200);
    }
  });
  return { ...round, createMs, firstAnswerMs };
}

async function timed(devices: number, work: () => Promise<void>): Promise<Round> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const used = process.cpuUsage(cpu);
  return { perSecond: devices / seconds, cpuMicroseconds: (used.user + used.system) / devices };
}

function report(ours: readonly RunRound[], floor: readonly Round[]): void {
  const runPerSecond = median(ours.map((one) => one.perSecond));
  const barePerSecond = median(floor.map((one) => one.perSecond));
  const figures = {
    devices: count,
    rounds,
    bareDevices: bareCount,
    runPerSecond: Math.round(runPerSecond),
    barePerSecond: Math.round(barePerSecond),
    ratio: Math.round((runPerSecond / barePerSecond) * 1_000) / 1_000,
    overheadMicroseconds: Math.round(1e6 / runPerSecond - 1e6 / barePerSecond),
    runCpuMicroseconds: Math.round(median(ours.map((one) => one.cpuMicroseconds))),
    bareCpuMicroseconds: Math.round(median(floor.map((one) => one.cpuMicroseconds))),
    createMs: Math.round(median(ours.map((one) => one.createMs))),
    firstAnswerMs: Math.round(median(ours.map((one) => one.firstAnswerMs))),
  };
  if (values.json) {
    console.log(JSON.stringify(figures));
    return;
  }
  console.log(
    `a run of power.state over ${count} virtual devices, and a bare loop over ${bareCount} of them, ${atOnce} at once`,
  );
  console.log(`${rounds} rounds each way, alternating; medians`);
  console.log(`  run          ${figures.runPerSecond} devices/s   ${figures.runCpuMicroseconds} µs of CPU a device`);
  console.log(`  bare loop    ${figures.barePerSecond} devices/s   ${figures.bareCpuMicroseconds} µs of CPU a device`);
  console.log(`  ratio        ${figures.ratio}   ${figures.overheadMicroseconds} µs more a device`);
  console.log(`  created in   ${figures.createMs} ms, first answer after ${figures.firstAnswerMs} ms`);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

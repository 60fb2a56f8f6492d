import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vigilClient } from "@vigil/api/client.ts";
import { systemClock, type Clock } from "@vigil/base/clock.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";
import { peakBytesOf, startProgram } from "../programs.ts";
import { defineScenario, type Figures } from "../scenarios.ts";
import { until, type Client } from "../stage.ts";

/** The size at which the bars must hold; below it the figures are told, and no more. */
const wholeFleet = 20_000;
const bars = { secondsToStand: 120, peakMB: 4_096, listP95Ms: 50, secondsToCreate: 2, secondsToFirst: 1 } as const;
const mostStartMs = 240_000;
const listRequests = 60;
/** Chosen: a busy machine of two cores, which is both sides of each handshake, needs 18. */
const millisecondsEach = 60;

export default defineScenario({
  name: "fleet-20000",
  story: "a fleet that is set up already stands at once, is listed at once, and every device of it answers a question",
  smallSize: 200,
  async play({ devices, say, signal }) {
    const clock = systemClock();
    const directory = mkdtempSync(join(tmpdir(), "vigil-fleet-"));
    await using guard = new AsyncDisposableStack();
    guard.defer(() => rmSync(directory, { recursive: true, force: true }));
    const started = clock.monotonic();
    const args = ["--devices", String(devices), "--provisioned", "--first-address", someAddress(devices)];
    const lab = guard.use(
      await startProgram("apps/lab/main.ts", [...args, "--data", directory, "--http", "0", "--hello", "0"], {
        readyMs: mostStartMs,
      }),
    );
    const secondsToStand = seconds(clock.monotonic() - started);
    const { url, token, fleetPid } = lab.ready;
    if (typeof url !== "string" || typeof token !== "string") throw new Error("the lab did not say url and token");
    const client = vigilClient({ baseUrl: url, token });
    assert.equal((await client.devices.summary()).provisioned, devices);
    say(`${devices} stand after ${secondsToStand} s`);
    const list = await listTimes(client, devices, clock);
    say(`the list takes ${list.listP95Ms} ms`);
    const run = await askAll(client, { devices, clock, say, signal });
    const memory = {
      serverPeakMB: megabytes(peakBytesOf(lab.pid)),
      fleetPeakMB: megabytes(peakBytesOf(Number(fleetPid))),
    };
    const figures = { devices, secondsToStand, ...memory, ...list, ...run };
    const peakMB = memory.serverPeakMB + memory.fleetPeakMB;
    if (devices >= wholeFleet) judge({ ...figures, peakMB });
    return figures;
  },
});

/** As the console asks: a page of two hundred, by name, and one from further down. */
async function listTimes(client: Client, devices: number, clock: Clock): Promise<{ readonly listP95Ms: number }> {
  const times: number[] = [];
  for (let index = 0; index < listRequests; index += 1) {
    const offset = index % 2 === 0 ? 0 : Math.floor((devices * index) / listRequests);
    const started = clock.monotonic();
    const { total } = await client.devices.list({ query: { limit: 200, offset } });
    times.push(clock.monotonic() - started);
    assert.equal(total, devices);
  }
  times.sort((a, b) => a - b);
  return { listP95Ms: Number((times[Math.ceil(times.length * 0.95) - 1] ?? Number.NaN).toFixed(1)) };
}

interface Asked {
  readonly devices: number;
  readonly clock: Clock;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

async function askAll(client: Client, { devices, clock, say, signal }: Asked) {
  const started = clock.monotonic();
  const body = { operation: "power.state", target: { collection: "All" } } as const;
  const { id } = await client.runs.start({ body });
  const created = clock.monotonic();
  const counts = async () => (await client.runs.show({ params: { id } })).counts;
  const ended = async (): Promise<number> => {
    const { succeeded, failed, unknown } = await counts();
    return succeeded + failed + unknown;
  };
  await until("a first answer", async () => (await ended()) > 0, { lookMs: 20, signal });
  const first = clock.monotonic();
  await until("all have answered", async () => (await ended()) === devices, {
    limitMs: 60_000 + devices * millisecondsEach,
    lookMs: 500,
    signal,
  });
  const whole = clock.monotonic() - created;
  assert.deepEqual((await counts()).succeeded, devices, "each says its power state");
  const times = {
    secondsToCreate: seconds(created - started),
    secondsToFirst: seconds(first - created),
    secondsToAll: seconds(whole),
    answersPerSecond: Math.round(devices / (whole / 1_000)),
  };
  say(`asked: ${JSON.stringify(times)}`);
  return times;
}

/** @throws with every bar that was missed */
function judge(figures: Figures): void {
  const missed = Object.entries(bars).filter(([name, most]) => !(Number(figures[name]) < most));
  const words = missed.map(([name, most]) => `${name} is ${figures[name]}, and less than ${most} is wanted`);
  assert.deepEqual(words, []);
}

function seconds(milliseconds: number): number {
  return Number((milliseconds / 1_000).toFixed(2));
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

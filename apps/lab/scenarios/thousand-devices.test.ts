import assert from "node:assert/strict";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import type { Fleet } from "@vigil/virtual-device/fleet.ts";
import { defineScenario, type Figures, type Scene } from "../scenarios.ts";
import { until } from "../stage.ts";
import { aHeldFleet, establishedTo, startHolder, type HeldFleet, type Holder } from "../testing/held-fleet.ts";
import type { ReleaseReport } from "../testing/holder.ts";

/**
 * What the client's process may have resident at its peak: 200 MB with a thousand devices. Chosen above what was measured: Node
 * 24 and the client's source take 100 MB before the first device, a bare TLS connection 65 kB, and a held device 80 kB.
 */
const baseBytes = 125e6;
const bytesPerDevice = 75e3;
/** Devices opened at once, when memory counts. Chosen: enough to keep two cores busy. */
const atOnce = 32;

const tlsPort = 16_993;

/** When the abort comes, by what the devices have seen; without it the client lets go itself, while every socket still connects. */
interface Moment {
  readonly name: "dialling" | "handshakes" | "requests";
  isNow?(fleet: Fleet, requestsBefore: number): boolean;
}

const moments: readonly Moment[] = [
  { name: "dialling" },
  { name: "handshakes", isNow: ({ devices }) => openConnections(devices) >= devices.length / 4 },
  // Each device is asked for a challenge first, and then twice.
  { name: "requests", isNow: (fleet, before) => fleet.stats().requests - before >= 2 * fleet.devices.length },
];

export default defineScenario({
  name: "thousand-devices",
  story:
    "one client holds many devices over TLS within its memory, and one abort closes every socket, whenever it comes",
  smallSize: 100,
  async play({ devices, say, signal }) {
    await using stage = await aHeldFleet(devices);
    const figures = await holdAll(stage, { devices, say, signal });
    const refusing = misbehave(stage.fleet.devices);
    for (const moment of moments) {
      const { outcomes } = await abortedInTheMidst(stage, moment, { devices, say, signal });
      const { held = 0, aborted = 0, "amt.connect.refused": refused = 0 } = outcomes;
      say(`aborted during ${moment.name}: ${JSON.stringify(outcomes)}`);
      assert.equal(held + aborted + refused, devices, "each device is held, was let go, or had refused");
      assert.ok(aborted > 0 && refused <= refusing, JSON.stringify(outcomes));
      if (moment.name === "dialling") assert.equal(aborted, devices);
    }
    return figures;
  },
});

async function holdAll({ fleet, task }: HeldFleet, { devices, say, signal }: Scene): Promise<Figures> {
  await using holder = startHolder();
  holder.begin({ ...task, atOnce });
  const { held, sockets, idleBytes, peakBytes, milliseconds } = await holder.held();
  const onWire = establishedTo(holder.pid, tlsPort);
  say(`${held} held, ${megabytes(peakBytes)} MB at the peak, ${megabytes(idleBytes)} MB before`);
  assert.equal(held, devices);
  assert.equal(sockets, devices, "the client's event loop has one socket per device");
  assert.equal(onWire, devices, "the kernel has one connection per device");
  const opened = fleet.devices.filter((one) => one.openConnections === 1).length;
  assert.equal(opened, devices, "each device has one connection");
  const mostBytes = baseBytes + bytesPerDevice * devices;
  assert.ok(peakBytes <= mostBytes, `${megabytes(peakBytes)} MB, and ${megabytes(mostBytes)} MB are allowed`);
  holder.abort();
  const { outcomes } = await released(fleet, holder, signal);
  assert.deepEqual(outcomes, { held: devices });
  return {
    devices,
    peakMB: megabytes(peakBytes),
    idleMB: megabytes(idleBytes),
    kilobytesPerDevice: Math.round((peakBytes - idleBytes) / devices / 1e3),
    millisecondsPerDevice: Number((milliseconds / devices).toFixed(2)),
  };
}

/** Opens all at once, and lets go before they are held. */
async function abortedInTheMidst(
  { fleet, task }: HeldFleet,
  { name, isNow }: Moment,
  { devices, signal }: Scene,
): Promise<ReleaseReport> {
  const before = fleet.stats().requests;
  await using holder = startHolder();
  holder.begin({ ...task, atOnce: devices, ...(isNow === undefined ? { abortsWhileDialling: true } : {}) });
  if (isNow !== undefined) {
    await until(name, () => isNow(fleet, before), { signal, lookMs: 1 });
    holder.abort();
  }
  return await released(fleet, holder, signal);
}

/** What must be so after the abort, whenever it came. */
async function released(fleet: Fleet, holder: Holder, signal: AbortSignal): Promise<ReleaseReport> {
  const report = await holder.released();
  assert.deepEqual(report.left, [], "no socket, no timer, nothing that keeps the process alive");
  assert.equal(report.closed, fleet.devices.length, "every further request is refused with the signal's reason");
  assert.equal(await holder.ended(), 0, "the process ends by itself");
  await until("no device has a connection", () => openConnections(fleet.devices) === 0, { limitMs: 10_000, signal });
  return report;
}

/** One in twenty, in turns: no answer to a request, no word at all, the port closed. @returns how many have closed it */
function misbehave(all: readonly VirtualDevice[]): number {
  const kinds = ["hang", "mute", "refuse"] as const;
  const some = all.filter((_one, index) => index % 20 === 0);
  for (const [index, { faults }] of some.entries()) {
    faults.set({ misbehavior: { kind: kinds[index % kinds.length] ?? "hang" } });
  }
  return some.filter(({ faults }) => faults.refuses("tls")).length;
}

function openConnections(all: readonly VirtualDevice[]): number {
  return all.reduce((sum, one) => sum + one.openConnections, 0);
}

function megabytes(bytes: number): number {
  return Number((bytes / 1e6).toFixed(1));
}

import assert from "node:assert/strict";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { encodeViewerMessage, kvmStart, versionText } from "@vigil/wire/redirection/kvm.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";
import { askAndOpen, type SessionSocket } from "../testing/session-socket.ts";

/** What the server may take more for that many screens: 400 MB for 200. Below a hundred the measure is too coarse. */
const bytesPerScreen = 2e6;
const leastBytes = 200e6;
/** How long everybody watches. */
const watchUpdates = 10;
const openedAtOnce = 8;

const whole = { kind: "request", isIncremental: false, x: 0, y: 0, width: 256, height: 256 } as const;
const greeting = Buffer.concat([kvmStart, Buffer.from(versionText), Uint8Array.of(1, 1)]);

export default defineScenario({
  name: "many-screens",
  story: "the server relays many screens at once within its memory, and no device is held when their viewers have gone",
  smallSize: 10,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices, fleet: { generations: ["16"] } });
    await untilProvisioned(stage, devices, signal);
    const before = stage.server.memoryBytes();
    say(`${devices} devices are provisioned; the server has ${megabytes(before)} MB`);
    const viewers = await allOpen(stage, signal);
    const listed = (await stage.client.sessions.list()).items;
    assert.equal(listed.filter((one) => one.state === "open" && one.kind === "kvm").length, devices);
    await Promise.all(viewers.map((one) => watch(one)));
    const during = stage.server.memoryBytes();
    const grown = during - before;
    say(`${devices} screens are shown; the server has ${megabytes(during)} MB`);
    assert.ok(grown <= Math.max(leastBytes, devices * bytesPerScreen), `the server grew by ${megabytes(grown)} MB`);
    for (const { socket } of viewers) socket.close();
    const isFree = ({ firmware }: VirtualDevice): boolean => firmware.sessions.of("kvm") === undefined;
    await until("no device has a session", () => stage.fleet.devices.every(isFree), { limitMs: 30_000, signal });
    await until("the list is empty", async () => (await stage.client.sessions.list()).items.length === 0, { signal });
    return { devices, beforeMB: megabytes(before), duringMB: megabytes(during), grownMB: megabytes(grown) };
  },
});

async function allOpen(stage: Stage, signal: AbortSignal): Promise<SessionSocket[]> {
  const left = [...stage.fleet.devices];
  const viewers: SessionSocket[] = [];
  const open = async (): Promise<void> => {
    for (let device = left.pop(); device !== undefined; device = left.pop()) {
      signal.throwIfAborted();
      const { consent, state, uuid } = device.firmware;
      consent.start();
      consent.enter(Number(state.consent.code));
      const viewer = await askAndOpen(stage, uuid, { kind: "kvm" });
      const frame = await viewer.frame();
      assert.equal(frame.type, "opened", JSON.stringify(frame));
      viewers.push(viewer);
    }
  };
  await Promise.all(Array.from({ length: openedAtOnce }, open));
  return viewers;
}

/** Has a part of the screen sent again and again. */
async function watch(viewer: SessionSocket): Promise<void> {
  viewer.send(greeting);
  viewer.send(encodeViewerMessage({ kind: "encodings", encodings: [16, 0, -223] }));
  for (let count = 0; count < watchUpdates; count += 1) {
    const had = viewer.bytes().length;
    viewer.send(encodeViewerMessage(whole));
    await viewer.atLeast(had + 50);
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { encodePacket, type Packet } from "@vigil/wire/redirection/atapi.ts";
import { encodeDeviceIder, managerIder, type DeviceIder, type ManagerIder } from "@vigil/wire/redirection/ider.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import { DiskSpeaker } from "./disk-speaker.ts";
import { MemorySocket, opened } from "./testing/memory-socket.ts";
import type { FromDisk } from "./words.ts";

type Unnumbered<T> = T extends unknown ? Omit<T, "sequence"> : never;

const image = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff);

/** A disk, and the device that it is lent to. */
function aDisk() {
  const clock = testClock();
  const socket = new MemorySocket();
  const said: FromDisk[] = [];
  const file = new Blob([image]);
  const speaker = new DiskSpeaker(socket, clock, { drive: "cd", file, begins: "now" }, (one) => void said.push(one));
  let sent = 0;
  const reader = new MessageReader(managerIder);
  const device = (message: Unnumbered<DeviceIder>): void => {
    socket.bytes(encodeDeviceIder({ ...message, sequence: sent }));
    sent += 1;
  };
  /** What it was told, when all that is under way has been done. */
  const heard = async (): Promise<readonly ManagerIder[]> => {
    for (let turn = 0; turn < 20; turn += 1) await clock.advance(0);
    reader.push(socket.taken());
    const all: ManagerIder[] = [];
    for (let one = reader.next(); one !== undefined; one = reader.next()) all.push(one);
    return all;
  };
  const command = (packet: Packet): void => {
    device({ type: "command", isDma: false, device: 0x10, packet: encodePacket(packet) });
  };
  return { clock, socket, said, speaker, device, heard, command };
}

/** The device's answer to the start of the session. */
const opening = {
  type: "opened",
  version: [1, 0],
  firmware: [16, 1],
  readBytes: 8192,
  writeBytes: 8192,
  protocol: 0,
  oem: new Uint8Array(),
} as const;

async function switchedOn() {
  const disk = aDisk();
  disk.socket.frame(opened);
  assert.deepEqual(
    (await disk.heard()).map(({ type }) => type),
    ["open"],
  );
  disk.device(opening);
  assert.deepEqual(
    (await disk.heard()).map(({ type }) => type),
    ["feature"],
  );
  disk.device({ type: "featureReply", feature: 3, value: 1 });
  await disk.heard();
  return disk;
}

test("the file is what the device reads, and how far it is told", async () => {
  const { clock, said, heard, command } = await switchedOn();
  assert.deepEqual(
    said.map(({ type }) => type),
    ["open", "on"],
  );
  command({ name: "read", block: 3, blocks: 32 });
  const data = (await heard()).flatMap((one) => (one.type === "dataToHost" ? [one] : []));
  assert.deepEqual(new Uint8Array(Buffer.concat(data.map((one) => one.data))), image.slice(3 * 2048, 35 * 2048));
  assert.deepEqual(
    data.map(({ isLast }) => isLast),
    [...Array.from({ length: 7 }, () => false), true],
  );
  await clock.advance(500);
  const last = said.at(-1);
  assert.ok(last?.type === "progress");
  assert.equal(last.bytesRead, 32 * 2048);
  assert.equal(last.bytesSeen, 3 * 65_536, "two pages that were read, and the next one ahead");
  assert.equal(last.bytesPerSecond, 2 * 32 * 2048);
});

test("taking it out tells the device first", async () => {
  const { said, speaker, heard, socket } = await switchedOn();
  const closing = speaker.close();
  const told = (await heard()).map(({ type }) => type);
  await closing;
  assert.deepEqual(told, ["feature", "close"]);
  assert.deepEqual(said.at(-1), { type: "over", error: null });
  assert.equal(socket.closedWith, 1000);
});

test("a device that does not switch its drives on, fails, miscounts or falls silent ends it with a code", async () => {
  const failing = async (bytes: Uint8Array): Promise<string | undefined> => {
    const { socket, said } = await switchedOn();
    socket.bytes(bytes);
    const last = said.at(-1);
    return last?.type === "over" ? last.error?.code : undefined;
  };
  assert.equal(await failing(encodeDeviceIder({ type: "error", sequence: 2, code: 9 })), "wire.ider.failed");
  assert.equal(await failing(encodeDeviceIder({ type: "ping", sequence: 7 })), "wire.redirection.malformed");
  const refusing = aDisk();
  refusing.socket.frame(opened);
  refusing.device(opening);
  refusing.device({ type: "featureReply", feature: 3, value: 0 });
  const last = refusing.said.at(-1);
  assert.equal(last?.type === "over" ? last.error?.code : "", "wire.ider.refused");
  const silent = await switchedOn();
  await silent.clock.advance(70_000);
  const end = silent.said.at(-1);
  assert.equal(end?.type === "over" ? end.error?.code : "", "console.session.silent");
});

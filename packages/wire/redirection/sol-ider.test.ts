import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { decodePacket, encodePacket, type Packet } from "./atapi.ts";
import {
  deviceIder,
  driveOf,
  encodeDeviceIder,
  encodeManagerIder,
  managerIder,
  type DeviceIder,
  type ManagerIder,
} from "./ider.ts";
import { codeOf, golden, hex, readAll } from "../testing/messages.ts";
import type { Framing } from "./messages.ts";
import { deviceSol, encodeDeviceSol, encodeManagerSol, managerSol, type DeviceSol, type ManagerSol } from "./sol.ts";

// The words of the serial line and of the disk.

/** Reads a golden cut at every offset, and writes it again to the same bytes. */
function goesRound<T>(name: string, framing: Framing<T>, write: (message: T) => Uint8Array): readonly T[] {
  const bytes = golden(name);
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const messages = readAll(framing, bytes, cut);
    assert.deepEqual(new Uint8Array(Buffer.concat(messages.map(write))), bytes);
  }
  return readAll(framing, bytes, 0);
}

test("the manager's side of a serial line is read and written again to the same bytes, cut anywhere", () => {
  const [start, settings, data] = goesRound("sol-manager", managerSol, encodeManagerSol);
  const limits = { transmitBytes: 1000, transmitTimeoutMs: 100, overflowTimeoutMs: 0, receiveTimeoutMs: 10_000 };
  assert.deepEqual(start, { type: "start", sequence: 0, limits: { ...limits, flushTimeoutMs: 0, heartbeatMs: 5000 } });
  assert.deepEqual(settings, { type: "settings", sequence: 1, data: hex("00001b000000") });
  assert.deepEqual(data, { type: "data", sequence: 2, data: new Uint8Array(Buffer.from("ls\r")) });
});

test("the device's side of a serial line is read and written again to the same bytes, cut anywhere", () => {
  const messages = goesRound("sol-device", deviceSol, encodeDeviceSol);
  assert.deepEqual(messages[1], { type: "lines", sequence: 1, control: 3, status: 4 });
  assert.deepEqual(
    messages.map((one) => one.type),
    ["started", "lines", "data", "heartbeat", "ping", "pong", "ended"],
  );
});

test("the manager's side of a disk is read and written again to the same bytes, cut anywhere", () => {
  const messages = goesRound("ider-manager", managerIder, encodeManagerIder);
  assert.partialDeepStrictEqual(messages[0], { receiveTimeoutMs: 30_000, heartbeatMs: 20_000, version: 1 });
  assert.deepEqual(messages[1], { type: "feature", sequence: 1, feature: 3, value: 0x19 });
  assert.deepEqual(messages[2], { type: "commandEnd", sequence: 2, device: 0xb0 });
  const sense = { key: 5, code: 0x20, qualifier: 0 };
  assert.deepEqual(messages[3], { type: "commandEnd", sequence: 3, device: 0xb0, sense });
  const capacity = hex("0000003f00000800");
  assert.deepEqual(messages[4], {
    type: "dataToHost",
    sequence: 4,
    device: 0x10,
    isLast: true,
    isDma: false,
    data: capacity,
  });
  assert.partialDeepStrictEqual(messages[6], { isDma: true, isLast: true });
  assert.deepEqual(messages[7], { type: "wantData", sequence: 7, device: 0xa0, bytes: 512 });
});

test("the device's side of a disk is read and written again to the same bytes, cut anywhere", () => {
  const messages = goesRound("ider-device", deviceIder, encodeDeviceIder);
  assert.partialDeepStrictEqual(messages[0], {
    version: [1, 0],
    firmware: [10, 1],
    readBytes: 8192,
    writeBytes: 8192,
    protocol: 0,
  });
  const read = messages[3];
  assert.ok(read?.type === "command" && read.isDma && driveOf(read.device) === "cd");
  assert.deepEqual(decodePacket(read.packet), { name: "read", block: 16, blocks: 1 });
});

test("unknown messages are refused, and so is data larger than a message may carry", () => {
  const sides: readonly Framing<unknown>[] = [managerSol, deviceSol, managerIder, deviceIder];
  for (const framing of sides) {
    assert.equal(
      codeOf(() => readAll(framing, hex("ff00000000000000"), 0)),
      "wire.redirection.unknown",
    );
  }
  assert.equal(
    codeOf(() => readAll(deviceIder, hex("53000000 00000000 00 0120"), 0)),
    "wire.redirection.too-large",
  );
  assert.equal(
    codeOf(() => readAll(managerIder, hex("54000000 00000000 00 0120"), 0)),
    "wire.redirection.too-large",
  );
  const data = new Uint8Array(0x1_0000);
  assert.equal(
    codeOf(() => encodeManagerSol({ type: "data", sequence: 0, data })),
    "wire.redirection.too-large",
  );
  assert.equal(
    codeOf(() => decodePacket(hex("00"))),
    "wire.redirection.malformed",
  );
});

const plain = { noNullPrototype: true } as const;
const byte = fc.integer({ min: 0, max: 255 });
const short = fc.integer({ min: 0, max: 0xffff });
const long = fc.integer({ min: 0, max: 0xffff_ffff });
const bytes = (minLength: number, maxLength = minLength): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });
const is = <const T extends string>(type: T): fc.Arbitrary<T> => fc.constant(type);

/** Values are written, cut somewhere, and read again. */
function property<T>(messages: fc.Arbitrary<T>, framing: Framing<T>, write: (message: T) => Uint8Array): void {
  fc.assert(
    fc.property(fc.array(messages, { maxLength: 5 }), fc.nat(), (all, cut) => {
      const written = new Uint8Array(Buffer.concat(all.map(write)));
      assert.deepEqual(readAll(framing, written, written.length === 0 ? 0 : cut % written.length), all);
    }),
  );
}

const simple = <const T extends string>(...names: T[]) =>
  fc.record({ type: fc.constantFrom(...names), sequence: long }, plain);

test("whatever is said on a serial line is read as it was written", () => {
  const data = fc.record({ type: is("data"), sequence: long, data: bytes(0, 300) }, plain);
  const limits = fc.record(
    {
      transmitBytes: short,
      transmitTimeoutMs: short,
      overflowTimeoutMs: short,
      receiveTimeoutMs: short,
      flushTimeoutMs: short,
      heartbeatMs: short,
    },
    plain,
  );
  const manager: fc.Arbitrary<ManagerSol> = fc.oneof(
    fc.record({ type: is("start"), sequence: long, limits }, plain),
    fc.record({ type: is("settings"), sequence: long, data: bytes(6) }, plain),
    data,
    simple("end", "ping", "pong", "heartbeat"),
    fc.constant({ type: "endSession" } as const),
  );
  property(manager, managerSol, encodeManagerSol);
  const device: fc.Arbitrary<DeviceSol> = fc.oneof(
    fc.record({ type: is("started"), sequence: long, status: byte, data: bytes(15) }, plain),
    fc.record({ type: is("lines"), sequence: long, control: byte, status: byte }, plain),
    data,
    simple("ended", "ping", "pong", "heartbeat"),
  );
  property(device, deviceSol, encodeDeviceSol);
});

test("whatever is said about a disk is read as it was written", () => {
  const sense = fc.record({ key: fc.integer({ min: 0, max: 15 }), code: byte, qualifier: byte }, plain);
  const manager: fc.Arbitrary<ManagerIder> = fc.oneof(
    fc.record(
      {
        type: is("open"),
        sequence: long,
        receiveTimeoutMs: short,
        transmitTimeoutMs: short,
        heartbeatMs: short,
        version: long,
      },
      plain,
    ),
    fc.record({ type: is("feature"), sequence: long, feature: byte, value: long }, plain),
    fc.record({ type: is("commandEnd"), sequence: long, device: byte }, plain),
    fc.record({ type: is("commandEnd"), sequence: long, device: byte, sense }, plain),
    fc.record({ type: is("wantData"), sequence: long, device: byte, bytes: short }, plain),
    fc.record(
      {
        type: is("dataToHost"),
        sequence: long,
        device: byte,
        isLast: fc.boolean(),
        isDma: fc.boolean(),
        data: bytes(0, 300),
      },
      plain,
    ),
    simple("close", "resetDone", "ping", "pong", "heartbeat"),
    fc.constant({ type: "endSession" } as const),
  );
  property(manager, managerIder, encodeManagerIder);
  const two = fc.tuple(byte, byte);
  const device: fc.Arbitrary<DeviceIder> = fc.oneof(
    fc.record(
      {
        type: is("opened"),
        sequence: long,
        version: two,
        firmware: two,
        readBytes: short,
        writeBytes: short,
        protocol: byte,
        oem: bytes(0, 255),
      },
      plain,
    ),
    fc.record({ type: is("reset"), sequence: long, mask: byte }, plain),
    fc.record({ type: is("featureReply"), sequence: long, feature: byte, value: long }, plain),
    fc.record({ type: is("error"), sequence: long, code: byte }, plain),
    fc.record({ type: is("command"), sequence: long, isDma: fc.boolean(), device: byte, packet: bytes(12) }, plain),
    fc.record({ type: is("dataFromHost"), sequence: long, data: bytes(0, 300) }, plain),
    simple("closed", "ping", "pong", "heartbeat"),
  );
  property(device, deviceIder, encodeDeviceIder);
});

test("a drive's packets are those of the standards", () => {
  const cases: readonly (readonly [string, Packet])[] = [
    ["000000000000000000000000", { name: "testUnitReady" }],
    ["080102030000000000000000", { name: "read", block: 0x1_0203, blocks: 256 }],
    ["0a0102030400000000000000", { name: "write", block: 0x1_0203, blocks: 4 }],
    ["2e0000000010000002000000", { name: "write", block: 16, blocks: 2 }],
    ["a80000000010000100000000", { name: "read", block: 16, blocks: 0x1_0000 }],
    ["aa0000000010000000020000", { name: "write", block: 16, blocks: 2 }],
    ["1a003f00c000000000000000", { name: "modeSense", page: 0x3f, mostBytes: 192, isLong: false }],
    ["510000000000000000000000", { name: "unknown", code: 0x51 }],
  ];
  for (const [packet, wanted] of cases) assert.deepEqual(decodePacket(hex(packet)), wanted, packet);
  const all: readonly (readonly [string, Packet])[] = [
    ["280000000010000001000000", { name: "read", block: 16, blocks: 1 }],
    ["2a0000000010000001000000", { name: "write", block: 16, blocks: 1 }],
    ["a80000000010000100000000", { name: "read", block: 16, blocks: 0x1_0000 }],
    ["5a002a00000000001c000000", { name: "modeSense", page: 0x2a, mostBytes: 28, isLong: true }],
    ["1a003f00c000000000000000", { name: "modeSense", page: 0x3f, mostBytes: 192, isLong: false }],
    ["1b0000000200000000000000", { name: "startStop", starts: false, ejects: true }],
    ["1e0000000100000000000000", { name: "preventRemoval", isPrevented: true }],
    ["230000000000000010000000", { name: "readFormatCapacities", mostBytes: 16 }],
    ["250000000000000000000000", { name: "readCapacity" }],
    ["43020000000001000c000000", { name: "readToc", inTimes: true, format: 0, track: 1, mostBytes: 12 }],
    ["460200100000000040000000", { name: "getConfiguration", which: 2, feature: 16, mostBytes: 64 }],
    ["4a0100001000000008000000", { name: "eventStatus", isPolled: true, classes: 16, mostBytes: 8 }],
    ["ac0000000000000000000000", { name: "unknown", code: 0xac }],
  ];
  for (const [packet, wanted] of all) {
    assert.deepEqual(encodePacket(wanted), hex(packet), packet);
    assert.deepEqual(decodePacket(hex(packet)), wanted);
  }
});

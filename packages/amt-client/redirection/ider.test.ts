import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import type { BlockDevice } from "@vigil/virtual-device/host/block-device.ts";
import { isoImage } from "@vigil/virtual-device/testing/iso-image.ts";
import { aSessionPair, type SessionPair } from "../testing/session-pair.ts";
import type { DiskSource } from "@vigil/wire/redirection/disk-image.ts";
import { openDisk, type DiskOptions, type DiskProgress, type DiskSession } from "./ider.ts";
import { openSerialLine } from "./sol.ts";

// The client's disk, and the drives of a virtual device's host.

const readme = new Uint8Array(Buffer.from("Start here.\n"));
const iso = isoImage({ label: "RESCUE", files: { "README.TXT": readme, "BIG.BIN": pattern(300_000) } });

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_one, index) => (index * 7 + (index >> 8)) & 0xff);
}

interface Memory extends DiskSource {
  readonly bytes: Uint8Array;
  reads: number;
}

function memory(bytes: Uint8Array, isWritable = false): Memory {
  const source: Memory = {
    bytes,
    size: bytes.length,
    reads: 0,
    read(offset, length) {
      source.reads += 1;
      return Promise.resolve(bytes.slice(offset, offset + length));
    },
    ...(isWritable
      ? {
          write(offset: number, part: Uint8Array) {
            bytes.set(part, offset);
            return Promise.resolve();
          },
        }
      : {}),
  };
  return source;
}

function opening(pair: SessionPair, source: DiskSource, more: Partial<DiskOptions> = {}): Promise<DiskSession> {
  const images = { cd: { name: "rescue.iso", source } };
  return openDisk({ ...pair.options, images, allowed: new Set(["rescue.iso"]), begins: "now", ...more });
}

/** What the host boots from. */
function bootDrive(
  { firmware }: SessionPair,
  options: Record<string, boolean | string> = { IDERBootDevice: "cd" },
): BlockDevice {
  firmware.change((state) => {
    state.lastBoot = { ...state.lastBoot, options: { UseIDER: true, ...options } };
  });
  const drive = firmware.machine.bootDrive;
  assert.ok(drive !== undefined);
  return drive;
}

async function codeOf(failing: Promise<unknown>): Promise<string> {
  const error = await failing.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof VigilError, String(error));
  return error.code;
}

test("the host reads the whole image, whatever it asks for and in whatever order", async () => {
  const pair = aSessionPair();
  const progress: DiskProgress[] = [];
  await using disk = await opening(pair, memory(iso), { onProgress: (one) => progress.push(one) });
  const drive = bootDrive(pair);
  const medium = await drive.open();
  assert.deepEqual(medium, { blockBytes: 2048, blocks: iso.length / 2048, isWritable: false });
  const whole = await drive.read(0, medium.blocks);
  assert.equal(createHash("sha256").update(whole).digest("hex"), createHash("sha256").update(iso).digest("hex"));
  for (const [block, blocks] of [
    [5, 1],
    [60, 40],
    [3, 33],
  ] as const) {
    assert.deepEqual(await drive.read(block, blocks), iso.slice(block * 2048, (block + blocks) * 2048));
  }
  await pair.clock.advance(1_000);
  await drive.read(0, 1);
  assert.equal(disk.progress.bytesRead, iso.length + 75 * 2048);
  await pair.clock.advance(0);
  assert.ok((progress.at(-1)?.bytesPerSecond ?? 0) > 0);
});

test("an image whose last block is not full is read with zeros behind, and nothing beyond it", async () => {
  const pair = aSessionPair();
  await using disk = await opening(pair, memory(pattern(5_000)));
  const drive = bootDrive(pair);
  assert.equal((await drive.open()).blocks, 3);
  const last = await drive.read(2, 1);
  assert.deepEqual(last.slice(0, 904), pattern(5_000).slice(4096));
  assert.deepEqual([...new Set(last.slice(904))], [0]);
  await assert.rejects(drive.read(2, 2), /sense 05 21 00/);
  assert.equal(disk.progress.bytesWritten, 0);
});

test("a read ahead asks the source for each page once", async () => {
  const pair = aSessionPair();
  const source = memory(iso);
  await using disk = await opening(pair, source);
  const drive = bootDrive(pair);
  for (let block = 0; block < 96; block += 4) await drive.read(block, 4);
  assert.ok(source.reads <= 5, `${source.reads} reads`);
  void disk;
});

test("a boot from the redirected disk lists its label and files, and sums it up at the prompt", async () => {
  const pair = aSessionPair();
  await using disk = await opening(pair, memory(iso), { begins: "on-reboot" });
  const line = await openSerialLine(pair.options);
  let text = "";
  line.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
  await pair.clock.advance(200);
  pair.firmware.change((state) => {
    state.boot = { ...state.boot, settings: { UseSOL: true, UseIDER: true, IDERBootDevice: "cd" }, isNext: true };
  });
  pair.firmware.power.request(10);
  for (let turn = 0; turn < 20; turn += 1) await pair.clock.advance(100);
  assert.match(
    text,
    /Booting from the redirected disk\r\nVolume RESCUE\r\n {2}BIG\.BIN +300000\r\n {2}README\.TXT +12\r\ncd> $/,
  );
  line.write("sum\r");
  for (let turn = 0; turn < 60 && !/sha256/.test(text); turn += 1) await pair.clock.advance(10);
  assert.match(text, new RegExp(`sha256 ${createHash("sha256").update(iso).digest("hex")} ${iso.length}\r\n`));
  line.destroy();
  void disk;
});

test("a floppy is written when both image and source allow it, and only then", async () => {
  const pair = aSessionPair();
  const source = memory(pattern(1_474_560), true);
  const floppy = { name: "dos.img", source, isWritable: true };
  const allowed = new Set(["dos.img"]);
  {
    await using disk = await opening(pair, source, { images: { floppy }, allowed });
    const drive = bootDrive(pair, {});
    assert.deepEqual(await drive.open(), { blockBytes: 512, blocks: 2880, isWritable: true });
    const bytes = new Uint8Array(100 * 512).fill(0x5a);
    await drive.write(10, bytes);
    assert.deepEqual(await drive.read(10, 100), bytes);
    assert.deepEqual(source.bytes.slice(5_120, 56_320), bytes);
    assert.equal(disk.progress.bytesWritten, bytes.length);
  }
  await pair.clock.advance(0);
  await using disk = await opening(pair, source, { images: { floppy: { ...floppy, isWritable: false } }, allowed });
  const drive = bootDrive(pair, {});
  assert.equal((await drive.open()).isWritable, false);
  await assert.rejects(drive.write(0, new Uint8Array(512)), /sense 07 27 00/);
  void disk;
});

test("an image that is not on the list is not shown, and no session is opened", async () => {
  const pair = aSessionPair();
  assert.equal(await codeOf(opening(pair, memory(iso), { allowed: new Set() })), "amt.redirection.image-refused");
  assert.equal(pair.firmware.sessions.of("ider"), undefined);
});

test("an empty drive has no medium, and a source that fails is a drive that cannot read", async () => {
  const pair = aSessionPair();
  let fails = true;
  const source: DiskSource = {
    size: iso.length,
    read: (offset, length) =>
      fails ? Promise.reject(new Error("gone")) : Promise.resolve(iso.slice(offset, offset + length)),
  };
  await using disk = await opening(pair, source);
  const drive = bootDrive(pair);
  await assert.rejects(drive.read(0, 1), /sense 03 11 00/);
  fails = false;
  assert.deepEqual(await drive.read(0, 1), iso.slice(0, 2048));
  await assert.rejects(bootDrive(pair, {}).open(), /sense 02 3a 00/);
  void disk;
});

test("closing pulls the drives out and ends the session; a read under way fails", async () => {
  const pair = aSessionPair();
  const never = new Promise<Uint8Array>(() => {});
  const disk = await opening(pair, { size: iso.length, read: () => never });
  const reading = assert.rejects(bootDrive(pair).read(0, 1), /the drive is gone|the session is over/);
  await pair.clock.advance(0);
  await disk.close();
  await disk.done;
  await reading;
  await pair.clock.advance(0);
  assert.equal(pair.firmware.machine.bootDrive, undefined);
  assert.equal(pair.firmware.sessions.of("ider"), undefined);
  assert.equal(pair.clock.pending(), 0);
});

test("a disk that is lost says so, whoever waits for it", async () => {
  for (const lose of [(one: SessionPair) => one.cut(), (one: SessionPair) => one.firmware.sessions.end("ider")]) {
    const pair = aSessionPair();
    const disk = await opening(pair, memory(iso));
    lose(pair);
    const code = await codeOf(disk.done);
    assert.match(code, /^amt\.(redirection\.closed|connect\.reset)$/);
    await disk.close();
  }
});

test("it is given up when its owner says so", async () => {
  const pair = aSessionPair();
  const stop = new AbortController();
  const disk = await opening(pair, memory(iso), { signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(disk.done, /enough/);
});

test("a quiet disk stays open for minutes", async () => {
  const pair = aSessionPair();
  await using disk = await opening(pair, memory(iso));
  for (let minute = 0; minute < 5; minute += 1) {
    for (let part = 0; part < 6; part += 1) await pair.clock.advance(10_000);
  }
  assert.deepEqual(await bootDrive(pair).read(16, 1), iso.slice(16 * 2048, 17 * 2048));
  void disk;
});

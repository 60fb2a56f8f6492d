import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { Audit } from "../audit/audit.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Images } from "./images.ts";

const clock = testClock();
const folder = mkdtempSync(join(tmpdir(), "vigil-images-"));
let postgres: Postgres;
let images: Images;

before(async () => {
  postgres = await aDatabase(clock);
  images = library();
  await images.prepare();
});
after(async () => {
  await images.stop();
  await postgres.close();
  rmSync(folder, { recursive: true, force: true });
});

function library(): Images {
  return new Images({ postgres, audit: new Audit(postgres, clock), clock, folder });
}

/** As much of an ISO 9660 image as is looked at. */
function anIso(bytes = 40_000): Uint8Array {
  const content = Uint8Array.from({ length: bytes }, (_one, index) => index & 0xff);
  content.set(Buffer.from("\u0001CD001\u0001", "latin1"), 16 * 2048);
  return content;
}

async function added(name: string, content = anIso(), kind: "cd" | "floppy" = "cd"): Promise<void> {
  const id = await images.begin({ name, kind, bytes: content.length });
  for (let offset = 0; offset < content.length; offset += 10_000) {
    await images.take(id, offset, content.subarray(offset, offset + 10_000));
  }
  await images.finish("owner", id, undefined);
}

test("an image comes in parts, is kept with its checksum, and is read at any place", async () => {
  const content = anIso();
  await added("rescue.iso", content);
  const record = await images.get("rescue.iso");
  assert.partialDeepStrictEqual(record, { kind: "cd", bytes: content.length, addedBy: "owner" });
  assert.equal(record.sha256, createHash("sha256").update(content).digest("hex"));
  const open = await images.open("rescue.iso");
  assert.deepEqual(await open.read(12_345, 678), content.slice(12_345, 12_345 + 678));
  await assert.rejects(images.remove("owner", "rescue.iso"), { code: "images.in-use" });
  await open.close();
  await images.remove("owner", "rescue.iso");
  assert.deepEqual(readdirSync(folder), []);
  await assert.rejects(images.open("rescue.iso"), { code: "images.unknown" });
});

test("a part that does not follow the one before is refused, and nothing of it is kept", async () => {
  const id = await images.begin({ name: "gap.iso", kind: "cd", bytes: 100 });
  assert.equal(await images.take(id, 0, new Uint8Array(10)), 10);
  for (const [offset, bytes] of [
    [0, 10],
    [20, 10],
    [10, 0],
    [10, 91],
  ] as const) {
    await assert.rejects(images.take(id, offset, new Uint8Array(bytes)), { code: "images.upload.broken" });
  }
  await assert.rejects(images.finish("owner", id, undefined), { code: "images.upload.broken" });
  await images.giveUp(id);
  assert.deepEqual(readdirSync(folder), []);
});

test("what is not an image of its kind, or not what its sender sent, does not enter the library", async () => {
  await assert.rejects(added("not.iso", new Uint8Array(40_000)), { code: "images.content.wrong" });
  await assert.rejects(added("odd.img", new Uint8Array(1_000), "floppy"), { code: "images.content.wrong" });
  const content = anIso();
  const id = await images.begin({ name: "changed.iso", kind: "cd", bytes: content.length });
  await images.take(id, 0, content);
  await assert.rejects(images.finish("owner", id, "0".repeat(64)), { code: "images.content.wrong" });
  await added("boot.img", new Uint8Array(1_474_560), "floppy");
  assert.deepEqual(
    (await images.list()).map(({ name }) => name),
    ["boot.img"],
  );
  assert.equal(readdirSync(folder).length, 1);
  await images.remove("owner", "boot.img");
});

test("an image does not change: another of its name is refused before and after its bytes", async () => {
  const content = anIso();
  const late = await images.begin({ name: "twice.iso", kind: "cd", bytes: content.length });
  await added("twice.iso");
  await assert.rejects(images.begin({ name: "twice.iso", kind: "cd", bytes: 1 }), { code: "images.taken" });
  await images.take(late, 0, content);
  await assert.rejects(images.finish("owner", late, undefined), { code: "images.taken" });
  assert.equal(readdirSync(folder).length, 1);
  await images.remove("owner", "twice.iso");
});

test("an image may be as large as there is room, and no larger than images may be", async () => {
  const most = { name: "most.iso", kind: "cd", bytes: 8 * 1024 ** 3 + 1 } as const;
  await assert.rejects(images.begin(most), { code: "images.too-large" });
  const free = await images.freeBytes();
  const id = await images.begin({ name: "promised.iso", kind: "cd", bytes: Math.min(free, 4096) });
  assert.ok((await images.freeBytes()) <= free, "promised room is not free");
  await images.giveUp(id);
});

test("an upload of which nothing comes any more is forgotten; so is what a dead process left", async () => {
  await images.begin({ name: "silent.iso", kind: "cd", bytes: 100 });
  await clock.advance(10 * 60_000);
  await images.stop();
  assert.deepEqual(readdirSync(folder), []);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "0b9ad1c6-3f3a-4f6c-8a53-0123456789ab.part"), "half");
  writeFileSync(join(folder, "0b9ad1c6-3f3a-4f6c-8a53-0123456789ab"), "whole, without a row");
  writeFileSync(join(folder, "notes.txt"), "somebody else's");
  await library().prepare();
  assert.deepEqual(readdirSync(folder), ["notes.txt"]);
});

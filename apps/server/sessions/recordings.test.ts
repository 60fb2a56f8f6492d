import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Recording } from "@vigil/amt-client/redirection/recording.ts";
import { testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { Audit } from "../audit/audit.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Recorder } from "./recorder.ts";
import { Recordings } from "./recordings.ts";
import { SessionsStore } from "./sessions.store.ts";

const clock = testClock();
const folder = mkdtempSync(join(tmpdir(), "vigil-recordings-"));
const device = "01234567-89ab-cdef-0123-456789abcdef";
const dayMs = 86_400_000;

let postgres: Postgres;
let audit: Audit;
let recordings: Recordings;
let store: SessionsStore;
before(async () => {
  postgres = await aDatabase(clock);
  audit = new Audit(postgres, clock);
  store = new SessionsStore(postgres);
  recordings = new Recordings({ postgres, audit, clock, log: silentLog(), folder });
});
after(async () => {
  await postgres.close();
  rmSync(folder, { recursive: true, force: true });
});

function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

async function aRecording(number: number, isOver: boolean): Promise<string> {
  const id = idOf(number);
  const started_at = new Date(clock.now());
  await store.begin({ id, device, host_name: "desk-1", kind: "sol", actor: "owner", started_at });
  writeFileSync(join(folder, `${id}.cast`), "what was seen");
  if (isOver) await store.end(id, { ended_at: started_at, bytes: 13, is_whole: true });
  return id;
}

async function actions(): Promise<string[]> {
  return (await audit.list({ limit: 100 })).map(({ action, actor }) => `${actor} ${action}`).toReversed();
}

test("nothing is recorded until somebody says so, which is written down", async () => {
  assert.deepEqual(await recordings.settings(), { recordsSerialLine: false, recordsScreen: false, keepDays: 30 });
  const settings = { recordsSerialLine: true, recordsScreen: false, keepDays: 7 };
  assert.deepEqual(await recordings.changeSettings("owner", settings), settings);
  assert.deepEqual(await recordings.settings(), settings);
  assert.deepEqual(await actions(), ["owner session.settings"]);
});

test("a recording is taken whole, and who took it is written down", async () => {
  const id = await aRecording(1, true);
  const { name, bytes, stream } = await recordings.file("api-key:auditor", id);
  assert.match(name, /^desk-1-2026-01-01T00-00-00-000Z\.cast$/);
  assert.equal(bytes, 13);
  assert.equal(String(Buffer.concat(await stream.toArray())), "what was seen");
  assert.equal((await actions()).at(-1), "api-key:auditor session.recording-taken");
  await assert.rejects(recordings.file("owner", idOf(99)), { code: "sessions.recording.unknown" });
});

test("one that is under way is not removed, one that is over is", async () => {
  const id = await aRecording(2, false);
  await assert.rejects(recordings.remove("owner", id), { code: "sessions.recording.open" });
  await recordings.remove("owner", idOf(1));
  assert.deepEqual(
    (await recordings.list(10)).map((one) => one.id),
    [id],
  );
});

test("those that are too old are removed with their files, and what a killed server left open is closed", async () => {
  await clock.advance(8 * dayMs);
  const young = await aRecording(3, true);
  const stop = recordings.maintain();
  const left = async (): Promise<string[]> => (await recordings.list(10)).map((one) => one.id);
  // What began the upkeep goes on by itself; the list says when it is through.
  while ((await left()).length > 1) await clock.advance(0);
  stop();
  assert.deepEqual(await left(), [young]);
  assert.throws(() => readFileSync(join(folder, `${idOf(2)}.cast`)), { code: "ENOENT" });
  assert.equal((await actions()).at(-1), "vigil session.recording-removed");
});

test("a recording never grows beyond what it may, and says that it is not whole", async () => {
  const bytes: Recording = {
    head: Buffer.from("head"),
    fromDevice: (one) => [one],
    toDevice: () => [],
  };
  const path = join(folder, "small");
  const recorder = new Recorder(bytes, { clock, path, mostBytes: 10 });
  recorder.fromDevice(Buffer.from("12345"));
  recorder.fromDevice(Buffer.from("67890"));
  recorder.fromDevice(Buffer.from("!"));
  assert.deepEqual(await recorder.end(), { bytes: 9, isWhole: false, failure: undefined });
  assert.equal(readFileSync(path, "utf8"), "head12345");
});

test("a disk that takes nothing ends the recording and throws at nobody", async () => {
  const recorder = new Recorder(
    { head: Buffer.from("head"), fromDevice: (one) => [one], toDevice: () => [] },
    { clock, path: join(folder, "no such folder", "file"), mostBytes: 10 },
  );
  recorder.fromDevice(Buffer.from("1"));
  const { isWhole, failure } = await recorder.end();
  assert.equal(isWhole, false);
  assert.ok(failure instanceof Error);
});

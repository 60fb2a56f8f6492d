import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { fail } from "./errors.ts";
import { Trail } from "./trail.ts";

const write = { className: "AMT_GeneralSettings", method: "Put", fields: [] };

function aTrail() {
  const clock = testClock();
  const news: number[] = [];
  let written = 0;
  const trail: Trail = new Trail({ clock, onNews: (index) => news.push(index), onWritten: () => (written += 1) });
  return { clock, trail, news, written: () => written };
}

test("a step that finds nothing writes nothing, and one that writes is kept", async () => {
  const { clock, trail, news, written } = aTrail();
  const found = [{ setting: "general.hostName", found: "a", wanted: "b" }];
  await trail.walked(
    "clock",
    () => Promise.resolve([]),
    () => Promise.reject(new Error("nothing is to be applied")),
  );
  assert.equal(written(), 0);
  await trail.walked(
    "general",
    async () => {
      await clock.advance(1_200);
      return found;
    },
    () => Promise.resolve(trail.wrote(write)),
  );
  assert.equal(written(), 1);
  assert.deepEqual(
    trail.notes.map(({ name, outcome, ms, compared, wrote }) => ({ name, outcome, ms, compared, wrote })),
    [
      { name: "clock", outcome: "same", ms: 0, compared: [], wrote: [] },
      { name: "general", outcome: "done", ms: 1_200, compared: found, wrote: [write] },
    ],
  );
  assert.deepEqual(news, [0, 0, 1, 1], "watchers are told as each begins and ends");
});

test("a step that fails keeps its error, and what it wrote before", async () => {
  const { trail } = aTrail();
  const failing = trail.walked(
    "commit",
    () => Promise.resolve("due"),
    () => {
      trail.wrote(write);
      return Promise.reject(fail("provisioning.step.timeout"));
    },
  );
  await assert.rejects(failing);
  const [note] = trail.notes;
  assert.equal(note?.outcome, "failed");
  assert.equal(note.error?.code, "provisioning.step.timeout");
  assert.deepEqual(note.wrote, [write]);
  assert.equal(trail.step, "commit");
});

test("a meeting inside a meeting is one note with the facts of both", async () => {
  const { trail } = aTrail();
  await trail.meeting("come-back", { address: "10.0.0.1" }, () =>
    trail.meeting("meet", { way: "runtime" }, () => Promise.resolve(trail.fact("admin", "applied password: taken"))),
  );
  assert.equal(trail.notes.length, 1);
  assert.deepEqual(trail.notes[0]?.facts, {
    address: "10.0.0.1",
    way: "runtime",
    admin: "applied password: taken",
  });
});

test("an attempt that never ends is bounded", async () => {
  const { trail } = aTrail();
  for (let round = 0; round < 500; round += 1) await trail.meeting("meet", {}, () => Promise.resolve());
  assert.equal(trail.notes.length, 150);
});

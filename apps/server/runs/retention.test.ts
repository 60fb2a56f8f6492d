import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { Audit, chainKeyFrom, Paths } from "../audit/audit.ts";
import { aDatabase } from "../testing/a-server.ts";
import { sweepOnce } from "./retention.ts";
import { RunsStore } from "./runs.store.ts";
import type { RunRow } from "./tables.ts";

const dayMs = 86_400_000;

test("runs that ended long ago are removed with their devices' shares, those that ended lately or not at all stay", async () => {
  const clock = testClock();
  await using postgres = await aDatabase(clock);
  const audit = new Audit(postgres, clock, { key: chainKeyFrom(new Uint8Array(32)), paths: new Paths() });
  const store = new RunsStore(postgres);
  const insert = async (title: string, endedDaysAgo: number | null): Promise<string> => {
    const at = new Date(clock.now() - 400 * dayMs);
    const none = { operation: null, job: null, job_version: null, reason: null, retry_of: null, paused_because: null };
    const run: RunRow = {
      ...none,
      id: randomUUID(),
      title,
      definition: { steps: [{ name: "Look", do: "power.state" }] },
      limits: {},
      target: "All",
      started_by: "owner",
      state: endedDaysAgo === null ? "running" : "finished",
      wave: 1,
      accepted_wave: 0,
      leaves_power: false,
      put_back: null,
      starts_at: null,
      next_begin_at: null,
      asked_first: false,
      asked_step: null,
      approved: [],
      total: 1,
      created_at: at,
      finished_at: endedDaysAgo === null ? null : new Date(clock.now() - endedDaysAgo * dayMs),
    };
    const item = {
      device: randomUUID(),
      host_name: null,
      address: "127.0.0.1",
      wave: 1,
      site: "127.0.0",
      wake_at: null,
    };
    await postgres.transaction((tx) => store.insert(tx, run, [item], [1]));
    return run.id;
  };
  const old = await insert("Old", 181);
  const [lately, open] = [await insert("Lately", 179), await insert("Open", null)];
  const deps = { postgres, audit, clock, log: silentLog(), keptDays: 180 };
  assert.equal(await sweepOnce(deps, store), 1);
  assert.equal(await store.get(old), undefined);
  assert.equal((await store.results(old, { limit: 10, offset: 0 })).total, 0);
  for (const id of [lately, open]) assert.equal((await store.results(id, { limit: 10, offset: 0 })).total, 1);
  const [entry] = await audit.list({ limit: 1 });
  assert.deepEqual([entry?.action, entry?.summary], ["run.removed", 'After 180 days, removed the run "Old"']);
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres } from "@vigil/postgres/postgres.ts";
import { freshUrl } from "@vigil/postgres/test-databases.ts";
import { Work } from "@vigil/work/work.ts";
import { migrations } from "../migrations/all.ts";
import { aServer } from "../testing/a-server.ts";

// What was stored when a run was one operation, and its devices were counted by looking at them.

const retry = { limit: 20, firstDelaySeconds: 1, maxDelaySeconds: 60 };

/** The schema before there were steps. */
const before = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < "0028"));

test("runs that were stored before there were steps are listed, shown and exported, and one that was open ends", async () => {
  const url = await freshUrl();
  const ids = { ended: randomUUID(), cancelled: randomUUID(), open: randomUUID() };
  const devices = [randomUUID(), randomUUID(), randomUUID()];
  {
    await using postgres = await openPostgres({ url }, { clock: systemClock(), log: silentLog() });
    await postgres.migrate(before);
    const run = (id: string, operation: string, state: string, parameters: object): Promise<unknown> =>
      postgres.execute(
        `insert into runs (id, title, operation, target, started_by, state, total, created_at, finished_at, parameters)
         values ($1, $2, $3, 'All', 'owner', $4, 3, now() - interval '1 hour', ${state === "running" ? "null" : "now()"}, $5)`,
        [id, `Old ${state}`, operation, state, JSON.stringify(parameters)],
      );
    const item = (id: string, index: number, outcome: string, answer: string | null, error: object | null = null) =>
      postgres.execute(
        `insert into run_items (run, device, host_name, address, outcome, answer, error, started_at, finished_at)
         values ($1, $2, $3, '127.0.0.9', $4, $5, $6,
           case when $4 in ('waiting', 'cancelled') then null else now() end,
           case when $4 in ('waiting', 'running') then null else now() end)`,
        [id, devices[index], `pc${index}`, outcome, answer, error === null ? null : JSON.stringify(error)],
      );
    await run(ids.ended, "device.unprovision", "finished", { kind: "full" });
    const error = { code: "amt.power.refused", message: "no", side: "device", next: "look", details: {} };
    await item(ids.ended, 0, "succeeded", "Done");
    await item(ids.ended, 1, "failed", null, error);
    await item(ids.ended, 2, "unknown", "Power is on now");
    await run(ids.cancelled, "power.on", "cancelled", {});
    await item(ids.cancelled, 0, "succeeded", "Accepted");
    await item(ids.cancelled, 1, "cancelled", null);
    await item(ids.cancelled, 2, "cancelled", null);
    await run(ids.open, "power.state", "running", {});
    for (const index of [0, 1, 2]) await item(ids.open, index, index === 0 ? "running" : "waiting", null);
    // Their work items were in the queue, as they are today. Nobody has begun to take any.
    const work = await Work.start(postgres, { clock: systemClock(), log: silentLog() });
    await work.define("run-items", { concurrency: 1, leaseSeconds: 90, retry, handle: () => Promise.resolve() });
    await work.sendMany(
      "run-items",
      devices.map((device) => ({ run: ids.open, device })),
    );
    await work.stop();
  }
  await using server = await aServer({ databaseUrl: url });
  const { runs } = server.client;
  const { items, total } = await runs.list();
  assert.equal(total, 3);
  const ended = items.find(({ id }) => id === ids.ended);
  assert.deepEqual(
    [ended?.operation, ended?.parameters?.["kind"], ended?.waves, ended?.putBack, ended?.leavesPower],
    ["device.unprovision", "full", [3], null, false],
  );
  const none = { waiting: 0, running: 0, cancelled: 0 };
  assert.deepEqual(ended?.counts, { ...none, succeeded: 1, failed: 1, unknown: 1 });
  const cancelled = await runs.show({ params: { id: ids.cancelled } });
  assert.deepEqual([cancelled.state, cancelled.counts.cancelled, cancelled.counts.succeeded], ["cancelled", 2, 1]);
  const { items: results } = await runs.results({ params: { id: ids.ended }, query: {} });
  assert.deepEqual(
    results.map(({ outcome, hostName, error }) => [outcome, hostName, error?.code ?? null]),
    [
      ["failed", "pc1", "amt.power.refused"],
      ["unknown", "pc2", null],
      ["succeeded", "pc0", null],
    ],
  );
  const trail = await runs.trail({ params: { id: ids.ended, device: devices[0] ?? "" } });
  assert.deepEqual(
    trail.items.map(({ path, outcome, answer }) => [path, outcome, answer]),
    [["1. device.unprovision", "succeeded", "Done"]],
  );
  const steps = await runs.steps({ params: { id: ids.cancelled } });
  assert.deepEqual([steps.items[0]?.counts.succeeded, steps.items[0]?.counts.skipped], [1, 2]);
  const { csv } = await runs.export({ params: { id: ids.ended } });
  assert.match(csv, /pc1,127\.0\.0\.9,failed,/);
  assert.equal(csv.trimEnd().split("\r\n").length, 4);
  // Its devices are none that the registry knows.
  const clock = systemClock();
  const isOpen = async (): Promise<boolean> => (await runs.show({ params: { id: ids.open } })).finishedAt === null;
  while (await isOpen()) await clock.sleep(50);
  const { counts } = await runs.show({ params: { id: ids.open } });
  assert.deepEqual([counts.failed, counts.waiting, counts.running], [3, 0, 0]);
});

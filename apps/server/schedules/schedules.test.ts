import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { vigilClient, type VigilClient } from "@vigil/api/client.ts";
import type { Fire, ScheduleSettings } from "@vigil/api/resources/schedules.ts";
import { systemClock, type Clock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { freshUrl } from "@vigil/postgres/test-databases.ts";
import { startServer } from "../compose.ts";
import { serverConfig } from "../config.ts";

// A server that was not there when a time came is one that is started later: its clock is set, and nobody waits.

const directory = mkdtempSync(join(tmpdir(), "vigil-schedules-"));
after(() => rmSync(directory, { recursive: true, force: true }));
const masterKey = randomBytes(32).toString("base64");

interface Running extends AsyncDisposable {
  readonly client: VigilClient;
}

/** A server whose clock says that it is started at that moment. */
async function startedAt(moment: string, where: { readonly folder: string; readonly url?: string }): Promise<Running> {
  const { folder, url } = where;
  const given = {
    mode: "lab" as const,
    dataDirectory: join(directory, folder),
    http: "0",
    helloPort: 0,
    domainSuffix: "test.example",
    ...(url === undefined ? {} : { databaseUrl: url }),
  };
  const config = serverConfig(given, { VIGIL_MASTER_KEY: masterKey });
  const running = await startServer(config, { clock: clockAt(moment), log: silentLog() });
  const client = vigilClient({ baseUrl: running.url, token: await running.createApiKey(folder) });
  return { client, [Symbol.asyncDispose]: () => running.stop() };
}

function clockAt(moment: string): Clock {
  const clock = systemClock();
  const offset = Date.parse(moment) - clock.now();
  return { ...clock, now: () => clock.now() + offset };
}

const nightly: ScheduleSettings = {
  work: { operation: "power.state", parameters: {} },
  target: { collection: "All" },
  at: { cron: "30 2 * * *", timeZone: "Europe/Berlin" },
  window: null,
  missed: "skip",
  isOn: true,
  reason: "",
};

/** Waits until none of a schedule's times is still about to be started. */
async function settledFires(client: VigilClient, name: string, count = 1): Promise<Fire[]> {
  const clock = systemClock();
  for (;;) {
    const { items } = await client.schedules.fires({ params: { name } });
    if (items.length >= count && items.every(({ outcome }) => outcome !== "due")) return items;
    await clock.sleep(20);
  }
}

test("what came while no server ran is left, made up for once, or only when it is not too late, as each schedule says", async () => {
  const where = { folder: "missed" };
  {
    await using server = await startedAt("2026-03-27T12:00:00Z", where);
    const { schedules } = server.client;
    const make = async (name: string, more: Partial<ScheduleSettings>): Promise<string | null> =>
      (await schedules.create({ body: { name, settings: { ...nightly, ...more } } })).nextAt;
    assert.equal(await make("left", {}), "2026-03-28T01:30:00.000Z");
    await make("made up", { missed: "run-once" });
    await make("too late", { missed: { withinSeconds: 3_600 } });
    await make("late", { missed: { withinSeconds: 259_200 } });
    await make("once", { at: { once: "2026-03-29T01:00:00Z" }, missed: "run-once" });
    await make("off", { isOn: false, missed: "run-once" });
    const definition = { steps: [{ name: "Look", do: "power.state" as const }] };
    await server.client.jobs.create({ body: { name: "Looks", definition } });
    await make("job", { work: { job: "Looks", version: "newest" }, missed: "run-once" });
  }
  // Three nights later, one of which had 23 hours.
  await using server = await startedAt("2026-03-30T03:00:00Z", where);
  const { client } = server;
  await settledFires(client, "job");
  const outcomeOf = async (name: string): Promise<string[]> =>
    (await settledFires(client, name)).map(({ dueAt, outcome }) => `${dueAt.slice(0, 16)} ${outcome}`);
  assert.deepEqual(await outcomeOf("left"), ["2026-03-28T01:30 missed"]);
  assert.deepEqual(await outcomeOf("made up"), ["2026-03-28T01:30 started"], "three nights are one run");
  assert.deepEqual(await outcomeOf("too late"), ["2026-03-28T01:30 missed"]);
  assert.deepEqual(await outcomeOf("late"), ["2026-03-28T01:30 started"]);
  assert.deepEqual(await outcomeOf("once"), ["2026-03-29T01:00 started"]);
  assert.deepEqual((await client.schedules.fires({ params: { name: "off" } })).items, []);
  const shown = async (name: string) => client.schedules.show({ params: { name } });
  assert.equal((await shown("made up")).nextAt, "2026-03-31T00:30:00.000Z", "by summer time");
  assert.equal((await shown("once")).nextAt, null);
  const { items } = await client.runs.list({});
  const started = items.filter(({ startedBy }) => startedBy.startsWith("schedule "));
  assert.deepEqual(started.map(({ startedBy }) => startedBy).toSorted(), [
    "schedule job",
    "schedule late",
    "schedule made up",
    "schedule once",
  ]);
  assert.ok(started.some(({ job }) => job === "Looks"));
  const [fire] = await settledFires(client, "late");
  assert.ok(started.some(({ id }) => id === fire?.run));
});

test("one that is made up for waits for its window, and starts when that opens", async () => {
  const where = { folder: "window" };
  const rules = [{ days: ["sat" as const], from: "01:00", to: "03:00" }];
  const settings = { ...nightly, window: "Saturdays", missed: "run-once" as const };
  {
    await using server = await startedAt("2026-06-05T12:00:00Z", where);
    const { windows, schedules } = server.client;
    await windows.put({ params: { name: "Saturdays" }, body: { timeZone: "Europe/Berlin", rules } });
    const made = await schedules.create({ body: { name: "nightly", settings } });
    assert.equal(made.nextAt, "2026-06-06T00:30:00.000Z", "half past two on Saturday is inside it");
    await assert.rejects(windows.remove({ params: { name: "saturdays" } }), { code: "schedules.window.in-use" });
  }
  {
    await using server = await startedAt("2026-06-06T05:00:00Z", where);
    const { client } = server;
    const clock = systemClock();
    const next = async () => (await client.schedules.show({ params: { name: "nightly" } })).nextAt;
    while ((await next()) === "2026-06-06T00:30:00.000Z") await clock.sleep(20);
    assert.equal(await next(), "2026-06-12T23:00:00.000Z", "the next Saturday, as soon as it opens");
    assert.deepEqual((await client.schedules.fires({ params: { name: "nightly" } })).items, []);
  }
  await using server = await startedAt("2026-06-12T23:00:10Z", where);
  const [fire] = await settledFires(server.client, "nightly");
  assert.equal(fire?.outcome, "started");
});

test("two servers that find the same time come start one run", async () => {
  const url = await freshUrl();
  {
    await using server = await startedAt("2026-10-24T23:00:00Z", { folder: "one", url });
    await server.client.schedules.create({ body: { name: "nightly", settings: nightly } });
  }
  // In the night of 25 hours, within the first half past two and within the second.
  for (const moment of ["2026-10-25T00:30:05Z", "2026-10-25T01:30:05Z"]) {
    const [one, other] = await Promise.all([
      startedAt(moment, { folder: "one", url }),
      startedAt(moment, { folder: "two", url }),
    ]);
    try {
      const fires = await settledFires(one.client, "nightly");
      assert.deepEqual(
        fires.map(({ dueAt, outcome }) => `${dueAt.slice(0, 16)} ${outcome}`),
        ["2026-10-25T00:30 started"],
      );
      assert.equal((await other.client.runs.list({})).total, 1);
    } finally {
      await Promise.all([one[Symbol.asyncDispose](), other[Symbol.asyncDispose]()]);
    }
  }
});

test("what cannot be is refused by name, and nothing is stored", async () => {
  await using server = await startedAt("2026-03-27T12:00:00Z", { folder: "refused" });
  const { schedules } = server.client;
  const refused = (more: Partial<ScheduleSettings>, code: string): Promise<void> =>
    assert.rejects(schedules.create({ body: { name: "x", settings: { ...nightly, ...more } } }), { code });
  await refused({ at: { cron: "0 0 30 2 *", timeZone: "UTC" } }, "schedules.cron.invalid");
  await refused({ at: { cron: "0 0 * * *", timeZone: "Mars/Olympus" } }, "schedules.time-zone.unknown");
  await refused({ at: { once: "2026-03-27T11:00:00Z" } }, "schedules.past");
  await refused({ window: "none such" }, "schedules.window.unknown");
  await refused({ target: { collection: "none such" } }, "collections.unknown");
  await refused({ target: {} }, "runs.target.unclear");
  await refused({ work: { operation: "power.state", parameters: { speed: "high" } } }, "runs.parameter.invalid");
  await refused({ work: { job: "none such", version: "newest" } }, "jobs.unknown");
  assert.deepEqual((await schedules.list()).items, []);
  await schedules.create({ body: { name: "Nightly", settings: nightly } });
  await assert.rejects(schedules.create({ body: { name: "nightly", settings: nightly } }), { code: "schedules.taken" });
  await assert.rejects(schedules.show({ params: { name: "x" } }), { code: "schedules.unknown" });
  const span = { from: "2026-03-01T00:00:00Z", to: "2027-12-01T00:00:00Z" };
  await assert.rejects(schedules.calendar({ query: span }), { code: "schedules.span.invalid" });
  const april = await schedules.calendar({ query: { from: "2026-04-01T00:00:00Z", to: "2026-05-01T00:00:00Z" } });
  assert.equal(april.fires.length, 30);
  const changed = { ...nightly, at: { cron: "0 5 * * *", timeZone: "UTC" }, isOn: false };
  assert.equal((await schedules.change({ params: { name: "nightly" }, body: changed })).nextAt, null);
  await schedules.remove({ params: { name: "NIGHTLY" } });
  assert.deepEqual((await schedules.list()).items, []);
});

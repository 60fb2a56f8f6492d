import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import type { OperationName } from "@vigil/api/operations.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { Work } from "@vigil/work/work.ts";
import { Audit, chainKeyFrom, Paths } from "../audit/audit.ts";
import { Events } from "../events.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Courses } from "./engine/course.ts";
import { Feed } from "./feed.ts";
import { FeedStore } from "./feed.store.ts";
import { boundedBy, type FleetLimits } from "./fleet-limits.ts";
import { Moves } from "./moves.ts";
import { MovesStore } from "./moves.store.ts";
import { Rates } from "./rates.ts";
import { RunsStore } from "./runs.store.ts";
import { rowOf } from "./start.ts";

const retry = { limit: 20, firstDelaySeconds: 1, maxDelaySeconds: 60 };
const lane = { concurrency: 1, leaseSeconds: 90, retry, handle: () => Promise.resolve() };

const longestWaitMs = 15_000;
const sum = (counts: readonly number[]): number => counts.reduce((all, one) => all + one, 0);

/** Feeds runs over a database. Nobody takes what is queued. */
async function aFeed(fleetLimits: FleetLimits) {
  const clock = systemClock();
  const log = silentLog();
  await using stack = new AsyncDisposableStack();
  const postgres = stack.use(await aDatabase(clock));
  const work = await Work.start(postgres, { clock, log });
  stack.defer(() => work.stop());
  await work.define("run-items", lane);
  const audit = new Audit(postgres, clock, { key: chainKeyFrom(new Uint8Array(32)), paths: new Paths() });
  const events = new Events();
  const store = new RunsStore(postgres);
  const courses = new Courses(store);
  const moves = new Moves({ postgres, work, events, rates: new Rates(clock) }, new MovesStore(postgres));
  const feed = new Feed(
    { postgres, work, audit, events, clock, log, courses, moves, fleetLimits },
    new FeedStore(postgres),
  );
  const owned = stack.move();
  return {
    /** A run of one operation on so many devices of each site. @returns how many of them are under way, by site, once asked */
    async run(operation: OperationName, sites: Readonly<Record<string, number>>): Promise<() => Promise<number[]>> {
      const definition = { steps: [{ name: "Do", do: operation }] };
      const limits = boundedBy(fleetLimits, definition, {});
      const items = Object.entries(sites).flatMap(([site, count]) =>
        Array.from({ length: count }, () => {
          return { device: randomUUID(), host_name: null, address: "127.0.0.1", wave: 1, site, wake_at: null };
        }),
      );
      const wanted = { definition, limits, operation, job: null, jobVersion: null };
      const one = { id: randomUUID(), actor: "ann", wanted, title: "Do", target: "All", total: items.length };
      const row = rowOf({ ...one, startsAt: null, reason: null, retryOf: null }, new Date(clock.now()));
      await postgres.transaction((tx) => store.insert(tx, row, items, [items.length]));
      return async () => {
        const { rows } = await postgres.execute(
          `select site, count(*) filter (where is_queued)::integer as count from run_items where run = $1 group by site order by site`,
          [one.id],
        );
        return rows.map((each) => Number(Reflect.get(Object(each), "count")));
      };
    },
    /** Devices of the run end: those that are under way. */
    async end(site: string): Promise<void> {
      await postgres.execute(
        `with ended as (
           update run_items set is_queued = false, outcome = 'succeeded', finished_at = now()
           where site = $1 and is_queued returning run, wave)
         update run_waves w set queued = queued - c.count, waiting = waiting - c.count, succeeded = succeeded + c.count
         from (select run, wave, count(*)::integer as count from ended group by run, wave) c where w.run = c.run and w.wave = c.wave`,
        [site],
      );
    },
    /** Looks after every run from now on. */
    begin(): void {
      owned.defer(feed.begin());
    },
    async until(isSo: () => Promise<boolean>): Promise<void> {
      const since = clock.monotonic();
      while (!(await isSo())) {
        if (clock.monotonic() - since > longestWaitMs) assert.fail("it does not become so");
        await clock.sleep(20);
      }
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

test("two runs that interrupt users have together no more devices under way than the fleet may, and one that reads is not bound", async () => {
  await using feed = await aFeed({ disruptiveAtOnce: 5 });
  const [cycles, resets] = [await feed.run("power.cycle", { a: 4 }), await feed.run("power.reset", { b: 20 })];
  const reads = await feed.run("power.state", { c: 30 });
  const underWay = async (): Promise<number> => sum([...(await cycles()), ...(await resets())]);
  feed.begin();
  await feed.until(async () => (await underWay()) >= 5 && sum(await reads()) === 30);
  assert.equal(await underWay(), 5);
  // What ends makes room for whoever waits, and no more than that.
  await feed.end("a");
  await feed.until(async () => sum(await resets()) >= 5);
  assert.deepEqual([await cycles(), await resets()].map(sum), [0, 5]);
});

test("what the fleet may in one site is counted over all runs", async () => {
  await using feed = await aFeed({ disruptiveAtOncePerSite: 3 });
  const [cycles, resets] = [
    await feed.run("power.cycle", { a: 2, b: 9 }),
    await feed.run("power.reset", { a: 9, b: 9 }),
  ];
  const bySite = async (): Promise<number[]> => {
    const [one, other] = [await cycles(), await resets()];
    return one.map((count, site) => count + (other[site] ?? 0));
  };
  feed.begin();
  await feed.until(async () => sum(await bySite()) >= 6);
  assert.deepEqual(await bySite(), [3, 3]);
});

test("no run is wider than the fleet's limits, and narrower ones stay", () => {
  const fleet = { disruptiveAtOnce: 10, disruptiveAtOncePerSite: 4, approvalAbove: 100 };
  const cycle = { steps: [{ name: "Do", do: "power.cycle" as const }] };
  const all = { atOnce: 10, atOncePerSite: 4, approvalAbove: 100 };
  assert.deepEqual(boundedBy(fleet, cycle, {}), all);
  assert.deepEqual(boundedBy(fleet, cycle, { atOnce: 3, atOncePerSite: 9, perSecond: 1 }), {
    ...all,
    atOnce: 3,
    perSecond: 1,
  });
  assert.deepEqual(boundedBy(fleet, { steps: [{ name: "Do", do: "power.state" }] }, { atOnce: 30 }), { atOnce: 30 });
  assert.deepEqual(boundedBy({}, cycle, { atOnce: 30 }), { atOnce: 30 });
  const within = {
    name: "Both",
    parallel: [[{ name: "Off", do: "power.off" as const }], [{ name: "W", pauseSeconds: 1 }]],
  };
  assert.deepEqual(boundedBy({ approvalAbove: 0 }, { steps: [within] }, {}), { approvalAbove: 0 });
});

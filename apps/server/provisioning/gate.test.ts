import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock, testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { Work } from "@vigil/work/work.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Gate, laneNames } from "./gate.ts";
import { ProvisioningStore } from "./provisioning.store.ts";

const machineClock = systemClock();
const log = silentLog();
const rest = { hashes: [], lane: "fast", method: "certificate", pid: null } as const;

function uuidOf(site: number, index: number): string {
  return `${site.toString(16).padStart(8, "0")}-89ab-4def-8123-${index.toString(16).padStart(12, "0")}`;
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  const started = machineClock.monotonic();
  while (!isSo()) {
    if (machineClock.monotonic() - started > 30_000) assert.fail(`not within 30 s: ${what}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    const clock = testClock();
    let postgres: Postgres;
    let store: ProvisioningStore;
    let work: Work;
    let gate: Gate;
    /** Entries that have been begun, in order; each goes on until the test ends it. */
    const begun: string[] = [];
    before(async () => {
      postgres = await aDatabase(clock, kind);
      store = new ProvisioningStore(postgres);
      work = await Work.start(postgres, { clock: machineClock, log });
      gate = new Gate({ postgres, work, clock, log });
      for (const lane of Object.values(laneNames)) {
        await work.define<{ uuid: string }>(lane, {
          concurrency: 16,
          leaseSeconds: 60,
          retry: { limit: 1, firstDelaySeconds: 1, maxDelaySeconds: 1 },
          isUnique: true,
          handle: async ({ payload: { uuid }, done }) => {
            await postgres.transaction(async (tx) => {
              await store.begin(tx, uuid, new Date(clock.now()));
              await done(tx);
            });
            begun.push(uuid);
          },
        });
      }
      work.begin();
      await postgres.transaction(async (tx) => {
        const site = { mostAtOnce: 2, pauseSeconds: 0, isHeld: false };
        await gate.put(tx, { ...site, name: "slow", subnets: ["10.1.0.0/16"] });
        await gate.put(tx, { ...site, name: "inner", subnets: ["10.1.7.0/24"], mostAtOnce: 1 });
        await gate.put(tx, { ...site, name: "thin", subnets: ["10.3.0.0/16"], mostAtOnce: 9, pauseSeconds: 30 });
      });
      await gate.look();
    });
    after(async () => {
      await work.stop();
      await postgres.close();
    });

    const ask = (uuid: string, address: string): Promise<void> =>
      postgres.transaction(async (tx) => {
        await store.ask(tx, { uuid, address, at: new Date(clock.now()), ...rest });
        await gate.enter(tx, [{ uuid, lane: "fast" }]);
      });
    const end = (uuid: string): Promise<void> =>
      postgres.transaction(async (tx) => {
        await store.done(tx, uuid, new Date(clock.now()));
        await gate.leave(tx, uuid, undefined);
      });
    const begunIn = (site: number): string[] => begun.filter((uuid) => uuid.startsWith(uuidOf(site, 0).slice(0, 8)));

    test("a site that is full lets the others by, and takes the next when one of its own has ended", async () => {
      for (let index = 0; index < 20; index += 1) await ask(uuidOf(1, index), `10.1.0.${index + 1}`);
      for (let index = 0; index < 10; index += 1) await ask(uuidOf(2, index), `192.168.0.${index + 1}`);
      await until("those outside any site are begun", () => begunIn(2).length === 10);
      await until("two of the slow site are", () => begunIn(1).length >= 2);
      assert.deepEqual(begunIn(1).toSorted(), [uuidOf(1, 0), uuidOf(1, 1)], "those that have waited longest");
      const [slow] = (await gate.sites()).filter(({ name }) => name === "slow");
      assert.deepEqual(slow?.counts, { waiting: 18, running: 2, failed: 0 });
      await end(uuidOf(1, 0));
      await until("the third is begun", () => begunIn(1).length === 3);
    });

    test("the narrowest subnet says which site a device is in", async () => {
      await ask(uuidOf(7, 0), "10.1.7.1");
      await ask(uuidOf(7, 1), "10.1.7.2");
      await until("one is begun", () => begunIn(7).length === 1);
      assert.equal((await store.get(uuidOf(7, 1)))?.site, "inner");
      assert.equal((await store.get(uuidOf(7, 1)))?.isAdmitted, false);
    });

    test("a pause lies between the begins of two devices of a site", async () => {
      for (let index = 0; index < 3; index += 1) await ask(uuidOf(3, index), `10.3.0.${index + 1}`);
      await until("the first is begun", () => begunIn(3).length === 1);
      await clock.advance(29_000);
      await gate.look();
      assert.equal(begunIn(3).length, 1);
      await clock.advance(1_000);
      await gate.look();
      await until("the second is begun", () => begunIn(3).length === 2);
    });

    test("a device that is tried again later waits as a row, and gives its place to the next", async () => {
      const uuid = begunIn(7)[0] ?? "";
      const error = { code: "amt.connect.timeout", side: "network", message: "", next: "", details: {} } as const;
      const nextTryAt = new Date(clock.now() + 60_000);
      await postgres.transaction(async (tx) => {
        await store.postpone(tx, uuid, { error, step: null, at: new Date(clock.now()), nextTryAt });
        await gate.leave(tx, uuid, 60);
      });
      await until("the other is begun", () => begunIn(7).length === 2);
      await end(uuidOf(7, 1));
      await gate.look();
      assert.equal(begunIn(7).length, 2, "its pause is not over");
      await clock.advance(60_000);
      await gate.look();
      await until("it is tried again", () => begunIn(7).length === 3);
    });

    test("a held site begins nobody, and a site that is removed lets all go", async () => {
      const site = { name: "slow", subnets: ["10.1.0.0/16"], mostAtOnce: 2, pauseSeconds: 0 };
      await postgres.transaction((tx) => gate.put(tx, { ...site, isHeld: true }));
      await end(uuidOf(1, 1));
      await gate.look();
      assert.equal(begunIn(1).length, 3);
      await postgres.transaction((tx) => gate.remove(tx, "slow"));
      await until("all are begun", () => begunIn(1).length === 20);
    });

    test("a site made while devices wait takes them in", async () => {
      for (const lane of Object.values(laneNames)) work.hold(lane, true);
      await ask(uuidOf(5, 0), "10.5.0.1");
      const site = { name: "late", subnets: ["10.5.0.0/16"], mostAtOnce: 2, pauseSeconds: 0, isHeld: true };
      await postgres.transaction((tx) => gate.put(tx, site));
      const entry = await store.get(uuidOf(5, 0));
      assert.deepEqual([entry?.site, entry?.isAdmitted], ["late", false]);
      for (const lane of Object.values(laneNames)) work.hold(lane, false);
    });
  });
}

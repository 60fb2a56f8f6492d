import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { databaseKinds, openTestDatabase } from "@vigil/postgres/test-databases.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { Work, type LaneOptions } from "./work.ts";

const clock = systemClock();
const usual = { concurrency: 8, leaseSeconds: 30, retry: { limit: 2, firstDelaySeconds: 0, maxDelaySeconds: 1 } };

async function until(what: string, isSo: () => boolean): Promise<void> {
  const started = clock.monotonic();
  while (!isSo()) {
    if (clock.monotonic() - started > 30_000) assert.fail(`not within 30 s: ${what}`);
    await clock.sleep(10);
  }
}

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    let postgres: Postgres;
    before(async () => void (postgres = await openTestDatabase(kind)));
    after(() => postgres.close());

    /** A queue with one lane, begun. */
    const withLane = async (
      name: string,
      options: Partial<LaneOptions<{ n: number }>> & Pick<LaneOptions<{ n: number }>, "handle">,
    ) => {
      const work = await Work.start(postgres, { clock, log: silentLog() });
      await work.define(name, { ...usual, ...options });
      work.begin();
      return work;
    };

    test("an item exists if and only if its transaction commits", async () => {
      const seen: number[] = [];
      const work = await withLane("tx", { handle: async ({ payload }) => void seen.push(payload.n) });
      const undone = postgres.transaction(async (tx) => {
        await work.send("tx", { n: 1 }, { tx });
        throw new Error("no");
      });
      await assert.rejects(undone, /no/);
      await postgres.transaction((tx) => work.send("tx", { n: 2 }, { tx }));
      await until("the item is handled", () => seen.length > 0);
      await work.stop();
      assert.deepEqual(seen, [2]);
    });

    test("an item is handled in what its lane's items are handled in, whoever sent it", async () => {
      const surroundings = new AsyncLocalStorage<string>();
      const seen: (string | undefined)[] = [];
      const around = (lane: string, handle: () => Promise<void>): Promise<void> => surroundings.run(lane, handle);
      const work = await Work.start(postgres, { clock, log: silentLog(), around });
      await work.define("around", { ...usual, handle: async () => void seen.push(surroundings.getStore()) });
      work.begin();
      await surroundings.run("a request", () => work.send("around", { n: 1 }));
      await until("the item is handled", () => seen.length > 0);
      await work.stop();
      assert.deepEqual(seen, ["around"]);
    });

    test("two thousand items are handled, each exactly once, and never more at once than allowed", async () => {
      const seen = new Map<number, number>();
      let running = 0;
      let most = 0;
      const work = await withLane("many", {
        concurrency: 5,
        async handle({ payload }) {
          running += 1;
          most = Math.max(most, running);
          await new Promise((resolve) => setImmediate(resolve));
          seen.set(payload.n, (seen.get(payload.n) ?? 0) + 1);
          running -= 1;
        },
      });
      await work.sendMany(
        "many",
        Array.from({ length: 2_000 }, (_, n) => ({ n })),
      );
      await until("all are handled", () => seen.size === 2_000);
      await work.stop();
      assert.ok([...seen.values()].every((times) => times === 1));
      assert.ok(most > 1 && most <= 5, `${most} at once`);
    });

    test("a lane that yields keeps an eighth of its hands while the other has its own full", async () => {
      const gate = Promise.withResolvers<void>();
      let fast = 0;
      let slow = 0;
      let atOnce = 0;
      let most = 0;
      const work = await withLane("first", {
        concurrency: 2,
        async handle() {
          fast += 1;
          await gate.promise;
        },
      });
      await work.sendMany("first", [{ n: 1 }, { n: 2 }]);
      await until("the first lane is full", () => fast === 2);
      await work.define("second", {
        ...usual,
        concurrency: 16,
        yieldsTo: "first",
        async handle() {
          atOnce += 1;
          most = Math.max(most, atOnce);
          await new Promise((resolve) => setImmediate(resolve));
          atOnce -= 1;
          slow += 1;
        },
      });
      const items = Array.from({ length: 100 }, (_, n) => ({ n }));
      await work.sendMany("second", items);
      await until("the second goes on", () => slow === 100);
      assert.equal(most, 2);
      gate.resolve();
      await work.sendMany("second", items);
      await until("the second lane has all its hands", () => slow === 200);
      await work.stop();
      assert.ok(most > 2 && most <= 16, `${most} at once`);
    });

    test("a failing item is tried again, and given up with its error when all tries have failed", async () => {
      const attempts: number[] = [];
      const givenUp: string[] = [];
      const work = await withLane("retry", {
        handle: async ({ payload, attempt }) => {
          if (payload.n === 1) attempts.push(attempt);
          if (payload.n === 1 && attempt === 3) return;
          throw new Error(`failed ${payload.n}`);
        },
        onExhausted: async ({ payload }, error) => void givenUp.push(`${payload.n} ${String(error)}`),
      });
      await work.send("retry", { n: 1 });
      await work.send("retry", { n: 2 });
      await until("both have ended", () => attempts.length === 3 && givenUp.length === 1);
      await work.stop();
      assert.deepEqual(attempts, [1, 2, 3]);
      assert.deepEqual(givenUp, ["2 Error: failed 2"]);
    });

    test("in a lane of unique items a key is taken once while it waits or runs", async () => {
      const seen: number[] = [];
      let open = (): void => {};
      const opened = new Promise<void>((resolve) => (open = resolve));
      const work = await withLane("unique", {
        isUnique: true,
        async handle({ payload }) {
          seen.push(payload.n);
          await opened;
        },
      });
      assert.notEqual(await work.send("unique", { n: 1 }, { key: "a" }), null);
      await until("it runs", () => seen.length === 1);
      assert.equal(await work.send("unique", { n: 2 }, { key: "a" }), null);
      assert.notEqual(await work.send("unique", { n: 3 }, { key: "b" }), null);
      await until("the other key runs", () => seen.length === 2);
      open();
      await until("the key is free again", () => true);
      let again: string | null = null;
      while (again === null) again = await work.send("unique", { n: 4 }, { key: "a" });
      await until("it runs again", () => seen.length === 3);
      await work.stop();
      assert.deepEqual(seen, [1, 3, 4]);
    });

    test("many items with keys are sent at once, and those whose key waits already are left out", async () => {
      const seen: number[] = [];
      let open = (): void => {};
      const opened = new Promise<void>((resolve) => (open = resolve));
      const work = await withLane("many-unique", {
        isUnique: true,
        async handle({ payload }) {
          seen.push(payload.n);
          await opened;
        },
      });
      const keyOf = ({ n }: { readonly n: number }): string => String(n);
      await work.sendMany("many-unique", [{ n: 1 }, { n: 2 }], { keyOf });
      await work.sendMany("many-unique", [{ n: 2 }, { n: 3 }], { keyOf });
      await until("three run", () => seen.length >= 3);
      open();
      await work.stop();
      assert.deepEqual(seen.toSorted(), [1, 2, 3]);
    });

    test("an item that ends with a transaction ends if it commits, and its key is free at once", async () => {
      const seen: number[] = [];
      const sent: (string | null)[] = [];
      const work: Work = await withLane("with-transaction", {
        isUnique: true,
        async handle({ payload, attempt, done }) {
          seen.push(payload.n);
          const isBroken = payload.n === 1 && attempt === 1;
          await postgres.transaction(async (tx) => {
            await done(tx);
            if (isBroken) throw new Error("rolled back");
          });
          if (payload.n === 1) sent.push(await work.send("with-transaction", { n: 2 }, { key: "a" }));
        },
      });
      await work.send("with-transaction", { n: 1 }, { key: "a" });
      await until("both have ended", () => seen.length === 3);
      await work.stop();
      assert.deepEqual(seen, [1, 1, 2]);
      assert.equal(typeof sent[0], "string");
    });

    test("what is under way at a stop is given back, and handled after the next start", async () => {
      let told = false;
      const first = await withLane("stopped", {
        handle: (_item, signal) =>
          new Promise((_resolve, reject) => {
            told = true;
            signal.addEventListener("abort", () => reject(signal.reason), { once: true });
          }),
      });
      await first.send("stopped", { n: 7 });
      await until("it runs", () => told);
      await first.stop();
      const seen: number[] = [];
      const second = await withLane("stopped", { handle: async ({ payload }) => void seen.push(payload.n) });
      await until("it is handled", () => seen.length === 1);
      await second.stop();
      assert.deepEqual(seen, [7]);
    });
  });
}

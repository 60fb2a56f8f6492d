import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { aDatabase } from "../testing/a-server.ts";
import { LedgerStore } from "./ledger.store.ts";

const uuid = "00000001-89ab-4def-8123-456789abcdef";
const start = Date.UTC(2026, 0, 1);
const minute = (count: number): Date => new Date(start + count * 60_000);

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    let postgres: Postgres;
    let store: LedgerStore;
    before(async () => {
      postgres = await aDatabase(testClock(start), kind);
      store = new LedgerStore(postgres);
    });
    after(() => postgres.close());

    const says = (address: string, retry: number, at: Date): Promise<void> =>
      postgres.transaction((tx) => store.note(tx, { uuid, address, retry, at }));

    test("hellos add up, and the window opens anew when the device's counter goes back", async () => {
      assert.equal(await store.get(uuid), undefined);
      await says("10.0.0.1", 0, minute(0));
      await says("10.0.0.1", 1, minute(5));
      await says("10.0.0.2", 2, minute(15));
      const asked = await store.get(uuid);
      assert.deepEqual(
        [asked?.count, asked?.retry, asked?.firstAt, asked?.lastAt, asked?.openedAt],
        [3, 2, minute(0), minute(15), minute(0)],
      );
      assert.deepEqual(
        asked?.addresses.map(({ address, count }) => [address, count]),
        [
          ["10.0.0.2", 1],
          ["10.0.0.1", 2],
        ],
      );
      await says("10.0.0.2", 0, minute(600));
      assert.deepEqual((await store.openedAt([uuid])).get(uuid), minute(600));
    });

    test("twenty addresses are remembered", async () => {
      for (let host = 1; host <= 30; host += 1) await says(`10.1.0.${host}`, 1, minute(1_000 + host));
      await store.forgetOldAddresses();
      const { rows } = await postgres.execute("select address from hello_addresses");
      assert.equal(rows.length, 20);
      assert.equal((await store.get(uuid))?.addresses[0]?.address, "10.1.0.30");
    });
  });
}

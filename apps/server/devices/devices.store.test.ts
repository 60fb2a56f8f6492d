import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as fc from "fast-check";
import { testClock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { aDatabase } from "../testing/a-server.ts";
import { matches, type DeviceFilter, type DeviceRecord } from "./device.ts";
import { DevicesStore } from "./devices.store.ts";

const states = ["factory", "provisioning", "provisioned", "failed"] as const;
const powers = ["on", "off", "sleep", "unknown"] as const;
const fleetSize = 60;
const page = { sort: "hostName", order: "asc", limit: 1_000, offset: 0 } as const;

/** Pieces in which a search may go wrong: wildcards, escapes, blanks, letter case. */
const piece = fc.constantFrom("pc", "PC-1", "%", "_", "\\", " ", "127.0.0.1", "16.1", "a", "");
const filters: fc.Arbitrary<DeviceFilter> = fc.record(
  {
    search: fc.array(piece, { maxLength: 2 }).map((parts) => parts.join("")),
    states: fc.subarray([...states]),
    powers: fc.subarray([...powers]),
    release: fc.constantFrom("16", "16.1", "1", "1_", "%", ""),
    isReachable: fc.boolean(),
    needsAttention: fc.boolean(),
    uuids: fc.subarray(Array.from({ length: fleetSize }, (_, index) => uuidOf(index))),
  },
  { requiredKeys: [] },
);

function uuidOf(index: number): string {
  return `0000${index.toString(16).padStart(4, "0")}-89ab-4def-8123-456789abcdef`;
}

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    let postgres: Postgres;
    let store: DevicesStore;
    let all: readonly DeviceRecord[];

    before(async () => {
      postgres = await aDatabase(testClock(), kind);
      store = new DevicesStore(postgres);
      const at = new Date(Date.UTC(2026, 0, 1));
      const some = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
      for (let index = 0; index < fleetSize; index += 1) {
        const uuid = uuidOf(index);
        const address = `127.0.0.${index + 1}`;
        const row = { uuid, address, state: some(states, index), first_seen_at: at, last_seen_at: at };
        await postgres.transaction(async (tx) => {
          await store.upsert(tx, row);
          const change = {
            host_name: some([null, `PC-${index}`, "pc_%", "back\\slash", "two  blanks"], index),
            power: some(powers, index >> 2),
            release: some(["16.1.25", "12.0.67", null], index),
            model: some(["Model A", null], index),
            is_reachable: index % 7 !== 0,
          };
          await store.update(uuid, change, tx);
        });
      }
      ({ items: all } = await store.list({}, page));
    });
    after(() => postgres.close());

    test("any filter finds in SQL just what it says in the rules", async () => {
      assert.equal(all.length, fleetSize);
      const property = fc.asyncProperty(filters, async (filter) => {
        const { items, total } = await store.list(filter, page);
        const expected = all.filter((one) => matches(one, filter)).map(({ uuid }) => uuid);
        assert.deepEqual(items.map(({ uuid }) => uuid).toSorted(), expected.toSorted());
        assert.equal(total, expected.length);
      });
      await fc.assert(property, { numRuns: 300 });
    });

    test("pages follow one another without a gap or a repeat, whatever the order", async () => {
      for (const sort of ["hostName", "address", "state", "release", "power", "lastSeenAt", "model"] as const) {
        for (const order of ["asc", "desc"] as const) {
          const seen: string[] = [];
          for (let offset = 0; offset < fleetSize; offset += 7) {
            const { items } = await store.list({}, { sort, order, limit: 7, offset });
            seen.push(...items.map(({ uuid }) => uuid));
          }
          assert.equal(new Set(seen).size, fleetSize, `${sort} ${order}`);
        }
      }
    });

    test("addresses sort as numbers", async () => {
      const { items } = await store.list({}, { ...page, sort: "address" });
      assert.deepEqual(
        items.map(({ address }) => address),
        Array.from({ length: fleetSize }, (_, index) => `127.0.0.${index + 1}`),
      );
    });
  });
}

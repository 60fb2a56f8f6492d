import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as fc from "fast-check";
import { parseFilter } from "@vigil/api/filter/parse.ts";
import { someFilters } from "@vigil/api/testing/some-filters.ts";
import { testClock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { aDatabase } from "../testing/a-server.ts";
import { matches, type DeviceFilter, type DeviceRecord } from "./device.ts";
import { DevicesStore } from "./devices.store.ts";

const states = ["factory", "provisioning", "provisioned", "failed", "foreign", "retired"] as const;
/** Without a state, retired devices are left out. */
const whole: DeviceFilter = { where: parseFilter("state is known") };
const powers = ["on", "off", "sleep", "unknown"] as const;
const fleetSize = 60;
const page = { sort: "hostName", order: "asc", limit: 1_000, offset: 0 } as const;

const now = Date.UTC(2026, 0, 10);

const filters = fc.record({
  where: someFilters({ networks: ["127.0.0.0/27", "127.0.0.33/32", "0.0.0.0/0"] }),
  profile: fc.option(fc.constantFrom("Default", "default", "É"), { freq: 3, nil: undefined }),
  profileBefore: fc.option(fc.integer({ min: 1, max: 4 }), { freq: 3, nil: undefined }),
  uuids: fc.option(fc.subarray(Array.from({ length: fleetSize }, (_, index) => uuidOf(index))), {
    freq: 5,
    nil: undefined,
  }),
});

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
      store = new DevicesStore(postgres, testClock(now));
      const at = new Date(Date.UTC(2026, 0, 1));
      const some = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
      for (let index = 0; index < fleetSize; index += 1) {
        const uuid = uuidOf(index);
        const address = `127.0.0.${index + 1}`;
        const row = { uuid, address, state: some(states, index), first_seen_at: at, last_seen_at: at };
        await postgres.transaction(async (tx) => {
          await store.upsert(tx, row);
          const change = {
            host_name: some([null, `PC-${index}`, "pc_%", "back\\slash", "two  blanks", 'É"'], index),
            power: some(powers, index >> 2),
            release: some(["16.1.25", "12.0.67", null], index),
            model: some(["Model A", null], index),
            profile_version: some([1, 2, 3, null], index),
            is_reachable: index % 7 !== 0,
            tags: some([[], ["Kiosk"], ["kiosk", "a b"], ["%"]], index),
            profile: some([null, "Default", "É"], index),
            error: some([null, '{"code":"amt.connect.timeout"}'], index),
            provisioned_at: some([null, new Date(now - index * 86_400_000)], index),
            certificate: some([null, '{"expiresAt":"2026-02-09T00:00:00.000Z"}'], index),
          };
          await store.update(uuid, change, tx);
        });
      }
      ({ items: all } = await store.list(whole, page));
    });
    after(() => postgres.close());

    test("any filter finds in SQL just what it says in the rules", async () => {
      assert.equal(all.length, fleetSize);
      const property = fc.asyncProperty(filters, async ({ where, uuids, profile, profileBefore }) => {
        const filter = {
          where: parseFilter(where),
          ...(uuids === undefined ? {} : { uuids }),
          ...(profile === undefined ? {} : { profile }),
          ...(profileBefore === undefined ? {} : { profileBefore }),
        };
        const { items, total } = await store.list(filter, page);
        const expected = all.filter((one) => matches(one, filter, now)).map(({ uuid }) => uuid);
        assert.deepEqual(items.map(({ uuid }) => uuid).toSorted(), expected.toSorted());
        assert.equal(total, expected.length);
      });
      await fc.assert(property, { numRuns: 1_000 });
    });

    test("pages follow one another without a gap or a repeat, whatever the order", async () => {
      for (const sort of ["hostName", "address", "state", "release", "power", "lastSeenAt", "model"] as const) {
        for (const order of ["asc", "desc"] as const) {
          const seen: string[] = [];
          for (let offset = 0; offset < fleetSize; offset += 7) {
            const { items } = await store.list(whole, { sort, order, limit: 7, offset });
            seen.push(...items.map(({ uuid }) => uuid));
          }
          assert.equal(new Set(seen).size, fleetSize, `${sort} ${order}`);
        }
      }
    });

    test("a page by an index is the page by a filter that holds nothing back, from either end", async () => {
      const filtered = { where: parseFilter("reachable = yes or reachable = no") };
      for (const sort of ["hostName", "address", "state", "release", "power", "lastSeenAt", "model"] as const) {
        for (const order of ["asc", "desc"] as const) {
          for (let offset = 0; offset < fleetSize + 7; offset += 7) {
            const asked = { sort, order, limit: 7, offset };
            const byIndex = await store.list({}, asked);
            const byFilter = await store.list(filtered, asked);
            const uuids = (items: readonly DeviceRecord[]) => items.map(({ uuid }) => uuid);
            assert.deepEqual(uuids(byIndex.items), uuids(byFilter.items), `${sort} ${order} ${offset}`);
            assert.equal(byIndex.total, byFilter.total);
          }
        }
      }
    });

    test("addresses sort as numbers", async () => {
      const { items } = await store.list(whole, { ...page, sort: "address" });
      assert.deepEqual(
        items.map(({ address }) => address),
        Array.from({ length: fleetSize }, (_, index) => `127.0.0.${index + 1}`),
      );
    });
  });
}

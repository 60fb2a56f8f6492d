import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as fc from "fast-check";
import { parseFilter } from "@vigil/api/filter/parse.ts";
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

/** Pieces in which a comparison may go wrong: wildcards, escapes, blanks, letter case, what looks like SQL. */
const piece = fc.constantFrom(
  "pc",
  "PC-1",
  "%",
  "_",
  "\\",
  " ",
  "127.0.0.1",
  "16.1",
  "a",
  "*",
  "?",
  "é",
  "É",
  "';--",
  '"',
);
const text = fc.array(piece, { minLength: 1, maxLength: 2 }).map((parts) => parts.join(""));
const textField = fc.constantFrom("hostName", "address", "uuid", "state", "power", "model", "profile", "error", "tag");
const momentField = fc.constantFrom("firstSeen", "lastSeen", "provisioned", "certificateExpires");
const comparison = fc.constantFrom("<", "<=", ">", ">=");
const inQuotes = (value: string): string => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
const condition = fc.oneof(
  text.map(inQuotes),
  fc
    .tuple(fc.constantFrom("hostName", "model", "profile", "error", "tag"), fc.constantFrom("=", "!=", "~", "!~"), text)
    .map(([field, operator, value]) => `${field} ${operator} ${inQuotes(value)}`),
  fc
    .tuple(fc.constantFrom("hostName", "tag"), fc.array(text, { minLength: 1, maxLength: 3 }))
    .map(([field, values]) => `${field} in (${values.map(inQuotes).join(", ")})`),
  fc.constantFrom(...states).map((state) => `state = ${state}`),
  fc.constantFrom(...powers).map((power) => `power != ${power}`),
  fc.tuple(textField, fc.constantFrom("known", "unknown")).map(([field, is]) => `${field} is ${is}`),
  fc
    .tuple(
      fc.oneof(comparison, fc.constantFrom("=", "!=")),
      fc.constantFrom("16", "16.1", "16.1.25", "12", "16.1.25.0", "1"),
    )
    .map(([operator, release]) => (operator === "!=" ? `not release = ${release}` : `release ${operator} ${release}`)),
  fc
    .tuple(momentField, comparison, fc.constantFrom("now", "now-9d", "now+30d", "2026-01-01", "2026-01-01T00:00:05Z"))
    .map((parts) => parts.join(" ")),
  fc.constantFrom(
    "reachable = yes",
    "reachable = no",
    "address in 127.0.0.0/27",
    "address in 127.0.0.33/32",
    "address in 0.0.0.0/0",
  ),
);
const expression = fc.letrec<{ whole: string }>((tie) => ({
  whole: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    condition,
    fc
      .tuple(tie("whole"), fc.constantFrom("and", "or"), tie("whole"))
      .map(([left, by, right]) => `(${left} ${by} ${right})`),
    tie("whole").map((one) => `not ${one}`),
  ),
})).whole;
const filters = fc.record({
  where: expression,
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

    test("addresses sort as numbers", async () => {
      const { items } = await store.list(whole, { ...page, sort: "address" });
      assert.deepEqual(
        items.map(({ address }) => address),
        Array.from({ length: fleetSize }, (_, index) => `127.0.0.${index + 1}`),
      );
    });
  });
}

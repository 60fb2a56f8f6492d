import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import type { AuditFinding } from "@vigil/api/resources/audit.ts";
import { testClock } from "@vigil/base/clock.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Audit, chainKeyFrom, Paths } from "./audit.ts";

const key = chainKeyFrom(new Uint8Array(32).fill(7));

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    const clock = testClock();
    const paths = new Paths();
    let postgres: Postgres;
    let audit: Audit;
    before(async () => {
      postgres = await aDatabase(clock, kind);
      audit = new Audit(postgres, clock, { key, paths });
    });
    after(() => postgres.close());
    beforeEach(async () => {
      for (const table of ["audit_entries", "audit_end"]) await postgres.execute(`delete from ${table}`);
    });

    const write = (summary: string): Promise<void> =>
      postgres.transaction((tx) =>
        audit.write(tx, { actor: "owner", action: "test.done", summary, details: { a: 1 } }),
      );
    const writeMany = async (count: number): Promise<void> => {
      await Promise.all(Array.from({ length: count }, (_, index) => write(`number ${index + 1}`)));
    };
    const byHand = (sql: string) => postgres.execute(sql, []);
    const verify = async (limit = 1_000): Promise<AuditFinding[]> => {
      const findings: AuditFinding[] = [];
      let cursor: string | undefined;
      for (;;) {
        const page = await audit.verify(cursor, limit);
        findings.push(...page.findings);
        if (page.cursor === null) return findings;
        cursor = page.cursor;
      }
    };

    test("entries of many writers at once are one chain, also after the server began anew", async () => {
      await writeMany(30);
      assert.deepEqual(await verify(), []);
      const again = new Audit(postgres, clock, { key });
      const other = new Audit(postgres, clock, { key });
      const entry = { actor: "owner", action: "test.done", summary: "by another" };
      await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          postgres.transaction((tx) => (index % 2 === 0 ? again : other).write(tx, entry)),
        ),
      );
      assert.deepEqual(await verify(7), []);
      assert.equal((await audit.verify(undefined, 7)).total, 50);
    });

    test("what somebody did to entries by hand is named, whatever the size of the pages", async () => {
      const told = { edited: "update audit_entries set summary = 'nothing' where id = 7" };
      const cases: readonly (readonly [statements: readonly string[], findings: readonly AuditFinding[]])[] = [
        [[told.edited], [{ kind: "edited", first: 7, last: 7 }]],
        [["update audit_entries set path = 'cli' where id = 9"], [{ kind: "edited", first: 9, last: 9 }]],
        [["update audit_entries set hash = '\\x00' where id = 4"], [{ kind: "edited", first: 4, last: 4 }]],
        [["update audit_entries set at = at - interval '1 s' where id in (20, 1)"], twoEdited],
        [["update audit_entries set actor = 'me' where id between 5 and 8"], [{ kind: "edited", first: 5, last: 8 }]],
        [["delete from audit_entries where id = 5"], [{ kind: "deleted", first: 5, last: 5 }]],
        [["delete from audit_entries where id > 17"], [{ kind: "deleted", first: 18, last: 20 }]],
        [["delete from audit_entries where id < 3"], [{ kind: "deleted", first: 1, last: 2 }]],
        [[copyOf(6, 21)], [{ kind: "inserted", first: 21, last: 21 }]],
        [[copyOf(6, 0)], [{ kind: "inserted", first: 0, last: 0 }]],
        [[copyOf(6, 1_000)], [{ kind: "inserted", first: 1_000, last: 1_000 }]],
        // What 13 followed from is gone with its hash: it may have been edited as well.
        [["delete from audit_entries where id = 12", copyOf(6, 12)], [{ kind: "edited", first: 12, last: 13 }]],
        // Without a key anybody can make a hash; so it is none that counts.
        [["update audit_entries set path = null where id = 10"], [{ kind: "edited", first: 10, last: 10 }]],
        [["update audit_end set id = 18"], [{ kind: "end-changed" }, { kind: "inserted", first: 19, last: 20 }]],
        [["delete from audit_end"], [{ kind: "end-changed" }]],
      ];
      for (const [statements, findings] of cases) {
        await byHand("delete from audit_entries");
        await byHand("delete from audit_end");
        await writeMany(20);
        for (const statement of statements) await byHand(statement);
        for (const limit of [1, 3, 1_000]) assert.deepEqual(await verify(limit), findings, `${statements} by ${limit}`);
      }
    });

    test("an entry that was put where the next one would be keeps nobody from writing, and is named", async () => {
      await writeMany(5);
      await byHand(copyOf(3, 6));
      await write("goes on");
      assert.deepEqual(await verify(), [{ kind: "inserted", first: 6, last: 6 }]);
      const [newest] = await audit.list({ limit: 1 });
      assert.equal(newest?.id, 7);
    });

    test("taking away the newest entries together with the end does not go unnoticed once somebody writes", async () => {
      await writeMany(10);
      await byHand("delete from audit_entries where id > 6");
      await byHand("delete from audit_end");
      await write("goes on");
      const entries = await audit.list({ limit: 2 });
      assert.deepEqual(
        entries.map(({ id, action }) => [id, action]),
        [
          [8, "test.done"],
          [7, "audit.end-changed"],
        ],
      );
    });

    test("entries from before there was a key are proven without one, up to the first that has it", async () => {
      await byHand(`
        insert into audit_entries (id, at, actor, action, device, summary, details, hash) values
        (1, '2026-01-02T03:04:05Z', 'owner', 'test.old', null, 'old', '{}', '\\x${oldHash}')`);
      assert.deepEqual(await verify(), []);
      await writeMany(5);
      assert.deepEqual(await verify(), []);
      await byHand("update audit_entries set summary = 'new' where id = 1");
      assert.deepEqual(await verify(2), [{ kind: "edited", first: 1, last: 1 }]);
    });

    test("an entry says over which path it was asked for", async () => {
      await write("by itself");
      await paths.run("console", () => write("by a person"));
      assert.deepEqual(
        (await audit.list({ limit: 2 })).map(({ path }) => path),
        ["console", "vigil"],
      );
      assert.equal((await audit.list({ path: "console", limit: 9 })).length, 1);
    });

    test("an entry vanishes with its transaction", async () => {
      const failing = postgres.transaction(async (tx) => {
        await audit.write(tx, { actor: "owner", action: "test.undone", summary: "never happened" });
        throw new Error("no");
      });
      await assert.rejects(failing, /no/);
      assert.equal((await audit.list({ limit: 100 })).length, 0);
    });

    test("the search takes its text literally, and an action by its beginning", async () => {
      await postgres.transaction((tx) =>
        audit.write(tx, { actor: "owner", action: "test.done", summary: "100% sure_thing" }),
      );
      assert.equal((await audit.list({ search: "100% SURE_", limit: 10 })).length, 1);
      assert.equal((await audit.list({ search: "%", limit: 10 })).length, 1);
      assert.equal((await audit.list({ action: "test", limit: 10 })).length, 1);
      assert.equal((await audit.list({ action: "tes", limit: 10 })).length, 0);
      assert.deepEqual(await audit.choices(), { actors: ["owner"], actions: ["test.done"] });
    });

    test("a cursor that no page gave is refused", async () => {
      await assert.rejects(audit.verify("1.2.3", 10), { code: "api.request.invalid" });
    });
  });
}

const twoEdited: readonly AuditFinding[] = [
  { kind: "edited", first: 1, last: 1 },
  { kind: "edited", first: 20, last: 20 },
];

function copyOf(id: number, as: number): string {
  return `insert into audit_entries (id, at, actor, action, device, summary, details, hash, path)
    select ${as}, at, actor, action, device, summary, details, hash, path from audit_entries where id = ${id}`;
}

/** SHA-256 of the fields of the entry above, as they were chained before there was a key. */
const oldHash = "b7752776fd151ca97f666d4da610b341df3d163b3703a45149a0e6529685d870";

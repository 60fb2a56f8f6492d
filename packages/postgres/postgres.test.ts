import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { sql, type Kysely } from "kysely";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres, tables, type Postgres } from "./postgres.ts";
import { databaseKinds, freshUrl, openTestDatabase } from "./test-databases.ts";

interface Tables {
  readonly counters: { readonly name: string; readonly value: number };
}

for (const kind of databaseKinds) {
  describe(`${kind} database`, () => {
    let postgres: Postgres;
    before(async () => {
      postgres = await openTestDatabase(kind);
      await postgres.execute("create table counters (name text primary key, value integer not null)", []);
    });
    after(() => postgres.close());

    const valueOf = async (name: string): Promise<number | undefined> => {
      const db = postgres.kysely<Tables>();
      return (await db.selectFrom("counters").select("value").where("name", "=", name).executeTakeFirst())?.value;
    };

    test("a transaction that throws leaves nothing behind and tells nobody", async () => {
      const news: string[] = [];
      const failing = postgres.transaction(async (tx) => {
        await tables<Tables>(tx).insertInto("counters").values({ name: "undone", value: 1 }).execute();
        tx.afterCommit(() => news.push("undone"));
        throw new Error("no");
      });
      await assert.rejects(failing, /no/);
      assert.equal(await valueOf("undone"), undefined);
      await postgres.transaction(async (tx) => {
        await tables<Tables>(tx).insertInto("counters").values({ name: "done", value: 1 }).execute();
        tx.afterCommit(() => news.push("done"));
        assert.deepEqual(news, []);
      });
      assert.equal(await valueOf("done"), 1);
      assert.deepEqual(news, ["done"]);
    });

    test("transactions at once do not see or lose each other's work", async () => {
      await postgres.execute("insert into counters values ('many', 0)", []);
      const add = (): Promise<void> =>
        postgres.transaction(async (tx) => {
          const { rows } = await sql<{
            value: number;
          }>`select value from counters where name = 'many' for update`.execute(tx.kysely);
          const value = (rows[0]?.value ?? 0) + 1;
          await sql`update counters set value = ${value} where name = 'many'`.execute(tx.kysely);
        });
      await Promise.all(Array.from({ length: 40 }, add));
      assert.equal(await valueOf("many"), 40);
    });

    test("values come back as they were given", async () => {
      const at = new Date("2026-05-04T03:02:01.234Z");
      const ids = [randomUUID(), randomUUID()];
      const bytes = Uint8Array.of(0, 1, 255, 92, 39);
      const { rows } = await sql<Record<string, unknown>>`
        select ${at}::timestamptz as at, 9007199254740991::bigint as safe, ${JSON.stringify({ a: ["é\u2028", 1, null] })}::jsonb as json,
          ${bytes}::bytea as bytes, ${ids}::uuid[] as ids, null::text as nothing, true as yes, count(*) as count`.execute(
        postgres.kysely(),
      );
      const [row] = rows;
      assert.deepEqual(row?.["at"], at);
      assert.equal(row?.["safe"], 9_007_199_254_740_991);
      assert.deepEqual(row?.["json"], { a: ["é\u2028", 1, null] });
      assert.ok(row?.["bytes"] instanceof Uint8Array && Buffer.from(row["bytes"]).equals(bytes));
      assert.deepEqual(row?.["ids"], ids);
      assert.deepEqual([row?.["nothing"], row?.["yes"], row?.["count"]], [null, true, 1]);
    });

    test("migrations run once, in order, and a failing one leaves nothing", async () => {
      const ran: string[] = [];
      const one = (name: string) => ({ up: (_db: Kysely<unknown>) => Promise.resolve(void ran.push(name)) });
      await postgres.migrate({ "0001-a": one("a"), "0002-b": one("b") });
      await postgres.migrate({ "0001-a": one("a"), "0002-b": one("b"), "0003-c": one("c") });
      assert.deepEqual(ran, ["a", "b", "c"]);
      const broken = {
        async up(db: Kysely<unknown>): Promise<void> {
          await sql`create table half (a integer)`.execute(db);
          throw new Error("broken");
        },
      };
      const all = { "0001-a": one("a"), "0002-b": one("b"), "0003-c": one("c"), "0004-d": broken };
      await assert.rejects(postgres.migrate(all), /broken/);
      await assert.rejects(postgres.execute("select * from half", []));
    });

    test("a notice reaches who listens, until they stop", async () => {
      const heard: string[] = [];
      let wake = (): void => {};
      const woken = new Promise<void>((resolve) => (wake = resolve));
      const cancel = await postgres.listen("news", (payload) => {
        heard.push(payload);
        wake();
      });
      await postgres.notify("news", 'it\'s "here"');
      await woken;
      await cancel();
      await postgres.notify("news", "late");
      assert.deepEqual(heard, ['it\'s "here"']);
    });
  });
}

test("a server that is not there, or not ours, is reported without its password", async () => {
  const { port } = new URL(await freshUrl());
  for (const url of ["postgres://u:hunter2@127.0.0.1:1/x", `postgres://u:hunter2@127.0.0.1:${port}/nowhere`]) {
    await assert.rejects(openPostgres({ url }, { clock: systemClock(), log: silentLog() }), (error) => {
      assert.ok(error instanceof VigilError);
      assert.equal(error.code, "postgres.server.unreachable");
      assert.ok(!JSON.stringify([error.message, error.details]).includes("hunter2"));
      return true;
    });
  }
});

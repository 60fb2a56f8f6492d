import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Audit } from "./audit.ts";

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    const clock = testClock();
    let postgres: Postgres;
    let audit: Audit;
    before(async () => {
      postgres = await aDatabase(clock, kind);
      audit = new Audit(postgres, clock);
    });
    after(() => postgres.close());

    test("entries form a chain that shows whether one was edited or taken out", async () => {
      const write = (summary: string) =>
        postgres.transaction((tx) =>
          audit.write(tx, { actor: "owner", action: "test.done", summary, details: { a: 1 } }),
        );
      await Promise.all(Array.from({ length: 20 }, (_, index) => write(`number ${index}`)));
      assert.equal(await audit.firstBroken(), undefined);
      await postgres.execute("update audit_entries set summary = 'nothing' where id = 7", []);
      assert.equal(await audit.firstBroken(), 7);
      await postgres.execute("delete from audit_entries where id = 5", []);
      assert.equal(await audit.firstBroken(), 6);
    });

    test("an entry vanishes with its transaction", async () => {
      const atFirst = (await audit.list({ limit: 100 })).length;
      const failing = postgres.transaction(async (tx) => {
        await audit.write(tx, { actor: "owner", action: "test.undone", summary: "never happened" });
        throw new Error("no");
      });
      await assert.rejects(failing, /no/);
      assert.equal((await audit.list({ limit: 100 })).length, atFirst);
    });

    test("the search takes its text literally", async () => {
      await postgres.transaction((tx) =>
        audit.write(tx, { actor: "owner", action: "test.done", summary: "100% sure_thing" }),
      );
      assert.equal((await audit.list({ search: "100% SURE_", limit: 10 })).length, 1);
      assert.equal((await audit.list({ search: "%", limit: 10 })).length, 1);
    });
  });
}

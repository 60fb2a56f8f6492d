import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { Events, type ServerEvent } from "../events.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Attempts } from "./attempts.ts";

const uuid = "00000001-89ab-4def-8123-456789abcdef";
const where = { uuid, address: "10.0.0.7", lane: "fast" } as const;
const dayMs = 86_400_000;

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    const clock = testClock();
    const log = silentLog();
    let postgres: Postgres;
    before(async () => void (postgres = await aDatabase(clock, kind)));
    after(() => postgres.close());

    test("an attempt is seen while it is under way, and kept with all its notes when it ends", async () => {
      const events = new Events();
      const seen: ServerEvent[] = [];
      events.subscribe((event) => seen.push(event));
      const attempts = new Attempts({ postgres, clock, events, log });
      const open = await postgres.transaction((tx) => attempts.begin(tx, where));
      await open.trail.meeting("meet", { port: "16993" }, () => Promise.resolve());
      assert.equal((await attempts.list(uuid))[0]?.notes.length, 1);
      const [news] = await attempts.newsOf([{ device: uuid, note: 0 }]);
      assert.equal(news?.attempt.outcome, "running");
      await postgres.transaction((tx) => attempts.end(tx, open, "done", null));
      const [kept] = await new Attempts({ postgres, clock, events, log }).list(uuid);
      assert.equal(kept?.outcome, "done");
      assert.equal(kept.notes[0]?.facts["port"], "16993");
      assert.ok(seen.some((event) => event.kind === "attempt" && event.device === uuid));
    });

    test("what a killed server had written down is found again, and its attempt is called interrupted", async () => {
      const killed = new Attempts({ postgres, clock, events: new Events(), log });
      const open = await postgres.transaction((tx) => killed.begin(tx, where));
      const written = Promise.resolve("due" as const);
      await open.trail.walked(
        "commit",
        () => written,
        async () =>
          open.trail.wrote({ className: "AMT_SetupAndConfigurationService", method: "CommitChanges", fields: [] }),
      );
      const later = new Attempts({ postgres, clock, events: new Events(), log });
      let notes = 0;
      while (notes === 0) notes = (await later.list(uuid))[0]?.notes.length ?? 0;
      await postgres.transaction((tx) => later.begin(tx, where));
      const [, interrupted] = await later.list(uuid);
      assert.equal(interrupted?.outcome, "interrupted");
      assert.equal(interrupted.notes[0]?.wrote[0]?.method, "CommitChanges");
    });

    test("ten attempts of a device are kept, and none for longer than ninety days", async () => {
      const attempts = new Attempts({ postgres, clock, events: new Events(), log });
      for (let round = 0; round < 14; round += 1) {
        const open = await postgres.transaction((tx) => attempts.begin(tx, where));
        await postgres.transaction((tx) => attempts.end(tx, open, "failed", null));
      }
      const kept = await attempts.list(uuid);
      assert.equal(kept.length, 10);
      assert.ok((kept[0]?.number ?? 0) > 10);
      await clock.advance(91 * dayMs);
      await attempts.forgetOld();
      assert.deepEqual(await attempts.list(uuid), []);
    });
  });
}

import assert from "node:assert/strict";
import { Duplex } from "node:stream";
import { after, before, describe, test } from "node:test";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import { testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { Audit } from "../audit/audit.ts";
import { aDatabase } from "../testing/a-server.ts";
import { DelayedProvisioning, type DelayedHands } from "./delayed.ts";
import { fail } from "./errors.ts";

const dayMs = 86_400_000;
const never = new AbortController().signal;
const usual = { isOn: true, everyHours: 24, replacesOneTimePassword: false, switchesToAmt: false };

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    const clock = testClock();
    const log = silentLog();
    let postgres: Postgres;
    let audit: Audit;
    before(async () => {
      postgres = await aDatabase(clock, kind);
      audit = new Audit(postgres, clock);
    });
    after(() => postgres.close());

    /** A policy over these targets, of which those at an address of `answering` answer. */
    const aPolicy = (targets: Readonly<Record<string, string>>, answering: readonly string[]) => {
      const reopened: string[] = [];
      const hands: DelayedHands = {
        targets: () => Promise.resolve(Object.entries(targets).map(([uuid, code]) => ({ uuid, code }))),
        addressesOf: (uuid) => Promise.resolve([`old-${uuid}`, `new-${uuid}`]),
        reopenAt: (uuid, address) => Promise.resolve(reopened.push(`${uuid} at ${address}`) > 0),
        setUpFromHost: () => Promise.reject(new Error("nothing in any machine offers a way")),
      };
      const dialerTo = (address: string): Dialer => {
        return () =>
          answering.includes(address)
            ? Promise.resolve(new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }))
            : Promise.reject(fail("provisioning.step.timeout"));
      };
      return { delayed: new DelayedProvisioning({ postgres, audit, clock, log, dialerTo }, hands), reopened };
    };

    test("a round begins again with those that answer where they are known, and leaves alone what nothing can help", async () => {
      const targets = {
        a: "amt.connect.timeout",
        b: "provisioning.certificate.untrusted",
        c: "provisioning.kind.no-amt",
        d: "provisioning.hello.contradicted",
        e: "amt.connect.refused",
      };
      const { delayed, reopened } = aPolicy(targets, ["new-a", "old-b", "old-c", "old-d"]);
      const round = await delayed.round(never);
      assert.deepEqual(reopened.toSorted(), ["a at new-a", "b at old-b"]);
      assert.deepEqual(round, { targets: 5, reopened: 2, silent: 1, skipped: 2 });
      assert.deepEqual((await delayed.get()).lastRound, round);
    });

    test("boards that stand on ASF are tried only where the policy says so", async () => {
      const { delayed, reopened } = aPolicy({ a: "provisioning.kind.asf-only" }, ["old-a"]);
      await delayed.round(never);
      assert.deepEqual(reopened, []);
      await delayed.change({ ...usual, switchesToAmt: true }, "operator");
      await delayed.round(never);
      assert.deepEqual(reopened, ["a at old-a"]);
    });

    test("two who change the policy at once both get what they said", async () => {
      const { delayed } = aPolicy({}, []);
      await Promise.all([
        delayed.change({ replacesOneTimePassword: true }, "one"),
        delayed.change({ switchesToAmt: true }, "other"),
        delayed.change({ everyHours: 48 }, "third"),
      ]);
      const { policy } = await delayed.get();
      assert.deepEqual(policy, { ...policy, replacesOneTimePassword: true, switchesToAmt: true, everyHours: 48 });
    });

    test("rounds are a day apart, and none is due while the policy is off", async () => {
      const { delayed, reopened } = aPolicy({ a: "amt.connect.timeout" }, ["old-a"]);
      await delayed.change({ ...usual, isOn: false }, "operator");
      await clock.advance(2 * dayMs);
      await delayed.roundIfDue(never);
      assert.equal(reopened.length, 0);
      await delayed.change(usual, "operator");
      await delayed.roundIfDue(never);
      await clock.advance(dayMs - 1);
      await delayed.roundIfDue(never);
      assert.equal(reopened.length, 1);
      await clock.advance(1);
      await delayed.roundIfDue(never);
      assert.equal(reopened.length, 2);
    });

    test("an ignored check counts again when its time is over; who did it and why is written down", async () => {
      const { delayed } = aPolicy({}, []);
      await delayed.ignore("dns", new Date(clock.now() + dayMs), "suffixes are being moved", "operator");
      assert.equal(await delayed.ignores("dns"), true);
      assert.equal(await delayed.ignores("one-time-password"), false);
      const [entry] = await audit.list({ limit: 1 });
      assert.deepEqual([entry?.actor, entry?.action], ["operator", "provisioning.check-ignored"]);
      assert.match(entry?.summary ?? "", /suffixes are being moved/);
      await clock.advance(dayMs);
      assert.equal(await delayed.ignores("dns"), false);
      const tooLong = delayed.ignore("dns", new Date(clock.now() + 100 * dayMs), "for ever", "operator");
      await assert.rejects(tooLong, { code: "provisioning.delayed.end" });
      await assert.rejects(delayed.endIgnoring(1, "operator"), { code: "provisioning.delayed.not-ignored" });
    });
  });
}

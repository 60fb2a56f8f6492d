import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import { executeIn, type Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds, openTestDatabase } from "@vigil/postgres/test-databases.ts";
import { Audit } from "../audit/audit.ts";
import { Credentials } from "../credentials/credentials.ts";
import { migrations } from "../migrations/all.ts";
import { aDatabase } from "../testing/a-server.ts";
import { defaultSettings, Profiles, type ProfileSettings } from "./profiles.ts";

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    const clock = testClock(Date.UTC(2026, 5, 1));
    let postgres: Postgres;
    let profiles: Profiles;
    let audit: Audit;
    const settings = defaultSettings("example.test");
    const silent: ProfileSettings = { ...settings, general: { ...settings.general, answersPing: false } };

    async function open(database: Postgres): Promise<Profiles> {
      audit = new Audit(database, clock);
      const masterKey = randomBytes(32);
      const deps = { postgres: database, clock, log: silentLog(), masterKey, domainSuffix: "example.test" };
      return new Profiles({ postgres: database, audit, clock, credentials: await Credentials.start(deps) });
    }

    before(async () => {
      postgres = await aDatabase(clock, kind);
      profiles = await open(postgres);
      await profiles.prepare("example.test");
    });
    after(() => postgres.close());

    test("there is one default profile, however often the server starts", async () => {
      await profiles.prepare("other.test");
      assert.deepEqual(
        (await profiles.list()).map(({ name, version, isDefault }) => ({ name, version, isDefault })),
        [{ name: "Default", version: 1, isDefault: true }],
      );
      assert.equal((await profiles.named(null)).general.domainName, "example.test");
      assert.equal((await profiles.named("gone")).name, "Default");
    });

    test("each change is a version; the same again is none; going back is one more", async () => {
      await profiles.create("owner", { name: "Desks", settings });
      await profiles.change("owner", "Desks", { basedOn: 1, settings: silent, note: "no ping" });
      await profiles.change("owner", "Desks", { basedOn: 2, settings: silent });
      assert.deepEqual(
        (await profiles.versions("Desks")).map(({ version, note }) => [version, note]),
        [
          [2, "no ping"],
          [1, null],
        ],
      );
      assert.deepEqual(await profiles.diff("Desks", 1, 2), [
        { setting: "general.answersPing", before: "true", after: "false" },
      ]);
      await profiles.rollBack("owner", "Desks", 1);
      assert.equal((await profiles.get("Desks")).version, 3);
      assert.deepEqual(await profiles.diff("Desks", 1, 3), []);
      const entries = await audit.list({ search: "Desks", limit: 10 });
      assert.deepEqual(
        entries.map(({ action }) => action),
        ["profile.changed", "profile.changed", "profile.created"],
      );
    });

    test("of two who change the same version the second is told, and nothing is lost", async () => {
      await profiles.create("owner", { name: "Race", settings });
      const change = (hostNameRule: string) =>
        profiles.change("owner", "Race", {
          basedOn: 1,
          settings: { ...settings, general: { ...settings.general, hostNameRule } },
        });
      const results = await Promise.allSettled([change("a-{uuid8}"), change("b-{uuid8}")]);
      const failed = results.filter((one) => one.status === "rejected");
      assert.equal(failed.length, 1);
      assert.ok(failed[0]?.reason instanceof VigilError && failed[0].reason.code === "profiles.version.stale");
      assert.equal((await profiles.versions("Race")).length, 2);
    });

    test("contradictions, taken names and unknown versions are refused", async () => {
      const impossible = { ...settings, tls: { ...settings.tls, mode: "off" as const } };
      await assert.rejects(
        profiles.create("owner", { name: "No", settings: impossible }),
        hasCode("profiles.settings.refused"),
      );
      await assert.rejects(profiles.create("owner", { name: "desks", settings }), hasCode("profiles.taken"));
      await assert.rejects(profiles.diff("Desks", 1, 99), hasCode("profiles.version.unknown"));
      await assert.rejects(profiles.get("No"), hasCode("profiles.unknown"));
    });

    test("a secret can be set when the settings call for it, and is never read back by listing", async () => {
      const fixed: ProfileSettings = { ...settings, adminPassword: { kind: "fixed", rotateDays: 0 } };
      await profiles.create("owner", { name: "Fixed", settings: fixed });
      const unset = await profiles.secretsIn(await profiles.get("Fixed"));
      assert.deepEqual(unset, [{ name: "admin-password", changedAt: null }]);
      await assert.rejects(profiles.secret("Fixed", "admin-password"), hasCode("profiles.secret.missing"));
      await profiles.setSecret("owner", "Fixed", "admin-password", "P@ssw0rd-1");
      const [set] = await profiles.secretsIn(await profiles.get("Fixed"));
      assert.ok(set?.name === "admin-password" && set.changedAt !== null);
      const { value } = await profiles.secret("Fixed", "admin-password");
      assert.equal(value.open("set on the device"), "P@ssw0rd-1");
      assert.equal(JSON.stringify(value), '"[sealed]"');
      await assert.rejects(
        profiles.setSecret("owner", "Fixed", "wifi/x", "12345678"),
        hasCode("profiles.secret.unknown"),
      );
      assert.equal(JSON.stringify(await audit.list({ limit: 100 })).includes("P@ssw0rd-1"), false);
    });

    test("the default can be handed on; what is in use is not removed", async () => {
      const none = { devices: 0, uses: 0 };
      await profiles.makeDefault("owner", "Desks");
      assert.equal((await profiles.named(null)).name, "Desks");
      await assert.rejects(profiles.remove("owner", "Desks", none), hasCode("profiles.in-use"));
      await assert.rejects(profiles.remove("owner", "Fixed", { ...none, devices: 3 }), hasCode("profiles.in-use"));
      await assert.rejects(profiles.remove("owner", "Fixed", { ...none, uses: 1 }), hasCode("profiles.in-use"));
      await profiles.remove("owner", "Fixed", none);
      await assert.rejects(profiles.get("Fixed"), hasCode("profiles.unknown"));
    });

    test("older TLS is allowed by name, in one profile and no other", async () => {
      await profiles.create("owner", {
        name: "Old desks",
        settings: { ...settings, tls: { ...settings.tls, oldestTls: "TLSv1" } },
      });
      assert.equal((await profiles.named("Old desks")).tls.oldestTls, "TLSv1");
      assert.equal((await profiles.named("Race")).tls.oldestTls, "TLSv1.2");
    });

    test("a profile of before there were versions keeps what it said", async () => {
      await using older = await openTestDatabase(kind, clock);
      const until8 = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < "0009"));
      await older.migrate(until8);
      const flat = { hostNameRule: "old-{uuid8}", domainName: "old.test", isPlainPortOpen: true, isWebPageOpen: true };
      await older.transaction((tx) =>
        executeIn(tx, "insert into profiles (name, version, is_default, settings) values ($1, 4, true, $2::jsonb)", [
          "Default",
          JSON.stringify(flat),
        ]),
      );
      await older.migrate(migrations);
      const { version, general, tls, features } = await (await open(older)).named(null);
      assert.equal(version, 4);
      assert.equal(`${general.hostNameRule} ${general.domainName}`, "old-{uuid8} old.test");
      assert.ok(tls.isPlainPortOpen && features.webPage);
      assert.equal(tls.oldestTls, "TLSv1.2");
    });
  });
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof VigilError && error.code === code;
}

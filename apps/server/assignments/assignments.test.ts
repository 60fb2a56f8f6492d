import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import type { WantedRule } from "@vigil/api/resources/assignments.ts";
import { testClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { Audit } from "../audit/audit.ts";
import { Credentials } from "../credentials/credentials.ts";
import { Devices } from "../devices/devices.ts";
import { Events } from "../events.ts";
import { defaultSettings, Profiles } from "../profiles/profiles.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Assignments } from "./assignments.ts";

const desk = "4c4c4544-0042-3510-8053-b7c04f4a5931";
const other = "4c4c4544-0042-3510-8053-b7c04f4a5932";
const secret = "a secret of more than sixteen";
const { signal } = new AbortController();
const always = { isOn: true, conditions: [], webhook: null };

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    const clock = testClock(Date.UTC(2026, 5, 1));
    const answers: string[] = [];
    const webhookServer = createServer((_request, response) => response.end(answers.shift() ?? "gone"));
    let url = "";
    let postgres: Postgres;
    let audit: Audit;
    let devices: Devices;
    let profiles: Profiles;
    let assignments: Assignments;

    before(async () => {
      webhookServer.listen(0, "127.0.0.1");
      await once(webhookServer, "listening");
      const at = webhookServer.address();
      assert.ok(typeof at === "object" && at !== null);
      url = `http://127.0.0.1:${at.port}/ask`;
      postgres = await aDatabase(clock, kind);
      audit = new Audit(postgres, clock);
      const masterKey = randomBytes(32);
      const deps = { postgres, clock, log: silentLog(), masterKey, domainSuffix: "example.test" };
      const credentials = await Credentials.start(deps);
      profiles = new Profiles({ postgres, audit, credentials, clock });
      await profiles.prepare("example.test");
      await profiles.create("owner", { name: "Desks", settings: defaultSettings("desks.test") });
      const oldestTlsIn = () => Promise.resolve("TLSv1.2" as const);
      devices = new Devices({ postgres, credentials, events: new Events(), clock, oldestTlsIn });
      assignments = new Assignments({ postgres, devices, profiles, credentials, audit, clock });
      for (const [uuid, address] of [
        [desk, "10.2.0.1"],
        [other, "10.3.0.1"],
      ] as const) {
        await postgres.transaction((tx) => devices.sighted(tx, { uuid, address, at: new Date(clock.now()) }));
      }
    });
    after(async () => {
      webhookServer.close();
      await postgres.close();
    });

    async function store(rules: readonly WantedRule[]): Promise<void> {
      const { version } = await assignments.rules.list();
      await assignments.rules.change("owner", { basedOn: version, rules });
    }

    test("a device that no rule says anything about gets what its profile says, and that follows the profile", async () => {
      const first = await assignments.decide(desk, { signal });
      assert.deepEqual(
        [first.profile.name, first.hostName, first.domainName],
        ["Default", "amt-4c4c4544", "example.test"],
      );
      assert.equal((await devices.get(desk)).profile, "Default");
      const { version: basedOn, settings } = await profiles.get("Default");
      const general = { ...settings.general, hostNameRule: "pc-{uuid}" };
      await profiles.change("owner", "Default", { basedOn, settings: { ...settings, general } });
      assert.equal((await assignments.settled(desk, { signal })).hostName, `pc-${desk}`);
    });

    test("rules are stored as one list; the second of two who edit at once is told, and nonsense is not stored", async () => {
      const rule = { ...always, name: "All desks", outcome: { profile: "Desks" } };
      await store([rule]);
      const list = await assignments.rules.list();
      assert.deepEqual(
        list.rules.map(({ name, hasSecret }) => [name, hasSecret]),
        [["All desks", false]],
      );
      await assert.rejects(
        assignments.rules.change("owner", { basedOn: list.version - 1, rules: [] }),
        hasCode("assignments.rules.stale"),
      );
      const twice = [rule, { ...rule, name: "all DESKS" }];
      await assert.rejects(store(twice), hasCode("assignments.rule.refused"));
      await assert.rejects(store([{ ...rule, outcome: { profile: "desks" } }]), hasCode("assignments.profile.unknown"));
      await store([rule]);
      assert.equal((await assignments.rules.list()).version, list.version, "the same again is no version");
      assert.equal(await assignments.usesOf("Desks"), 1);
    });

    test("a decision is kept with its trace and stands until the next; a profile that a rule gave goes with the rule", async () => {
      const decided = await assignments.decide(desk, { signal });
      assert.deepEqual([decided.profile.name, decided.domainName], ["Desks", "desks.test"]);
      await store([]);
      assert.equal((await assignments.settled(desk, { signal })).profile.name, "Desks");
      assert.equal((await assignments.show(desk)).decision?.considered[0]?.name, "All desks");
      assert.equal((await assignments.decide(desk, { signal })).profile.name, "Default");
      const [entry] = await audit.list({ search: "assignment.decided", limit: 1 });
      assert.match(entry?.summary ?? "", /profile Desks -> Default/);
    });

    test("a list is imported whole or not at all, and a dry run stores nothing", async () => {
      const take = (csv: string, isDryRun = false) =>
        assignments.entries.take("owner", { csv, mode: "merge", isDryRun });
      const good = `UUID,Host name,Profile\n${desk},listed-1,Desks\n`;
      assert.equal((await take(`${good}x,y,Desks\n`)).isStored, false);
      assert.equal((await take(good, true)).added, 1);
      assert.equal((await assignments.entries.list({ search: undefined, limit: 10, offset: 0 })).total, 0);
      assert.equal((await take(good)).isStored, true);
      assert.equal((await take(good)).unchanged, 1);
      assert.equal((await take(good.replace("listed-1", "listed-2"))).changed, 1);
      assert.equal((await assignments.decide(desk, { signal })).hostName, "listed-2");
      assert.match(await assignments.entries.asCsv(), /listed-2/);
    });

    test("ten thousand lines are imported, found by any key, and replaced by a shorter list", async (context) => {
      const line = (index: number) => `SN${index},02:00:00:00:${hex(index >> 8)}:${hex(index & 255)},pc-${index}`;
      const csv = ["Serial,MAC,Host name", ...Array.from({ length: 10_000 }, (_, index) => line(index))].join("\n");
      const started = performance.now();
      const report = await assignments.entries.take("owner", { csv, mode: "merge", isDryRun: false });
      context.diagnostic(`10,000 lines in ${Math.round(performance.now() - started)} ms`);
      assert.deepEqual([report.isStored, report.added], [true, 10_000]);
      const bySerial = await assignments.explain({ evidence: { serialNumber: "sn77" } }, signal);
      const byMac = await assignments.explain({ evidence: { mac: "0200.0000.0102" } }, signal);
      assert.deepEqual([bySerial.outcome.hostName.value, byMac.outcome.hostName.value], ["pc-77", "pc-258"]);
      const short = `UUID,Host name\n${desk},listed-3\n`;
      const replaced = await assignments.entries.take("owner", { csv: short, mode: "replace", isDryRun: false });
      assert.deepEqual([replaced.changed, replaced.removed], [1, 10_000]);
    });

    test("a name goes to one device; the other is refused with both named, until the first one's is released", async () => {
      await assignments.decide(desk, { signal });
      await store([{ ...always, name: "One for all", outcome: { hostName: "LISTED-3" } }]);
      await assert.rejects(assignments.decide(other, { signal }), (error: unknown) => {
        assert.ok(error instanceof VigilError && error.code === "assignments.host-name.taken");
        assert.deepEqual([error.details["device"], error.details["other"]], [other, desk]);
        return true;
      });
      assert.equal((await assignments.explain({ device: other }, signal)).problem?.code, "assignments.host-name.taken");
      await assignments.release("owner", desk);
      assert.equal((await assignments.decide(other, { signal })).isNameNew, true);
      const written = (hostName: string) =>
        postgres.transaction((tx) => assignments.noteWritten(tx, other, { hostName, domainName: "example.test" }));
      assert.equal(await written("the-one-before"), false);
      assert.equal((await assignments.settled(other, { signal })).isNameNew, true);
      assert.equal(await written("LISTED-3"), true);
      assert.equal((await assignments.settled(other, { signal })).isNameNew, false);
      const { hostNames } = await assignments.show(desk);
      assert.ok(hostNames.length > 1 && hostNames.every(({ until }) => until !== null));
    });

    test("a webhook decides with its secret, or fails the decision; its secret is in no answer and no audit entry", async () => {
      const webhook = { url, timeoutSeconds: 5, onFailure: "fail" as const };
      await store([{ name: "CMDB", isOn: true, conditions: [], outcome: { profile: "Desks" }, webhook }]);
      await assert.rejects(assignments.decide(other, { signal }), hasCode("assignments.webhook.secret-missing"));
      const [rule] = (await assignments.rules.list()).rules;
      assert.ok(rule !== undefined);
      await assignments.rules.setSecret("owner", rule.id, secret);
      answers.push('{"hostName":"asked-1"}', "nonsense");
      const decided = await assignments.decide(other, { signal });
      assert.deepEqual([decided.hostName, decided.profile.name], ["asked-1", "Desks"]);
      await assert.rejects(assignments.decide(other, { signal }), hasCode("assignments.webhook.answer"));
      const explained = await assignments.explain({ device: other }, signal);
      assert.equal(explained.problem?.code, "assignments.webhook.answer");
      assert.equal((await assignments.likely(other, "10.3.0.1")).profile.name, "Default", "nobody is asked at a hello");
      const all = JSON.stringify([await assignments.rules.list(), explained, await audit.list({ limit: 100 })]);
      assert.equal(all.includes(secret), false);
      await store([]);
      await store([{ name: "CMDB", isOn: true, conditions: [], outcome: {}, webhook }]);
      assert.equal(
        (await assignments.rules.list()).rules[0]?.hasSecret,
        false,
        "a rule that is made again has no secret",
      );
      await store([]);
    });

    test("facts are kept one by one, told on only when they are news, and bounded", async () => {
      let told = 0;
      const tell = (facts: Readonly<Record<string, string | null>>) =>
        assignments.setFacts("owner", desk, facts, () => Promise.resolve(void (told += 1)));
      assert.deepEqual(await tell({ "os.hostname": "a", site: "b" }), { "os.hostname": "a", site: "b" });
      assert.deepEqual(await tell({ site: "b" }), { "os.hostname": "a", site: "b" });
      assert.deepEqual(await tell({ site: null }), { "os.hostname": "a" });
      assert.equal(told, 2);
      const many = Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`k${index}`, "v"]));
      await assert.rejects(tell(many), hasCode("assignments.facts.too-many"));
      const unseen = "4c4c4544-0042-3510-8053-b7c04f4a5939";
      await assignments.setFacts("owner", unseen, { a: "b" }, () => Promise.reject(new Error("nobody knows it")));
    });
  });
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof VigilError && error.code === code;
}

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as fc from "fast-check";
import type { VigilClient } from "@vigil/api/client.ts";
import { isJobDefinition } from "@vigil/api/resources/job-check.ts";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { readJobText, textOf } from "@vigil/api/resources/job-text.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { aServer, type TestServer } from "../testing/a-server.ts";
import { anyDefinition, imageInDefinitions } from "../testing/any-definition.ts";

const wake: JobDefinition = { steps: [{ name: "Wake", do: "power.on" }] };
const sleep: JobDefinition = { steps: [{ name: "Sleep", do: "power.off" }] };

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    let server: TestServer;
    let client: VigilClient;

    before(async () => {
      server = await aServer({}, kind);
      ({ client } = server);
    });
    after(() => server[Symbol.asyncDispose]());

    const versionsOf = async (name: string) => (await client.jobs.versions({ params: { name } })).items;

    test("each change is a version; the same again is none; going back is one more", async () => {
      const params = { name: "Power" };
      await client.jobs.create({ body: { name: "Power", definition: wake } });
      await client.jobs.change({ params, body: { basedOn: 1, definition: sleep, comment: "the other way" } });
      await client.jobs.change({ params, body: { basedOn: 2, definition: sleep } });
      assert.deepEqual(
        (await versionsOf("Power")).map(({ version, comment }) => [version, comment]),
        [
          [2, "the other way"],
          [1, null],
        ],
      );
      const back = await client.jobs.rollBack({ params, body: { to: 1 } });
      assert.equal(back.version, 3);
      assert.deepEqual(back.definition, wake);
      assert.deepEqual((await versionsOf("Power"))[0]?.comment, "Back to version 1");
      const { items } = await client.audit.list({ query: { search: "Power", limit: 10 } });
      assert.deepEqual(
        items.map(({ action }) => action),
        ["job.changed", "job.changed", "job.created"],
      );
    });

    test("of two who change the same version, the second is told and nothing of theirs is stored", async () => {
      const params = { name: "Race" };
      await client.jobs.create({ body: { name: "Race", definition: wake } });
      const change = (comment: string) =>
        client.jobs.change({ params, body: { basedOn: 1, definition: sleep, comment } });
      const both = await Promise.allSettled([change("first"), change("second")]);
      const failed = both.filter((one) => one.status === "rejected");
      assert.equal(failed.length, 1);
      assert.ok(hasCode("jobs.version.stale")(failed[0]?.reason));
      assert.equal((await versionsOf("Race")).length, 2);
    });

    test("what is not there, is there already or cannot be run is said by its code", async () => {
      const missing = { name: "Nothing" };
      await assert.rejects(client.jobs.show({ params: missing }), hasCode("jobs.unknown"));
      await assert.rejects(client.jobs.remove({ params: missing }), hasCode("jobs.unknown"));
      await assert.rejects(client.jobs.create({ body: { name: "POWER", definition: wake } }), hasCode("jobs.taken"));
      await assert.rejects(
        client.jobs.rollBack({ params: { name: "Power" }, body: { to: 99 } }),
        hasCode("jobs.version.unknown"),
      );
      await assert.rejects(
        client.jobs.create({ body: { name: "Twice", definition: { steps: [...wake.steps, ...wake.steps] } } }),
        (error) =>
          hasCode("jobs.definition.refused")(error) &&
          /2\. Wake: Another step/.test(error instanceof Error ? error.message : ""),
      );
    });

    test("a removed job leaves its name to another", async () => {
      await client.jobs.create({ body: { name: "Short", definition: wake } });
      await client.jobs.remove({ params: { name: "Short" } });
      const again = await client.jobs.create({ body: { name: "Short", definition: sleep } });
      assert.equal(again.version, 1);
      assert.equal((await client.jobs.list()).items.filter(({ name }) => name === "Short").length, 1);
    });

    test("a file is checked with its lines, its rights, and the collections that it names", async () => {
      const text = [
        "name: Bad",
        "steps:",
        "  - name: Wake",
        "    do: power.on",
        "  - name: Off",
        "    do: power.off",
        "    when:",
        "      device: collection = Nowhere",
        "",
      ].join("\n");
      const bad = await client.jobs.check({ body: { text } });
      assert.equal(bad.definition, null);
      assert.deepEqual(
        bad.problems.map(({ path, step, line }) => ({ path, step, line })),
        [{ path: "steps[1].when.device", step: "2. Off", line: 8 }],
      );
      const good = await client.jobs.check({ body: { text: text.replace("Nowhere", "All") } });
      assert.deepEqual(good.problems, []);
      assert.deepEqual([good.name, good.permissions, good.missing], ["Bad", ["device.power"], []]);
    });

    test("a job that a schedule starts stays, and who removes it is told which schedule that is", async () => {
      const [job, name] = ["Nightly work", "Every night"];
      await client.jobs.create({ body: { name: job, definition: wake } });
      const at = { cron: "0 2 * * *", timeZone: "UTC" };
      const rest = { target: { collection: "All" }, at, window: null, missed: "skip", reason: "" } as const;
      const settings = { work: { job, version: "newest" as const }, ...rest, isOn: false };
      await client.schedules.create({ body: { name, settings } });
      await assert.rejects(client.jobs.remove({ params: { name: job } }), (error) => {
        assert.ok(error instanceof VigilError && error.code === "jobs.in-use");
        assert.match(error.message, /the schedule Every night$/);
        assert.deepEqual(error.details["schedules"], [name]);
        return true;
      });
      assert.equal((await client.jobs.show({ params: { name: job } })).version, 1);
      await client.schedules.remove({ params: { name } });
      await client.jobs.remove({ params: { name: job } });
      await assert.rejects(client.jobs.show({ params: { name: job } }), hasCode("jobs.unknown"));
    });

    test("what is in the gallery can be stored as it is, and says for how many devices it is fit", async () => {
      const heal = "Heal from an image";
      const unnamed = (await client.jobs.gallery()).items.find(({ name }) => name === heal);
      await assert.rejects(
        client.jobs.create({ body: { name: heal, definition: unnamed?.definition ?? wake } }),
        /It says no image/,
      );
      const bytes = new Uint8Array(1_474_560);
      const upload = { name: imageInDefinitions, kind: "floppy", bytes: bytes.length } as const;
      const { id } = await client.images.begin({ body: upload });
      await client.images.part({ params: { id }, query: { offset: 0 }, body: bytes });
      await client.images.finish({ params: { id }, body: {} });
      const { items } = await client.jobs.gallery();
      assert.ok(items.length >= 5);
      for (const { name, definition, checks } of items) {
        await client.jobs.create({ body: { name, definition } });
        assert.ok(checks.length > 0, name);
        for (const one of checks) assert.deepEqual([one.holds, one.total], [0, 0]);
      }
      await assert.rejects(client.jobs.gallery({ query: { collection: "Nowhere" } }), hasCode("collections.unknown"));
    });

    test("the schema for editors is a JSON Schema of the file", async () => {
      const schema = await client.jobs.schema();
      assert.match(JSON.stringify(schema), /json-schema\.org.*"steps"/s);
    });

    test("a definition that check accepts survives YAML, JSON and the store unchanged", async () => {
      const name = "Survivor";
      await client.jobs.create({ body: { name, definition: wake } });
      let basedOn = 1;
      await fc.assert(
        fc.asyncProperty(anyDefinition(), async (definition) => {
          assert.ok(isJobDefinition(definition), JSON.stringify(definition));
          const text = textOf(definition, name);
          const read = readJobText(text);
          assert.deepEqual(read.definition, definition);
          assert.equal(read.name, name);
          const checked = await client.jobs.check({ body: { text } });
          assert.deepEqual(checked.problems, []);
          assert.ok(checked.definition !== null);
          const change = { basedOn, definition: checked.definition };
          const stored = await client.jobs.change({ params: { name }, body: change });
          basedOn = stored.version;
          assert.equal(textOf(stored.definition, name), text);
        }),
        { numRuns: 100 },
      );
    });
  });
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof VigilError && error.code === code;
}

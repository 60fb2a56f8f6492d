import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { isoImage } from "@vigil/virtual-device/testing/iso-image.ts";
import { runVigil } from "../programs.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// Runs that start machines from an image of the library: one at once here, so that the others have to wait for their turn.

let stage: Stage;
before(async () => {
  stage = await setStage({ devices: 3, serverArgs: ["--images-at-once", "1"] });
  await untilProvisioned(stage, 3);
  const bytes = new Uint8Array(isoImage({ label: "RESCUE", files: { "README.TXT": new Uint8Array(700) } }));
  const { id } = await stage.client.images.begin({ body: { name: "rescue.iso", kind: "cd", bytes: bytes.length } });
  await stage.client.images.part({ params: { id }, query: { offset: 0 }, body: bytes });
  await stage.client.images.finish({ params: { id }, body: {} });
});
after(() => stage[Symbol.asyncDispose]());

test("an image that the library has not is said before anything is started", async () => {
  const { client } = stage;
  const target = { collection: "Provisioned" };
  const parameters = { image: "other.iso" };
  const isNamed = (error: unknown): boolean =>
    error instanceof VigilError &&
    error.code === "runs.definition.invalid" &&
    JSON.stringify(error.details["problems"]).includes("The library has no image other.iso");
  await assert.rejects(client.runs.plan({ body: { operation: "boot.image", parameters, target } }), isNamed);
  await assert.rejects(client.runs.start({ body: { operation: "boot.image", parameters, target } }), isNamed);
  const text = "name: Heal\nsteps:\n  - name: Start\n    do: boot.image\n    with:\n      image: other.iso\n";
  const { problems } = await client.jobs.check({ body: { text } });
  assert.partialDeepStrictEqual(problems, [{ path: "steps[0].with.image", step: "1. Start", line: 6 }]);
  const missing = await client.jobs.check({ body: { text: text.replace(/ +with:\n.*\n/, "") } });
  assert.partialDeepStrictEqual(missing.problems, [{ path: "steps[0].with.image", text: "It says no image" }]);
});

test("machines get the image one after the other, and one that is dead holds nobody", async () => {
  const [dead, ...others] = stage.fleet.devices;
  dead?.faults.set({ misbehavior: { kind: "refuse" } });
  dead?.dropConnections();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, others.filter(({ firmware }) => firmware.sessions.of("ider") !== undefined).length);
  }, 50);
  const args = ["run", "start", "boot.image", "--collection", "Provisioned", "--image", "rescue.iso"];
  const env = { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token };
  const { code, stdout, stderr } = await runVigil([...args, "--with", "quiet=10", "--wait", "--json"], env);
  clearInterval(watch);
  dead?.faults.clear();
  assert.equal(code, 1, stderr);
  const answer: { readonly succeeded: number; readonly failed: number; readonly results: readonly object[] } =
    JSON.parse(stdout);
  assert.deepEqual([answer.succeeded, answer.failed, most], [2, 1, 1], stdout);
  for (const one of answer.results)
    if ("answer" in one && one.answer !== null)
      assert.match(String(one.answer), /^Has read [1-9]\d* bytes of rescue\.iso; told to start from its own disk$/);
  for (const { firmware } of others) {
    await until(
      "it is back on its own disk",
      () => !firmware.power.isMoving && firmware.state.lastBoot.source === null,
    );
    assert.deepEqual(firmware.state.boot.settings, {});
  }
});

test("after kill -9 the boot is taken back, and the run's item says what is known", async () => {
  const device = stage.fleet.devices[1];
  assert.ok(device);
  const { uuid } = device.firmware;
  const parameters = { image: "rescue.iso", quiet: "3600" };
  const body = { operation: "boot.image" as const, parameters, target: { devices: [uuid] } };
  const { id } = await stage.client.runs.start({ body });
  // An earlier test's boot of this device has ended.
  const boots = async () => (await stage.client.boots.list({ query: { device: uuid, isOpen: true } })).items;
  await until("it has started from it", async () => ((await boots())[0]?.progress?.bytesRead ?? 0) > 0);
  await until("that is known", async () => typeof (await boots())[0]?.startedAt === "string", { limitMs: 30_000 });
  await stage.crash();
  const shown = () => stage.client.runs.show({ params: { id } });
  await until("the run has ended", async () => (await shown()).finishedAt !== null, { limitMs: 100_000 });
  const { items } = await stage.client.runs.results({ params: { id } });
  assert.partialDeepStrictEqual(items, [{ outcome: "unknown", error: { code: "boots.interrupted" } }]);
  assert.match(items[0]?.answer ?? "", /^The machine had started from it and read \d+ bytes of rescue\.iso; told/);
  assert.deepEqual(await boots(), []);
  assert.deepEqual(device.firmware.state.boot.settings, {});
  assert.equal(device.firmware.sessions.of("ider"), undefined);
});

test("cancelling a run that puts power back ends the boot from the image first", async () => {
  const device = stage.fleet.devices[2];
  assert.ok(device);
  const { uuid } = device.firmware;
  const steps: JobDefinition["steps"] = [
    { name: "Heal", do: "boot.image", with: { image: "rescue.iso", quiet: "3600" } },
    { name: "Back", restore: "power" },
  ];
  const { id } = await stage.client.runs.start({ body: { definition: { steps }, target: { devices: [uuid] } } });
  // An earlier test's boot of this device has ended.
  const boots = async () => (await stage.client.boots.list({ query: { device: uuid, isOpen: true } })).items;
  await until("it has started from it", async () => ((await boots())[0]?.progress?.bytesRead ?? 0) > 0);
  await stage.client.runs.cancel({ params: { id } });
  const shown = () => stage.client.runs.show({ params: { id } });
  await until("the run has ended", async () => (await shown()).finishedAt !== null, { limitMs: 60_000 });
  const run = await shown();
  assert.deepEqual([run.state, run.counts.cancelled, run.putBack?.succeeded], ["cancelled", 1, 1]);
  assert.equal(device.firmware.sessions.of("ider"), undefined);
  assert.deepEqual(device.firmware.state.boot.settings, {});
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { vigilClient } from "@vigil/api/client.ts";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import type { Run } from "@vigil/api/resources/runs.ts";
import { isoImage } from "@vigil/virtual-device/testing/iso-image.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// Every job of the gallery as it is, on virtual devices. A run's own limits alone are smaller: nobody waits for a minute of spread.

let stage: Stage;
const done = new Set<string>();

before(async () => {
  stage = await setStage({ devices: 3 });
  await untilProvisioned(stage, 3);
});
after(() => stage[Symbol.asyncDispose]());

/** CIM's words for a machine's power. */
const [on, off] = [2, 8];
const powers = (): readonly number[] => stage.fleet.devices.map(({ firmware }) => firmware.state.powerState);

/** One machine is off, the others are on. */
async function firstOff(): Promise<void> {
  const [first] = stage.fleet.devices;
  const target = { devices: [first?.firmware.uuid ?? ""] };
  await stage.client.runs.start({ body: { operation: "power.off", target } });
  await until("one is off", () => isDeepStrictEqual(powers(), [off, on, on]));
}

/** Stores the ready job under its name and starts it on all devices. */
async function begun(name: string, changed = (one: JobDefinition): JobDefinition => one): Promise<Run> {
  const ready = (await stage.client.jobs.gallery()).items.find((one) => one.name === name);
  assert.ok(ready !== undefined, name);
  done.add(name);
  await stage.client.jobs.create({ body: { name, definition: changed(ready.definition) } });
  const target = { collection: "Provisioned" };
  return stage.client.runs.start({
    body: { job: name, target, limits: { jitterSeconds: 1 }, reason: "the gallery is tried" },
  });
}

/** Virtual machines start in two seconds: nobody waits a minute for them. */
function startingFast(one: JobDefinition): JobDefinition {
  return { ...one, steps: one.steps.map((step) => ("pauseSeconds" in step ? { ...step, pauseSeconds: 3 } : step)) };
}

async function ended(
  name: string,
  changed?: (one: JobDefinition) => JobDefinition,
  meanwhile = (_run: string): Promise<void> => Promise.resolve(),
): Promise<Run> {
  const { id } = await begun(name, changed);
  await meanwhile(id);
  const shown = () => stage.client.runs.show({ params: { id } });
  await until(`${name} ends`, async () => (await shown()).finishedAt !== null, { limitMs: 110_000 });
  const run = await shown();
  const { items } = await stage.client.runs.results({ params: { id } });
  assert.equal(
    run.counts.succeeded,
    3,
    JSON.stringify(items.map(({ step, error, answer }) => ({ step, error, answer }))),
  );
  return run;
}

test("the patch window wakes what was off, and holds every machine in it", async () => {
  await firstOff();
  const { id } = await begun("Patch window");
  const steps = async () => (await stage.client.runs.steps({ params: { id } })).items;
  await until("a wave is in its window", async () =>
    (await steps()).some(({ path, counts }) => path.startsWith("3.") && counts.running > 0),
  );
  await stage.client.runs.cancel({ params: { id } });
});

test("the inventory reads every machine and leaves its power as it was", async () => {
  await firstOff();
  const was = powers();
  await ended("Inventory of what is off", startingFast);
  await until("power is as before", () => isDeepStrictEqual(powers(), was));
  for (const { firmware } of stage.fleet.devices) {
    const { readAt } = await stage.client.readings.hardware({ params: { id: firmware.uuid } });
    assert.ok(readAt !== null, "was read");
  }
});

test("machines are started once from the network", async () => {
  await ended("Heal from the network");
  await until("all are on", () => powers().every((power) => power === on));
});

test("machines are started once from the library's image, and are back on their own disk", async () => {
  const bytes = new Uint8Array(isoImage({ label: "RESCUE", files: { "README.TXT": new Uint8Array(700) } }));
  const { id } = await stage.client.images.begin({ body: { name: "rescue.iso", kind: "cd", bytes: bytes.length } });
  await stage.client.images.part({ params: { id }, query: { offset: 0 }, body: bytes });
  await stage.client.images.finish({ params: { id }, body: {} });
  await ended("Heal from an image", ({ steps: [first, ...rest], ...more }) => {
    assert.ok(first !== undefined && "do" in first);
    assert.deepEqual(first.with, { image: "rescue.iso" });
    return { ...more, steps: [{ ...first, with: { ...first.with, quiet: "10" } }, ...rest] };
  });
  for (const { firmware } of stage.fleet.devices) {
    assert.equal(firmware.sessions.of("ider"), undefined);
    assert.deepEqual(firmware.state.boot.settings, {});
  }
});

test("machines are isolated once a second person has agreed, and released again", async () => {
  const { key } = await stage.client.access.createKey({ body: { name: "second" } });
  const second = vigilClient({ baseUrl: stage.url, token: key });
  const agree = async (id: string): Promise<void> => {
    const asks = async () => (await stage.client.runs.show({ params: { id } })).approval !== null;
    await until("it asks", asks);
    await second.runs.approve({ params: { id } });
  };
  const { id } = await ended("Isolate", undefined, agree);
  assert.equal((await stage.client.devices.list({ query: { filter: "isolated = yes" } })).total, 3);
  const { job } = await stage.client.runs.show({ params: { id } });
  assert.equal(job, "Isolate");
  const target = { collection: "Provisioned" };
  await stage.client.runs.start({ body: { operation: "network.release", target, reason: "all clear" } });
  const isolated = async () => (await stage.client.devices.list({ query: { filter: "isolated = yes" } })).total;
  await until("all are released", async () => (await isolated()) === 0);
});

test("admin passwords are rotated", async () => {
  await ended("Rotate admin passwords");
});

test("the cut-over to TLS leaves alone what has it already", async () => {
  const { id } = await ended("Cut over to TLS");
  const { items } = await stage.client.runs.steps({ params: { id } });
  assert.deepEqual(
    items.map(({ counts }) => counts.skipped),
    [3, 3],
  );
});

test("the night shutdown switches off all but what bears its tag", async () => {
  const [kept] = stage.fleet.devices;
  await stage.client.devices.tag({ body: { devices: [kept?.firmware.uuid ?? ""], add: ["never-off"] } });
  await ended("Night shutdown");
  await until("all but one are off", () => isDeepStrictEqual(powers(), [on, off, off]));
});

test("no job of the gallery was left out", async () => {
  const { items } = await stage.client.jobs.gallery();
  assert.deepEqual([...done].toSorted(), items.map(({ name }) => name).toSorted());
});

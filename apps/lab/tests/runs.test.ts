import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, test } from "node:test";
import { vigilClient } from "@vigil/api/client.ts";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import type { NewRun, Run, TrailEntry } from "@vigil/api/resources/runs.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { AMT_AgentPresenceWatchdog } from "@vigil/model/amt/AMT_AgentPresenceWatchdog.ts";
import { amtKeys } from "@vigil/virtual-device/names.ts";
import { keep } from "@vigil/virtual-device/stored.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { setStage, until, type Client, type Stage } from "../stage.ts";

// Runs of several steps over real devices, and what people do to them.

let stage: Stage;
/** Somebody else than whoever starts the runs. */
let second: Client;
before(async () => {
  stage = await setStage({ devices: 5, isEnrolled: true });
  const { key } = await stage.client.access.createKey({ body: { name: "second" } });
  second = vigilClient({ baseUrl: stage.url, token: key });
});
after(() => stage[Symbol.asyncDispose]());

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device !== undefined);
  return device;
}

function start(definition: JobDefinition, more: Partial<NewRun> = {}): Promise<Run> {
  return stage.client.runs.start({ body: { definition, target: { collection: "Provisioned" }, ...more } });
}

async function ended(id: string): Promise<Run> {
  await until("the run ends", async () => (await shown(id)).finishedAt !== null, { limitMs: 60_000 });
  return shown(id);
}

function shown(id: string): Promise<Run> {
  return stage.client.runs.show({ params: { id } });
}

async function trailOf(id: string, { firmware }: VirtualDevice): Promise<readonly TrailEntry[]> {
  return (await stage.client.runs.trail({ params: { id, device: firmware.uuid } })).items;
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof VigilError && error.code === code;
}

const look = { name: "Look", do: "power.state" } as const;

test("a plan says what would be done to which devices, and asks none of them", async () => {
  const asked = stage.fleet.stats().requests;
  const definition: JobDefinition = {
    steps: [look, { name: "Off", do: "power.off", when: { step: "Look" } }],
    limits: { waves: [20, 100], approvalAbove: 4 },
  };
  const plan = await stage.client.runs.plan({ body: { definition, target: { collection: "Provisioned" } } });
  assert.deepEqual([plan.total, plan.waves, plan.needsApproval], [5, [1, 4], true]);
  assert.equal(plan.limits.stopAtFailurePercent, 10);
  assert.deepEqual(
    plan.steps.map(({ path, calls, when }) => [path, calls, when]),
    [
      ["1. Look", ["Read power state"], null],
      ["2. Off", ["Power off"], '"Look" succeeded'],
    ],
  );
  assert.deepEqual(
    plan.devices.map(({ wave }) => wave),
    [1, 2, 2, 2, 2],
  );
  assert.equal(stage.fleet.stats().requests, asked);
  assert.equal(
    (await stage.client.runs.list()).items.some(({ title }) => title.startsWith("Look")),
    false,
  );
});

test("nothing begins before a second person has said yes, and the starter is none", async () => {
  const asked = stage.fleet.stats().requests;
  const { id, state, approval } = await start({ steps: [look] }, { limits: { approvalAbove: 2 } });
  assert.deepEqual([state, approval?.step], ["approval", null]);
  await assert.rejects(stage.client.runs.approve({ params: { id } }), hasCode("runs.approval.own"));
  assert.equal(stage.fleet.stats().requests, asked);
  await second.runs.approve({ params: { id } });
  assert.equal((await ended(id)).counts.succeeded, 5);
});

test("devices stand at an approval step together, and go on when somebody lets them", async () => {
  const definition: JobDefinition = {
    steps: [look, { name: "Ask", approval: "Shall they be reset?" }, { name: "Again", do: "power.state" }],
  };
  const { id } = await start(definition);
  await until("the run asks", async () => (await shown(id)).state === "approval");
  const asking = await shown(id);
  assert.deepEqual(asking.approval, { step: "2. Ask", asked: "Shall they be reset?" });
  assert.equal(asking.counts.running, 5);
  await second.runs.approve({ params: { id } });
  assert.equal((await ended(id)).counts.succeeded, 5);
  assert.deepEqual(
    (await trailOf(id, deviceAt(0))).map(({ path, outcome }) => [path, outcome]),
    [
      ["1. Look", "succeeded"],
      ["2. Ask", "succeeded"],
      ["3. Again", "succeeded"],
    ],
  );
});

test("choices, branches and what may fail go their way on each device, and all of it is in the trail", async () => {
  const name = deviceAt(1).address;
  const definition: JobDefinition = {
    steps: [
      {
        name: "Which",
        choose: [{ when: { device: `address = ${name}` }, steps: [{ name: "Chosen", do: "power.state" }] }],
        otherwise: [{ name: "Other", do: "power.state" }],
      },
      { name: "Port", waitFor: { port: 9 }, limitSeconds: 1, mayFail: true },
      { name: "Both", parallel: [[{ name: "Left", do: "power.state" }], [{ name: "Rest", pauseSeconds: 1 }]] },
    ],
  };
  const { id } = await start(definition);
  const run = await ended(id);
  assert.equal(run.counts.succeeded, 5, JSON.stringify(run.counts));
  const outcomes = (items: readonly TrailEntry[]) => Object.fromEntries(items.map((one) => [one.name, one.outcome]));
  const same = { Which: "succeeded", Port: "failed", Both: "succeeded", Left: "succeeded", Rest: "succeeded" };
  assert.deepEqual(outcomes(await trailOf(id, deviceAt(1))), { ...same, Chosen: "succeeded", Other: "skipped" });
  assert.deepEqual(outcomes(await trailOf(id, deviceAt(2))), { ...same, Chosen: "skipped", Other: "succeeded" });
});

test("a step is tried again after a failure, what failed is exported, and the same starts again there alone", async () => {
  const [flaky, broken] = [deviceAt(3), deviceAt(4)];
  flaky.faults.set({ misbehavior: { kind: "drop" }, times: 1 });
  broken.faults.set({ misbehavior: { kind: "fault", name: "InternalError" } });
  const { id } = await start({ steps: [{ ...look, retry: { tries: 2, delaySeconds: 1 } }] });
  const run = await ended(id);
  assert.deepEqual([run.counts.succeeded, run.counts.failed], [4, 1]);
  assert.deepEqual(
    (await trailOf(id, flaky)).map(({ attempt, outcome }) => [attempt, outcome]),
    [
      [1, "failed"],
      [2, "succeeded"],
    ],
  );
  const { csv } = await stage.client.runs.export({ params: { id } });
  const [heading, first, ...others] = csv.split("\r\n");
  assert.match(heading ?? "", /^uuid,hostName,address,outcome,step/);
  assert.match(first ?? "", new RegExp(`^${broken.firmware.uuid},.*,failed,1. Look,`));
  assert.equal(others.length, 5);
  broken.faults.clear();
  const again = await stage.client.runs.retry({ params: { id }, query: {} });
  assert.deepEqual([again.total, again.retryOf], [1, id]);
  assert.equal((await ended(again.id)).counts.succeeded, 1);
  await assert.rejects(stage.client.runs.retry({ params: { id: again.id }, query: {} }), hasCode("runs.retry.none"));
});

test("no more devices are under way at once than the limits say, and none before its time", async () => {
  const startsAt = new Date(Date.now() + 2_000).toISOString();
  const limits = { atOnce: 1 };
  const { id } = await start({ steps: [look, { name: "Rest", pauseSeconds: 1 }] }, { limits, startsAt });
  assert.equal((await shown(id)).counts.waiting, 5);
  let most = 0;
  await until("the run ends", async () => {
    const { counts, finishedAt } = await shown(id);
    most = Math.max(most, counts.running);
    return finishedAt !== null;
  });
  assert.equal(most, 1);
  const { items } = await stage.client.runs.results({ params: { id }, query: {} });
  assert.ok(items.every((one) => (one.startedAt ?? "") >= startsAt));
});

test("a definition that makes no sense is refused with each place that is wrong", async () => {
  const steps: JobDefinition["steps"] = [look, { ...look, when: { step: "Nothing" } }];
  await assert.rejects(start({ steps }), (error) => {
    assert.ok(error instanceof VigilError && error.code === "runs.definition.invalid");
    assert.equal(Array.isArray(error.details["problems"]) && error.details["problems"].length, 2);
    return true;
  });
  await assert.rejects(start({ steps: [look] }, { operation: "power.state" }), hasCode("runs.kind.unclear"));
});

// Cancelling: what the machines are left as.

/** CIM's words for a machine that is on, and one that is off. */
const powers = { on: 2, off: 8 } as const;
const wakes: JobDefinition["steps"] = [
  { name: "Wake", do: "power.on", when: { powerBefore: "off" } },
  { name: "Rest", pauseSeconds: 3_600 },
  { name: "Back", restore: "power" },
];

function switchAll(power: keyof typeof powers): void {
  for (const { firmware } of stage.fleet.devices)
    firmware.change((state) => {
      state.powerState = powers[power];
    });
}

const areOn = (): number =>
  stage.fleet.devices.filter(({ firmware }) => firmware.state.powerState === powers.on && !firmware.power.isMoving)
    .length;

/** Starts what wakes machines, as many as may be at once, and lets them rest for an hour. */
async function woken(atOnce: number): Promise<string> {
  switchAll("off");
  const { id } = await start({ steps: wakes, limits: { atOnce } });
  await until("machines are awake", () => areOn() === atOnce);
  const resting = async (): Promise<number> =>
    (await stage.client.runs.steps({ params: { id } })).items[1]?.counts.running ?? 0;
  await until("their shares rest", async () => (await resting()) === atOnce);
  return id;
}

test("a cancelled run gives machines that it woke their power back, even if the server is killed at once, and leaves the rest alone", async () => {
  const id = await woken(3);
  const cancelled = await stage.client.runs.cancel({ params: { id }, query: {} });
  assert.deepEqual([cancelled.state, cancelled.counts.cancelled, cancelled.counts.running], ["cancelled", 2, 3]);
  await stage.crash();
  const run = await ended(id);
  assert.deepEqual([run.state, run.counts.cancelled], ["cancelled", 5]);
  assert.deepEqual(run.putBack, { succeeded: 3, failed: 0, unknown: 0 });
  await until("machines are off again", () => areOn() === 0);
  const { items } = await stage.client.runs.results({ params: { id }, query: { outcome: "cancelled" } });
  assert.deepEqual(
    items.map(({ answer }) => answer).toSorted(),
    [null, null, ...Array.from({ length: 3 }, () => "Told to be off again; was on")].toSorted(),
  );
  const first = items.find(({ answer }) => answer !== null);
  const trail = await stage.client.runs.trail({ params: { id, device: first?.uuid ?? "" } });
  assert.deepEqual(
    trail.items.map(({ name, outcome, answer }) => [name, outcome, answer]),
    [
      ["Wake", "succeeded", "Accepted"],
      ["Rest", "skipped", "Cancelled"],
      ["Back", "succeeded", "Told to be off again; was on"],
    ],
  );
});

test("a run that is cancelled with machines left as they are asks none of them anything more", async () => {
  const id = await woken(2);
  const asked = stage.fleet.stats().requests;
  await stage.client.runs.cancel({ params: { id }, query: { power: "leave" } });
  const run = await ended(id);
  assert.deepEqual([run.counts.cancelled, run.leavesPower, areOn()], [5, true, 2]);
  // The reading that follows on every change of power was asked for before.
  assert.ok(stage.fleet.stats().requests - asked <= 2 * 3);
});

test("a machine that cannot be reached keeps a cancelled run open until somebody says that it is left as it is", async () => {
  const id = await woken(1);
  const { items } = await stage.client.runs.results({ params: { id }, query: { outcome: "running" } });
  const device = stage.fleet.devices.find(({ firmware }) => firmware.uuid === items[0]?.uuid);
  device?.faults.set({ misbehavior: { kind: "drop" } });
  await stage.client.runs.cancel({ params: { id }, query: {} });
  const back = async (): Promise<TrailEntry | undefined> =>
    (await stage.client.runs.trail({ params: { id, device: items[0]?.uuid ?? "" } })).items.find(
      ({ name }) => name === "Back",
    );
  await until("it has been tried", async () => (await back())?.outcome === "failed");
  const open = await stage.client.runs.cancel({ params: { id }, query: {} });
  assert.deepEqual([open.finishedAt, open.counts.running, open.leavesPower], [null, 1, false]);
  await stage.client.runs.cancel({ params: { id }, query: { power: "leave" } });
  const run = await ended(id);
  device?.faults.clear();
  assert.deepEqual([run.putBack, areOn()], [{ succeeded: 0, failed: 1, unknown: 0 }, 1]);
  const again = await stage.client.runs.cancel({ params: { id }, query: {} });
  assert.deepEqual(again.leavesPower, true);
});

// Waiting, and beginning little by little.

/** A step's outcome on the only device of a run, as it stands now. */
async function outcomeOn(id: string, device: VirtualDevice, step: string): Promise<string | undefined> {
  return (await trailOf(id, device)).find(({ name }) => name === step)?.outcome;
}

test("a step waits until a port of the machine answers, and not longer", async () => {
  const device = deviceAt(0);
  const reserved = createServer().listen(0, device.address);
  await once(reserved, "listening");
  const address = reserved.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  await new Promise((done) => reserved.close(done));
  const steps: JobDefinition["steps"] = [{ name: "Up", waitFor: { port }, limitSeconds: 60 }, look];
  const { id } = await start({ steps }, { target: { devices: [device.address] } });
  await until("it waits", async () => (await outcomeOn(id, device, "Up")) === "running");
  assert.equal((await shown(id)).counts.running, 1);
  await using host = createServer().listen(port, device.address);
  await once(host, "listening");
  assert.equal((await ended(id)).counts.succeeded, 1);
  const [up] = await trailOf(id, device);
  assert.equal(up?.answer, `Port ${port} answers`);
});

test("a step waits until an agent is present, another until it is gone", async () => {
  const device = deviceAt(1);
  const { firmware } = device;
  const DeviceID = Buffer.from(randomUUID().replaceAll("-", ""), "hex").toString("base64");
  const watchdog = { ...amtKeys, CreationClassName: "AMT_AgentPresenceWatchdog", DeviceID, StartupInterval: 600 };
  keep(firmware, AMT_AgentPresenceWatchdog, [watchdog]);
  const steps: JobDefinition["steps"] = [
    { name: "There", waitFor: { agent: "present" }, limitSeconds: 60 },
    { name: "Gone", waitFor: { agent: "gone" }, limitSeconds: 60 },
  ];
  const { id } = await start({ steps }, { target: { devices: [device.address] } });
  await until("it waits", async () => (await outcomeOn(id, device, "There")) === "running");
  const sequence = firmware.watchdogs.register(DeviceID, 600);
  await until("it waits for the end", async () => (await outcomeOn(id, device, "Gone")) === "running");
  assert.equal(await outcomeOn(id, device, "There"), "succeeded");
  assert.ok(firmware.watchdogs.shutDown(DeviceID, sequence + 1));
  assert.equal((await ended(id)).counts.succeeded, 1);
  assert.deepEqual(
    (await trailOf(id, device)).map(({ answer }) => answer),
    ["An agent is present", "No agent is present"],
  );
});

test("devices at once are counted by the sites that operators have defined, not by their /24", async () => {
  const [one, two, ...others] = stage.fleet.devices.map(({ address }) => `${address}/32`);
  const site = { mostAtOnce: 4, pauseSeconds: 0, isHeld: false };
  await stage.client.provisioning.putSite({
    params: { name: "Pair" },
    body: { ...site, subnets: [one ?? "", two ?? ""] },
  });
  await stage.client.provisioning.putSite({ params: { name: "Rest" }, body: { ...site, subnets: others } });
  const steps: JobDefinition["steps"] = [look, { name: "Rest", pauseSeconds: 1 }];
  const { id } = await start({ steps }, { limits: { atOncePerSite: 1 } });
  await ended(id);
  for (const name of ["Pair", "Rest"]) await stage.client.provisioning.removeSite({ params: { name } });
  const { items } = await stage.client.runs.results({ params: { id }, query: {} });
  const together = (all: typeof items): boolean =>
    all.some((a) =>
      all.some(
        (b) => a !== b && (a.startedAt ?? "") <= (b.startedAt ?? "") && (b.startedAt ?? "") < (a.finishedAt ?? ""),
      ),
    );
  const pair = items.filter(({ address }) => [one, two].includes(`${address}/32`));
  assert.deepEqual([pair.length, items.length], [2, 5]);
  assert.deepEqual([together(pair), together(items.filter((each) => !pair.includes(each)))], [false, false]);
  assert.ok(together(items), "the sites went on beside one another");
});

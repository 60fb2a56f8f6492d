import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Policy, PolicySettings } from "@vigil/api/resources/policies.ts";
import { weekdays } from "@vigil/api/resources/schedules.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { runVigil } from "../programs.ts";
import { changeProfile, setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// Policies over real devices: what is found, what is done about it, and what is left alone.

let stage: Stage;
before(async () => {
  stage = await setStage({ devices: 4 });
  await untilProvisioned(stage, 4);
});
after(() => stage[Symbol.asyncDispose]());

const awake: PolicySettings = {
  description: "The tills are on during the day",
  collection: "Provisioned",
  desired: { filter: "power = on" },
  look: "power.state",
  remedy: { operation: "power.on" },
  isEnforced: false,
  everyHours: null,
  window: null,
  mostRemediedPercent: 80,
};

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device !== undefined);
  return device;
}

/** @source CIM_PowerManagementService.RequestPowerStateChange: 2 on, 8 off */
async function isSwitched({ firmware }: VirtualDevice, to: 2 | 8): Promise<void> {
  if (firmware.state.powerState !== to) assert.equal(firmware.power.request(to), 0);
  await until("the machine stands still", () => firmware.state.powerState === to && !firmware.power.isMoving);
}

async function roundOver(name: string): Promise<Policy> {
  await until("the round is over", async () => (await shown(name)).round?.state === "done", { limitMs: 60_000 });
  return shown(name);
}

function shown(name: string): Promise<Policy> {
  return stage.client.policies.show({ params: { name } });
}

async function standings(name: string): Promise<ReadonlyMap<string, string>> {
  const { items } = await stage.client.policies.findings({ params: { name }, query: {} });
  return new Map(items.map(({ uuid, standing, error }) => [uuid, error === null ? standing : error.code]));
}

test("a policy that only reports says who deviates and who did not answer, and leaves them alone", async () => {
  const [off, silent] = [deviceAt(0), deviceAt(1)];
  await isSwitched(off, 8);
  silent.faults.set({ misbehavior: { kind: "refuse" } });
  await stage.client.policies.create({ body: { name: "Awake", settings: awake } });
  assert.equal((await shown("Awake")).fresh, 4, "nothing was looked at so far");
  await stage.client.policies.run({ params: { name: "awake" } });
  const { counts, round, fresh } = await roundOver("Awake");
  assert.deepEqual([counts, fresh], [{ compliant: 2, deviating: 1, unknown: 1 }, 0]);
  assert.deepEqual([round?.withheld, round?.remedyRun], ["The policy only reports", null]);
  const found = await standings("Awake");
  assert.equal(found.get(off.firmware.uuid), "deviating");
  assert.match(found.get(silent.firmware.uuid) ?? "", /^amt\./);
  silent.faults.clear();
  assert.equal(off.firmware.state.powerState, 8);
});

test("once it is enforced the deviating are remedied, and looked at again", async () => {
  const off = deviceAt(0);
  await isSwitched(off, 8);
  const plan = await stage.client.policies.plan({ body: { ...awake, isEnforced: true } });
  assert.deepEqual(
    plan.deviating.map(({ uuid }) => uuid),
    [off.firmware.uuid],
  );
  assert.equal(plan.remedy, "Power on on each deviating device");
  await stage.client.policies.change({ params: { name: "Awake" }, body: { ...awake, isEnforced: true } });
  await stage.client.policies.run({ params: { name: "Awake" } });
  const { round, counts } = await roundOver("Awake");
  assert.deepEqual(round?.found, { compliant: 3, deviating: 1, unknown: 0 });
  assert.deepEqual(round.left, { compliant: 4, deviating: 0, unknown: 0 });
  assert.deepEqual(counts, round.left);
  const run = await stage.client.runs.show({ params: { id: round.remedyRun ?? "" } });
  assert.deepEqual([run.total, run.counts.succeeded, run.startedBy], [1, 1, "policy Awake"]);
  await until("the machine is on", () => off.firmware.state.powerState === 2);
});

test("when too many deviate nothing is done, and the round says why", async () => {
  for (const device of stage.fleet.devices) await isSwitched(device, 8);
  await stage.client.policies.run({ params: { name: "Awake" } });
  const { round } = await roundOver("Awake");
  assert.equal(round?.withheld, "100 % of the devices deviate, and at most 80 % are remedied at once");
  for (const { firmware } of stage.fleet.devices) assert.equal(firmware.state.powerState, 8);
});

test("devices that are not as their profile says are made so, and the next round is an hour later", async () => {
  await changeProfile(stage.client, ({ general, ...rest }) => ({
    ...rest,
    general: { ...general, answersPing: !general.answersPing },
  }));
  const settings: PolicySettings = {
    ...awake,
    desired: { asProfile: true },
    look: "profile.look",
    remedy: { operation: "profile.apply" },
    isEnforced: true,
    everyHours: 1,
    mostRemediedPercent: 100,
  };
  await stage.client.policies.create({ body: { name: "As its profile", settings } });
  const { round, nextAt } = await roundOver("As its profile");
  assert.equal(round?.startedBy, "vigil", "a policy with hours looks at once");
  assert.deepEqual(round.found, { compliant: 0, deviating: 4, unknown: 0 });
  assert.deepEqual(round.left, { compliant: 4, deviating: 0, unknown: 0 });
  assert.equal(Date.parse(nextAt ?? "") - Date.parse(round.startedAt), 3_600_000);
  const id = round.remedyRun ?? "";
  const { items } = await stage.client.runs.results({ params: { id }, query: {} });
  for (const { answer } of items) assert.equal(answer, "Changed: general.answersPing");
});

test("a round goes on where it was when the server dies, and starts no run twice", async () => {
  await isSwitched(deviceAt(0), 8);
  for (const device of stage.fleet.devices.slice(1)) await isSwitched(device, 2);
  await stage.client.policies.run({ params: { name: "Awake" } });
  await stage.crash();
  const { round } = await roundOver("Awake");
  assert.equal(round?.left?.compliant, 4);
  const { items } = await stage.client.runs.list({ query: { limit: 500 } });
  const remedies = items.filter(({ startedBy, title }) => startedBy === "policy Awake" && title.includes("Power on"));
  assert.equal(remedies.length, 2, "of this round and of the one that was enforced first");
});

test("while the maintenance window is shut nothing is remedied, and the next round begins when it opens", async () => {
  const { client } = stage;
  const off = deviceAt(0);
  await isSwitched(off, 8);
  const name = "Lunch";
  const wall = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  const days = [...weekdays];
  const far = { timeZone: "UTC", rules: [{ days, from: wall(11), to: wall(12) }] };
  const { opensAt } = await client.windows.put({ params: { name }, body: far });
  const enforced = { ...awake, isEnforced: true };
  const unknown = { params: { name: "Awake" }, body: { ...enforced, window: "Dinner" } };
  await assert.rejects(client.policies.change(unknown), { code: "schedules.window.unknown" });
  await client.policies.change({ params: { name: "Awake" }, body: { ...enforced, window: name } });
  await client.policies.run({ params: { name: "Awake" } });
  const shut = await roundOver("Awake");
  assert.equal(shut.round?.withheld, `Maintenance window "Lunch" opens at ${opensAt}`);
  assert.deepEqual([shut.nextAt, shut.counts.deviating], [opensAt, 1]);
  await client.windows.put({
    params: { name },
    body: { timeZone: "UTC", rules: [{ days, from: "00:00", to: "00:00" }] },
  });
  await client.policies.run({ params: { name: "Awake" } });
  assert.deepEqual((await roundOver("Awake")).counts, { compliant: 4, deviating: 0, unknown: 0 });
});

test("the command line makes, plans, shows and changes a policy", async () => {
  const vigil = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await runVigil(args, { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token });
    assert.equal(code, 0, stderr);
    return stdout;
  };
  const about = ["--collection", "Provisioned", "--desired", "release >= 99"];
  assert.match(await vigil("policy", "plan", ...about), /deviating +4/);
  await vigil("policy", "create", "New enough", ...about, "--description", "Nothing is");
  await vigil("policy", "run", "New enough");
  await roundOver("New enough");
  assert.match(await vigil("policy", "list"), /New enough +Provisioned +0 +4 +0 +0 +no/);
  assert.equal(
    JSON.parse(await vigil("policy", "devices", "New enough", "--standing", "deviating", "--json")).total,
    4,
  );
  const changed = await vigil("policy", "change", "New enough", "--desired", "release >= 7", "--every", "24", "--json");
  assert.equal(JSON.parse(changed).description, "Nothing is", "what is not said stays");
  assert.equal((await roundOver("New enough")).counts.compliant, 4);
  const wrong = await runVigil(["policy", "plan", "--remedy", "power.dance"], {
    VIGIL_URL: stage.url,
    VIGIL_TOKEN: stage.token,
  });
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /There is no operation power\.dance/);
  await vigil("policy", "remove", "New enough");
});

test("a policy is refused where its collection, its filter, its look or its remedy makes no sense", async () => {
  const refused = async (change: Partial<PolicySettings>, code: string): Promise<void> => {
    const body = { name: "Wrong", settings: { ...awake, ...change } };
    await assert.rejects(stage.client.policies.create({ body }), { code });
  };
  await refused({ collection: "Nowhere" }, "collections.unknown");
  await refused({ desired: { filter: "colour = red" } }, "filter.field");
  await refused({ look: "power.cycle" }, "policies.look.wrong");
  await refused({ remedy: { operation: "device.unprovision" } }, "policies.remedy.wrong");
  await refused({ remedy: { operation: "boot.once", parameters: { to: "tape" } } }, "runs.parameter.invalid");
  const taken = stage.client.policies.create({ body: { name: "AWAKE", settings: awake } });
  await assert.rejects(taken, { code: "policies.taken" });
  await assert.rejects(shown("Nothing"), { code: "policies.unknown" });
  await stage.client.policies.remove({ params: { name: "Awake" } });
  await assert.rejects(shown("Awake"), { code: "policies.unknown" });
});

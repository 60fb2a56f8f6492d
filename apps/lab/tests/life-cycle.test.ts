import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { lifeOf } from "../../server/devices/devices.ts";
import { aMemoryNetwork, type MemoryNetwork } from "../testing/memory-network.ts";
import { until } from "../stage.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";

// How devices leave, and come back: told by us, past us, or not at all.

const never = new AbortController().signal;
const usual = { kind: "partial", certificate: "revoke", directory: "remove", afterwards: "factory" } as const;
let network: MemoryNetwork;

before(async () => {
  network = await aMemoryNetwork(9);
});
after(() => network[Symbol.asyncDispose]());

function machine(index: number): VirtualDevice {
  const found = network.machines[index];
  assert.ok(found !== undefined);
  return found;
}

async function provisioned(index: number): Promise<VirtualDevice> {
  const one = machine(index);
  network.hello(one);
  await network.untilIs(one, "provisioned");
  return one;
}

async function actionsOf({ firmware }: VirtualDevice): Promise<string[]> {
  const entries = await network.audit.list({ device: firmware.uuid, limit: 100 });
  return entries.map(({ action }) => action).toReversed();
}

function tellings({ firmware }: VirtualDevice): { count: number } {
  const told = { count: 0 };
  firmware.onCall(({ method }) => {
    if (method.endsWith("Unprovision")) told.count += 1;
  });
  return told;
}

test("unprovisioned partially, a device is met in factory state, keeps its menu's password, and its next hello sets it up", async () => {
  const one = await provisioned(0);
  const { uuid } = one.firmware;
  const { mebxPassword, hostName } = one.firmware.state;
  const words = await network.provisioning.unprovision(uuid, usual, "owner", never);
  assert.match(words, /met in factory state/);
  const record = await network.devices.get(uuid);
  assert.deepEqual([lifeOf(record), record.controlMode, record.certificate], ["factory", "none", null]);
  assert.deepEqual([one.firmware.state.mebxPassword, one.firmware.state.hostName], [mebxPassword, hostName]);
  const states = (await network.credentials.secretsOf(uuid, "admin-password")).map(({ state }) => state);
  assert.deepEqual(states, ["previous"], "what opened it before is kept, sealed");
  network.hello(one);
  await network.untilIs(one, "provisioned");
  const lives = (await network.devices.transitions(uuid, 20)).map(({ to }) => to).toReversed();
  assert.deepEqual(lives, ["in-setup", "admin-control", "factory", "in-setup", "admin-control"]);
});

test("unprovisioned fully and retired, a device closes its ports; its hellos are refused until it is readmitted", async () => {
  const one = await provisioned(1);
  const { uuid } = one.firmware;
  const wish = { ...usual, kind: "full", afterwards: "retired" } as const;
  assert.match(await network.provisioning.unprovision(uuid, wish, "owner", never), /ports are closed/);
  assert.equal(one.firmware.isOpen(16_993), false);
  one.replug();
  network.hello(one, "198.51.100.7");
  await network.provisioning.settled();
  assert.ok((network.provisioning.refused["provisioning.hello.retired"] ?? 0) >= 1);
  assert.equal(lifeOf(await network.devices.get(uuid)), "retired");
  assert.ok((await actionsOf(one)).includes("provisioning.hello.refused"), "where it asks from is written down");
  await assert.rejects(network.provisioning.retry(uuid, "owner"), { code: "devices.state.wrong" });
  await network.provisioning.retirements.readmit(uuid, { actor: "owner", reason: "found again" });
  network.hello(one);
  await network.untilIs(one, "provisioned");
});

test("an answer that is lost is no reason to tell it again: the meeting shows that it has gone", async () => {
  const one = await provisioned(2);
  const told = tellings(one);
  one.faults.set({ misbehavior: { kind: "drop-after" }, matching: "PartialUnprovision_INPUT", times: 1 });
  await network.provisioning.unprovision(one.firmware.uuid, usual, "owner", never);
  assert.equal(told.count, 1);
  assert.equal(lifeOf(await network.devices.get(one.firmware.uuid)), "factory");
});

test("a request that never arrived leaves the device ours, and says so", async () => {
  const one = await provisioned(3);
  const told = tellings(one);
  one.faults.set({ misbehavior: { kind: "drop" }, matching: "PartialUnprovision_INPUT", times: 1 });
  const leaving = network.provisioning.unprovision(one.firmware.uuid, usual, "owner", never);
  await assert.rejects(leaving, { code: "provisioning.unprovision.not-taken" });
  assert.equal(told.count, 0);
  assert.equal(lifeOf(await network.devices.get(one.firmware.uuid)), "admin-control");
});

test("an auditor's lock keeps it from being told, and is named", async () => {
  const one = await provisioned(4);
  const told = tellings(one);
  one.firmware.change(({ audit }) => {
    Object.assign(audit, { lockedUntil: one.firmware.now() / 1000 + 600, isBlocking: true });
  });
  const leaving = network.provisioning.unprovision(one.firmware.uuid, usual, "owner", never);
  await assert.rejects(leaving, { code: "provisioning.unprovision.blocked" });
  assert.equal(told.count, 0);
});

test("what was told and cannot be met stays written down; its hello has it looked at, not set up, and then it is out", async () => {
  const one = await provisioned(5);
  const { uuid } = one.firmware;
  const told = tellings(one);
  const stop = new AbortController();
  one.firmware.onCall(({ method }) => {
    if (method === "PartialUnprovision") stop.abort(new Error("the server stops"));
  });
  const wish = { ...usual, afterwards: "retired" } as const;
  await assert.rejects(network.provisioning.unprovision(uuid, wish, "owner", stop.signal));
  assert.equal(lifeOf(await network.devices.get(uuid)), "admin-control", "nobody has seen yet that it has gone");
  network.hello(one);
  await network.untilIs(one, "retired");
  assert.equal(told.count, 1);
  assert.equal(one.firmware.mode, "in");
});

test("a stolen device is retired without being asked; its secrets are kept until their time is over, then it can be forgotten", async () => {
  const one = await provisioned(6);
  const { uuid } = one.firmware;
  const { requests } = one;
  const how = { actor: "owner", reason: "car was broken into", because: "stolen", keepSecretsDays: 0 } as const;
  await network.provisioning.retirements.retire(uuid, how);
  assert.equal(one.requests, requests, "it was not asked");
  await assert.rejects(network.devices.connect(uuid), { code: "devices.state.wrong" });
  const kept = await network.credentials.forReveal(uuid, "admin-password");
  assert.equal(kept.state, "confirmed");
  await network.provisioning.retirements.round();
  await assert.rejects(network.credentials.forReveal(uuid, "admin-password"), { code: "credentials.secret.none" });
  await network.provisioning.retirements.purge(uuid, { actor: "owner", reason: "case closed" });
  assert.equal(await network.devices.lookUp(uuid), undefined);
  const actions = await actionsOf(one);
  assert.deepEqual(actions.slice(-3), ["device.retired", "secret.destroyed", "device.purged"]);
});

test("only a retired device can be readmitted or forgotten", async () => {
  const { firmware } = machine(0);
  const wanted = { actor: "owner", reason: "by mistake" };
  const { readmit, purge } = {
    readmit: network.provisioning.retirements.readmit(firmware.uuid, wanted),
    purge: network.provisioning.retirements.purge(firmware.uuid, wanted),
  };
  await assert.rejects(readmit, { code: "devices.state.wrong" });
  await assert.rejects(purge, { code: "devices.state.wrong" });
});

test("a device that somebody else has set up is foreign-owned, with all that it shows; it is ours once it says hello again", async () => {
  const one = machine(7);
  network.hello(one);
  const other = "0123456789abcdef0123456789abcdef";
  one.firmware.change((state) => Object.assign(state, { mode: "post", adminHa1: other, controlMode: "admin" }));
  one.firmware.change((state) => {
    state.activeTls = { ...state.activeTls, enabled: true };
  });
  await network.untilIs(one, "foreign");
  const { error } = await network.devices.get(one.firmware.uuid);
  assert.equal(error?.code, "provisioning.device.foreign");
  assert.match(String(error?.details["release"]), /^16\./);
  assert.ok(error?.details["certificate"] !== undefined);
  one.firmware.unprovision();
  network.hello(one);
  await network.untilIs(one, "provisioned");
});

test("unprovisioned past us, a device that is set up again has its way written down", async () => {
  const one = await provisioned(8);
  const { provisionedAt } = await network.devices.get(one.firmware.uuid);
  one.firmware.unprovision();
  network.hello(one);
  await until("it is set up anew", async () => {
    const now = await network.devices.get(one.firmware.uuid);
    return now.state === "provisioned" && now.provisionedAt?.getTime() !== provisionedAt?.getTime();
  });
  const lives = (await network.devices.transitions(one.firmware.uuid, 20)).map(({ to }) => to).toReversed();
  assert.deepEqual(lives, ["in-setup", "admin-control", "factory", "in-setup", "admin-control"]);
});

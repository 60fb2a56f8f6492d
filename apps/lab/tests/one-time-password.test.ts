import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { aMemoryNetwork, type MemoryNetwork } from "../testing/memory-network.ts";
import { until } from "../stage.ts";

// Setup that a device's own software begins: it gives the firmware a one-time password, and the meeting compares it. All over a dialer in memory.

let network: MemoryNetwork;

before(async () => {
  network = await aMemoryNetwork(8);
  await network.changeProfile((all) => ({ ...all, otp: "required" }));
});
after(() => network[Symbol.asyncDispose]());

function machine(index: number): VirtualDevice {
  const found = network.machines[index];
  assert.ok(found !== undefined);
  return found;
}

async function made({ firmware }: VirtualDevice): Promise<string> {
  const make = network.postgres.transaction((tx) => network.credentials.oneTime.make(tx, firmware.uuid));
  return (await make).password.open("hand over");
}

/** What an agent does: it gives the password to the firmware and has it ask. */
function agent(one: VirtualDevice, password: string): void {
  assert.equal(one.host.setOneTimePassword(password), 0);
  assert.equal(one.host.startConfiguration(), 0);
  network.hello(one);
}

/** Refused by that code before the device was told anything, and the audit trail says so under a name of its own. */
async function refused(one: VirtualDevice, code: string): Promise<void> {
  const { uuid } = one.firmware;
  await until(`${uuid}: ${code}`, async () => (await network.devices.lookUp(uuid))?.error?.code === code, {
    lookMs: 20,
  });
  const [newest] = await network.audit.list({ device: uuid, limit: 1 });
  assert.equal(newest?.action, "provisioning.otp.refused");
  assert.equal(newest?.details["code"], code);
  assert.deepEqual([...one.firmware.writes], [], "it was told nothing");
}

test("the right one sets the device up, though the setup is interrupted after it was proven", async () => {
  const one = machine(0);
  one.faults.set({ misbehavior: { kind: "drop" }, matching: "SetMEBxPassword", times: 1 });
  agent(one, await made(one));
  await network.untilIs(one, "provisioned");
  assert.equal(one.faults.strikes, 1);
});

test("a wrong one is refused", async () => {
  const one = machine(1);
  await made(one);
  agent(one, "somebody-elses-password");
  await refused(one, "provisioning.otp.wrong");
});

test("that of another device is wrong, too", async () => {
  const one = machine(2);
  agent(one, await made(machine(1)));
  await refused(one, "provisioning.otp.wrong");
});

test("one that was used is refused when it comes again, and so is one that was replaced", async () => {
  const one = machine(3);
  const first = await made(one);
  agent(one, first);
  await network.untilIs(one, "provisioned");
  one.firmware.unprovision();
  one.firmware.writes.clear();
  agent(one, first);
  await refused(one, "provisioning.otp.replayed");
  const second = await made(one);
  await made(one);
  agent(one, second);
  await refused(one, "provisioning.otp.replayed");
});

test("one whose time has passed is refused", async () => {
  const one = machine(4);
  const late = await made(one);
  await network.postgres.execute(
    "update one_time_passwords set expires_at = now() - interval '1 minute' where device = $1",
    [one.firmware.uuid],
  );
  agent(one, late);
  await refused(one, "provisioning.otp.expired");
});

test("where it is required, a device that names none is refused; given one, it is set up", async () => {
  const one = machine(5);
  network.hello(one);
  await refused(one, "provisioning.otp.missing");
  agent(one, await made(one));
  await network.untilIs(one, "provisioned");
});

test("where it is optional, none will do and a wrong one will not; where it is off, nobody looks", async () => {
  await network.changeProfile((all) => ({ ...all, otp: "optional" }));
  network.hello(machine(6));
  await network.untilIs(machine(6), "provisioned");
  const one = machine(7);
  agent(one, "somebody-elses-password");
  await refused(one, "provisioning.otp.wrong");
  await network.changeProfile((all) => ({ ...all, otp: "off" }));
  network.hello(one);
  await network.untilIs(one, "provisioned");
});

test("no entry of the audit trail holds one", async () => {
  const secret = await made(machine(0));
  const entries = await network.audit.list({ limit: 1_000 });
  assert.equal(JSON.stringify(entries).includes(secret), false);
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { aMemoryNetwork, type MemoryNetwork } from "../testing/memory-network.ts";

// Which of its passwords a device has, found out without locking it.

const never = new AbortController().signal;
let network: MemoryNetwork;

before(async () => {
  network = await aMemoryNetwork(3);
});
after(() => network[Symbol.asyncDispose]());

async function provisioned(index: number): Promise<VirtualDevice> {
  const one = network.machines[index];
  assert.ok(one !== undefined);
  network.hello(one);
  await network.untilIs(one, "provisioned");
  return one;
}

function setHa1({ firmware }: VirtualDevice, ha1: string | null): void {
  firmware.change((state) => {
    state.adminHa1 = ha1;
  });
}

test("a device that went back to its previous password is opened with one wrong try, and with none the next time", async () => {
  const one = await provisioned(0);
  const { uuid } = one.firmware;
  const old = one.firmware.state.adminHa1;
  await network.provisioning.rotate(uuid, never);
  setHa1(one, old);
  one.firmware.failedLogins = 0;
  await network.provisioning.lookForDrift(uuid, never);
  assert.equal(one.firmware.failedLogins, 1);
  await network.provisioning.lookForDrift(uuid, never);
  assert.equal(one.firmware.failedLogins, 1, "what opened it last is tried first");
});

test("a device that knows none of them is shown five wrong ones in ten minutes at most, however often it is asked", async () => {
  const one = await provisioned(1);
  const { uuid } = one.firmware;
  await network.provisioning.rotate(uuid, never);
  setHa1(one, "0123456789abcdef0123456789abcdef");
  one.firmware.failedLogins = 0;
  const codes: unknown[] = [];
  for (let tries = 0; tries < 6; tries += 1) {
    await network.provisioning.lookForDrift(uuid, never).catch((error: unknown) => {
      codes.push(error instanceof Error && "code" in error ? error.code : error);
    });
  }
  assert.equal(one.firmware.failedLogins, 5);
  assert.equal(codes[0], "provisioning.login.lost");
  assert.equal(codes.at(-1), "credentials.login.paused");
});

test("one password for all is given up for one of its own when the profile changes its mind", async () => {
  const one = await provisioned(2);
  const { uuid } = one.firmware;
  await network.changeProfile((all) => ({ ...all, adminPassword: { ...all.adminPassword, kind: "fixed" } }), {
    "admin-password": "P@ssw0rd-for-all",
  });
  await network.provisioning.reconcile(uuid, never);
  const fixed = one.firmware.state.adminHa1;
  const secretsNow = await network.credentials.secretsOf(uuid, "admin-password");
  assert.equal(secretsNow[0]?.secret.open("compare"), "P@ssw0rd-for-all");
  await network.changeProfile((all) => ({ ...all, adminPassword: { ...all.adminPassword, kind: "random" } }));
  const changed = await network.provisioning.reconcile(uuid, never);
  assert.deepEqual(
    changed.map(({ setting }) => setting),
    ["adminPassword.kind"],
  );
  assert.notEqual(one.firmware.state.adminHa1, fixed);
  const [own] = await network.credentials.secretsOf(uuid, "admin-password");
  assert.notEqual(own?.secret.open("compare"), "P@ssw0rd-for-all");
  assert.deepEqual(await network.provisioning.reconcile(uuid, never), [], "once is enough");
});

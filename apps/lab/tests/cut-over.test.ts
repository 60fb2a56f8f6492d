import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RunResult } from "@vigil/api/resources/runs.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { everySecretOpens } from "../proofs.ts";
import { changeProfile, setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// From plain to TLS and back, one device of which cannot be met over TLS.

let stage: Stage;
before(async () => {
  stage = await setStage({
    devices: 2,
    profile: (all) => ({ ...all, tls: { ...all.tls, mode: "off", isPlainPortOpen: true } }),
  });
  await untilProvisioned(stage, 2);
});
after(() => stage[Symbol.asyncDispose]());

async function apply(): Promise<readonly RunResult[]> {
  const body = { operation: "profile.apply", target: { collection: "Provisioned" } } as const;
  const { id } = await stage.client.runs.start({ body });
  const isOver = async (): Promise<boolean> => (await stage.client.runs.show({ params: { id } })).state === "finished";
  await until("the profile is applied", isOver);
  return (await stage.client.runs.results({ params: { id }, query: {} })).items;
}

async function channelOf({ firmware }: VirtualDevice): Promise<string> {
  return (await stage.client.devices.show({ params: { id: firmware.uuid } })).channel;
}

test("a device whose TLS cannot be reached is put back to what it was, and the others go on", async () => {
  const [blocked, free] = stage.fleet.devices;
  assert.ok(blocked !== undefined && free !== undefined);
  blocked.faults.set({ misbehavior: { kind: "refuse", port: "tls" } });
  await changeProfile(stage.client, (all) => ({ ...all, tls: { ...all.tls, mode: "server", isPlainPortOpen: false } }));
  const results = await apply();
  const resultOf = ({ firmware }: VirtualDevice): RunResult | undefined =>
    results.find(({ uuid }) => uuid === firmware.uuid);
  assert.equal(resultOf(free)?.outcome, "succeeded");
  assert.equal(resultOf(blocked)?.error?.code, "provisioning.cut-over.rolled-back");
  assert.equal(resultOf(blocked)?.error?.details["reason"], "amt.connect.refused");
  assert.deepEqual([await channelOf(free), await channelOf(blocked)], ["tls", "plain"]);
  assert.deepEqual([free.firmware.isOpen(16_992), free.firmware.isOpen(16_993)], [false, true]);
  assert.deepEqual([blocked.firmware.isOpen(16_992), blocked.firmware.isOpen(16_993)], [true, false]);
  await everySecretOpens(stage, 2);
});

test("once the way is open it is cut over like the others, and what is done already is left alone", async () => {
  const [blocked] = stage.fleet.devices;
  assert.ok(blocked !== undefined);
  blocked.faults.clear();
  assert.deepEqual(
    (await apply()).map(({ outcome }) => outcome),
    ["succeeded", "succeeded"],
  );
  assert.equal(await channelOf(blocked), "tls");
  assert.equal(blocked.firmware.isOpen(16_992), false);
  assert.ok((await apply()).every(({ answer }) => answer === "Nothing to change"));
});

test("TLS can be taken off again, and the device is found in the clear", async () => {
  await changeProfile(stage.client, (all) => ({ ...all, tls: { ...all.tls, mode: "off", isPlainPortOpen: true } }));
  assert.ok((await apply()).every(({ outcome }) => outcome === "succeeded"));
  for (const device of stage.fleet.devices) assert.equal(await channelOf(device), "plain");
  await everySecretOpens(stage, 2);
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { RunResult } from "@vigil/api/resources/runs.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { everySecretOpens } from "../proofs.ts";
import { changeProfile, setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// From TLS to mutual TLS and back, one device of which cannot be met again; then one that is set up with it from the start.

let stage: Stage;
before(async () => {
  stage = await setStage({ devices: 2 });
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

function isMutual({ firmware }: VirtualDevice): boolean {
  return firmware.state.activeTls.mutual;
}

test("a device that cannot be met with the certificate is put back over the connection of before", async () => {
  const [blocked, free] = stage.fleet.devices;
  assert.ok(blocked !== undefined && free !== undefined);
  // Whoever comes after the certificate is demanded finds no way in.
  const cancel = blocked.firmware.onChange(() => {
    if (isMutual(blocked)) blocked.faults.set({ misbehavior: { kind: "refuse", port: "tls" } });
  });
  await changeProfile(stage.client, (all) => ({ ...all, tls: { ...all.tls, mode: "mutual" } }));
  const results = await apply();
  cancel();
  const resultOf = ({ firmware }: VirtualDevice): RunResult | undefined =>
    results.find(({ uuid }) => uuid === firmware.uuid);
  assert.equal(resultOf(free)?.outcome, "succeeded", JSON.stringify(resultOf(free)));
  assert.equal(resultOf(blocked)?.error?.code, "provisioning.cut-over.rolled-back");
  assert.deepEqual([isMutual(blocked), isMutual(free)], [false, true]);
  blocked.faults.clear();
  await everySecretOpens(stage, 2);
});

test("once the way is open it is cut over like the others, and nothing is left to do", async () => {
  assert.deepEqual(
    (await apply()).map(({ outcome }) => outcome),
    ["succeeded", "succeeded"],
  );
  assert.ok(stage.fleet.devices.every(isMutual));
  assert.ok((await apply()).every(({ answer }) => answer === "Nothing to change"));
  await everySecretOpens(stage, 2);
});

test("the server finds the way in after a restart, and a device can be let go again", async () => {
  await stage.crash();
  await everySecretOpens(stage, 2);
  await changeProfile(stage.client, (all) => ({ ...all, tls: { ...all.tls, mode: "server" } }));
  assert.ok((await apply()).every(({ outcome }) => outcome === "succeeded"));
  assert.ok(!stage.fleet.devices.some(isMutual));
  await everySecretOpens(stage, 2);
});

test("devices are set up with mutual TLS from the start", async () => {
  await using other = await setStage({
    devices: 2,
    profile: (all) => ({ ...all, tls: { ...all.tls, mode: "mutual" } }),
  });
  await untilProvisioned(other, 2);
  assert.ok(other.fleet.devices.every(isMutual));
  await everySecretOpens(other, 2);
});

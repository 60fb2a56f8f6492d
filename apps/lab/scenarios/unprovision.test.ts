import assert from "node:assert/strict";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { everySecretOpens } from "../proofs.ts";
import { defineScenario, type Scene } from "../scenarios.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

type Choices = Readonly<Record<string, string>>;

/** Starts the operation on these devices and waits for its end. @returns the results by uuid */
async function unprovisioned(
  stage: Stage,
  devices: readonly VirtualDevice[],
  parameters: Choices,
  signal: AbortSignal,
) {
  const target = { devices: devices.map(({ firmware }) => firmware.uuid) };
  const body = { operation: "device.unprovision", target, parameters, reason: "the scenario wants it" } as const;
  const { id } = await stage.client.runs.start({ body });
  const params = { id };
  const isOver = async (): Promise<boolean> => (await stage.client.runs.show({ params })).state === "finished";
  await until("the run ends", isOver, { limitMs: 120_000 + devices.length * 2_000, signal });
  const { items } = await stage.client.runs.results({ params, query: { limit: 20_000 } });
  return items;
}

/** What the timeline says of where the device stood, oldest first. */
async function livesOf(stage: Stage, uuid: string): Promise<string[]> {
  const { items } = await stage.client.devices.timeline({ params: { id: uuid }, query: { limit: 500 } });
  const moves = items.filter(({ action }) => action === "device.moved").map(({ summary }) => summary);
  return moves.toReversed().map((summary) => summary.replace(/^Is (.*), was .*$/, "$1"));
}

async function lifeOf(stage: Stage, { firmware }: VirtualDevice): Promise<string> {
  return (await stage.client.devices.show({ params: { id: firmware.uuid } })).life;
}

async function play({ devices, say, signal }: Scene) {
  await using stage = await setStage({ devices });
  await untilProvisioned(stage, devices, signal);
  const third = Math.max(1, Math.floor(devices / 3));
  const partial = stage.fleet.devices.slice(0, third);
  const full = stage.fleet.devices.slice(third, 2 * third);
  const broken = stage.fleet.devices.slice(2 * third);

  say(`${partial.length} are unprovisioned partially, and ask to be set up again by themselves`);
  const menuPasswords = partial.map(({ firmware }) => firmware.state.mebxPassword);
  const realms = partial.map(({ firmware }) => firmware.digestRealm);
  const asked = await unprovisioned(stage, partial, { kind: "partial" }, signal);
  assert.deepEqual(new Set(asked.map(({ outcome }) => outcome)), new Set(["succeeded"]), JSON.stringify(asked[0]));
  await untilProvisioned(stage, devices, signal);
  for (const [index, { firmware }] of partial.entries()) {
    assert.notEqual(firmware.digestRealm, realms[index], "it took a new realm");
    assert.ok(menuPasswords[index] !== "admin", "it had a menu password of its own");
    const lives = await livesOf(stage, firmware.uuid);
    const before = ["in setup", "in admin control mode", "in factory state", "in setup", "in admin control mode"];
    assert.deepEqual(lives, before);
  }
  await everySecretOpens(stage, devices, signal);

  say(`${full.length} are unprovisioned fully and retired: their network is closed, and nobody sets them up`);
  const gone = await unprovisioned(stage, full, { kind: "full", afterwards: "retired" }, signal);
  assert.deepEqual(new Set(gone.map(({ outcome }) => outcome)), new Set(["succeeded"]), JSON.stringify(gone[0]));
  for (const one of full) {
    assert.equal(await lifeOf(stage, one), "retired");
    assert.equal(one.firmware.mode, "pre");
    assert.equal(one.firmware.isOpen(16_993), false);
    // Somebody pulls its cord: it asks, and is refused.
    one.replug();
  }
  const isRefused = async (): Promise<boolean> => {
    const { refused } = await stage.client.provisioning.list({ query: {} });
    return (refused["provisioning.hello.retired"] ?? 0) >= full.length;
  };
  await until("hellos of retired devices are refused", isRefused, { signal });
  for (const one of full) assert.equal(await lifeOf(stage, one), "retired");

  say("they are readmitted, and set up by their next hello");
  for (const { firmware } of full)
    await stage.client.devices.readmit({ params: { id: firmware.uuid }, body: { reason: "found again" } });
  for (const one of full) one.replug();
  await untilProvisioned(stage, devices, signal);

  say(`${broken.length} lose the answer, before or after they do it: they are met before anything else, and told once`);
  for (const [index, { faults }] of broken.entries()) {
    const kind = index % 2 === 0 ? ("drop-after" as const) : ("drop" as const);
    faults.set({ misbehavior: { kind }, matching: "PartialUnprovision_INPUT", times: 1 });
  }
  const told = broken.map(({ firmware }) => firmware.writes.get("AMT_SetupAndConfigurationService") ?? 0);
  const ended = await unprovisioned(stage, broken, { kind: "partial", afterwards: "retired" }, signal);
  for (const [index, { firmware }] of broken.entries()) {
    const result = ended.find(({ uuid }) => uuid === firmware.uuid);
    const hasDoneIt = index % 2 === 0;
    const code = hasDoneIt ? undefined : "provisioning.unprovision.not-taken";
    assert.equal(result?.error?.code, code, JSON.stringify(result));
    assert.equal(firmware.mode === "post", !hasDoneIt);
    const life = (await stage.client.devices.show({ params: { id: firmware.uuid } })).life;
    assert.equal(life, hasDoneIt ? "retired" : "admin-control");
    const calls = (firmware.writes.get("AMT_SetupAndConfigurationService") ?? 0) - (told[index] ?? 0);
    assert.ok(calls <= 1, `it was told ${calls} times`);
  }
  return { devices, partial: partial.length, full: full.length, broken: broken.length };
}

export default defineScenario({
  name: "unprovision",
  story:
    "devices forget us, partially and fully, with lost answers in between; each is met afterwards and none is told twice",
  smallSize: 6,
  play,
});

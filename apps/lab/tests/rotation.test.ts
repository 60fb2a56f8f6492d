import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres } from "@vigil/postgres/postgres.ts";
import { freshUrl } from "@vigil/postgres/test-databases.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { everySecretOpens } from "../proofs.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// Rotation and reveal on real sockets and a real PostgreSQL, whose queue a test can move on in time.

let stage: Stage;
let url: string;
before(async () => {
  url = await freshUrl();
  stage = await setStage({ devices: 3, serverArgs: ["--database", url] });
  await untilProvisioned(stage, 3);
});
after(() => stage[Symbol.asyncDispose]());

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device !== undefined);
  return device;
}

async function rotate(device: VirtualDevice): Promise<{ outcome: string; answer: string | null; code?: string }> {
  const { uuid } = device.firmware;
  const { id } = await stage.client.runs.start({ body: { operation: "secret.rotate", target: { devices: [uuid] } } });
  const isOver = async (): Promise<boolean> => (await stage.client.runs.show({ params: { id } })).state === "finished";
  await until("the rotation ends", isOver);
  const [result] = (await stage.client.runs.results({ params: { id }, query: {} })).items;
  assert.ok(result !== undefined);
  const { outcome, answer, error } = result;
  return { outcome, answer, ...(error === null ? {} : { code: error.code }) };
}

async function statesOf(device: VirtualDevice): Promise<string[]> {
  const { items } = await stage.client.secrets.list({ params: { id: device.firmware.uuid } });
  return items.filter(({ kind }) => kind === "admin-password").map(({ state }) => state);
}

test("a rotation gives the device another password, keeps the old one as previous, and proves the new one", async () => {
  const device = deviceAt(0);
  const digest = device.firmware.state.adminHa1;
  assert.deepEqual(await rotate(device), { outcome: "succeeded", answer: "Rotated" });
  assert.notEqual(device.firmware.state.adminHa1, digest);
  assert.deepEqual(await statesOf(device), ["confirmed", "previous"]);
  await everySecretOpens(stage, 3);
});

for (const kind of ["drop", "drop-after"] as const) {
  test(`an answer that is lost (${kind}) is looked into: the device ends with one known password`, async () => {
    const device = deviceAt(1);
    const digest = device.firmware.state.adminHa1;
    device.faults.set({ misbehavior: { kind }, matching: "SetAdminAclEntryEx", times: 1 });
    assert.deepEqual(await rotate(device), { outcome: "succeeded", answer: "Rotated" });
    device.faults.clear();
    assert.notEqual(device.firmware.state.adminHa1, digest);
    assert.deepEqual(await statesOf(device), ["confirmed", "previous"]);
    await everySecretOpens(stage, 3);
  });
}

test("a device that never takes it keeps the old one, says so by its code, and takes the same new one later", async () => {
  const device = deviceAt(1);
  device.faults.set({ misbehavior: { kind: "drop" }, matching: "SetAdminAclEntryEx" });
  assert.deepEqual(await rotate(device), {
    outcome: "failed",
    answer: null,
    code: "provisioning.rotation.not-taken",
  });
  device.faults.clear();
  assert.deepEqual((await statesOf(device)).toSorted(), ["confirmed", "pending", "previous"]);
  // While two passwords are possible, everything else finds the one that opens it.
  await everySecretOpens(stage, 3);
  assert.deepEqual(await rotate(device), { outcome: "succeeded", answer: "Rotated" });
  assert.deepEqual(await statesOf(device), ["confirmed", "previous"]);
});

test("a device that is not ours is not touched", async () => {
  const stranger = "01234567-89ab-4def-8123-456789abcdef";
  await assert.rejects(
    stage.client.runs.start({ body: { operation: "secret.rotate", target: { devices: [stranger] } } }),
    { code: "devices.unknown" },
  );
});

test("who has a password shown must say why; it opens the device, is in the audit trail, and is replaced by itself", async () => {
  const device = deviceAt(2);
  const { uuid } = device.firmware;
  const params = { id: uuid };
  await assert.rejects(stage.client.secrets.reveal({ params, body: { kind: "admin-password", reason: "" } }), {
    code: "api.request.invalid",
  });
  const shown = await stage.client.secrets.reveal({ params, body: { kind: "admin-password", reason: "fire drill" } });
  assert.equal(shown.username, "admin");
  assert.ok(shown.replacedAt !== null);
  const { items } = await stage.client.audit.list({ query: { device: uuid, limit: 5 } });
  const entry = items.find(({ action }) => action === "secret.revealed");
  assert.equal(entry?.details["reason"], "fire drill");
  assert.equal(JSON.stringify(items).includes(shown.value), false);
  const digest = device.firmware.state.adminHa1;
  // An hour passes, as far as the queue knows.
  const database = await openPostgres({ url }, { clock: systemClock(), log: silentLog() });
  const moved = "update pgboss.job set start_after = now() where name = 'rotations' returning id";
  assert.equal((await database.execute(moved)).rows.length, 1);
  await database.close();
  await until("it is replaced", () => device.firmware.state.adminHa1 !== digest);
  const isNoted = async (): Promise<boolean> =>
    (await stage.client.audit.list({ query: { device: uuid, limit: 5 } })).items.some(
      ({ action }) => action === "secret.rotated",
    );
  await until("it is noted", isNoted);
  await everySecretOpens(stage, 3);
});

test("the menu's password is shown too, and nothing promises to replace it", async () => {
  const params = { id: deviceAt(2).firmware.uuid };
  const shown = await stage.client.secrets.reveal({
    params,
    body: { kind: "mebx-password", reason: "at the machine" },
  });
  assert.equal(shown.replacedAt, null);
  assert.equal(shown.value.length, 20);
});

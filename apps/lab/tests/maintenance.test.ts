import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres, type Postgres } from "@vigil/postgres/postgres.ts";
import { freshUrl } from "@vigil/postgres/test-databases.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { everySecretOpens, runtimeCertificates } from "../proofs.ts";
import { changeProfile, setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// What the calendar brings. The calendar is moved in the database, on a real PostgreSQL; a round is done at each start.

let stage: Stage;
let database: Postgres;
before(async () => {
  const url = await freshUrl();
  stage = await setStage({ devices: 2, serverArgs: ["--database", url] });
  await untilProvisioned(stage, 2);
  database = await openPostgres({ url }, { clock: systemClock(), log: silentLog() });
});
after(async () => {
  await database.close();
  await stage[Symbol.asyncDispose]();
});

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device !== undefined);
  return device;
}

/** The server's next round, without the pauses that it puts between devices. */
async function round(): Promise<void> {
  await stage.crash();
  const hurry =
    "update pgboss.job set start_after = now() where name in ('maintenance', 'rotations') and state < 'active'";
  await database.execute(hurry);
}

test("a clock that went astray is set when two weeks have passed, and nothing else is touched", async () => {
  const { firmware } = deviceAt(0);
  firmware.change((state) => (state.clockOffsetMs += 3 * 86_400_000));
  firmware.change((state) => (state.hostName = "drifted"));
  firmware.writes.clear();
  await database.execute("update devices set maintained_at = now() - interval '15 days' where uuid = $1", [
    firmware.uuid,
  ]);
  await round();
  const isRight = (): boolean => Math.abs(firmware.now() - systemClock().now()) < 60_000;
  await until("the clock is set", isRight);
  assert.deepEqual([...firmware.writes.keys()], ["AMT_TimeSynchronizationService"]);
  assert.equal(firmware.state.hostName, "drifted", "drift is somebody's decision");
  const isNoted = async (): Promise<boolean> => {
    const { rows } = await database.execute("select uuid from devices where maintained_at < now() - interval '1 day'");
    return rows.length === 0;
  };
  await until("it is noted", isNoted);
});

test("a certificate that is believed to end soon is looked at; one that is good is kept, and its end is noted", async () => {
  const old = await runtimeCertificates(stage);
  const { firmware } = deviceAt(1);
  // What makes it due is what the registry holds of it; that a device gets another is shown where its name changes.
  await database.execute(
    `update devices set certificate = jsonb_set(certificate, '{expiresAt}', to_jsonb((now() + interval '20 days')::text)) where uuid = $1`,
    [firmware.uuid],
  );
  await round();
  const isNoted = async (): Promise<boolean> => {
    const { certificate } = await stage.client.devices.show({ params: { id: firmware.uuid } });
    return certificate !== null && Date.parse(certificate.expiresAt) > systemClock().now() + 60 * 86_400_000;
  };
  await until("the registry knows how long it is good", isNoted);
  assert.deepEqual(await runtimeCertificates(stage), old, "one that is good is kept");
});

test("a password that is older than the profile allows is replaced", async () => {
  await changeProfile(stage.client, (all) => ({ ...all, adminPassword: { ...all.adminPassword, rotateDays: 30 } }));
  const { firmware } = deviceAt(0);
  const young = deviceAt(1).firmware.state.adminHa1;
  const digest = firmware.state.adminHa1;
  await database.execute("update device_secrets set made_at = now() - interval '31 days' where device = $1", [
    firmware.uuid,
  ]);
  await round();
  await until("it is replaced", () => firmware.state.adminHa1 !== digest);
  await everySecretOpens(stage, 2);
  assert.equal(deviceAt(1).firmware.state.adminHa1, young);
});

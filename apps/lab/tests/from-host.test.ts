import assert from "node:assert/strict";
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import { after, before, test } from "node:test";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import { streamFailure } from "@vigil/amt-client/dial/failures.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { Assignments } from "../../server/assignments/assignments.ts";
import { Audit } from "../../server/audit/audit.ts";
import { Credentials } from "../../server/credentials/credentials.ts";
import { Devices } from "../../server/devices/devices.ts";
import { Events } from "../../server/events.ts";
import { Profiles } from "../../server/profiles/profiles.ts";
import { Provisioning } from "../../server/provisioning/provisioning.ts";
import { aDatabase } from "../../server/testing/a-server.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { startFleet, type Fleet } from "@vigil/virtual-device/fleet.ts";
import { Work } from "@vigil/work/work.ts";
import { stageDomain } from "../stage.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

// Devices that are set up from inside their machines, by the same steps as from afar.

const clock = systemClock();
const log = silentLog();
const never = new AbortController().signal;
let postgres: Postgres;
let work: Work;
let devices: Devices;
let provisioning: Provisioning;
let fleet: Fleet;

before(async () => {
  postgres = await aDatabase(clock);
  work = await Work.start(postgres, { clock, log });
  const masterKey = randomBytes(32);
  const credentials = await Credentials.start({ postgres, clock, log, masterKey, domainSuffix: stageDomain });
  const audit = new Audit(postgres, clock);
  const events = new Events();
  devices = new Devices({
    postgres,
    credentials,
    events,
    clock,
    oldestTlsIn: () => Promise.resolve("TLSv1.2"),
  });
  const profiles = new Profiles({ postgres, audit, credentials, clock });
  await profiles.prepare(stageDomain);
  const assignments = new Assignments({ postgres, devices, profiles, credentials, audit, clock });
  const rooms = { postgres, work, devices, credentials, profiles, assignments, audit, events };
  const dialerTo = (host: string): Dialer => directDialer({ host });
  provisioning = new Provisioning({ ...rooms, clock, log, dialerTo, domainSuffix: stageDomain });
  await provisioning.prepare();
  const root = new X509Certificate(credentials.setupRootPem);
  fleet = await startFleet({
    count: 4,
    firstAddress: someAddress(),
    clock,
    log,
    trustedRootHashes: [createHash("sha256").update(root.raw).digest("hex")],
    domainSuffix: stageDomain,
    generations: ["16", "12", "19", "15"],
  });
});

after(async () => {
  await fleet.stop();
  await work.stop();
  await postgres.close();
});

function deviceAt(index: number): VirtualDevice {
  const device = fleet.devices[index];
  assert.ok(device !== undefined);
  return device;
}

function taskFor(device: VirtualDevice, mode: "admin" | "client" | "either") {
  const dialer: Dialer = (port) =>
    device.dialLocally(port).catch((cause: unknown) => {
      throw streamFailure(cause, { port });
    });
  const door = { dialer, account: device.host.localSystemAccount(), address: device.address };
  return { uuid: device.firmware.uuid, door, mode, signal: never };
}

test("admin mode: chain and signature, then the same steps, and the proof over the network", async () => {
  const device = deviceAt(0);
  assert.equal(await provisioning.setUpFromHost(taskFor(device, "admin")), "admin");
  const { state, controlMode, setupMethod } = await devices.get(device.firmware.uuid);
  assert.deepEqual(
    { state, controlMode, setupMethod },
    {
      state: "provisioned",
      controlMode: "admin",
      setupMethod: "host-admin",
    },
  );
  assert.equal(device.firmware.state.activeTls.enabled, true);
  assert.equal((await devices.using(device.firmware.uuid, {}, (one) => one.setup.readState())).controlMode, "admin");
});

test("client mode is kept to when it is asked for again, and is raised to admin mode when that is", async () => {
  const device = deviceAt(1);
  assert.equal(await provisioning.setUpFromHost(taskFor(device, "client")), "client");
  const { controlMode, setupMethod, state } = await devices.get(device.firmware.uuid);
  assert.deepEqual([state, controlMode, setupMethod], ["provisioned", "client", "host-client"]);
  assert.equal(await provisioning.setUpFromHost(taskFor(device, "client")), "client");
  assert.equal(await provisioning.setUpFromHost(taskFor(device, "admin")), "admin");
});

test("a release that speaks TLS alone does so on its local port, too", async () => {
  const device = deviceAt(2);
  assert.equal(await provisioning.setUpFromHost(taskFor(device, "either")), "admin");
});

test("when the answer to AdminSetup is lost it is not asked again: the mode tells", async () => {
  const device = deviceAt(3);
  device.faults.set({ misbehavior: { kind: "drop-after" }, matching: "AdminSetup_INPUT", times: 1 });
  assert.equal(await provisioning.setUpFromHost(taskFor(device, "admin")), "admin");
  assert.equal(device.faults.strikes, 1);
  assert.equal((await devices.get(device.firmware.uuid)).state, "provisioned");
});

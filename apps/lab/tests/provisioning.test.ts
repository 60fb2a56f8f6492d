import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { freshUrl } from "@vigil/postgres/test-databases.ts";
import { startFleet, type Fleet, type FleetOptions } from "@vigil/virtual-device/fleet.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { everySecretOpens } from "../proofs.ts";
import { run } from "../programs.ts";
import { setStage, stageDomain, until, untilProvisioned, type Stage } from "../stage.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

// What provisioning does when the device will not have it, on real sockets.

let stage: Stage;
before(async () => {
  stage = await setStage({ devices: 4 });
  await untilProvisioned(stage, 4);
});
after(() => stage[Symbol.asyncDispose]());

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device !== undefined);
  return device;
}

async function failureOf(of: Stage, uuid: string): Promise<string | undefined> {
  const { state, error } = await of.client.devices.show({ params: { id: uuid } });
  return state === "failed" ? error?.code : undefined;
}

test("curl and openssl find a provisioned device as it should be: plain port closed, factory password dead, our certificate", async () => {
  const { address, firmware } = deviceAt(2);
  const ask = (...args: string[]) => run("curl", ["-sS", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", ...args]);
  assert.equal((await ask(`http://${address}:16992/wsman`)).code, 7, "curl says that the connection was refused");
  const secure = `https://${address}:16993`;
  const old = await ask("-k", "--digest", "-u", "admin:admin", "-d", "", `${secure}/wsman`);
  assert.equal(old.stdout, "401");
  assert.equal((await ask("-k", `${secure}/index.htm`)).stdout, "404", "the web page is closed");
  const { stdout } = await run("openssl", ["s_client", "-connect", `${address}:16993`, "-tls1_2"]);
  assert.match(stdout, new RegExp(`subject=CN = amt-${firmware.uuid.slice(0, 8)}\\.`));
  assert.match(stdout, /issuer=.*Vigil/);
  assert.doesNotMatch(stdout, /self-signed certificate\)/);
});

test("a device that went back to factory state is provisioned anew, and its new secret opens it", async () => {
  const device = deviceAt(0);
  const secretBefore = device.firmware.state.adminHa1;
  const { provisionedAt } = await stage.client.devices.show({ params: { id: device.firmware.uuid } });
  device.firmware.unprovision();
  device.replug();
  const isAnew = async (): Promise<boolean> => {
    const now = await stage.client.devices.show({ params: { id: device.firmware.uuid } });
    return now.state === "provisioned" && now.provisionedAt !== provisionedAt;
  };
  await until("it is provisioned anew", isAnew, { limitMs: 90_000 });
  assert.notEqual(device.firmware.state.adminHa1, secretBefore);
  await everySecretOpens(stage, 4);
});

test("a device whose password somebody changed is failed with its code, and stays in sight", async () => {
  const device = deviceAt(1);
  const { uuid } = device.firmware;
  const { adminHa1 } = device.firmware.state;
  device.firmware.change((state) => (state.adminHa1 = "0".repeat(32)));
  await stage.client.devices.provision({ params: { id: uuid } });
  await until("the login is lost", async () => (await failureOf(stage, uuid)) === "provisioning.login.lost");
  const { items } = await stage.client.devices.timeline({ params: { id: uuid } });
  assert.ok(items.some((one) => one.action === "provisioning.failed"));
  device.firmware.change((state) => (state.adminHa1 = adminHa1));
  await stage.client.devices.provision({ params: { id: uuid } });
  await untilProvisioned(stage, 4);
});

test("on a PostgreSQL server devices are provisioned too, and go on after a kill", async () => {
  const database = await freshUrl();
  await using other = await setStage({ devices: 6, serverArgs: ["--database", database] });
  await untilProvisioned(other, 6);
  await other.crash();
  const device = other.fleet.devices[0];
  assert.ok(device !== undefined);
  await other.client.devices.provision({ params: { id: device.firmware.uuid } });
  await untilProvisioned(other, 6);
  await everySecretOpens(other, 6);
});

test("a device that trusts no root of ours, and one in another domain, fail with codes of their own", async () => {
  const { items } = await stage.client.setupCertificates.list();
  const roots = items.map((one) => one.rootHash);
  await using strangers = await aFleet({ trustedRootHashes: [], domainSuffix: stageDomain });
  await using elsewhere = await aFleet({ trustedRootHashes: roots, domainSuffix: "elsewhere.example" });
  for (const [fleet, code] of [
    [strangers, "provisioning.certificate.untrusted"],
    [elsewhere, "provisioning.certificate.refused"],
  ] as const) {
    const uuid = fleet.devices[0]?.firmware.uuid ?? "";
    await until(code, async () => (await failureOf(stage, uuid).catch(() => undefined)) === code);
  }
});

function aFleet(options: Pick<FleetOptions, "trustedRootHashes" | "domainSuffix">): Promise<Fleet> {
  return startFleet({
    ...options,
    count: 1,
    firstAddress: someAddress(),
    clock: systemClock(),
    log: silentLog(),
    hello: { host: "127.0.0.1", port: stage.helloPort },
  });
}

import assert from "node:assert/strict";
import { test } from "node:test";
import { isOutside } from "@vigil/virtual-device/behaviors/remote-access.ts";
import { aConsoleAuthority } from "@vigil/virtual-device/testing/console-certificates.ts";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

const server = { host: "mps.example.test", port: 4433, certificateName: "", username: "vigil", password: "P@ssw0rd" };

test("a server and a policy are added; the server cannot go while the policy names it", async () => {
  const { device, firmware } = aPair();
  const added = await device.remoteAccess.addServer(server);
  await device.remoteAccess.addPolicy({
    trigger: "periodic",
    lifetimeSeconds: 0,
    schedule: { everySeconds: 30 },
    servers: [added],
  });
  const name = "Intel(r) AMT:Management Presence Server 0";
  const [stored] = await device.remoteAccess.servers();
  assert.ok(stored !== undefined);
  const { reference, ...shown } = stored;
  assert.deepEqual(shown, { name, host: server.host, port: 4433, certificateName: "" });
  assert.equal(reference.selectors["Name"], name);
  assert.deepEqual([...(await device.remoteAccess.usernames())], [[name, server.username]]);
  assert.deepEqual(await device.remoteAccess.policies(), [
    { name: "Periodic", trigger: "periodic", lifetimeSeconds: 0, schedule: { everySeconds: 30 }, servers: [name] },
  ]);
  await assert.rejects(device.remoteAccess.removeServer(name), { code: "amt.remote-access.refused" });
  await device.remoteAccess.removePolicy("Periodic");
  await device.remoteAccess.removeServer(name);
  assert.deepEqual(await device.remoteAccess.servers(), []);
  assert.doesNotMatch(JSON.stringify(firmware.state.stored), /P@ssw0rd/);
});

test("an address needs the certificate's name, servers are unique, and six are the most", async () => {
  const { device } = aPair();
  const refused = { code: "amt.remote-access.refused" };
  await assert.rejects(device.remoteAccess.addServer({ ...server, host: "192.0.2.8" }), refused);
  for (let count = 0; count < 6; count += 1) {
    const host = `192.0.2.${count}`;
    await device.remoteAccess.addServer({ ...server, host, certificateName: "mps.example.test" });
  }
  await assert.rejects(device.remoteAccess.addServer(server), refused);
  await assert.rejects(device.remoteAccess.addServer({ ...server, password: "x".repeat(17) }), refused);
});

test("the company's domains are set, and taken back", async () => {
  const { device } = aPair();
  assert.deepEqual(await device.remoteAccess.homeDomains(), []);
  await device.remoteAccess.setHomeDomains(["corp.example.test"]);
  assert.deepEqual(await device.remoteAccess.homeDomains(), ["corp.example.test"]);
  await device.remoteAccess.setHomeDomains([]);
  assert.deepEqual(await device.remoteAccess.homeDomains(), []);
  const many = ["a", "b", "c", "d", "e", "f"];
  await assert.rejects(device.remoteAccess.setHomeDomains(many), { code: "amt.remote-access.refused" });
});

test("a policy names two servers in their order, calls daily at a time, and three policies are the most", async () => {
  const { device } = aPair();
  const { remoteAccess } = device;
  const first = await remoteAccess.addServer(server);
  const second = await remoteAccess.addServer({ ...server, port: 4434 });
  const third = await remoteAccess.addServer({ ...server, port: 4435 });
  assert.deepEqual(await remoteAccess.limits(), { servers: 6, policies: 3, serversPerPolicy: 2 });
  const policy = { lifetimeSeconds: 600, servers: [second, first] };
  const schedule = { dailyAt: { hour: 3, minute: 30 } };
  await remoteAccess.addPolicy({ ...policy, trigger: "periodic", schedule });
  const [daily] = await remoteAccess.policies();
  assert.deepEqual(daily, {
    name: "Periodic",
    trigger: "periodic",
    lifetimeSeconds: 600,
    schedule,
    servers: ["Intel(r) AMT:Management Presence Server 1", "Intel(r) AMT:Management Presence Server 0"],
  });
  const refused = (status: string) => errorWith("amt.remote-access.refused", { status });
  await assert.rejects(remoteAccess.addPolicy({ ...policy, trigger: "periodic", schedule }), refused("duplicate"));
  const late = { dailyAt: { hour: 24, minute: 0 } };
  await remoteAccess.removePolicy("Periodic");
  await assert.rejects(
    remoteAccess.addPolicy({ ...policy, trigger: "periodic", schedule: late }),
    refused("invalid-parameter"),
  );
  await assert.rejects(
    remoteAccess.addPolicy({ ...policy, trigger: "alert", servers: [first, second, third] }),
    refused("invalid-parameter"),
  );
  for (const trigger of ["userInitiated", "alert", "homeProvisioning"] as const) {
    await remoteAccess.addPolicy({ ...policy, trigger });
  }
  await assert.rejects(remoteAccess.addPolicy({ ...policy, trigger: "periodic", schedule }), refused("limit-reached"));
});

test("a server is called with a certificate of the device's, which has to be there", async () => {
  const { device, firmware } = aPair();
  const { host, port, certificateName } = server;
  const { root } = await aConsoleAuthority();
  const certificateId = await device.tls.addTrustedRoot(root);
  const unknown = { host, port, certificateName, certificateId: "Intel(r) AMT Certificate: Handle: 9" };
  await assert.rejects(device.remoteAccess.addServer(unknown), errorWith("amt.remote-access.refused"));
  await device.remoteAccess.addServer({ host, port, certificateName, certificateId });
  assert.equal((await device.remoteAccess.servers()).length, 1);
  assert.equal(firmware.state.stored["AMT_MPSUsernamePassword"], undefined);
});

test("who at the machine may have it call is switched; there is no call to end", async () => {
  const { device } = aPair({ generation: "19" });
  assert.equal(await device.remoteAccess.userCalls(), "biosAndOs");
  await device.remoteAccess.allowUserCalls("none");
  assert.equal(await device.remoteAccess.userCalls(), "none");
  assert.equal(await device.remoteAccess.isConnected(), false);
  await assert.rejects(device.remoteAccess.hangUp(), errorWith("amt.remote-access.refused", { status: "not-ready" }));
  assert.equal(await aPair({ generation: "12" }).device.remoteAccess.isConnected(), undefined);
});

test("the device takes itself for outside when its network is none of the company's", async () => {
  const { device, firmware } = aPair();
  assert.equal(isOutside(firmware), false);
  await device.remoteAccess.setHomeDomains(["corp.example.test"]);
  assert.equal(isOutside(firmware), true);
  await device.remoteAccess.setHomeDomains(["corp.example.test", firmware.domainSuffix]);
  assert.equal(isOutside(firmware), false);
});

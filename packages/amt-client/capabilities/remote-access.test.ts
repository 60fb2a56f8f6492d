import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";

const server = { host: "mps.example.test", port: 4433, certificateName: "", username: "vigil", password: "P@ssw0rd" };

test("a server and a policy are added; the server cannot go while the policy names it", async () => {
  const { device, firmware } = aPair();
  const added = await device.remoteAccess.addServer(server);
  await device.remoteAccess.addPolicy({ trigger: "periodic", lifetimeSeconds: 0, everySeconds: 30, servers: [added] });
  const name = "Intel(r) AMT:Management Presence Server 0";
  assert.deepEqual(await device.remoteAccess.servers(), [{ name, host: server.host, port: 4433, certificateName: "" }]);
  assert.deepEqual(await device.remoteAccess.policies(), [
    { name: "Periodic", trigger: "periodic", lifetimeSeconds: 0 },
  ]);
  await assert.rejects(device.remoteAccess.removeServer(name), { code: "wsman.fault.internalError" });
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
  await assert.rejects(device.remoteAccess.setHomeDomains(many), { code: "wsman.fault.internalError" });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";

const own = { address: "192.0.2.7", netmask: "255.255.255.0", gateway: "192.0.2.1", primaryDns: "192.0.2.53" };

test("the wired port gets an address of its own, and goes back to the host's", async () => {
  const { device } = aPair();
  const [port] = await device.network.ports();
  assert.deepEqual([port?.kind, port?.usesDhcp, port?.address], ["wired", true, ""]);
  const fixed = await device.network.useStatic(own);
  assert.deepEqual(
    [fixed.usesDhcp, fixed.address, fixed.netmask, fixed.gateway, fixed.dnsServers],
    [false, own.address, own.netmask, own.gateway, [own.primaryDns]],
  );
  const back = await device.network.useDhcp();
  assert.deepEqual([back.usesDhcp, back.address, back.gateway, back.dnsServers], [true, "", "", []]);
});

test("an address or a netmask that is none is refused", async () => {
  const { device } = aPair();
  for (const wrong of [{ address: "192.0.2.300" }, { netmask: "255.0.255.0" }]) {
    await assert.rejects(device.network.useStatic({ ...own, ...wrong }), { code: "wsman.fault.internalError" });
  }
  assert.equal((await device.network.ports())[0]?.usesDhcp, true);
});

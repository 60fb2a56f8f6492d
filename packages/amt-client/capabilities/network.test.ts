import assert from "node:assert/strict";
import { test } from "node:test";
import { aConsoleAuthority } from "@vigil/virtual-device/testing/console-certificates.ts";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

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
    await assert.rejects(device.network.useStatic({ ...own, ...wrong }), { code: "amt.network.refused" });
  }
  assert.equal((await device.network.ports())[0]?.usesDhcp, true);
});

const refused = (status: string) => errorWith("amt.network.refused", { status });

test("the port uses the host's address, joins a VLAN, and is the firmware's in the states that are given", async () => {
  const { device } = aPair();
  const hosts = await device.network.useHostsAddress();
  assert.deepEqual([hosts.usesDhcp, hosts.sharesStaticAddress], [false, true]);
  assert.equal((await device.network.setVlan(120)).vlan, 120);
  await assert.rejects(device.network.setVlan(4_095), refused("invalid-parameter"));
  assert.equal((await device.network.setVlan(0)).vlan, 0);
  const states = ["onMains", "onBattery"] as const;
  assert.deepEqual((await device.network.setLinkPolicy("wired", states)).linkStates, states);
});

test("the wireless port is the firmware's or the host's; a desktop has none", async () => {
  const { device, firmware } = aPair({ index: 1 });
  await device.network.preferLink("firmware", 60);
  assert.equal(firmware.state.linkHolder, "me");
  await device.network.preferLink("host", 60);
  assert.equal(firmware.state.linkHolder, "host");
  await assert.rejects(aPair().device.network.preferLink("host", 60), { code: "wsman.fault.destinationUnreachable" });
});

for (const generation of ["7", "16"] as const) {
  test(`the wired network is guarded by 802.1X, and its password never shown: release ${generation}`, async () => {
    const { device, firmware } = aPair({ generation });
    const rootId = await device.tls.addTrustedRoot((await aConsoleAuthority()).root);
    assert.equal(await device.network.wired8021x(), undefined);
    const settings = { protocol: "peapMschapV2", username: "desk-7", serverName: "radius.example.test" } as const;
    await device.network.setWired8021x({ ...settings, password: "G00d!Night", rootId });
    assert.deepEqual(await device.network.wired8021x(), settings);
    const name = generation === "7" ? "AMT_8021XProfile" : "IPS_IEEE8021xSettings";
    assert.match(JSON.stringify(firmware.state.stored[name]), /G00d!Night/);
    await device.network.clearWired8021x();
    assert.equal(await device.network.wired8021x(), undefined);
  });
}

test("802.1X with a certificate that the device lacks is refused", async () => {
  const { device } = aPair();
  const settings = { protocol: "tls", username: "desk-7", certificateId: "none" } as const;
  await assert.rejects(device.network.setWired8021x(settings), refused("invalid-parameter"));
});

test("proxies are added, listed and removed from release 15 on, fifteen at most", async () => {
  const { device } = aPair();
  const proxy = { host: "proxy.example.test", port: 8080, networkDomain: "example.test" };
  await device.network.addProxy(proxy);
  await assert.rejects(device.network.addProxy(proxy), refused("duplicate"));
  for (let port = 1; port < 15; port += 1) await device.network.addProxy({ ...proxy, port });
  await assert.rejects(device.network.addProxy({ ...proxy, port: 99 }), refused("limit-reached"));
  for (const { name } of await device.network.proxies()) await device.network.removeProxy(name);
  assert.deepEqual(await device.network.proxies(), []);
  const old = aPair({ generation: "12" }).device;
  await assert.rejects(old.network.addProxy(proxy), errorWith("amt.release.lacking", { since: "15.0" }));
});

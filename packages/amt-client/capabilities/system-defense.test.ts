import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";

test("a machine is isolated by a policy in force, and freed again", async () => {
  const { device } = aPair();
  const { systemDefense } = device;
  const arp = { name: "arp", direction: "receive", action: "pass", isReported: false } as const;
  const handle = await systemDefense.addEthernetFilter({ ...arp, etherType: 0x0806 });
  const web = { name: "web", direction: "transmit", action: "drop", isReported: true } as const;
  const second = await systemDefense.addIpFilter({ ...web, protocol: 6, destinationPorts: [80, 443] });
  assert.deepEqual(await systemDefense.filters(), [
    { ...arp, handle },
    { ...web, handle: second },
  ]);
  const isolated = {
    name: "isolated",
    precedence: 10,
    filterHandles: [handle],
    dropsOtherTransmit: true,
    dropsOtherReceive: true,
  };
  const policy = await systemDefense.addPolicy(isolated);
  assert.deepEqual(await systemDefense.policies(), [isolated]);
  assert.equal(await systemDefense.enforced(), undefined);
  await systemDefense.enforce(policy);
  await systemDefense.enforce(policy);
  assert.deepEqual((await systemDefense.enforced())?.selectors, policy.selectors);
  await assert.rejects(systemDefense.removePolicy(policy), { code: "wsman.fault.internalError" });
  await systemDefense.release();
  await systemDefense.removePolicy(policy);
  assert.deepEqual(await systemDefense.policies(), []);
});

test("a policy of filters that are not there, and one without a name, are refused", async () => {
  const { device } = aPair();
  const policy = { precedence: 1, filterHandles: [9], dropsOtherTransmit: false, dropsOtherReceive: false };
  const refused = { code: "wsman.fault.internalError" };
  await assert.rejects(device.systemDefense.addPolicy({ ...policy, name: "ghost" }), refused);
  await assert.rejects(device.systemDefense.addPolicy({ ...policy, name: "", filterHandles: [] }), refused);
  assert.deepEqual(await device.systemDefense.limits(), { policies: 16, filters: 64 });
});

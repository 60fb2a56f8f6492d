import assert from "node:assert/strict";
import { test } from "node:test";
import { aPair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

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
  const [stored] = await systemDefense.policies();
  assert.deepEqual(stored, { ...isolated, reference: stored?.reference });
  assert.equal(stored?.reference.selectors["InstanceID"], policy.selectors["InstanceID"]);
  assert.equal(await systemDefense.enforced(), undefined);
  await systemDefense.enforce(policy);
  await systemDefense.enforce(policy);
  assert.deepEqual((await systemDefense.enforced())?.selectors, policy.selectors);
  await assert.rejects(systemDefense.removePolicy(policy), { code: "amt.defense.refused" });
  await systemDefense.release();
  await systemDefense.removePolicy(policy);
  assert.deepEqual(await systemDefense.policies(), []);
});

test("a policy of filters that are not there, and one without a name, are refused", async () => {
  const { device } = aPair();
  const policy = { precedence: 1, filterHandles: [9], dropsOtherTransmit: false, dropsOtherReceive: false };
  const refused = { code: "amt.defense.refused" };
  await assert.rejects(device.systemDefense.addPolicy({ ...policy, name: "ghost" }), refused);
  await assert.rejects(device.systemDefense.addPolicy({ ...policy, name: "", filterHandles: [] }), refused);
  assert.deepEqual(await device.systemDefense.limits(), { policies: 16, filters: 64 });
});

const refused = (status: string) => errorWith("amt.defense.refused", { status });

test("packets pass or fall by the policy in force, and are counted until someone resets the count", async () => {
  const { device, firmware } = aPair();
  const { systemDefense } = device;
  const web = { name: "web", direction: "transmit", action: "countAndDrop", isReported: true } as const;
  const arp = { name: "arp", direction: "receive", action: "countAndPass", isReported: false } as const;
  const dropped = await systemDefense.addIpFilter({ ...web, protocol: 6, destinationPorts: [80, 443] });
  const counted = await systemDefense.addEthernetFilter({ ...arp, etherType: 0x0806 });
  const policy = await systemDefense.addPolicy({
    name: "no web",
    precedence: 10,
    filterHandles: [dropped, counted],
    dropsOtherTransmit: false,
    dropsOtherReceive: true,
  });
  const packet = { direction: "transmit", etherType: 0x0800, protocol: 6, destinationPort: 443 } as const;
  assert.equal(firmware.defense.passes(packet), true, "nothing is in force yet");
  await systemDefense.enforce(policy);
  assert.deepEqual(
    [
      firmware.defense.passes(packet),
      firmware.defense.passes({ ...packet, destinationPort: 22 }),
      firmware.defense.passes({ direction: "receive", etherType: 0x0806 }),
      firmware.defense.passes({ direction: "receive", etherType: 0x0800 }),
      firmware.defense.passes(packet),
    ],
    [false, true, true, false, false],
  );
  const [event] = await device.eventLog.read(1);
  assert.equal(event?.sensorType, 36);
  const before = await systemDefense.statistics(policy, true);
  assert.deepEqual(
    before.toSorted((a, b) => a.handle - b.handle).map(({ packets, hasMatched }) => [packets, hasMatched]),
    [
      [2, true],
      [1, true],
    ],
  );
  assert.deepEqual(
    (await systemDefense.statistics(policy)).map(({ packets }) => packets),
    [0, 0],
  );
  await systemDefense.release();
  assert.equal(firmware.defense.passes(packet), true);
});

test("a filter goes once no policy holds it; 64 of both kinds are the most, 31 of a direction in one policy", async () => {
  const { device } = aPair();
  const { systemDefense } = device;
  const rule = { direction: "receive", action: "drop", isReported: false } as const;
  const handles: number[] = [];
  for (let count = 0; count < 32; count += 1) {
    handles.push(await systemDefense.addEthernetFilter({ ...rule, name: `ethernet ${count}`, etherType: count }));
    handles.push(
      await systemDefense.addIpFilter({ ...rule, name: `ip ${count}`, version: 6, sourcePorts: [count, count] }),
    );
  }
  await assert.rejects(systemDefense.addIpFilter({ ...rule, name: "more" }), refused("limit-reached"));
  const policy = { name: "all", precedence: 1, dropsOtherTransmit: false, dropsOtherReceive: false };
  await assert.rejects(
    systemDefense.addPolicy({ ...policy, filterHandles: handles.slice(0, 32) }),
    refused("limit-reached"),
  );
  const held = await systemDefense.addPolicy({ ...policy, filterHandles: handles.slice(0, 31) });
  const [first = 0] = handles;
  await assert.rejects(systemDefense.removeFilter(first), refused("not-permitted"));
  await systemDefense.removePolicy(held);
  await systemDefense.removeFilter(first);
  await assert.rejects(systemDefense.removeFilter(first), refused("invalid-handle"));
  assert.equal((await systemDefense.filters()).length, 63);
});

test("a rate limit has a rate, and a policy may be in force for a time only", async () => {
  const { device } = aPair();
  const { systemDefense } = device;
  const rule = { name: "ping", direction: "receive", action: "rateLimit", isReported: false, protocol: 1 } as const;
  await assert.rejects(systemDefense.addIpFilter(rule), refused("invalid-parameter"));
  const handle = await systemDefense.addIpFilter({ ...rule, packetsPerSecond: 5 });
  assert.partialDeepStrictEqual(await systemDefense.filters(), [{ handle, packetsPerSecond: 5 }]);
  const policy = await systemDefense.addPolicy({
    name: "slow",
    precedence: 1,
    filterHandles: [handle],
    dropsOtherTransmit: false,
    dropsOtherReceive: false,
  });
  assert.equal(await systemDefense.minutesInForce(policy), 0);
  await systemDefense.limitMinutesInForce(policy, 30);
  assert.equal(await systemDefense.minutesInForce(policy), 30);
  await assert.rejects(systemDefense.limitMinutesInForce(policy, 65_536), refused("invalid-parameter"));
});

test("each port of a machine has its own policy in force, and an address is filtered under its mask", async () => {
  const { device, firmware } = aPair({ index: 1, identity: { isMobile: true } });
  const { systemDefense } = device;
  assert.equal(await systemDefense.portLimit(), 31);
  const address = { address: Uint8Array.of(10, 0, 0, 0), mask: Uint8Array.of(255, 255, 255, 0) };
  const rule = { name: "near", direction: "transmit", action: "pass", isReported: false } as const;
  const handle = await systemDefense.addIpFilter({ ...rule, destination: address });
  const drops = { dropsOtherTransmit: true, dropsOtherReceive: true, countsOther: true };
  const policy = await systemDefense.addPolicy({ name: "near", precedence: 9, filterHandles: [handle], ...drops });
  const [wired, wireless] = await systemDefense.ports();
  assert.ok(wired !== undefined && wireless !== undefined);
  await systemDefense.enforceOn(wired.port, policy);
  await systemDefense.enforceOn(wireless.port, policy);
  const inForce = async () => (await systemDefense.ports()).map((one) => one.policy?.selectors["InstanceID"]);
  assert.deepEqual(await inForce(), [policy.selectors["InstanceID"], policy.selectors["InstanceID"]]);
  const to = (last: number, third = 0): boolean =>
    firmware.defense.passes({
      direction: "transmit",
      etherType: 0x0800,
      destination: Uint8Array.of(10, 0, third, last),
    });
  assert.deepEqual([to(1), to(255), to(1, 1)], [true, true, false]);
  assert.equal(firmware.defense.passes({ direction: "transmit", etherType: 0x0800 }), false, "it bears no address");
  assert.equal(firmware.state.defenseCounts[0xff_ff_ff_fc], 2, "what no filter matches is counted");
  await systemDefense.enforceOn(wired.port, undefined);
  assert.deepEqual(await inForce(), [undefined, policy.selectors["InstanceID"]]);
});

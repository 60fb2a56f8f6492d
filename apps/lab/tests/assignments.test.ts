import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { connect } from "node:tls";
import { once } from "node:events";
import { after, before, test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { startFleet, type Fleet } from "@vigil/virtual-device/fleet.ts";
import { setStage, stageDomain, until, untilProvisioned, type Stage } from "../stage.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

// What rules and lists make of devices, on real sockets.

let stage: Stage;
let later: Fleet;
before(async () => {
  stage = await setStage({ devices: 1 });
  await untilProvisioned(stage, 1);
});
after(async () => {
  await later.stop();
  await stage[Symbol.asyncDispose]();
});

function device(of: Fleet, index: number): VirtualDevice {
  const found = of.devices[index];
  assert.ok(found !== undefined);
  return found;
}

function assignmentOf({ firmware }: VirtualDevice) {
  return stage.client.assignments.show({ params: { id: firmware.uuid } });
}

async function subjectShownBy({ address }: VirtualDevice): Promise<string> {
  const socket = connect({ host: address, port: 16_993, rejectUnauthorized: false, maxVersion: "TLSv1.2" });
  await once(socket, "secureConnect");
  const shown = socket.getPeerX509Certificate();
  socket.destroy();
  assert.ok(shown instanceof X509Certificate);
  return shown.subject;
}

test("a hello ends with the profile and the name that its subnet, its MAC address or its uuid says, and the trace says why", async () => {
  const { client } = stage;
  const { items } = await client.profiles.list();
  const settings = items[0]?.settings;
  assert.ok(settings !== undefined);
  await client.profiles.create({ body: { name: "Branch", settings } });
  await client.provisioning.hold({ body: { isHeld: true } });
  const firstAddress = someAddress();
  const outcome = { profile: "Branch", hostName: "branch-{serial}", organizationalUnit: "OU=Branch,DC=lab,DC=example" };
  const conditions = [{ on: "subnet" as const, values: [`${firstAddress}/32`] }];
  const renaming = { hostName: "{fact:os.hostname}" };
  await client.assignments.change({
    body: {
      basedOn: 0,
      rules: [
        { name: "Branch office", isOn: true, conditions, outcome, webhook: null },
        { name: "As the host says", isOn: true, conditions: [], outcome: renaming, webhook: null },
      ],
    },
  });
  later = await startFleet({
    count: 3,
    firstAddress,
    clock: systemClock(),
    log: silentLog(),
    trustedRootHashes: [stage.rootHash],
    domainSuffix: stageDomain,
    hello: { host: "127.0.0.1", port: stage.helloPort },
  });
  const [bySubnet, byMac, byUuid] = [device(later, 0), device(later, 1), device(later, 2)];
  await until("all have said hello", async () => (await client.devices.list({})).total === 4);
  const atHello = await client.devices.show({ params: { id: bySubnet.firmware.uuid } });
  assert.deepEqual([atHello.profile, atHello.hostName], ["Branch", null]);
  const csv = [
    "UUID;MAC;Host name;Profile",
    `;${byMac.firmware.identity.mac};by-mac.${stageDomain};Branch`,
    `${byUuid.firmware.uuid};;by-uuid;`,
  ].join("\r\n");
  const dry = await client.assignments.importEntries({ body: { csv, mode: "merge", isDryRun: true } });
  assert.deepEqual([dry.isStored, dry.added, dry.problemCount], [false, 2, 0]);
  const done = await client.assignments.importEntries({ body: { csv, mode: "merge", isDryRun: false } });
  assert.deepEqual([done.isStored, done.added], [true, 2]);
  await client.provisioning.hold({ body: { isHeld: false } });
  await untilProvisioned(stage, 4);

  const serial = bySubnet.firmware.identity.serialNumber.replaceAll(/[^A-Za-z0-9-]/g, "");
  const names = [bySubnet, byMac, byUuid].map(({ firmware }) => firmware.state.hostName);
  assert.deepEqual(names, [`branch-${serial}`, "by-mac", "by-uuid"]);
  const rows = await Promise.all(
    [bySubnet, byMac, byUuid].map(({ firmware }) => client.devices.show({ params: { id: firmware.uuid } })),
  );
  assert.deepEqual(
    rows.map(({ hostName }) => hostName),
    names,
  );
  assert.deepEqual(
    rows.map(({ profile }) => profile),
    ["Branch", "Branch", "Default"],
  );

  const { decision } = await assignmentOf(bySubnet);
  assert.deepEqual(decision?.outcome.organizationalUnit, {
    value: outcome.organizationalUnit,
    from: "rule Branch office",
  });
  assert.deepEqual(
    decision?.considered.map(({ name, verdict }) => [name, verdict]),
    [
      ["Branch office", "matches"],
      ["As the host says", "matches"],
    ],
  );
  const [rule] = (await assignmentOf(byUuid)).decision?.considered.filter(({ name }) => name === "Branch office") ?? [];
  assert.deepEqual(rule?.conditions, [
    { on: "subnet", fact: null, wanted: `${firstAddress}/32`, found: byUuid.address, verdict: "fails" },
  ]);
});

test("a machine that is renamed stays one device, with its new name and a certificate for it", async () => {
  const one = device(stage.fleet, 0);
  const id = one.firmware.uuid;
  const first = one.firmware.state.hostName;
  await stage.client.assignments.setFacts({ params: { id }, body: { facts: { "os.hostname": "renamed-7" } } });
  await until("the device bears its new name", async () => {
    const { hostNames } = await assignmentOf(one);
    return hostNames[0]?.hostName === "renamed-7" && hostNames[0].writtenAt !== null;
  });
  assert.equal(one.firmware.state.hostName, "renamed-7");
  assert.match(await subjectShownBy(one), /^CN=renamed-7/);
  const { hostNames } = await assignmentOf(one);
  assert.deepEqual(
    hostNames.map(({ hostName, until: end }) => [hostName, end === null]),
    [
      ["renamed-7", true],
      [first, false],
    ],
  );
  const { items, total } = await stage.client.devices.list({ query: { search: "renamed-7" } });
  assert.deepEqual([items.map(({ uuid }) => uuid), total], [[id], 1]);
  assert.equal((await stage.client.drift.look({ params: { id } })).differences.length, 0);
});

test("of names that are decided one after the other, while one is being written, the device bears the last", async () => {
  const one = device(stage.fleet, 0);
  const params = { id: one.firmware.uuid };
  const names = ["quick-1", "quick-2", "quick-3", "quick-4"];
  for (const name of names) {
    await stage.client.assignments.setFacts({ params, body: { facts: { "os.hostname": name } } });
    await until("it is decided on", async () => (await assignmentOf(one)).hostNames[0]?.hostName === name);
  }
  await until("the last is on the device", async () => {
    const [last] = (await assignmentOf(one)).hostNames;
    return last?.hostName === "quick-4" && last.writtenAt !== null;
  });
  assert.equal(one.firmware.state.hostName, "quick-4");
  await stage.client.assignments.setFacts({ params, body: { facts: { "os.hostname": "renamed-7" } } });
  await until("it bears its name of before", () => Promise.resolve(one.firmware.state.hostName === "renamed-7"));
});

test("a name that another device has is refused with both of them named, until it is released", async () => {
  const [one, other] = [device(stage.fleet, 0), device(later, 2)];
  const params = { id: one.firmware.uuid };
  const explained = await stage.client.assignments.explain({
    body: { device: params.id, evidence: { facts: { "os.hostname": "BY-UUID" } } },
  });
  assert.equal(explained.problem?.code, "assignments.host-name.taken");
  await stage.client.assignments.setFacts({ params, body: { facts: { "os.hostname": "by-uuid" } } });
  await assert.rejects(stage.client.assignments.decide({ params }), (error: unknown) => {
    assert.ok(error instanceof VigilError);
    const { device: asked, other: bearer, hostName } = error.details;
    assert.equal(error.code, "assignments.host-name.taken");
    assert.deepEqual([asked, bearer, hostName], [params.id, other.firmware.uuid, `by-uuid.${stageDomain}`]);
    return true;
  });
  assert.equal(one.firmware.state.hostName, "renamed-7", "it keeps the name that it has");
  await stage.client.assignments.release({ params: { id: other.firmware.uuid } });
  await stage.client.assignments.decide({ params });
  await until("it bears the name", () => Promise.resolve(one.firmware.state.hostName === "by-uuid"));
});

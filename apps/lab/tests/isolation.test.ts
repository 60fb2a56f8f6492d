import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import type { RunResult } from "@vigil/api/resources/runs.ts";
import { AMT_Hdr8021Filter } from "@vigil/model/amt/AMT_Hdr8021Filter.ts";
import { AMT_SystemDefensePolicy } from "@vigil/model/amt/AMT_SystemDefensePolicy.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { keep, storedOf } from "@vigil/virtual-device/stored.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// Machines that are cut off from the network by their firmware. Their hosts have no network of their own: packets are handed to the firmware's filters.

let stage: Stage;
before(async () => {
  stage = await setStage({
    devices: 3,
    profile: (settings) => ({ ...settings, defense: { ...settings.defense, standing: "count" } }),
  });
  await untilProvisioned(stage, 3);
});
after(() => stage[Symbol.asyncDispose]());

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device);
  return device;
}

async function done(
  operation: "network.isolate" | "network.release" | "profile.look",
  { firmware }: VirtualDevice,
  parameters: Record<string, string> = {},
): Promise<RunResult> {
  const target = { devices: [firmware.uuid] };
  const { id } = await stage.client.runs.start({ body: { operation, target, parameters, reason: "worm in it" } });
  const params = { id };
  await until("the run is over", async () => (await stage.client.runs.show({ params })).finishedAt !== null);
  const [item] = (await stage.client.runs.results({ params })).items;
  assert.ok(item);
  return item;
}

const shown = ({ firmware }: VirtualDevice) => stage.client.devices.show({ params: { id: firmware.uuid } });
const isolated = async (): Promise<string[]> =>
  (await stage.client.devices.list({ query: { filter: "isolated = yes" } })).items.map(({ uuid }) => uuid);

const host = Uint8Array.of(10, 0, 0, 9);
const manager = Uint8Array.of(10, 0, 0, 5);
const ip = { etherType: 0x0800, protocol: 6, sourcePort: 50_000, destinationPort: 443 } as const;
const dhcp = { etherType: 0x0800, protocol: 17, sourcePort: 68, destinationPort: 67 } as const;
const dns = { etherType: 0x0800, protocol: 17, sourcePort: 50_000, destinationPort: 53 } as const;

/** What passes of the host's packets: DHCP, DNS, to the manager, from the manager, to others, from others. */
function passing({ firmware: { defense } }: VirtualDevice): readonly boolean[] {
  const [to, from] = [{ direction: "transmit" }, { direction: "receive" }] as const;
  return [
    defense.passes({ ...to, ...dhcp }),
    defense.passes({ ...to, ...dns }),
    defense.passes({ ...to, ...ip, source: host, destination: manager }),
    defense.passes({ ...from, ...ip, source: manager, destination: host }),
    defense.passes({ ...to, ...ip, source: host, destination: Uint8Array.of(10, 0, 0, 6) }),
    defense.passes({ ...from, ...ip, source: Uint8Array.of(10, 0, 0, 6), destination: host }),
  ];
}

test("an isolated machine keeps DHCP and what is allowed; all else is dropped and counted, and the firmware stays reachable", async () => {
  const device = deviceAt(0);
  const started = stage.client.runs.start({
    body: { operation: "network.isolate", target: { devices: [device.firmware.uuid] } },
  });
  await assert.rejects(started, (error) => error instanceof VigilError && error.code === "runs.reason.missing");
  assert.deepEqual(await isolated(), []);
  const answer = await done("network.isolate", device, { addresses: "10.0.0.5", dns: "drop" });
  assert.deepEqual([answer.outcome, answer.answer], ["succeeded", "Isolated; passes: DHCP, 10.0.0.5"]);
  assert.deepEqual(passing(device), [true, false, true, true, false, false]);
  const { defenseCounts } = device.firmware.state;
  assert.deepEqual([defenseCounts[0xff_ff_ff_fc], defenseCounts[0xff_ff_ff_fd]], [2, 1]);
  assert.deepEqual(await isolated(), [device.firmware.uuid]);
  const { isolation } = await shown(device);
  assert.partialDeepStrictEqual(isolation, { state: "on", reason: "worm in it", addresses: ["10.0.0.5"] });
  assert.match(isolation?.by ?? "", /^api-key:/);
  await stage.client.devices.refresh({ params: { id: device.firmware.uuid } });
});

test("the same again writes nothing to the firmware; another allowance takes its place, and it is still the first one's", async () => {
  const device = deviceAt(0);
  const first = await shown(device);
  const written = device.firmware.state.stored["AMT_SystemDefensePolicy"];
  const again = await done("network.isolate", device, { addresses: "10.0.0.5", dns: "drop" });
  assert.equal(again.answer, "Was isolated already; passes: DHCP, 10.0.0.5");
  assert.deepEqual(device.firmware.state.stored["AMT_SystemDefensePolicy"], written);
  assert.deepEqual((await shown(device)).isolation, first.isolation);
  await done("network.isolate", device, { dns: "allow" });
  assert.deepEqual(passing(device), [true, true, false, false, false, false]);
  const { isolation } = await shown(device);
  assert.partialDeepStrictEqual(isolation, { state: "on", addresses: [], allowsDns: true });
  assert.equal(isolation?.since, first.isolation?.since);
  // The profile says that vigil-count is in force, and takes an isolation for what it is.
  assert.equal((await done("profile.look", device)).answer, "As its profile says");
  assert.deepEqual(names(device), ["vigil-count", "vigil-isolate-b"]);
});

function names({ firmware }: VirtualDevice): readonly (string | undefined)[] {
  return storedOf(firmware, AMT_SystemDefensePolicy)
    .map((one) => one.PolicyName)
    .toSorted();
}

test("a release puts back the policy that was in force before, and leaves nothing of its own", async () => {
  const device = deviceAt(0);
  const answer = await done("network.release", device);
  assert.equal(answer.answer, "Released; in force again: vigil-count");
  assert.deepEqual(passing(device), [true, true, true, true, true, true]);
  assert.deepEqual(names(device), ["vigil-count"]);
  assert.equal(JSON.stringify(device.firmware.state.stored).match(/vigil-(isolate|[tr]-)/), null);
  assert.equal((await shown(device)).isolation, null);
  assert.equal((await done("network.release", device)).answer, "Was not isolated");
  const { items } = await stage.client.devices.timeline({ params: { id: device.firmware.uuid }, query: {} });
  const told = items.map(({ action }) => action).filter((action) => /^device\.(isolat|releas)/.test(action));
  assert.deepEqual(told.slice(0, 2), ["device.released", "device.releasing"]);
});

test("what is wanted stands in the record before the device is told, and the next try makes it so", async () => {
  const device = deviceAt(1);
  device.faults.set({ misbehavior: { kind: "drop-after" }, matching: "PolicyPrecedence" });
  const failed = await done("network.isolate", device);
  device.faults.clear();
  assert.notEqual(failed.outcome, "succeeded", failed.answer ?? "");
  assert.partialDeepStrictEqual((await shown(device)).isolation, { state: "wanted" });
  assert.deepEqual(await isolated(), [device.firmware.uuid]);
  assert.equal((await done("network.isolate", device)).outcome, "succeeded");
  assert.partialDeepStrictEqual((await shown(device)).isolation, { state: "on" });
  assert.deepEqual(passing(device), [true, true, false, false, false, false]);
  assert.equal((await done("network.release", device)).answer, "Released; in force again: vigil-count");
});

test("a full table of filters is said before anything is written", async () => {
  const device = deviceAt(2);
  const { stored } = structuredClone(device.firmware.state);
  const filters = Array.from({ length: 60 }, (_, index) => ({
    Name: `other ${index}`,
    InstanceID: `Intel(r) AMT: AMT_Hdr8021Filter: Handle: ${100 + index}`,
    FilterProfile: "pass" as const,
    FilterDirection: "transmit" as const,
    HdrProtocolID8021: index,
    CreationClassName: "AMT_Hdr8021Filter",
    SystemCreationClassName: "CIM_ComputerSystem",
    SystemName: "Intel(r) AMT",
  }));
  keep(device.firmware, AMT_Hdr8021Filter, filters);
  const { outcome, error } = await done("network.isolate", device);
  assert.deepEqual([outcome, error?.code], ["failed", "isolations.no-room"]);
  assert.equal((await shown(device)).isolation, null);
  assert.deepEqual(names(device), ["vigil-count"]);
  device.firmware.change((state) => {
    state.stored = stored;
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { allClasses, classByName } from "@vigil/model/classes.ts";
import type { ClassDefinition } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";
import { decodeInstance } from "@vigil/model/instances.ts";
import type { Listed } from "@vigil/virtual-device/behavior.ts";
import { behaviors } from "@vigil/virtual-device/behaviors.ts";
import { generationNames } from "@vigil/virtual-device/identity.ts";
import { FurnishedDevices } from "../testing/furnished-device.ts";
import { heldValue } from "../testing/held-value.ts";
import type { Pair } from "../testing/paired-device.ts";

// Every class as virtual devices of all generations have it: what the client reads is what the behaviors hold.

/** Delivered, never listed: see listen/indications.test.ts. */
const delivered = ["CIM_AlertIndication", "CIM_Indication", "CIM_ProcessIndication"];
const notYet = "lists open sessions, and there is none";
const otherWay = "stands for a way of setup that a device set up by PKI has not gone";
/** Classes that have no instance on any of the devices. Any instance of them travels in every-class.test.ts. */
const empty: Readonly<Record<string, string>> = {
  IPS_SolSessionUsingPort: notYet,
  IPS_IderSessionUsingPort: notYet,
  IPS_KvmSessionUsingPort: notYet,
  IPS_RasSessionUsingPort: notYet,
  IPS_SessionUsingPort: notYet,
  IPS_AdminProvisioningRecord: otherWay,
  IPS_ClientProvisioningRecord: otherWay,
  IPS_DALProvisioningRecord: otherWay,
  IPS_ManualProvisioningRecord: otherWay,
};

const devices = new FurnishedDevices();
const pairs = await Promise.all(generationNames.map((one) => devices.shared(one)));
const seen = { own: new Set<string>(), derived: new Set<string>() };

for (const definition of allClasses) {
  if (delivered.includes(definition.name)) continue;
  test(`${definition.name}: what each generation holds is what the client reads, listed and by its keys`, async () => {
    for (const pair of pairs) {
      if (exists(definition, pair.firmware.release)) await compare(definition, pair);
      else await assert.rejects(pair.device.wsman.enumerate(definition), { code: "amt.release.lacking" });
    }
  });
}

test("every class of the model is listed, or has only derived classes' instances, or is named as empty or delivered", () => {
  const { own, derived } = seen;
  const groups = [own, derived, new Set(Object.keys(empty)), new Set(delivered)];
  for (const { name } of allClasses) {
    const found = groups.filter((one) => one.has(name)).length;
    assert.equal(found, 1, `${name} is in ${found} groups`);
  }
  assert.equal(
    groups.reduce((sum, one) => sum + one.size, 0),
    allClasses.length,
  );
});

interface Held {
  readonly definition: ClassDefinition;
  readonly listed: Listed;
}

async function compare(definition: ClassDefinition, { device, firmware }: Pair): Promise<void> {
  const { release } = firmware;
  const about = `${definition.name} of ${release}`;
  const held: readonly Held[] = behaviors
    .under(definition.uri, release)
    .flatMap((one) => one.list(firmware).map((listed) => ({ definition: one.definition, listed })));
  const isOwn = held.some((one) => one.definition === definition);
  if (held.length > 0) (isOwn ? seen.own : seen.derived).add(definition.name);
  if (isOwn) seen.derived.delete(definition.name);

  const elements = await device.wsman.enumerateElements(definition);
  const decoded = elements.map((one) => {
    const own = classByName(one.name) ?? assert.fail(one.name);
    return decodeInstance(own, one);
  });
  assert.deepEqual(
    decoded,
    held.map((one) => ({ value: heldValue(one.definition, one.listed.value, release), unknown: [] })),
    about,
  );
  assert.deepEqual(
    await device.wsman.enumerate(definition),
    held.map((one) => heldValue(one.definition, one.listed.value, release, definition)),
    `${about}, as instances of the class that was asked for`,
  );
  for (const { listed, definition: own } of held) {
    if (own !== definition) continue;
    const value = await device.wsman.get(definition, listed.selectors);
    assert.deepEqual(value, heldValue(definition, listed.value, release), about);
  }
}

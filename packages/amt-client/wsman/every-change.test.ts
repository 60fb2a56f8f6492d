import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { allClasses } from "@vigil/model/classes.ts";
import type { ClassDefinition } from "@vigil/model/define.ts";
import { behaviors } from "@vigil/virtual-device/behaviors.ts";
import { generationNames, identityOf } from "@vigil/virtual-device/identity.ts";
import { FurnishedDevices } from "../testing/furnished-device.ts";
import { legalChanges } from "../testing/legal-changes.ts";
import type { Pair } from "../testing/paired-device.ts";

// Every class that takes a Put, on devices of all generations: what the client changes is what the device then has.
// What firmware does not take: see every-refusal.test.ts.

const devices = new FurnishedDevices();
const numRuns = 2;
/** What changes by itself when something else is changed. */
const following: Readonly<Record<string, readonly string[]>> = { AMT_BootSettingData: ["OptionsCleared"] };

for (const definition of allClasses) {
  if (generationsWithPut(definition).length === 0) continue;
  test(`${definition.name}: a legal change is taken as it is, by every generation`, async () => {
    for (const generation of generationsWithPut(definition)) await change(definition, await devices.fresh(generation));
  });
}

function generationsWithPut(definition: ClassDefinition) {
  return generationNames.filter((one) => {
    const { release } = identityOf("", 0, [one]);
    return behaviors.of(definition.uri, release)?.supports.includes("put") === true;
  });
}

async function change(definition: ClassDefinition, { device, firmware }: Pair): Promise<void> {
  const { release } = firmware;
  const found = behaviors.of(definition.uri, release)?.list(firmware) ?? [];
  assert.ok(found.length > 0, `${definition.name} of ${release} has no instance`);
  for (const { selectors } of found) {
    const property = fc.asyncProperty(legalChanges(definition, release), async (changes) => {
      const before = await device.wsman.get(definition, selectors);
      await device.wsman.put(definition, changes, selectors);
      const after = await device.wsman.get(definition, selectors);
      const shown = Object.entries(changes).filter(([name]) => definition.properties[name]?.traits.secret !== true);
      const expected = { ...before, ...Object.fromEntries(shown), ...followed(definition, after) };
      assert.deepEqual(after, expected, `${definition.name} of ${release}`);
    });
    await fc.assert(property, { numRuns });
  }
}

function followed({ name }: ClassDefinition, after: object): Record<string, unknown> {
  const names = (following[name] ?? []).filter((one) => Object.hasOwn(after, one));
  return Object.fromEntries(names.map((one) => [one, Reflect.get(after, one)]));
}

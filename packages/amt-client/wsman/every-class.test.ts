import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { allClasses } from "@vigil/model/classes.ts";
import type { AnyProperty, Properties } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";
import { selectorsOf } from "@vigil/model/instances.ts";
import { anyValues } from "@vigil/model/testing/any-instance.ts";
import { Behaviors } from "@vigil/virtual-device/behaviors.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";
import { newestWith } from "../testing/furnished-device.ts";
import { aPair } from "../testing/paired-device.ts";
import { shelfOf } from "../testing/shelf.ts";

// Every class of the model through both speakers, with any values: what the one sends the other holds, and the other way round.
// The device behind the line does here just what it is told; what firmware makes of it: see every-device.test.ts.

/** Chosen: with so many classes even few runs meet every kind of value often. */
const numRuns = 4;

for (const definition of allClasses) {
  const generation = newestWith(definition);
  const { release } = identityOf("", 0, [generation]);
  const properties = chosen(definition.properties, ({ traits }) => exists(traits, release));
  const writable = chosen(properties, ({ traits }) => traits.key !== true && traits.readonly !== true);

  test(`${definition.name}: any instance is created, listed, found, changed and deleted`, async () => {
    const shelf = shelfOf(definition);
    const { device } = aPair({ generation, behaviors: new Behaviors([shelf.behavior]) });
    const { wsman } = device;
    const property = fc.asyncProperty(
      anyValues(properties, true),
      anyValues(writable, true),
      async (value, changes) => {
        shelf.held = [];
        const reference = await wsman.create(definition, value);
        assert.deepEqual(shelf.held, [value], "the device holds what the client sent");
        const selectors = selectorsOf(definition, value);
        assert.deepEqual(reference.selectors, selectors);
        assert.deepEqual(await wsman.enumerate(definition), [value]);
        assert.deepEqual(await wsman.get(definition, selectors), value);
        const changed = { ...value, ...changes };
        assert.deepEqual(await wsman.put(definition, changes, selectors), changed);
        assert.deepEqual(shelf.held, [changed]);
        await wsman.delete(definition, selectors);
        assert.deepEqual(shelf.held, []);
        assert.deepEqual(await wsman.enumerate(definition), []);
      },
    );
    await fc.assert(property, { numRuns });
  });

  for (const [name, { input, output }] of Object.entries(definition.methods)) {
    test(`${definition.name}.${name}: any arguments arrive, and any results come back`, async () => {
      const shelf = shelfOf(definition);
      const { device } = aPair({ generation, behaviors: new Behaviors([shelf.behavior]) });
      shelf.held = [{}];
      const results = anyValues(output, false);
      const code = fc.constantFrom(0, 1, 4_294_967_295);
      const property = fc.asyncProperty(anyValues(input, false), results, code, async (given, got, ReturnValue) => {
        shelf.given = { ...got, ReturnValue };
        const answer = await device.wsman.invoke(definition, name, given);
        assert.deepEqual(shelf.seen, given, "the device sees what the client sent");
        assert.deepEqual(answer, shelf.given);
      });
      await fc.assert(property, { numRuns });
    });
  }
}

function chosen(properties: Properties, isWanted: (one: AnyProperty) => boolean): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([, one]) => isWanted(one)));
}

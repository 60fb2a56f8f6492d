import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { allClasses } from "@vigil/model/classes.ts";
import type { ClassDefinition } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";
import { anyValues } from "@vigil/model/testing/any-instance.ts";
import { behaviors } from "@vigil/virtual-device/behaviors.ts";
import type { MethodCall } from "@vigil/virtual-device/firmware.ts";
import { generationNames, identityOf } from "@vigil/virtual-device/identity.ts";
import { FurnishedDevices, newestWith } from "../testing/furnished-device.ts";
import { typedValues } from "../testing/held-value.ts";
import { legalCalls, type LegalCall } from "../testing/legal-calls.ts";
import type { Pair } from "../testing/paired-device.ts";

// Every method that virtual devices have: what the client says is what the behavior sees, and what that gives is what comes back.

const devices = new FurnishedDevices();
const calls = await legalCalls();
const numRuns = 2;

for (const definition of allClasses) {
  const { firmware } = await devices.shared(newestWith(definition));
  const behavior = behaviors.of(definition.uri, firmware.release);
  const isThere = (behavior?.list(firmware).length ?? 0) > 0;
  if (behavior === undefined || !isThere) continue;
  for (const [method, { input }] of Object.entries(definition.methods)) {
    const arbitrary = anyValues(input, false);
    if (behavior.methods.includes(method)) {
      test(`${definition.name}.${method}: any arguments are seen as they were sent`, async () => {
        const property = fc.asyncProperty(arbitrary, async (given) => {
          await told(await devices.fresh(newestWith(definition)), { definition, method, input: given });
        });
        await fc.assert(property, { numRuns });
      });
    } else {
      test(`${definition.name}.${method}: firmware says that it has no such thing`, async () => {
        const [given] = fc.sample(arbitrary, 1);
        const { device } = await devices.shared(newestWith(definition));
        const selectors = behavior.list(firmware)[0]?.selectors ?? {};
        await assert.rejects(device.wsman.invoke(definition, method, given ?? {}, { selectors }), {
          code: "wsman.fault.actionNotSupported",
        });
      });
    }
  }
}

for (const call of calls) {
  test(`${call.definition.name}.${call.method}: done by every generation, and all its results come back`, async () => {
    for (const generation of generationNames) {
      const { release } = (await devices.shared(generation)).firmware;
      if (!exists(call.definition, release) || !exists(call.lifetime ?? {}, release)) continue;
      const pair = await devices.fresh(generation);
      await call.before?.(pair);
      const answer = await told(pair, call);
      assert.equal(answer["ReturnValue"], 0, release);
      const results = Object.keys(call.definition.methods[call.method]?.output ?? {});
      const missing = results.filter((one) => !Object.hasOwn(answer, one));
      assert.deepEqual(missing, Object.keys(call.without ?? {}), release);
    }
  });
}

test("every method that a device has and that gives results is called so that it gives them", () => {
  const named = new Set(calls.map((one) => `${one.definition.name}.${one.method}`));
  for (const definition of allClasses) {
    const { release } = identityOf("", 0, [newestWith(definition)]);
    const methods = behaviors.of(definition.uri, release)?.methods ?? [];
    for (const method of methods.filter((one) => hasResults(definition, one))) {
      assert.ok(named.has(`${definition.name}.${method}`), `${definition.name}.${method}`);
    }
  }
});

/** Puts a call, and compares what both sides had of it. @returns what the client got */
async function told(pair: Pair, { definition, method, input }: LegalCall): Promise<Record<string, unknown>> {
  const { device, firmware } = pair;
  const [first] = behaviors.of(definition.uri, firmware.release)?.list(firmware) ?? [];
  const seen: MethodCall[] = [];
  firmware.onCall((one) => seen.push(one));
  const answer = await device.wsman.invoke(definition, method, input, { selectors: first?.selectors ?? {} });
  const [call, ...more] = seen;
  assert.ok(call !== undefined && more.length === 0);
  assert.deepEqual([call.class, call.method], [definition.name, method]);
  assert.deepEqual(call.input, input, "the behavior sees what the client sent");
  const results = definition.methods[method]?.output ?? {};
  const given = { ...typedValues(results, call.output), ReturnValue: Reflect.get(call.output, "ReturnValue") };
  assert.deepEqual(answer, given, "the client gets what the behavior gave");
  return given;
}

/** Job aside: no device gives one. */
function hasResults(definition: ClassDefinition, method: string): boolean {
  return Object.keys(definition.methods[method]?.output ?? {}).some((name) => name !== "Job");
}

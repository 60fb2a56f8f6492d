import assert from "node:assert/strict";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { allClasses } from "@vigil/model/classes.ts";
import { exists } from "@vigil/model/firmware.ts";
import { decodeInstance, encodeInstance } from "@vigil/model/instances.ts";
import { aFirmware, Asker } from "./testing/firmware-under-test.ts";

const { firmware } = aFirmware();
const asker = new Asker(firmware);

/** Delivered, never listed. */
const neverListed = new Set(["CIM_AlertIndication", "CIM_ProcessIndication", "CIM_Indication"]);

for (const definition of allClasses) {
  if (neverListed.has(definition.name)) continue;
  if (!exists(definition, firmware.release)) {
    test(`${definition.name} is unknown to release ${firmware.release}`, async () => {
      await assert.rejects(asker.list(definition), { code: "wsman.fault.destinationUnreachable" });
    });
    continue;
  }
  test(`${definition.name} can be enumerated; its instances are of the model, and found again by their keys`, async () => {
    for (const item of await asker.list(definition)) {
      const own = allClasses.find((one) => one.uri === item.ns);
      assert.ok(own !== undefined && (own === definition || own.parents.includes(definition.name)), item.name);
      const { value, unknown } = decodeInstance(own, item);
      assert.deepEqual(unknown, []);
      assert.deepEqual(plain(encodeInstance(own, value)), plain(item));
    }
  });
}

test("every class but delivered ones is answered", async () => {
  for (const definition of allClasses) {
    if (neverListed.has(definition.name) || !exists(definition, firmware.release)) continue;
    await asker.list(definition).catch((error: unknown) => {
      assert.fail(`${definition.name}: ${error instanceof VigilError ? error.code : String(error)}`);
    });
  }
});

function plain(one: {
  readonly name: string;
  readonly text: string;
  readonly children: readonly never[] | readonly { name: string }[];
}): unknown {
  return { name: one.name, text: one.text, children: one.children.map((inner) => plain(inner as never)) };
}

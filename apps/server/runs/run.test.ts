import assert from "node:assert/strict";
import { test } from "node:test";
import { operationNames, parametersOf } from "@vigil/api/operations.ts";
import { chosen } from "./run.ts";

test("what is not chosen is as usual", () => {
  assert.deepEqual(chosen("device.unprovision", { kind: "full" }), {
    kind: "full",
    afterwards: "factory",
    certificate: "revoke",
    directory: "remove",
  });
  assert.deepEqual(chosen("power.on", {}), {});
});

test("a choice that the operation does not have is refused, and so is a value that the choice does not", () => {
  const refused = { code: "runs.parameter.invalid" };
  assert.throws(() => chosen("power.on", { kind: "full" }), refused);
  assert.throws(() => chosen("device.unprovision", { kind: "halfway" }), refused);
  assert.throws(() => chosen("device.unprovision", { toString: "full" }), refused);
  assert.throws(() => chosen("boot.image", {}), refused, "an image has to be named");
  assert.throws(() => chosen("boot.image", { image: " " }), refused);
  assert.deepEqual(chosen("boot.image", { image: "rescue.iso" }), { image: "rescue.iso", quiet: "60" });
});

test("what is usual is one of the choices, for every operation", () => {
  for (const name of operationNames)
    for (const [title, parameter] of Object.entries(parametersOf(name)))
      if (parameter.kind === "choice") assert.ok(Object.hasOwn(parameter.choices, parameter.usual), `${name} ${title}`);
});

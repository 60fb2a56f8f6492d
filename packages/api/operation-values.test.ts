import assert from "node:assert/strict";
import { test } from "node:test";
import { addressesIn, usualOf, valueFlaw } from "./operation-values.ts";
import { operationNames, parametersOf } from "./operations.ts";

const addresses = { kind: "addresses", title: "Addresses", most: 2, usual: "" } as const;

test("addresses stand with commas between them, and each is four numbers", () => {
  const isFine = (value: string): boolean => valueFlaw("addresses", addresses, value) === undefined;
  assert.deepEqual(["", "192.0.2.1", " 192.0.2.1 , 10.0.0.255,"].filter(isFine).length, 3);
  for (const wrong of ["192.0.2", "192.0.2.256", "192.0.2.1.", "01.2.3.4", "desk-7", "::1", "1.2.3.4 5.6.7.8"])
    assert.equal(isFine(wrong), false, wrong);
  assert.match(valueFlaw("addresses", addresses, "1.1.1.1,2.2.2.2,3.3.3.3")?.text ?? "", /3 addresses are too many/);
  assert.deepEqual(addressesIn(" 192.0.2.1 , 10.0.0.255,"), ["192.0.2.1", "10.0.0.255"]);
});

test("what is usual has no flaw, for every parameter of every operation", () => {
  for (const operation of operationNames)
    for (const [name, parameter] of Object.entries(parametersOf(operation)))
      assert.equal(valueFlaw(name, parameter, usualOf(parameter) ?? "rescue.iso"), undefined, `${operation} ${name}`);
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { wireErrors } from "../errors.ts";
import { parseXml } from "../xml.ts";
import { decodeResponse } from "./envelope.ts";
import { encodeFault, faultError, faultOf, faults, statusOf, type FaultName } from "./fault.ts";

const golden = readFileSync(join(import.meta.dirname, "../goldens/wsman/already-exists.xml"), "utf8");
const names = Object.keys(faults).filter((name): name is FaultName => Object.hasOwn(faults, name));

function failureOf(xml: string): VigilError {
  try {
    decodeResponse(parseXml(xml));
  } catch (error) {
    assert.ok(error instanceof VigilError, String(error));
    return error;
  }
  return assert.fail("was no fault");
}

test("a fault is written to the bytes of the captured one, in its length", () => {
  const ids = { relatesTo: "31", messageId: "uuid:00000000-8086-8086-8086-000000023EEF" };
  const xml = encodeFault(faultOf("AlreadyExists"), ids);
  assert.equal(xml, golden);
  // The captured fault came as one chunk of 04CC bytes.
  assert.equal(Buffer.byteLength(xml), 0x04cc);
});

test("every fault comes through as the error of its name", () => {
  assert.equal(names.length, 24);
  for (const name of names) {
    const error = failureOf(encodeFault(faultOf(name, "some detail"), { messageId: "uuid:1" }));
    assert.equal(error.code, `wsman.fault.${name.charAt(0).toLowerCase()}${name.slice(1)}`);
    assert.deepEqual(error.details, { name, reason: faults[name].reason, detail: "some detail" });
  }
});

test("every fault has a code in the catalogue, and every code of one a fault", () => {
  const codes = Object.keys(wireErrors).filter((code) => code.startsWith("wsman.fault."));
  const expected = names.map((name) => `wsman.fault.${name.charAt(0).toLowerCase()}${name.slice(1)}`);
  assert.deepEqual(codes.toSorted(), [...expected, "wsman.fault.unlisted"].toSorted());
});

test("the AMT status of an internal error is a number", () => {
  const error = failureOf(encodeFault(faultOf("InternalError", "AMT-STATUS 2068"), { messageId: "uuid:1" }));
  assert.equal(error.code, "wsman.fault.internalError");
  assert.equal(error.details["amtStatus"], 2068);
});

test("only what the device itself failed at has status 500", () => {
  const internal = names.filter((name) => statusOf(faultOf(name)) === 500);
  assert.deepEqual(internal, ["TimedOut", "InternalError"]);
});

test("a fault that the table lacks keeps its name, within bounds, and never becomes a code of its own", () => {
  const value = `x:${"Weird-Fault ".repeat(50)}`;
  const inner =
    `<a:Code><a:Value>a:Receiver</a:Value><a:Subcode><a:Value>${value}</a:Value></a:Subcode></a:Code>` +
    `<a:Reason><a:Text>${"y".repeat(10_000)}</a:Text></a:Reason>`;
  const error = failureOf(golden.replace(/<a:Fault>.*<\/a:Fault>/, `<a:Fault>${inner}</a:Fault>`));
  assert.equal(error.code, "wsman.fault.unlisted");
  assert.equal(String(error.details["name"]).length, 80);
  assert.ok(error.message.length < 600);
});

test("a fault with nothing inside still is a fault", () => {
  const error = failureOf(golden.replace(/<a:Fault>.*<\/a:Fault>/, "<a:Fault></a:Fault>"));
  assert.equal(error.code, "wsman.fault.unlisted");
  assert.equal(faultError({ code: "MustUnderstand", reason: "", detail: "" }).code, "wsman.fault.notUnderstood");
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { provisioningErrors } from "./errors.ts";
import { codesReopenedBy, isKnownOutcome, kindOf, outcomeOf, outcomes } from "./outcomes.ts";

/** What is said to the sender of a hello, to an operator or by other work; no attempt ends so. */
const elsewhere = /^provisioning\.(hello\.(?!contradicted)|rotation\.|site\.|delayed\.|unprovision\.)/;

test("each code of the catalogue is declared with its cause and next step, and has a runbook where an operator meets it", () => {
  const undeclared = Object.keys(outcomes).filter((code) => code !== "postgres.busy" && kindOf(code) === undefined);
  assert.deepEqual(undeclared, []);
  const silent = Object.keys(outcomes).filter((code) => kindOf(code)?.runbook !== true);
  assert.deepEqual(silent.toSorted(), ["amt.argument.invalid", "postgres.busy"]);
});

test("each code that an attempt can end with by this room's own word is in the catalogue", () => {
  const missing = Object.keys(provisioningErrors).filter((code) => !elsewhere.test(code) && !isKnownOutcome(code));
  assert.deepEqual(missing, []);
  assert.ok(Object.keys(outcomes).length >= 40);
});

test("what waits for somebody says what ends the wait, unless only the machine itself can", () => {
  const stuck = Object.entries(outcomes)
    .filter(([, { isFinal, reopenedBy }]) => isFinal && reopenedBy.length === 0)
    .map(([code]) => code);
  assert.deepEqual(stuck.toSorted(), [
    "assignments.host-name.invalid",
    "assignments.host-name.taken",
    "assignments.webhook.secret-missing",
    "credentials.secret.damaged",
    "provisioning.device.foreign",
    "provisioning.hello.contradicted",
    "provisioning.identity.mismatch",
    "provisioning.kind.asf-only",
    "provisioning.kind.no-amt",
    "provisioning.kind.standard",
    "provisioning.login.lost",
  ]);
});

test("a setup certificate helps the devices that had none, and nobody whose identity is in doubt", () => {
  const codes = codesReopenedBy("setup-certificate");
  assert.ok(codes.includes("provisioning.certificate.untrusted"));
  assert.ok(codes.every((code) => outcomeOf(code).group === "certificate"));
  assert.equal(outcomeOf("wsman.fault.accessDenied").group, "answer");
  assert.equal(isKnownOutcome("base.unexpected"), false);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { failWith, reportOf, VigilError, type ErrorCatalogue } from "./errors.ts";

const catalogue = {
  "lamp.broken": { side: "device", title: "The lamp is broken", next: "Change the bulb" },
} as const satisfies ErrorCatalogue;
const fail = failWith(catalogue);

test("fail() makes an error with the catalogue's side, sentence and next step", () => {
  const cause = new Error("no current");
  const error = fail("lamp.broken", { details: { volts: 0 }, cause });
  assert.ok(error instanceof VigilError);
  assert.equal(error.message, "The lamp is broken");
  assert.equal(error.cause, cause);
  assert.deepEqual(reportOf(error), {
    code: "lamp.broken",
    side: "device",
    message: "The lamp is broken",
    next: "Change the bulb",
    details: { volts: 0 },
  });
});

test("an error that is not ours is reported without its message, which may hold a secret", () => {
  const report = reportOf(new Error("password P@ssw0rd is wrong"));
  assert.equal(report.code, "base.unexpected");
  assert.equal(report.side, "ours");
  assert.doesNotMatch(JSON.stringify(report), /P@ssw0rd/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf } from "./failures.ts";
import { gssapiNegotiator } from "./gssapi.ts";

// With the machine's own library, and nothing that it could use: no realm, no ticket. A KDC is in the scenario kerberos-real-kdc.

process.env["KRB5_CONFIG"] = "/dev/null";
process.env["KRB5CCNAME"] = "FILE:/nonexistent/cache";

test("without a realm and a ticket there is no token, and the reason is the library's own", async () => {
  const negotiator = gssapiNegotiator();
  const asked = negotiator("HTTP/desk-1.example.test:16993", AbortSignal.timeout(20_000));
  await assert.rejects(asked, (error: Error & { code?: string; details?: Record<string, unknown> }) => {
    assert.match(error.code ?? "", /^amt\.kerberos\.(ticket-missing|kdc-unreachable)$/);
    assert.match(String(error.details?.["reason"]), /credentials|realm/i);
    return true;
  });
  await assert.rejects(negotiator("HTTP/a@b@c", AbortSignal.timeout(20_000)), { code: "amt.kerberos.failed" });
});

test("a signal that has aborted ends the wait with its own reason", async () => {
  const reason = new Error("too late");
  const negotiator = gssapiNegotiator();
  await assert.rejects(negotiator("HTTP/desk-1.example.test:16993", AbortSignal.abort(reason)), reason);
  const controller = new AbortController();
  const asked = negotiator("HTTP/desk-1.example.test:16993", controller.signal);
  controller.abort(reason);
  await assert.rejects(asked, reason);
});

test("the library's numbers become codes", () => {
  const base = -1_765_328_384;
  for (const [major, minor, code] of [
    [0xd_0000, base + 7, "amt.kerberos.service-unknown"],
    [0xd_0000, base + 32, "amt.kerberos.ticket-missing"],
    [0x7_0000, base + 141, "amt.kerberos.ticket-missing"],
    [0x7_0000, 100_001, "amt.kerberos.ticket-missing"],
    [0xb_0000, 0, "amt.kerberos.ticket-missing"],
    [0xd_0000, base + 156, "amt.kerberos.kdc-unreachable"],
    [0xd_0000, base + 37, "amt.kerberos.failed"],
    [0xd_0000, 1, "amt.kerberos.failed"],
  ] as const) {
    const status = { major, minor, text: "", isGoing: false, token: new Uint8Array() };
    assert.equal(failureOf(status, "HTTP/x").code, code);
  }
});

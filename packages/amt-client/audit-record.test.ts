import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeAuditRecord } from "./audit-record.ts";

// Made after the layout: none has been captured.
const byDigest = `0011 0002  00 05 ${hex("admin")}  6553f100  00 09 ${hex("192.0.2.1")}  03 010203`;
const sid = "010500000000000515000000010000000200000003000000e9030000";
const byKerberos = `0010 0002  01 00000000 1c ${sid}  6553f100  02 00  00`;
const byHost = "0014 0000  02  6553f100  02 00  00";

function hex(text: string): string {
  return Buffer.from(text, "latin1").toString("hex");
}

function bytes(spelled: string): Uint8Array {
  return Buffer.from(spelled.replaceAll(" ", ""), "hex");
}

test("a record says what, who, when and from where", () => {
  assert.deepEqual(decodeAuditRecord(bytes(byDigest)), {
    application: "remote control",
    event: "power cycled",
    applicationId: 17,
    eventId: 2,
    initiator: { kind: "digest", name: "admin" },
    at: new Date(1_700_000_000_000),
    address: "192.0.2.1",
    extended: Uint8Array.of(1, 2, 3),
  });
  assert.deepEqual(decodeAuditRecord(bytes(byKerberos)).initiator, { kind: "kerberos", name: "S-1-5-21-1-2-3-1001" });
  assert.deepEqual(decodeAuditRecord(bytes(byHost)).initiator, { kind: "local", name: "" });
});

test("a record that is cut anywhere is refused with the offset", () => {
  for (const spelled of [byDigest, byKerberos, byHost]) {
    const whole = bytes(spelled);
    for (let length = 0; length < whole.length; length += 1) {
      assert.throws(
        () => decodeAuditRecord(whole.subarray(0, length)),
        { code: "amt.answer.invalid" },
        `${length} bytes`,
      );
    }
  }
});

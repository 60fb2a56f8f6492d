import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { logonInfo } from "../testing/kerberos-ticket.ts";
import { readLogonInfo } from "./logon-info.ts";
import { sidAt, sidFromText } from "./sid.ts";

const domain = sid("S-1-5-21-1-2-3");

function sid(text: string): Uint8Array {
  const bytes = sidFromText(text);
  assert.ok(bytes !== undefined, text);
  return bytes;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("a security identifier is written as firmware and Windows do", () => {
  assert.equal(hexOf(sid("S-1-5-21-1-2-3-1001")), "010500000000000515000000010000000200000003000000e9030000");
  for (const text of ["", "S-1", "S-2-5-21", "S-1-5-4294967296", "S-1-5-x", `S-1-5${"-1".repeat(16)}`]) {
    assert.equal(sidFromText(text), undefined, text);
  }
});

test("user, groups of the domain, further ones and those of another domain are read", () => {
  const resourceDomain = sid("S-1-5-21-9-9-9");
  const bytes = logonInfo({
    domain,
    userId: 1001,
    groupIds: [513, 2002],
    further: [sid("S-1-18-1"), sid("S-1-5-21-7-7-7-500")],
    resourceDomain,
    resourceIds: [3003],
  });
  const { sid: user, groups } = readLogonInfo(bytes);
  assert.equal(hexOf(user), hexOf(sid("S-1-5-21-1-2-3-1001")));
  const wanted = ["1-2-3-513", "1-2-3-2002"].map((one) => sid(`S-1-5-21-${one}`));
  wanted.push(sid("S-1-18-1"), sid("S-1-5-21-7-7-7-500"), sid("S-1-5-21-9-9-9-3003"));
  assert.deepEqual(groups.map(hexOf), wanted.map(hexOf));
});

test("a user from outside the domain is the first of the further ones", () => {
  const { sid: user, groups } = readLogonInfo(
    logonInfo({ domain, userId: 0, further: [sid("S-1-5-21-7-7-7-500"), sid("S-1-18-1")] }),
  );
  assert.equal(hexOf(user), hexOf(sid("S-1-5-21-7-7-7-500")));
  assert.deepEqual(groups.map(hexOf), [hexOf(sid("S-1-18-1"))]);
  assert.throws(() => readLogonInfo(logonInfo({ domain, userId: 0 })), { code: "virtual.kerberos.malformed" });
});

test("the golden is what the maker writes, and is read", () => {
  const bytes = Buffer.from(golden.replaceAll(/\s/g, ""), "hex");
  assert.equal(hexOf(logonInfo({ domain, userId: 1001, groupIds: [513] })), hexOf(bytes));
  assert.equal(hexOf(readLogonInfo(bytes).sid), hexOf(sid("S-1-5-21-1-2-3-1001")));
});

test("cut off at any byte, or with any byte touched, it is read or refused as malformed, nothing else", () => {
  const bytes = logonInfo({ domain, userId: 1001, groupIds: [513], further: [sid("S-1-18-1")] });
  for (let length = 0; length < bytes.length; length += 1) {
    assert.throws(() => readLogonInfo(bytes.subarray(0, length)), { code: "virtual.kerberos.malformed" });
  }
  const touched = fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }), (index, value) => {
    const wrong = Uint8Array.from(bytes);
    wrong[index] = value;
    try {
      for (const one of readLogonInfo(wrong).groups) assert.ok(sidAt(one) !== undefined);
    } catch (error) {
      assert.ok(error instanceof VigilError && error.code === "virtual.kerberos.malformed", String(error));
    }
  });
  fc.assert(touched, { numRuns: 1_000 });
});

test("a count that the bytes cannot hold is refused before anything is allocated", () => {
  const bytes = Buffer.from(logonInfo({ domain, userId: 1001, groupIds: [513] }));
  // The number of groups stands behind the texts that come first.
  const at = bytes.indexOf(Buffer.from("0100000001020000", "hex"));
  assert.ok(at > 0);
  bytes.writeUInt32LE(0xffff_ffff, at);
  assert.throws(() => readLogonInfo(bytes), { code: "virtual.kerberos.malformed" });
});

/** Made by the maker beside, and checked by hand against MS-PAC 2.5. */
const golden = `
  01100800 cccccccc 88010000 00000000 00000200 7f7f7f7f 7f7f7f7f 7f7f7f7f
  7f7f7f7f 7f7f7f7f 7f7f7f7f 7f7f7f7f 7f7f7f7f 7f7f7f7f 7f7f7f7f 7f7f7f7f
  7f7f7f7f 0a000a00 04000200 0a000a00 08000200 00000000 0c000200 00000000
  10000200 00000000 14000200 00000000 18000200 02000100 e9030000 01020000
  01000000 1c000200 20020000 00000000 00000000 00000000 00000000 04000400
  20000200 06000600 24000200 28000200 00000000 00000000 10020000 00000000
  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
  00000000 00000000 00000000 05000000 00000000 05000000 61006c00 69006300
  65000000 05000000 00000000 05000000 41006c00 69006300 65000000 00000000
  00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000
  00000000 00000000 00000000 01000000 01020000 07000000 02000000 00000000
  02000000 44004300 03000000 00000000 03000000 4c004100 42000000 04000000
  01040000 00000005 15000000 01000000 02000000 03000000`;

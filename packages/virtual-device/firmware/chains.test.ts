import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { identityOf } from "../identity.ts";
import { checkClientChain } from "./client-chain.ts";
import { selfSignedCertificate } from "./setup-certificate.ts";
import { checkSetupChain, type ChainVerdict } from "./setup-chain.ts";

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const privatePem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const pem = await selfSignedCertificate(identityOf("chains", 0), privatePem, new Uint8Array(8));
const whole = new X509Certificate(pem).raw;

function verdicts(one: Uint8Array): readonly ChainVerdict[] {
  const roots = { roots: [whole], trustedNames: [], revoked: new Set<string>() };
  return [checkSetupChain([one, whole], new Set(), "site.example", "16.1.25"), checkClientChain([one], roots)];
}

const unreadable = { ok: false, reason: "a certificate cannot be read" };

test("a certificate that is cut anywhere is refused", () => {
  for (let length = 0; length < whole.length; length += 1) {
    assert.deepEqual(verdicts(whole.subarray(0, length)), [unreadable, unreadable], `${length} bytes`);
  }
});

test("a certificate whose key cannot be read is refused", () => {
  // rsaEncryption becomes an algorithm that nobody knows.
  const at = whole.indexOf(Buffer.from("06092a864886f70d010101", "hex"));
  assert.ok(at > 0);
  const strange = Uint8Array.from(whole, (byte, index) => (index === at + 10 ? 0x7f : byte));
  assert.deepEqual(verdicts(strange), [unreadable, unreadable]);
});

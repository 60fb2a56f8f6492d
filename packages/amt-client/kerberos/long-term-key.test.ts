import assert from "node:assert/strict";
import { test } from "node:test";
import { aesKeyOf, rc4KeyOf } from "@vigil/virtual-device/kerberos/passphrase.ts";
import { computerSalt, longTermKey } from "./long-term-key.ts";

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("the salt of a computer account is made as MS-KILE says", () => {
  assert.equal(computerSalt("lab.Example", "AMTQ5ZK3$"), "LAB.EXAMPLEhostamtq5zk3.lab.example");
});

test("keys are those that MIT's and Samba's KDCs make of the same password", () => {
  // ktutil 1.20: addent -password -p host/amt.lab.example@LAB.EXAMPLE -k 1 -e …, with the salt below
  const salt = computerSalt("LAB.EXAMPLE", "AMT$");
  const key = (encryption: Parameters<typeof longTermKey>[2]): string =>
    hexOf(longTermKey("Pä$$word-1", salt, encryption));
  assert.equal(key("aes128Sha1"), "b9013af93808655fae4eb3d39b4961c7");
  assert.equal(key("aes256Sha1"), "6c8bb817915d81665ffc847ca589785001e77d6940519467d7bd9540255f668c");
  assert.equal(key("rc4Hmac"), "cd6141a73743b4c95673b69e997c22c3");
});

test("the device's own way from a passphrase to a key comes to the same", () => {
  const salt = computerSalt("LAB.EXAMPLE", "AMT$");
  assert.deepEqual(longTermKey("secret", salt, "aes256Sha1"), aesKeyOf("secret", salt, 4_096, 32));
  assert.deepEqual(longTermKey("secret", salt, "aes128Sha1"), aesKeyOf("secret", salt, 4_096, 16));
  assert.deepEqual(longTermKey("secret", salt, "rc4Hmac"), rc4KeyOf("secret"));
});

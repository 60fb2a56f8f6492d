import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { checksum, decrypt, encrypt, etypes, nFold, type KerberosKey } from "./encryption.ts";
import { md4 } from "@vigil/wire/md4.ts";
import { aesKeyOf, rc4KeyOf } from "./passphrase.ts";
import { rc4 } from "./rc4.ts";

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(" ", ""), "hex");

test("bytes are folded as RFC 3961, A.1 shows", () => {
  for (const [text, length, hex] of [
    ["012345", 8, "be072631276b1955"],
    ["password", 7, "78a07b6caf85fa"],
    ["Rough Consensus, and Running Code", 8, "bb6ed30870b7f0e0"],
    ["kerberos", 8, "6b65726265726f73"],
    ["kerberos", 16, "6b65726265726f737b9b5b2b93132b93"],
    ["kerberos", 32, "6b65726265726f737b9b5b2b93132b935c9bdcdad95c9899c4cae4dee6d6cae4"],
  ] as const)
    assert.equal(hexOf(nFold(Buffer.from(text), length)), hex, `${text} to ${length}`);
});

test("AES keys come from passphrases as RFC 3962, B shows", () => {
  const key = (iterations: number, length: 16 | 32): string =>
    hexOf(aesKeyOf("password", "ATHENA.MIT.EDUraeburn", iterations, length));
  assert.equal(key(1, 16), "42263c6e89f4fc28b8df68ee09799f15");
  assert.equal(key(1, 32), "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161");
  assert.equal(key(1200, 32), "55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a");
});

test("MD4, RC4 and the key made of them are as their papers show", () => {
  assert.equal(hexOf(md4(Buffer.from(""))), "31d6cfe0d16ae931b73c59d7e0c089c0");
  assert.equal(hexOf(md4(Buffer.from("message digest"))), "d9130a8164549fe818874806e1c7014b");
  assert.equal(hexOf(md4(Buffer.from("1234567890".repeat(8)))), "e33b4ddc9c38f2199c3e7b164fcc0536");
  assert.equal(hexOf(rc4(Buffer.from("Key"), Buffer.from("Plaintext"))), "bbf316e8d940af0ad3");
  assert.equal(hexOf(rc4KeyOf("foo")), "ac8e657f83df82beea5d43bdaf7800cc");
});

const keys: readonly KerberosKey[] = [
  { etype: etypes.aes128, bytes: new Uint8Array(16).fill(3) },
  { etype: etypes.aes256, bytes: new Uint8Array(32).fill(4) },
  { etype: etypes.rc4, bytes: new Uint8Array(16).fill(5) },
];

/** What MIT's library 1.20 made of the same: `krb5_k_encrypt` and `krb5_k_make_checksum`, usage 17. */
const madeByMit: readonly (readonly [etype: number, cipher: string, sum: string])[] = [
  [
    etypes.aes128,
    "329cb2912054d87dfc4c0b9a0e06c8e85113106d7ab4c402cb27f964241c1afdf0029817e46760ef59a4db02bc",
    "5c2737dee53a521f79f2cf0c",
  ],
  [
    etypes.aes256,
    "89b548ade0ec92910cc0875c84038a7681f28904217989488854de0ae4f24aabdc6015f89666b5fcef7094c99f",
    "386042766e271261fcc01afd",
  ],
  [
    etypes.rc4,
    "b82cc472aaaab43c7aab8a12756616fe8c1f82bc752a97350307a3caffc721b5bcc1b1dee5828d2a63",
    "7b27ef83abd8fd45b69027529c4f54ac",
  ],
];

test("what MIT's library encrypted is read, and its checksums are ours", () => {
  for (const [etype, cipher, sum] of madeByMit) {
    const key = keys.find((one) => one.etype === etype);
    assert.ok(key !== undefined);
    assert.equal(Buffer.from(decrypt(key, 17, bytesOf(cipher)) ?? []).toString(), "seventeen bytes..");
    assert.equal(hexOf(checksum(key, 17, Buffer.from("seventeen bytes.."))), sum);
  }
});

test("what was encrypted is read again with the same key and use alone, and not when a byte was touched", () => {
  const property = fc.property(
    fc.constantFrom(...keys),
    fc.uint8Array({ minLength: 0, maxLength: 100 }),
    fc.nat(),
    (key, plain, where) => {
      const cipher = encrypt(key, 11, plain, (bytes) => new Uint8Array(bytes).fill(9));
      assert.equal(hexOf(decrypt(key, 11, cipher) ?? Uint8Array.of(1)), hexOf(plain));
      assert.equal(decrypt(key, 12, cipher), undefined);
      assert.equal(decrypt({ ...key, bytes: key.bytes.map((byte) => byte ^ 1) }, 11, cipher), undefined);
      const touched = Uint8Array.from(cipher);
      touched[where % touched.length] = (touched[where % touched.length] ?? 0) ^ 1;
      assert.equal(decrypt(key, 11, touched), undefined);
    },
  );
  fc.assert(property, { numRuns: 200 });
});

test("a cipher that is cut off anywhere, and an encryption that firmware does not know, are refused without an error", () => {
  for (const key of keys) {
    const cipher = encrypt(key, 2, new Uint8Array(50), (bytes) => new Uint8Array(bytes));
    for (let length = 0; length < cipher.length; length += 1) {
      assert.equal(decrypt(key, 2, cipher.subarray(0, length)), undefined);
    }
    assert.equal(decrypt({ ...key, etype: 20 }, 2, cipher), undefined);
    assert.equal(decrypt({ ...key, bytes: key.bytes.subarray(1) }, 2, cipher), undefined);
  }
});

import assert from "node:assert/strict";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { test } from "node:test";
import type { Firmware } from "@vigil/virtual-device/firmware.ts";
import { selfSignedCertificate } from "@vigil/virtual-device/firmware/setup-certificate.ts";
import { aConsoleAuthority } from "@vigil/virtual-device/testing/console-certificates.ts";
import { aPair, type Pair } from "../testing/paired-device.ts";
import { errorWith } from "../testing/refusals.ts";

const pkcs1 = { type: "pkcs1", format: "der" } as const;
const refused = (status: string) => errorWith("amt.certificate.refused", { status });

test("mutual TLS lets in consoles of a trusted root whose name is trusted, until they are revoked", async () => {
  const pair = aPair();
  const { device, firmware } = pair;
  const authority = await aConsoleAuthority();
  await bound(pair);
  const names = { acceptsPlain: false, mutual: { trustedNames: ["vigil.example.test"] } };
  await assert.rejects(device.tls.enable(names), refused("data-missing"), "no root to check them by");
  const root = await device.tls.addTrustedRoot(authority.root);
  await device.tls.enable(names);
  await commit(pair);
  assert.partialDeepStrictEqual(await device.tls.state(), { isMutual: true, trustedNames: ["vigil.example.test"] });
  assert.equal(firmware.wantsCertificate, "mutual");
  const own = await authority.issue("vigil.example.test", { serial: "0a0b" });
  const other = await authority.issue("other.example.test");
  const web = await authority.issue("vigil.example.test", { usages: ["1.3.6.1.5.5.7.3.2"] });
  const strange = await (await aConsoleAuthority("Another")).issue("vigil.example.test");
  assert.deepEqual(firmware.acceptsClientChain([own]), { ok: true });
  assert.deepEqual(
    [other, web, strange].map((one) => firmware.acceptsClientChain([one]).ok),
    [false, false, false],
  );
  const lists = [{ url: "http://pki.example.test/console.crl", serialNumbers: ["0a0b"] }];
  await device.tls.setRevocations(lists);
  assert.deepEqual(await device.tls.revocations(), lists);
  assert.equal(firmware.acceptsClientChain([own]).ok, false);
  await device.tls.setRevocations([]);
  assert.deepEqual(await device.tls.revocations(), []);
  assert.equal(firmware.acceptsClientChain([own]).ok, true);
  await assert.rejects(device.tls.removeCertificate(root), refused("not-permitted"), "everybody would be shut out");
  await device.tls.enable({ acceptsPlain: false });
  await commit(pair);
  assert.partialDeepStrictEqual(await device.tls.state(), { isMutual: false, trustedNames: [] });
  await device.tls.removeCertificate(root);
});

test("at most four names are trusted", async () => {
  const pair = aPair();
  await bound(pair);
  await pair.device.tls.addTrustedRoot((await aConsoleAuthority()).root);
  const trustedNames = ["a", "b", "c", "d", "e"];
  await assert.rejects(
    pair.device.tls.enable({ acceptsPlain: false, mutual: { trustedNames } }),
    refused("invalid-parameter"),
  );
});

test("TLS is switched off and its certificate let go; a release that speaks TLS alone refuses", async () => {
  const pair = aPair();
  const { device } = pair;
  const id = await bound(pair);
  await device.tls.enable({ acceptsPlain: false });
  await commit(pair);
  await assert.rejects(device.tls.unbind(), refused("not-permitted"));
  await assert.rejects(device.tls.removeCertificate(id), refused("not-permitted"));
  await device.tls.disable();
  await commit(pair);
  await device.tls.unbind();
  await device.tls.unbind();
  await device.tls.removeCertificate(id);
  assert.partialDeepStrictEqual(await device.tls.state(), {
    isEnabled: false,
    acceptsPlain: true,
    certificateId: null,
  });
  const newest = aPair({ generation: "19" });
  await bound(newest);
  await newest.device.tls.enable({ acceptsPlain: false });
  await assert.rejects(newest.device.tls.disable(), refused("not-permitted"));
  await assert.rejects(newest.device.tls.enable({ acceptsPlain: true }), refused("not-permitted"));
});

test("a key that was made elsewhere is stored once, and only of a length that the device takes", async () => {
  const { device } = aPair();
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const der = privateKey.export(pkcs1);
  const stored = await device.tls.addKeyPair(der);
  assert.deepEqual(Buffer.from(stored.publicKey), publicKey.export(pkcs1));
  await assert.rejects(device.tls.addKeyPair(der), refused("duplicate"));
  await assert.rejects(device.tls.addKeyPair(Uint8Array.of(1, 2, 3)), refused("invalid-key"));
  const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey.export(pkcs1);
  await assert.rejects(device.tls.addKeyPair(short), refused("invalid-key"));
  await device.tls.removeKeyPair(stored.id);
  assert.deepEqual(await device.tls.keyPairs(), []);
});

test("a key of 3072 bits is made from release 15 on; an older device says what it has", async () => {
  const { device } = aPair({ generation: "15" });
  const long = await device.tls.generateKeyPair({ bits: 3072 });
  assert.ok(long.publicKey.length > 384);
  const request = await device.tls.requestCertificate(long, { commonName: "pc-1" }, { hash: "sha384" });
  assert.ok(request.length > 384);
  const old = aPair({ generation: "12" }).device;
  const lacking = errorWith("amt.platform.lacking", { wanted: "RSA-3072", has: "RSA-2048" });
  await assert.rejects(old.tls.generateKeyPair({ bits: 3072 }), lacking);
});

test("a request is signed with what the release can do: SHA-1 alone on 7, no SHA-1 from 16 on", async () => {
  const oldest = aPair({ generation: "7" }).device;
  const key = await oldest.tls.generateKeyPair();
  assert.ok((await oldest.tls.requestCertificate(key, { commonName: "pc-1" })).length > 256);
  await assert.rejects(
    oldest.tls.requestCertificate(key, { commonName: "pc-1" }, { hash: "sha256" }),
    refused("invalid-parameter"),
  );
  const newer = aPair().device;
  const another = await newer.tls.generateKeyPair();
  await assert.rejects(
    newer.tls.requestCertificate(another, { commonName: "pc-1" }, { hash: "sha1" }),
    refused("invalid-parameter"),
  );
});

test("the store says what it can hold, and refuses what is beyond", async () => {
  const { device } = aPair();
  const limits = await device.tls.limits();
  assert.partialDeepStrictEqual(limits, { keyBits: [2048, 3072], trustedRoots: 16, trustedNames: 4 });
  for (let count = 0; count < 8; count += 1) await device.tls.generateKeyPair();
  await assert.rejects(device.tls.generateKeyPair(), refused("limit-reached"));
  const lists = Array.from({ length: 5 }, (_, index) => ({
    url: `http://pki.example.test/${index}`,
    serialNumbers: ["01"],
  }));
  await assert.rejects(device.tls.setRevocations(lists), refused("limit-reached"));
  await assert.rejects(
    device.tls.setRevocations([{ url: "x", serialNumbers: ["none"] }]),
    refused("invalid-parameter"),
  );
});

/** Has the device a certificate of its own to show. @returns its id */
async function bound({ device, firmware }: Pair): Promise<string> {
  await device.tls.generateKeyPair();
  const id = await device.tls.addCertificate(await certificateFor(firmware));
  await device.tls.bind(id);
  return id;
}

/** Puts the settings into force. */
async function commit({ device, firmware }: Pair): Promise<void> {
  firmware.change((state) => {
    state.mode = "post";
  });
  await device.setup.commitChanges();
}

async function certificateFor(firmware: Firmware): Promise<Uint8Array> {
  const [key] = firmware.state.keys;
  assert.ok(key !== undefined);
  const pem = await selfSignedCertificate(firmware.identity, key.privatePem, new Uint8Array(8).fill(1));
  return new Uint8Array(new X509Certificate(pem).raw);
}

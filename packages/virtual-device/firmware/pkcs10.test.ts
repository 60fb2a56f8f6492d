import "reflect-metadata";
import assert from "node:assert/strict";
import { KeyObject, webcrypto } from "node:crypto";
import { test } from "node:test";
import { cryptoProvider, Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from "@peculiar/x509";
import { signRequest } from "./pkcs10.ts";

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const usual = { ...algorithm, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };

async function aRequest(): Promise<{ readonly request: Uint8Array; readonly privatePem: string }> {
  cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(usual, true, ["sign", "verify"]);
  const made = await Pkcs10CertificateRequestGenerator.create({ name: "CN=device", keys, signingAlgorithm: algorithm });
  const privatePem = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  return { request: new Uint8Array(made.rawData), privatePem };
}

test("a stranger's library finds the device's signature right", async () => {
  const { request, privatePem } = await aRequest();
  for (const hash of ["sha1", "sha256", "sha384"] as const) {
    const signed = signRequest(request, hash, privatePem);
    assert.ok(signed !== undefined);
    const read = new Pkcs10CertificateRequest(Uint8Array.from(signed));
    assert.equal(read.subject, "CN=device");
    assert.equal(await read.verify(), true, hash);
  }
});

test("a request that is cut anywhere, or is for another key, is not signed", async () => {
  const { request, privatePem } = await aRequest();
  const other = await aRequest();
  assert.equal(signRequest(request, "sha256", other.privatePem), undefined);
  for (let length = 0; length < request.length; length += 1) {
    assert.equal(signRequest(request.subarray(0, length), "sha256", privatePem), undefined, `${length} bytes`);
  }
});

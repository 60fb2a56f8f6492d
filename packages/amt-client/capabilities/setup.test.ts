import assert from "node:assert/strict";
import { createHash, createPublicKey, X509Certificate, verify } from "node:crypto";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import type { Firmware } from "@vigil/virtual-device/firmware.ts";
import { selfSignedCertificate } from "@vigil/virtual-device/firmware/setup-certificate.ts";
import { aPair } from "../testing/paired-device.ts";

const password = "Tr1cky!passw0rd-1";

test("readState() tells a factory device from a provisioned one", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  const { state, controlMode, release } = await device.setup.readState();
  assert.deepEqual(
    { state, controlMode, release },
    { state: "factory", controlMode: "none", release: firmware.release },
  );
});

test("uuid() and the trusted hashes are the device's own", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  assert.equal(await device.setup.uuid(), firmware.uuid);
  const hashes = await device.setup.certificateHashes();
  assert.partialDeepStrictEqual(hashes, [
    { algorithm: "sha256", hash: firmware.helloHashes[0]?.hash, isEnabled: true },
  ]);
});

test("setAdminPassword() keeps the connection going with the new password, which never left", async () => {
  const { device, line, firmware } = aPair();
  await using _ = device;
  await device.accounts.setAdminPassword(password);
  assert.equal(await device.setup.uuid(), firmware.uuid);
  const sent = line.arrivals.map(({ request }) => Buffer.from(request.body).toString()).join("");
  assert.doesNotMatch(sent, /Tr1cky/);
  const expected = createHash("md5").update(`admin:${firmware.digestRealm}:${password}`).digest("base64");
  assert.ok(sent.includes(expected));
});

test("setup takes a device from factory to provisioned, with TLS on a key that never left it", async () => {
  const { device, firmware, clock } = aPair();
  await using _ = device;
  await device.setup.setMebxPassword(password);
  await device.accounts.setAdminPassword(password);
  await device.time.set();
  assert.equal((await device.time.get()).getTime(), clock.now());
  const keyPair = await device.tls.generateKeyPair();
  const request = await device.tls.requestCertificate(keyPair, {
    commonName: "pc-1.example.test",
    organization: "Test",
  });
  assert.ok(isSignedBy(request, keyPair.publicKey), "the device signed the request with its own key");
  const der = await certificateFor(firmware);
  const id = await device.tls.addCertificate(der);
  await device.tls.bind(id);
  await device.tls.bind(id);
  await device.tls.enable({ acceptsPlain: false });
  await device.general.closeWebPage();
  await device.setup.commitChanges();
  assert.deepEqual(await device.tls.state(), {
    isEnabled: true,
    acceptsPlain: false,
    isMutual: false,
    trustedNames: [],
    isLocalEnabled: true,
    certificateId: id,
  });
  assert.equal((await device.setup.readState()).state, "provisioned");
  assert.equal((await device.setup.readState()).controlMode, "admin");
  assert.equal(await device.general.isWebPageOpen(), false);
  assert.equal(firmware.isOpen(16_992), false);
});

test("a refusal names method and status, and no secret", async () => {
  const { device } = aPair();
  await using _ = device;
  const error = await device.setup.setMebxPassword("weak-secret").catch((cause: unknown) => cause);
  assert.ok(error instanceof VigilError);
  assert.equal(error.code, "amt.setup.refused");
  assert.partialDeepStrictEqual(error.details, {
    method: "SetMEBxPassword",
    status: "invalid-password",
    returnValue: 2054,
  });
  assert.doesNotMatch(JSON.stringify(error), /weak-secret/);
});

test("committing before there is an admin password is refused as missing data", async () => {
  const { device } = aPair();
  await using _ = device;
  await assert.rejects(device.setup.commitChanges(), { code: "amt.setup.refused" });
});

test("enabling TLS without a certificate is a fault that carries AMT's status", async () => {
  const { device } = aPair();
  await using _ = device;
  const error = await device.tls.enable({ acceptsPlain: false }).catch((cause: unknown) => cause);
  assert.ok(error instanceof VigilError);
  assert.equal(error.code, "amt.certificate.refused");
  assert.partialDeepStrictEqual(error.details, {
    status: "data-missing",
    amtStatus: 2057,
    class: "AMT_TLSSettingData",
    method: "Put",
  });
});

test("a certificate that binds in place of another one is put, not created", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  await device.tls.generateKeyPair();
  const first = await device.tls.addCertificate(await certificateFor(firmware, 1));
  const second = await device.tls.addCertificate(await certificateFor(firmware, 2));
  await device.tls.bind(first);
  await device.tls.bind(second);
  assert.equal((await device.tls.state()).certificateId, second);
  await device.tls.removeCertificate(first);
  assert.deepEqual(
    (await device.tls.certificates()).map((one) => one.id),
    [second],
  );
});

test("unprovision() makes the device forget its password", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  await device.accounts.setAdminPassword(password);
  await device.setup.unprovision();
  assert.equal(firmware.mode, "pre");
  await assert.rejects(device.setup.uuid(), { code: "amt.login.refused" });
});

test("what blocks the way back is named, and a refusal says that it is blocked", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  assert.deepEqual(await device.setup.unprovisionBlockers(), []);
  firmware.change(({ audit }) => {
    Object.assign(audit, { lockedUntil: firmware.now() / 1000 + 60, isBlocking: true });
  });
  assert.deepEqual(await device.setup.unprovisionBlockers(), ["audit-log"]);
  const isBlocked = (error: unknown): boolean =>
    error instanceof VigilError && error.details["status"] === "blocking-component";
  await assert.rejects(device.setup.unprovision("nothing"), isBlocked);
});

test("the host's one-time password is read while the device is in setup, and then alone", async () => {
  const { device, firmware } = aPair();
  await using _ = device;
  assert.equal(await device.setup.oneTimePassword(), undefined);
  firmware.change((state) => {
    Object.assign(state, { mode: "in", oneTimePassword: "ABCDefgh2345" });
  });
  assert.equal(await device.setup.oneTimePassword(), "ABCDefgh2345");
  firmware.change((state) => {
    state.mode = "post";
  });
  assert.equal(await device.setup.oneTimePassword(), undefined);
});

/** Stands in for an authority: what the certificate says is no matter here, only that it is for the device's key. */
async function certificateFor(firmware: Firmware, serial = 1): Promise<Uint8Array> {
  const [key] = firmware.state.keys;
  assert.ok(key !== undefined);
  const pem = await selfSignedCertificate(firmware.identity, key.privatePem, new Uint8Array(8).fill(serial));
  return new Uint8Array(new X509Certificate(pem).raw);
}

/** Reads a PKCS#10 just far enough: info, algorithm, signature. */
function isSignedBy(request: Uint8Array, publicKey: Uint8Array): boolean {
  const outer = contentOf(request);
  const info = elementOf(outer);
  const algorithm = elementOf(outer.subarray(info.length));
  const signature = contentOf(elementOf(outer.subarray(info.length + algorithm.length))).subarray(1);
  const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "pkcs1" });
  return verify("sha256", info, key, signature);
}

function contentOf(der: Uint8Array): Uint8Array {
  const first = der[1] ?? 0;
  return der.subarray(first < 0x80 ? 2 : 2 + (first & 0x7f));
}

function elementOf(der: Uint8Array): Uint8Array {
  const first = der[1] ?? 0;
  const count = first < 0x80 ? 0 : first & 0x7f;
  let length = count === 0 ? first : 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + (der[2 + index] ?? 0);
  return der.subarray(0, 2 + count + length);
}

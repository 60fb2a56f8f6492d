import assert from "node:assert/strict";
import { generateKeyPairSync, randomUUID, X509Certificate } from "node:crypto";
import { after, before, test } from "node:test";
import { passwordDigest } from "@vigil/amt-client/password-digest.ts";
import { aServer, type TestServer } from "../testing/a-server.ts";
import type { Enrollee } from "./enrolment.ts";

let server: TestServer;

before(async () => {
  server = await aServer();
});
after(() => server[Symbol.asyncDispose]());

function anEnrollee(uuid: string = randomUUID()): Enrollee {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    uuid,
    address: "127.200.0.1",
    digestRealm: `Digest:${uuid}`,
    publicKey: new Uint8Array(publicKey.export({ type: "spki", format: "der" })),
    facts: { release: "16.1.25", model: "Tower Z2", serialNumber: "A1", controlMode: "admin" },
  };
}

test("a device that is enrolled stands in the registry as provisioned, with its certificate, and its password can be revealed", async () => {
  const one = anEnrollee();
  const [enrolment] = await server.running.enrol([one]);
  assert.equal(enrolment?.uuid, one.uuid);
  const params = { id: one.uuid };
  const device = await server.client.devices.show({ params });
  const certificate = new X509Certificate(enrolment.certificate);
  assert.partialDeepStrictEqual(device, {
    state: "provisioned",
    life: "admin-control",
    hostName: enrolment.hostName,
    release: "16.1.25",
    profile: "Default",
    profileVersion: 1,
    hello: null,
  });
  assert.equal(device.certificate?.fingerprint, certificate.fingerprint256.replaceAll(":", "").toLowerCase());
  assert.equal(certificate.checkHost(`${one.uuid}.vigil.internal`) !== undefined, true);
  const { items } = await server.client.secrets.list({ params });
  assert.deepEqual(
    items.map(({ kind, state }) => [kind, state]),
    [["admin-password", "confirmed"]],
  );
  const { value } = await server.client.secrets.reveal({ params, body: { kind: "admin-password", reason: "a test" } });
  assert.equal(enrolment.adminHa1, passwordDigest("admin", one.digestRealm, value));
  const audit = await server.client.audit.list({ query: { limit: 100 } });
  assert.ok(audit.items.some(({ action }) => action === "devices.enrolled"));
  assert.ok(!JSON.stringify(audit).includes(enrolment.adminHa1));
});

test("a device that is enrolled again keeps its password, since it may have it already", async () => {
  const one = anEnrollee();
  const [first] = await server.running.enrol([one]);
  const [second] = await server.running.enrol([one, anEnrollee()]);
  assert.equal(second?.adminHa1, first?.adminHa1);
  const { items } = await server.client.devices.list({ query: { search: one.uuid } });
  assert.equal(items.length, 1);
});

test("a device that the server knows in another state is left alone", async () => {
  const one = anEnrollee();
  await server.running.enrol([one]);
  const params = { id: one.uuid };
  await server.client.devices.retire({ params, body: { because: "gone", reason: "a test" } });
  assert.deepEqual(await server.running.enrol([one]), []);
  assert.equal((await server.client.devices.show({ params })).state, "retired");
});

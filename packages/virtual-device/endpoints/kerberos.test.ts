import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { AMT_KerberosSettingData } from "@vigil/model/amt/AMT_KerberosSettingData.ts";
import { errorIn } from "@vigil/wire/negotiate.ts";
import type { VirtualDevice } from "../device.ts";
import type { Fleet } from "../fleet.ts";
import { etypes, type KerberosKey } from "../kerberos/encryption.ts";
import { aesKeyOf } from "../kerberos/passphrase.ts";
import { sidFromText } from "../kerberos/sid.ts";
import { Asker } from "../testing/firmware-under-test.ts";
import { aToken, logonInfo, signedPac } from "../testing/kerberos-ticket.ts";
import { aFleet, deviceOf, talk } from "../testing/tools.ts";

// Tickets made by hand, put by plain sockets to a device that is set up.

const key: KerberosKey = { etype: etypes.aes256, bytes: new Uint8Array(32).fill(7) };
const domain = sid("S-1-5-21-1-2-3");
const alice = sid("S-1-5-21-1-2-3-1001");
const operators = sid("S-1-5-21-1-2-3-2002");

let fleet: Fleet;
let device: VirtualDevice;
let admin: Asker;
let count = 0;
before(async () => {
  fleet = await aFleet({
    generations: ["16"],
    provisioned: { password: "P@ssw0rd!", acceptsPlain: true },
    accountOf: (principal) => (principal === "carol@LAB.EXAMPLE" ? { sid: alice, groups: [] } : undefined),
  });
  device = deviceOf(fleet);
  admin = new Asker(device.firmware, { username: "admin", channel: "tls", hasSetupCertificate: false });
});
after(() => fleet.stop());

function sid(text: string): Uint8Array {
  const bytes = sidFromText(text);
  assert.ok(bytes !== undefined);
  return bytes;
}

const settings = {
  KrbEnabled: true,
  RealmName: "LAB.EXAMPLE",
  ServicePrincipalName: ["HTTP/lone.lab.example:16992"],
  ServicePrincipalProtocol: ["http"],
  KeyVersion: 1,
  EncryptionAlgorithm: "aes256Sha1",
} as const;

function configure(more: { MasterKey: Uint8Array } | { Passphrase: string; Salt: string }): Promise<unknown> {
  const InstanceID = "Intel (r) AMT: Kerberos Settings";
  return admin.put(AMT_KerberosSettingData, { InstanceID, ...settings, ...more });
}

/** @param realms 5: remote control, 13: general information, 3: all */
async function enter(who: Uint8Array, realms: number[]): Promise<number> {
  const input = { KerberosUserSid: who, AccessPermission: "any", Realms: realms } as const;
  const { Handle, ReturnValue } = await admin.call(AMT_AuthorizationService, "AddUserAclEntryEx", input);
  assert.equal(ReturnValue, 0);
  return Handle ?? 0;
}

const get = (name: string): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header><a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action><a:To>/wsman</a:To><w:ResourceURI>http://intel.com/wbem/wscim/1/amt-schema/1/${name}</w:ResourceURI><a:MessageID>1</a:MessageID></s:Header><s:Body/></s:Envelope>`;

interface Answer {
  readonly status: number;
  readonly challenges: readonly string[];
  readonly body: string;
  readonly reply: Uint8Array | undefined;
}

async function ask(token: Uint8Array | undefined, name = "AMT_GeneralSettings"): Promise<Answer> {
  const body = get(name);
  const login = token === undefined ? "" : `Authorization: Negotiate ${Buffer.from(token).toString("base64")}\r\n`;
  const head = `POST /wsman HTTP/1.1\r\nHost: x\r\n${login}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
  const text = (await talk(device.address, 16_992, head + body)).toString("latin1");
  const challenges = [...text.matchAll(/^WWW-Authenticate: (.*)\r$/gm)].map((one) => one[1] ?? "");
  const reply = challenges.find((one) => one.startsWith("Negotiate "))?.slice("Negotiate ".length);
  return {
    status: Number(text.split(" ")[1]),
    challenges,
    body: text,
    reply: reply === undefined ? undefined : Buffer.from(reply, "base64"),
  };
}

/** A ticket of alice, with a PAC that names her and her groups. */
function ticket(options: { nowMs?: number; groupIds?: number[]; userId?: number; key?: KerberosKey } = {}) {
  const { nowMs = device.firmware.now(), groupIds = [513], userId = 1001 } = options;
  const sealing = options.key ?? key;
  const pac = signedPac(sealing, nowMs, logonInfo({ domain, userId, groupIds }));
  count += 1;
  return aToken({ key: sealing, nowMs, pac, microseconds: count });
}

test("while Kerberos is off a 401 offers digest alone, and a ticket is nothing", async () => {
  const { status, challenges } = await ask(ticket().token);
  assert.equal(status, 401);
  assert.deepEqual(
    challenges.map((one) => one.split(" ")[0]),
    ["Digest"],
  );
});

test("a user's entry lets in by ticket, with a proof of the device's own, and no further than its realms reach", async () => {
  await configure({ MasterKey: key.bytes });
  const offered = await ask(undefined);
  assert.deepEqual(
    offered.challenges.map((one) => one.split(" ")[0]),
    ["Digest", "Negotiate"],
  );
  assert.equal((await ask(ticket().token)).status, 401, "no entry yet");
  await enter(alice, [13]);
  const shown = ticket();
  const answer = await ask(shown.token);
  assert.equal(answer.status, 200, answer.body);
  assert.ok(answer.reply !== undefined);
  shown.check(answer.reply);
  const beyond = await ask(ticket().token, "AMT_KerberosSettingData");
  assert.equal(beyond.status, 400);
  assert.match(beyond.body, /AccessDenied/);
  assert.ok(beyond.reply !== undefined, "a fault bears the proof too");
});

test("an entry of a group lets its members in, adds its realms, and can be switched off", async () => {
  const handle = await enter(operators, [3]);
  const member = (): Uint8Array => ticket({ userId: 1077, groupIds: [513, 2002] }).token;
  assert.equal((await ask(member(), "AMT_KerberosSettingData")).status, 200);
  assert.equal((await ask(ticket({ groupIds: [2002] }).token, "AMT_KerberosSettingData")).status, 200, "of both");
  await admin.call(AMT_AuthorizationService, "SetAclEnabledState", { Handle: handle, Enabled: false });
  assert.equal((await ask(member())).status, 401);
});

test("a ticket without logon information is looked up in what stands in for Active Directory", async () => {
  const nowMs = device.firmware.now();
  const tokenOf = (principal: string): Uint8Array =>
    aToken({ key, nowMs, principal, pac: signedPac(key, nowMs) }).token;
  assert.equal((await ask(tokenOf("carol"))).status, 200);
  assert.equal((await ask(tokenOf("dave"))).status, 401);
});

test("a clock that is six minutes off, a ticket shown twice, and another key are answered with their Kerberos errors", async () => {
  const late = await ask(ticket({ nowMs: device.firmware.now() - 360_000 }).token);
  assert.deepEqual([late.status, errorIn(late.reply ?? new Uint8Array())], [401, 37]);
  const once = ticket().token;
  assert.equal((await ask(once)).status, 200);
  const twice = await ask(once);
  assert.deepEqual([twice.status, errorIn(twice.reply ?? new Uint8Array())], [401, 34]);
  const other = await ask(ticket({ key: { ...key, bytes: new Uint8Array(32).fill(1) } }).token);
  assert.deepEqual([other.status, errorIn(other.reply ?? new Uint8Array())], [401, 41]);
});

test("a user with the admin's name is not the admin", async () => {
  device.firmware.change((state) => (state.adminName = "alice@LAB.EXAMPLE"));
  assert.equal((await ask(ticket().token, "AMT_KerberosSettingData")).status, 400);
  device.firmware.change((state) => (state.adminName = "admin"));
});

test("a key can be given as passphrase and salt, and takes the master key's place", async () => {
  await configure({ Passphrase: "Device-1", Salt: "LAB.EXAMPLE" });
  assert.equal((await ask(ticket().token)).status, 401);
  const made = { etype: etypes.aes256, bytes: aesKeyOf("Device-1", "LAB.EXAMPLE", 4_096, 32) };
  assert.equal((await ask(ticket({ key: made }).token)).status, 200);
});

test("a tolerance above five minutes, and a key of another length than its encryption's, are refused", async () => {
  const InstanceID = "Intel (r) AMT: Kerberos Settings";
  for (const wrong of [
    { MasterKey: key.bytes, MaximumClockTolerance: 6 },
    { MasterKey: new Uint8Array(16) },
    { Passphrase: "x", Salt: "y", IterationCount: 1_000_000 },
  ]) {
    const put = admin.put(AMT_KerberosSettingData, { InstanceID, ...settings, ...wrong });
    await assert.rejects(put, { code: "wsman.fault.internalError" });
  }
});

test("once it is switched off again only digest is offered", async () => {
  await admin.put(AMT_KerberosSettingData, { InstanceID: "Intel (r) AMT: Kerberos Settings", KrbEnabled: false });
  assert.equal((await ask(undefined)).challenges.length, 1);
});

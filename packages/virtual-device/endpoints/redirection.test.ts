import assert from "node:assert/strict";
import { test } from "node:test";
import { AMT_RedirectionService } from "@vigil/model/amt/AMT_RedirectionService.ts";
import { IPS_SolSessionUsingPort } from "@vigil/model/ips/IPS_SolSessionUsingPort.ts";
import { ha1 } from "@vigil/wire/digest.ts";
import type { Firmware } from "../firmware.ts";
import { identityOf, type Generation } from "../identity.ts";
import type { SessionOpener } from "../redirection/session-line.ts";
import { aFirmware, Asker } from "../testing/firmware-under-test.ts";
import { RedirectionTalk } from "../testing/redirection-talk.ts";
import { aFleet, deviceOf, talk } from "../testing/tools.ts";

// A redirection port, byte by byte, with a session behind it that says every byte twice.

const password = "P@ssw0rd!";
const startSol = "10000000 534f4c20";
const started = "11000000010000000000000000";
const letIn = "140000000400000000";
const twice: SessionOpener = (line) => ({
  receive(bytes) {
    if (bytes[0] === 0x12) return line.end();
    line.send(bytes);
    line.send(bytes);
  },
  closed() {},
});
const openers = { sol: twice, ider: twice };

function aDevice(generation: Generation = "16"): Firmware {
  const { firmware } = aFirmware({ identity: identityOf("redirection", 0, [generation]) });
  firmware.change((state) => {
    state.mode = "post";
    state.adminHa1 = ha1("admin", state.digestRealm, password);
  });
  return firmware;
}

function auditOf(firmware: Firmware): readonly string[] {
  return firmware.state.audit.records.map((one) => Buffer.from(one, "base64").subarray(0, 4).toString("hex"));
}

test("a session opens after start, query and digest, and then its bytes are its own", async () => {
  const firmware = aDevice();
  const line = new RedirectionTalk(firmware, openers);
  assert.equal(await line.say(startSol), started);
  assert.equal(await line.say("13000000 00 00000000"), "14000000000100000004");
  assert.equal(await line.logIn("admin", password), letIn);
  assert.equal(await line.say("616263"), "616263616263");
  assert.equal(firmware.sessions.of("sol")?.caller.username, "admin");
  await line.say("12000000");
  assert.equal(firmware.sessions.of("sol"), undefined);
  assert.ok(line.isEnded);
  assert.deepEqual(auditOf(firmware), ["00120004", "00120005"]);
});

test("a wrong password is challenged anew, with another nonce, and gives up after a few", async () => {
  const line = new RedirectionTalk(aDevice(), openers);
  await line.say(startSol);
  const first = await line.logIn("admin", "wrong");
  const second = await line.logIn("admin", "wrong");
  assert.match(first, /^14010000044e000000/);
  assert.notEqual(first, second);
  await line.logIn("nobody", password);
  assert.ok(line.isEnded);
});

test("an account without the realm is not let in", async () => {
  const firmware = aDevice();
  const user = {
    handle: 1,
    access: 2,
    isEnabled: true,
    name: "power",
    ha1: ha1("power", firmware.digestRealm, password),
  };
  firmware.change(({ users }) => void users.push({ ...user, realms: [5] }));
  const refused = new RedirectionTalk(firmware, openers);
  await refused.say(startSol);
  assert.equal(await refused.logIn("power", password), "140200000400000000");
  firmware.change(({ users }) => users.splice(0, 1, { ...user, realms: [2] }));
  const line = new RedirectionTalk(firmware, openers);
  await line.say(startSol);
  assert.equal(await line.logIn("power", password), letIn);
});

test("there is one session of each kind: the second is busy until the first is gone", async () => {
  const firmware = aDevice();
  const first = new RedirectionTalk(firmware, openers);
  await first.say(startSol);
  await first.logIn("admin", password);
  const second = new RedirectionTalk(firmware, openers);
  assert.equal(await second.say(startSol), "11020000");
  assert.ok(second.isEnded);
  assert.equal(await new RedirectionTalk(firmware, openers).say("10000000 49444552"), started);
  first.stream.end();
  await first.hear();
  assert.equal(await new RedirectionTalk(firmware, openers).say(startSol), started);
});

test("two that log in at once do not both get the session", async () => {
  const firmware = aDevice();
  const lines = [new RedirectionTalk(firmware, openers), new RedirectionTalk(firmware, openers)];
  for (const line of lines) assert.equal(await line.say(startSol), started);
  for (const line of lines) await line.logIn("admin", password);
  assert.deepEqual(
    lines.map((one) => one.isEnded),
    [false, true],
  );
});

test("unknown and unsupported services, and what is switched off, are refused and the connection ends", async () => {
  const firmware = aDevice();
  assert.equal(await new RedirectionTalk(firmware, openers).say("10000000 58585858"), "11010000");
  assert.equal(await new RedirectionTalk(firmware, openers).say("10010000 4b564d52"), "11030000");
  firmware.change(({ redirection }) => (redirection.sol = false));
  assert.equal(await new RedirectionTalk(firmware, openers).say(startSol), "11030000");
});

test("without consent there is no session; a session takes it up, and afterwards it holds for a while", async () => {
  const firmware = aDevice();
  firmware.change((state) => (state.controlMode = "client"));
  assert.equal(await new RedirectionTalk(firmware, openers).say(startSol), "11ff0000");
  firmware.consent.start();
  assert.ok(firmware.consent.enter(Number(firmware.state.consent.code)));
  const line = new RedirectionTalk(firmware, openers);
  await line.say(startSol);
  await line.logIn("admin", password);
  assert.equal(firmware.state.consent.state, "inSession");
  line.stream.end();
  await line.hear();
  assert.equal(firmware.state.consent.state, "received");
});

test("old firmware takes a password as it is, and a digest without qop; new firmware neither", async () => {
  const plain = `13000000 01 0f000000 05 61646d696e 08 ${Buffer.from("P@ssw0rd").toString("hex")}`;
  const old = aDevice("7");
  old.change((state) => (state.adminHa1 = ha1("admin", state.digestRealm, "P@ssw0rd")));
  const line = new RedirectionTalk(old, openers);
  await line.say(startSol);
  assert.equal(await line.say("13000000 00 00000000"), "140000000003000000010304");
  assert.equal(await line.say(plain), "140000000100000000");
  const refused = new RedirectionTalk(aDevice(), openers);
  await refused.say(startSol);
  assert.equal(await refused.say(plain), "140200000100000000");
});

test("WS-Management lists the session, and can end it; switching redirection off does, too", async () => {
  const firmware = aDevice();
  const admin = new Asker(firmware, { username: "admin", channel: "tls", hasSetupCertificate: false });
  for (const end of ["TerminateSession", "RequestStateChange"] as const) {
    const line = new RedirectionTalk(firmware, openers);
    await line.say(startSol);
    await line.logIn("admin", password);
    assert.equal((await admin.list(IPS_SolSessionUsingPort)).length, 1);
    if (end === "TerminateSession") await admin.call(AMT_RedirectionService, end, { SessionType: "sol" });
    else await admin.call(AMT_RedirectionService, end, { RequestedState: "ider" });
    await line.hear();
    assert.ok(line.isEnded);
    assert.equal((await admin.list(IPS_SolSessionUsingPort)).length, 0);
  }
});

test("bytes that are none of the handshake cut the connection", async () => {
  for (const hex of ["474554202f", "12000000", "13000000 00 00000000", startSol + startSol, "13000000 04 ffffffff"]) {
    const line = new RedirectionTalk(aDevice(), openers);
    await line.say(hex);
    assert.ok(line.isEnded, hex);
  }
});

test("on request a device is busy, drops a session, or is slow", async () => {
  const { firmware, clock } = aFirmware({ identity: identityOf("redirection", 0, ["16"]) });
  firmware.change((state) => {
    state.mode = "post";
    state.adminHa1 = ha1("admin", state.digestRealm, password);
  });
  const line = new RedirectionTalk(firmware, openers);
  line.faults.set({ misbehavior: { kind: "session", how: "busy" } });
  assert.equal(await line.say(startSol), "11020000");
  const dropped = new RedirectionTalk(firmware, openers);
  dropped.faults.set({ misbehavior: { kind: "session", how: "drop", afterBytes: 4 } });
  await dropped.say(startSol);
  await dropped.logIn("admin", password);
  await dropped.say("616263");
  assert.ok(dropped.isEnded);
  const slow = new RedirectionTalk(firmware, openers);
  slow.faults.set({ misbehavior: { kind: "session", how: "slow", ms: 500 } });
  await slow.say(startSol);
  await slow.logIn("admin", password);
  assert.equal(await slow.say("61"), "");
  await clock.advance(500);
  assert.equal(await slow.hear(), "61");
});

test("the redirection ports are open once the device is set up and its listener is on", async () => {
  await using fleet = await aFleet({ generations: ["16"], provisioned: { password, acceptsPlain: true } });
  const device = deviceOf(fleet);
  const heard = await talk(device.address, 16_994, "\x10\x00\x00\x00XXXX");
  assert.equal(heard.toString("hex"), "11010000");
  const admin = new Asker(device.firmware, { username: "admin", channel: "tls", hasSetupCertificate: false });
  await admin.put(AMT_RedirectionService, { ListenerEnabled: false });
  await device.settlePorts();
  await assert.rejects(talk(device.address, 16_994, "x"), /ECONNREFUSED/);
  await assert.rejects(talk(device.address, 16_995, "x"), /ECONNREFUSED/);
  await using fresh = await aFleet({ generations: ["16"] });
  await assert.rejects(talk(deviceOf(fresh).address, 16_994, "x"), /ECONNREFUSED/);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { AMT_GeneralSettings } from "@vigil/model/amt/AMT_GeneralSettings.ts";
import { AMT_KerberosSettingData } from "@vigil/model/amt/AMT_KerberosSettingData.ts";
import { Login } from "@vigil/virtual-device/endpoints/login.ts";
import { Firmware } from "@vigil/virtual-device/firmware.ts";
import { identityOf } from "@vigil/virtual-device/identity.ts";
import { aToken } from "@vigil/virtual-device/testing/kerberos-ticket.ts";
import { answerWsman } from "@vigil/virtual-device/wsman.ts";
import { encodeInstance } from "@vigil/model/instances.ts";
import { connect, type AmtDevice } from "../device.ts";
import { fail } from "../errors.ts";
import { ok, scriptedDevice, type Reply, type ScriptedDevice } from "../testing/scripted-device.ts";
import type { Negotiator } from "./negotiator.ts";

// A client with tickets made by hand, and a virtual device's own login and firmware.

const key = { etype: 18, bytes: new Uint8Array(32).fill(7) } as const;
const alice = Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0);

interface Pair {
  readonly device: AmtDevice;
  readonly firmware: Firmware;
  readonly line: ScriptedDevice;
  /** What the client negotiates with; a test may change it. */
  readonly ticket: { key: { etype: number; bytes: Uint8Array }; aheadMs: number; open: number; names: string[] };
  /** Leaves out what the device proves. */
  readonly mouth: { isMute: boolean };
}

function aPair(): Pair {
  const clock = testClock();
  const firmware = new Firmware({
    identity: identityOf("pair", 2),
    clock,
    keys: { next: () => "" },
    random: (bytes) => new Uint8Array(bytes).fill(0xa4),
    trustedRootHashes: [],
    domainSuffix: "example.test",
    powerDelayMs: 4_000,
    accountOf: () => ({ sid: alice, groups: [] }),
  });
  firmware.change((state) => {
    state.mode = "post";
    state.clockOffsetMs = 0;
    const sid = Buffer.from(alice).toString("base64");
    state.users.push({ handle: 2, name: "", ha1: "", sid, access: 2, realms: [3], isEnabled: true });
    const settings = { KrbEnabled: true, MasterKey: key.bytes, EncryptionAlgorithm: "aes256Sha1" } as const;
    state.stored["AMT_KerberosSettingData"] = [encodeInstance(AMT_KerberosSettingData, settings)];
  });
  const login = new Login(firmware);
  const state = { isMute: false };
  const line = scriptedDevice(async (request): Promise<Reply> => {
    const result = login.check(request, { channel: "tls", hasSetupCertificate: false });
    if (!result.ok) return { bytes: refusal(result.challenges), closes: true };
    const { status, xml } = await answerWsman(firmware, result.caller, request.body);
    const { bytes = "" } = ok(xml, status);
    const proof = state.isMute ? "" : `WWW-Authenticate: ${result.proof}\r\n`;
    return { bytes: bytes.replace("\r\n", `\r\n${proof}`) };
  });
  const ticket = { key, aheadMs: 0, open: 0, names: [] as string[] };
  let microseconds = 0;
  const negotiator: Negotiator = (serviceName) => {
    ticket.names.push(serviceName);
    ticket.open += 1;
    microseconds += 1;
    const nowMs = clock.now() + ticket.aheadMs;
    const { token, check } = aToken({ key: ticket.key, nowMs, microseconds, isWrapped: false });
    return Promise.resolve({
      token,
      prove: (reply) => {
        check(reply);
        return Promise.resolve();
      },
      [Symbol.asyncDispose]: () => {
        ticket.open -= 1;
        return Promise.resolve();
      },
    });
  };
  const device = connect({ dialer: line.dialer, port: 16_993, credential: { negotiator }, clock });
  return { device, firmware, line, ticket, mouth: state };
}

function refusal(challenges: readonly string[]): string {
  const lines = challenges.map((one) => `WWW-Authenticate: ${one}\r\n`).join("");
  return `HTTP/1.1 401 Unauthorized\r\n${lines}Content-Length: 0\r\nConnection: close\r\n\r\n`;
}

test("each request brings a token for HTTP/host:port and looks at the device's proof, on one connection", async () => {
  const { device, firmware, line, ticket } = aPair();
  await using _ = device;
  for (let count = 0; count < 3; count += 1) {
    assert.equal((await device.wsman.get(AMT_GeneralSettings)).DigestRealm, firmware.digestRealm);
  }
  assert.deepEqual(
    ticket.names,
    Array.from({ length: 3 }, () => "HTTP/scripted:16993"),
  );
  assert.equal(line.connections(), 1);
  assert.equal(line.arrivals.length, 3, "no request is sent to learn a challenge");
  assert.equal(ticket.open, 0, "nothing is held when an answer is done");
});

test("what the device says is turned into a code that says what to do", async () => {
  for (const [code, change] of [
    ["amt.kerberos.skew", ({ ticket }: Pair) => (ticket.aheadMs = 360_000)],
    ["amt.kerberos.wrong-key", ({ ticket }: Pair) => (ticket.key = { etype: 18, bytes: new Uint8Array(32) })],
    ["amt.kerberos.wrong-key", ({ ticket }: Pair) => (ticket.key = { etype: 23, bytes: new Uint8Array(16) })],
    ["amt.kerberos.unlisted", ({ firmware }: Pair) => firmware.change((state) => (state.users = []))],
    ["amt.kerberos.off", ({ firmware }: Pair) => firmware.change((state) => (state.stored = {}))],
    ["amt.kerberos.unproven", ({ mouth }: Pair) => (mouth.isMute = true)],
  ] as const) {
    const pair = aPair();
    await using device = pair.device;
    change(pair);
    await assert.rejects(device.wsman.get(AMT_GeneralSettings), (error: unknown) => {
      assert.partialDeepStrictEqual(reportOf(error), {
        code,
        details: { host: "scripted", serviceName: "HTTP/scripted:16993" },
      });
      return true;
    });
    assert.equal(pair.line.arrivals.length, 1, `${code} is not tried again`);
    assert.equal(pair.ticket.open, 0, code);
  }
});

test("a change whose answer bears no proof leaves its outcome unknown", async () => {
  const { device, mouth } = aPair();
  await using _ = device;
  mouth.isMute = true;
  await assert.rejects(device.power.request("off"), (error: unknown) => {
    assert.partialDeepStrictEqual(reportOf(error), {
      code: "amt.outcome.unknown",
      details: { reason: "amt.kerberos.unproven" },
    });
    return true;
  });
});

test("a ticket that cannot be had fails before anything is sent, and says so by its own code", async () => {
  const line = scriptedDevice(() => ({}));
  const negotiator: Negotiator = () => Promise.reject(fail("amt.kerberos.ticket-missing"));
  const credential = { negotiator, serviceName: "HTTP/x" };
  await using device = connect({ dialer: line.dialer, port: 16_993, credential, clock: testClock() });
  await assert.rejects(device.power.request("off"), { code: "amt.kerberos.ticket-missing" });
  assert.equal(line.arrivals.length, 0);
});

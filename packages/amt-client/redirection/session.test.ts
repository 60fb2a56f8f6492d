import assert from "node:assert/strict";
import { duplexPair } from "node:stream";
import { test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { AMT_KerberosSettingData } from "@vigil/model/amt/AMT_KerberosSettingData.ts";
import { encodeInstance } from "@vigil/model/instances.ts";
import type { SessionOpener } from "@vigil/virtual-device/redirection/session-line.ts";
import { aToken } from "@vigil/virtual-device/testing/kerberos-ticket.ts";
import { ha1 } from "@vigil/wire/digest.ts";
import { connect } from "../device.ts";
import { fail } from "../errors.ts";
import { aPair, factoryPassword } from "../testing/paired-device.ts";
import { aSessionPair, sessionPassword } from "../testing/session-pair.ts";
import { openSession, type SessionOptions } from "./session.ts";
import { Sessions } from "./sessions.ts";

const greeting: SessionOpener = (line) => {
  line.send(Buffer.from("hello"));
  return {
    receive: (bytes) => (bytes[0] === 0x12 ? line.end() : line.send(bytes)),
    closed() {},
  };
};
const openers = { sol: greeting };

async function errorOf(failing: Promise<unknown>): Promise<VigilError> {
  const error = await failing.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  assert.ok(error instanceof VigilError, String(error));
  return error;
}

function textOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("latin1");
}

for (const generation of ["7", "16"] as const) {
  test(`a session of release ${generation} opens, carries bytes both ways, and is closed`, async () => {
    const { firmware, options } = aSessionPair({ generation, openers });
    const session = await openSession("sol", options);
    const first = session.rest.length > 0 ? session.rest : await session.stream.read();
    assert.equal(textOf(first), "hello");
    await session.stream.write(Buffer.from("abc"));
    assert.equal(textOf(await session.stream.read()), "abc");
    assert.equal(firmware.sessions.of("sol")?.caller.username, "admin");
    session.close();
    assert.equal(await session.stream.read(), undefined);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(firmware.sessions.of("sol"), undefined);
  });
}

test("whether the device is there is asked beside the session, which goes on", async () => {
  const pair = aSessionPair({ openers });
  const session = await openSession("sol", pair.options);
  assert.equal(await session.absence?.(), undefined);
  await session.stream.write(Buffer.from("abc"));
  let heard = textOf(session.rest);
  while (!heard.endsWith("abc")) heard += textOf(await session.stream.read());
  pair.cut("for good");
  assert.match((await session.absence?.())?.code ?? "", /^amt\.connect\./);
});

test("each refusal of the device has its name", async () => {
  const { firmware, faults, options } = aSessionPair({ openers });
  assert.equal((await errorOf(openSession("kvm", options))).code, "amt.redirection.off");
  faults.set({ misbehavior: { kind: "session", how: "busy" } });
  const busy = await errorOf(openSession("sol", options));
  assert.equal(busy.code, "amt.redirection.busy");
  assert.deepEqual(busy.details, { host: "desk-1.example.test", port: 16_995, session: "sol", status: 2 });
  faults.clear();
  firmware.change((state) => (state.controlMode = "client"));
  assert.equal((await errorOf(openSession("sol", options))).code, "amt.redirection.refused");
});

test("a wrong password is refused once, and one without the realm is told apart", async () => {
  const { firmware, options } = aSessionPair({ openers });
  const wrong = { username: "admin", password: "wrong" };
  assert.equal(
    (await errorOf(openSession("sol", { ...options, credential: wrong }))).code,
    "amt.redirection.login-refused",
  );
  const user = { handle: 1, access: 2, isEnabled: true, name: "power", realms: [5] };
  firmware.change(({ users, digestRealm }) => {
    users.push({ ...user, ha1: ha1("power", digestRealm, sessionPassword) });
  });
  const credential = { username: "power", password: sessionPassword };
  assert.equal((await errorOf(openSession("sol", { ...options, credential }))).code, "amt.redirection.not-allowed");
});

test("a closed port means that the listener is off; other failures to dial stay what they are", async () => {
  const { options } = aSessionPair();
  const dialing = (code: "amt.connect.refused" | "amt.connect.timeout"): SessionOptions => ({
    ...options,
    dialer: () => Promise.reject(fail(code)),
  });
  assert.equal((await errorOf(openSession("sol", dialing("amt.connect.refused")))).code, "amt.redirection.off");
  assert.equal((await errorOf(openSession("sol", dialing("amt.connect.timeout")))).code, "amt.connect.timeout");
});

/** A device that says these bytes, whatever it is told, and then nothing more, or the end. */
function saying(hex: string, ends = false): SessionOptions {
  const { options } = aSessionPair();
  return {
    ...options,
    dialer: () => {
      const [near, far] = duplexPair();
      far.write(Buffer.from(hex.replaceAll(" ", ""), "hex"));
      if (ends) far.end();
      far.resume();
      return Promise.resolve(near);
    },
  };
}

test("a device that says nothing, something else, or goes, is named", async () => {
  const { clock } = aSessionPair();
  const silent = errorOf(openSession("sol", { ...saying(""), clock }));
  await clock.advance(20_000);
  assert.equal((await silent).code, "amt.answer.timeout");
  const codeOf = async (hex: string, ends = false): Promise<string> =>
    (await errorOf(openSession("sol", saying(hex, ends)))).code;
  assert.equal(await codeOf("485454502f312e31"), "amt.answer.invalid");
  assert.equal(await codeOf("1400000000 00000000"), "amt.answer.invalid");
  assert.equal(await codeOf("1100", true), "amt.redirection.closed");
  assert.equal(await codeOf("11070000"), "amt.redirection.refused");
  const started = "11000000 0100000000000000 00";
  assert.equal(await codeOf(`${started} 14000000 00 01000000 01`), "amt.redirection.login-unsupported");
  assert.equal(await codeOf(`${started} 14000000 00 01000000 04 14010000 04 01000000 09`), "amt.answer.invalid");
});

test("an opening can be given up, and nothing is left open", async () => {
  const stop = new AbortController();
  const opening = openSession("sol", { ...saying(""), signal: stop.signal });
  stop.abort(new Error("enough"));
  await assert.rejects(opening, /enough/);
});

test("a Kerberos user is let in by ticket, and the device proves itself", async () => {
  const key = { etype: 18, bytes: new Uint8Array(32).fill(7) } as const;
  const sid = Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 5, 7, 0, 0, 0);
  const { firmware, options, clock } = aSessionPair({ openers, accountOf: () => ({ sid, groups: [] }) });
  const names: string[] = [];
  let proven = 0;
  const credential = {
    negotiator: (serviceName: string) => {
      names.push(serviceName);
      const { token, check } = aToken({ key, nowMs: clock.now(), microseconds: names.length, isWrapped: false });
      return Promise.resolve({
        token,
        prove: (reply: Uint8Array) => {
          check(reply);
          proven += 1;
          return Promise.resolve();
        },
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  };
  assert.equal((await errorOf(openSession("sol", { ...options, credential }))).code, "amt.kerberos.off");
  const settings = { KrbEnabled: true, MasterKey: key.bytes, EncryptionAlgorithm: "aes256Sha1" } as const;
  firmware.change((state) => {
    state.stored["AMT_KerberosSettingData"] = [encodeInstance(AMT_KerberosSettingData, settings)];
  });
  assert.equal((await errorOf(openSession("sol", { ...options, credential }))).code, "amt.kerberos.unlisted");
  const entry = { handle: 2, name: "", ha1: "", sid: Buffer.from(sid).toString("base64"), access: 2, isEnabled: true };
  firmware.change(({ users }) => void users.push({ ...entry, realms: [2] }));
  const session = await openSession("sol", { ...options, credential });
  assert.ok(firmware.sessions.of("sol")?.caller.sid !== undefined);
  session.close();
  assert.equal(proven, 1);
  assert.equal(names.at(-1), "HTTP/desk-1.example.test:16995");
});

test("a refusal for want of consent is named when the device's settings say so, and only then", async () => {
  const { firmware, options } = aSessionPair({ openers });
  firmware.change((state) => (state.controlMode = "client"));
  // The other device answers WS-Management: each of the two is one half of a whole.
  const { device } = aPair();
  const sessions = new Sessions(options, () => options.credential, device.consent, device.features);
  await device.consent.require("all");
  assert.equal((await errorOf(sessions.open("sol"))).code, "amt.consent.needed");
  assert.equal((await errorOf(sessions.serialLine())).code, "amt.consent.needed");
  await device.consent.require("none");
  assert.equal((await errorOf(sessions.open("sol"))).code, "amt.redirection.refused");
  firmware.change((state) => (state.controlMode = "admin"));
  (await sessions.open("sol")).close();
  // The screen has a policy of its own.
  const { options: other } = aSessionPair();
  const screens = new Sessions(other, () => other.credential, device.consent, device.features);
  assert.equal((await errorOf(screens.screen())).code, "amt.consent.needed");
  await device.features.setScreen({ needsConsent: false });
  assert.equal((await errorOf(screens.screen())).code, "amt.redirection.refused");
});

test("a session logs in with the password that the device was given after it was connected", async () => {
  const { options } = aSessionPair({ openers });
  const { line, clock } = aPair();
  // Two halves of a whole, as above: WS-Management gets the password that the other half has already.
  const dialer: SessionOptions["dialer"] = (port, signal) =>
    port === options.port ? options.dialer(port, signal) : line.dialer(port, signal);
  const credential = { username: "admin", password: factoryPassword };
  await using device = connect({ dialer, port: 16_993, credential, clock });
  assert.equal((await errorOf(device.sessions.open("sol"))).code, "amt.redirection.login-refused");
  await device.accounts.setAdminPassword(sessionPassword);
  (await device.sessions.open("sol")).close();
});

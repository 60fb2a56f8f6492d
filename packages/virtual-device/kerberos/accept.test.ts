import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { errorIn } from "@vigil/wire/negotiate.ts";
import { aToken, logonInfo, signedPac, type TicketOptions } from "../testing/kerberos-ticket.ts";
import { accept, type Acceptance, type Acceptor } from "./accept.ts";
import { etypes, type KerberosKey } from "./encryption.ts";
import { Replays } from "./replays.ts";
import { sidFromText } from "./sid.ts";

const nowMs = Date.UTC(2026, 10, 24, 18);
const key: KerberosKey = { etype: etypes.aes256, bytes: new Uint8Array(32).fill(7) };
const allKeys: readonly KerberosKey[] = [
  key,
  { etype: etypes.aes128, bytes: new Uint8Array(16).fill(8) },
  { etype: etypes.rc4, bytes: new Uint8Array(16).fill(9) },
];

function anAcceptor(changes: Partial<Acceptor> = {}): Acceptor {
  const replays = new Replays();
  return {
    keys: [key],
    toleranceMs: 300_000,
    nowMs,
    random: (bytes) => new Uint8Array(bytes).fill(1),
    isNew: (authenticator, untilMs) => replays.isNew(authenticator, nowMs, untilMs),
    ...changes,
  };
}

function judged(ticket: Partial<TicketOptions>, acceptor = anAcceptor()): Acceptance {
  return accept(aToken({ key, nowMs, ...ticket }).token, acceptor);
}

/** What a refused client is told. */
function refusal(acceptance: Acceptance): readonly [reason: string, number: number | undefined] {
  assert.equal(acceptance.ok, false);
  return [acceptance.reason, acceptance.reply === undefined ? undefined : errorIn(acceptance.reply)];
}

test("accept() lets a ticket in with each encryption, wrapped or not, and proves that it could read it", () => {
  for (const one of allKeys) {
    for (const isWrapped of [true, false]) {
      const shown = aToken({ key: one, nowMs, isWrapped });
      const accepted = accept(shown.token, anAcceptor({ keys: allKeys }));
      assert.equal(accepted.ok, true);
      assert.equal(accepted.principal, "alice@LAB.EXAMPLE");
      assert.equal(accepted.account, undefined);
      assert.ok(accepted.reply !== undefined);
      shown.check(accepted.reply);
    }
  }
});

test("a client that asks for no proof gets none", () => {
  const raw = judged({ wantsProof: false, isWrapped: false });
  assert.ok(raw.ok);
  assert.equal(raw.reply, undefined);
  const wrapped = judged({ wantsProof: false });
  assert.ok(wrapped.ok);
  assert.equal(Buffer.from(wrapped.reply ?? []).toString("hex"), "a1143012a0030a0100a10b06092a864886f712010202");
});

test("clocks may be five minutes apart and not a second more, whichever way", () => {
  for (const [apartMs, isIn] of [
    [300_000, true],
    [-300_000, true],
    [301_000, false],
    [-301_000, false],
  ] as const) {
    const acceptance = judged({ nowMs: nowMs + apartMs });
    assert.equal(acceptance.ok, isIn, `${apartMs} ms`);
    if (!isIn) assert.deepEqual(refusal(acceptance), ["skew", 37]);
  }
});

test("a ticket that has ended, has not begun, or waits to be validated is refused by its number", () => {
  assert.deepEqual(refusal(judged({ lifetimeMs: -301_000 })), ["expired", 32]);
  assert.deepEqual(refusal(judged({ startsInMs: 301_000 })), ["notYetValid", 33]);
  assert.deepEqual(refusal(judged({ flags: 0x0100_0000 })), ["notYetValid", 33]);
});

test("what was shown once is refused, in another wrapping too; the next authenticator is not", () => {
  const acceptor = anAcceptor();
  assert.equal(judged({}, acceptor).ok, true);
  assert.deepEqual(refusal(judged({}, acceptor)), ["replay", 34]);
  assert.deepEqual(refusal(judged({ isWrapped: false }, acceptor)), ["replay", 34]);
  assert.equal(judged({ microseconds: 1 }, acceptor).ok, true);
});

test("another key, another encryption and another's ticket are refused by their numbers", () => {
  const others = [{ ...key, bytes: new Uint8Array(32).fill(1) }];
  assert.deepEqual(refusal(judged({}, anAcceptor({ keys: others }))), ["modified", 41]);
  assert.deepEqual(refusal(judged({}, anAcceptor({ keys: allKeys.slice(1) }))), ["noKey", 45]);
  assert.deepEqual(refusal(judged({ claims: "mallory" })), ["badMatch", 36]);
});

const domain = sidFromText("S-1-5-21-1-2-3") ?? new Uint8Array();
const logon = logonInfo({ domain, userId: 1001, groupIds: [513, 2002] });

test("user and groups come out of a PAC that the KDC signed for this ticket", () => {
  for (const one of allKeys) {
    const pac = signedPac(one, nowMs, logon);
    const accepted = accept(aToken({ key: one, nowMs, pac }).token, anAcceptor({ keys: allKeys }));
    assert.ok(accepted.ok);
    assert.deepEqual(Buffer.from(accepted.account?.sid ?? []), sidFromText("S-1-5-21-1-2-3-1001"));
    assert.deepEqual(
      accepted.account?.groups.map((group) => Buffer.from(group)),
      [sidFromText("S-1-5-21-1-2-3-513"), sidFromText("S-1-5-21-1-2-3-2002")],
    );
  }
  const bare = judged({ pac: signedPac(key, nowMs) });
  assert.ok(bare.ok);
  assert.equal(bare.account, undefined);
});

test("a PAC that was touched, that another signed, or that is of another time is refused without a word", () => {
  const pac = signedPac(key, nowMs, logon);
  const other = { ...key, bytes: new Uint8Array(32).fill(1) };
  const touched = Uint8Array.from(pac);
  touched[200] = (touched[200] ?? 0) ^ 1;
  const ofOther = signedPac(other, nowMs, logon);
  for (const wrong of [touched, ofOther, signedPac(key, nowMs - 60_000, logon), pac.subarray(0, 100)]) {
    assert.deepEqual(refusal(judged({ pac: wrong })), ["malformed", undefined]);
  }
});

test("a token that is cut off, that had a byte touched, or that is noise is refused, never an error", () => {
  const { token } = aToken({ key, nowMs, pac: signedPac(key, nowMs, logon) });
  for (let length = 0; length < token.length; length += 1) {
    assert.equal(accept(token.subarray(0, length), anAcceptor()).ok, false, `${length} bytes`);
  }
  const at = fc.property(fc.nat(token.length - 1), fc.integer({ min: 1, max: 255 }), (index, change) => {
    const touched = Uint8Array.from(token);
    touched[index] = (touched[index] ?? 0) ^ change;
    accept(touched, anAcceptor());
  });
  fc.assert(at, { numRuns: 500 });
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => !accept(noise, anAcceptor()).ok));
});

test("what is remembered against replays is bounded, and forgotten when it could not be shown again anyway", () => {
  const replays = new Replays();
  for (let count = 0; count < 20_000; count += 1) replays.isNew(Buffer.from(String(count)), 0, 600_000);
  assert.equal(replays.size, 16_384);
  assert.equal(replays.isNew(Buffer.from("19999"), 600_000, 600_000), false);
  assert.equal(replays.isNew(Buffer.from("20000"), 600_001, 900_000), true);
  assert.equal(replays.size, 1);
});

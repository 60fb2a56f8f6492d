import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { ha1 } from "../digest.ts";
import {
  answeredDigest,
  decodeDigest,
  decodePassword,
  decodeRedirectionChallenge,
  encodeDigest,
  encodePassword,
  encodeRedirectionChallenge,
  isAnsweredWith,
  openingDigest,
} from "./authentication.ts";
import {
  deviceHandshake,
  encodeDeviceHandshake,
  encodeManagerHandshake,
  kindOf,
  managerHandshake,
  maxAuthenticationBytes,
  redirectionKinds,
  redirectionServices,
  type DeviceHandshake,
  type ManagerHandshake,
} from "./handshake.ts";
import { codeOf, golden, hex, readAll } from "../testing/messages.ts";
import { MessageReader } from "./messages.ts";

test("the manager's side is read and written again to the same bytes, cut anywhere", () => {
  const bytes = golden("handshake-manager");
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const messages = readAll(managerHandshake, bytes, cut);
    assert.deepEqual(
      messages.map((one) => one.type),
      ["start", "authenticate", "authenticate", "authenticate", "end"],
    );
    assert.deepEqual(new Uint8Array(Buffer.concat(messages.map(encodeManagerHandshake))), bytes);
  }
});

test("the device's side is read and written again to the same bytes, cut anywhere", () => {
  const bytes = golden("handshake-device");
  for (let cut = 0; cut <= bytes.length; cut += 1) {
    const messages = readAll(deviceHandshake, bytes, cut);
    assert.deepEqual(
      messages.map((one) => [one.type, one.status]),
      [
        ["startReply", 0],
        ["authenticateReply", 0],
        ["authenticateReply", 1],
        ["authenticateReply", 0],
      ],
    );
    assert.deepEqual(new Uint8Array(Buffer.concat(messages.map(encodeDeviceHandshake))), bytes);
  }
});

test("each kind of session is asked for by its service, and nothing else is a kind", () => {
  const bytesOf = { sol: "10000000 534f4c20", ider: "10000000 49444552", kvm: "10010000 4b564d52" };
  for (const kind of redirectionKinds) {
    const start = { type: "start", ...redirectionServices[kind] } as const;
    assert.deepEqual(encodeManagerHandshake(start), hex(bytesOf[kind]));
    assert.equal(kindOf(start), kind);
  }
  assert.equal(kindOf({ type: "start", variant: 0, service: "KVMR" }), undefined);
  assert.equal(kindOf({ type: "start", variant: 0, service: "SOLX" }), undefined);
});

test("a refused start has four bytes, and what the maker adds to a reply is kept", () => {
  assert.deepEqual(encodeDeviceHandshake({ type: "startReply", status: 2 }), hex("11020000"));
  assert.deepEqual(readAll(deviceHandshake, hex("11020000"), 1), [{ type: "startReply", status: 2 }]);
  const reply = { type: "startReply", status: 0, version: hex("0100000000000000"), oem: hex("aabb") } as const;
  assert.deepEqual(encodeDeviceHandshake(reply), hex("11000000 0100000000000000 02 aabb"));
  assert.deepEqual(readAll(deviceHandshake, encodeDeviceHandshake(reply), 13), [reply]);
});

test("bytes behind a message can be handed on", () => {
  const reader = new MessageReader(deviceHandshake);
  reader.push(hex("14000000 04 00000000 2a2b"));
  assert.equal(reader.next()?.type, "authenticateReply");
  assert.deepEqual(reader.rest(), hex("2a2b"));
  assert.equal(reader.next(), undefined);
});

test("what is none of the handshake is refused, and so is data without end", () => {
  assert.equal(
    codeOf(() => readAll(managerHandshake, hex("11000000"), 0)),
    "wire.redirection.unknown",
  );
  assert.equal(
    codeOf(() => readAll(deviceHandshake, hex("10000000"), 0)),
    "wire.redirection.unknown",
  );
  const endless = hex("13000000 04 01000100");
  assert.equal(
    codeOf(() => readAll(managerHandshake, endless, 0)),
    "wire.redirection.too-large",
  );
  const data = new Uint8Array(maxAuthenticationBytes + 1);
  assert.equal(
    codeOf(() => encodeManagerHandshake({ type: "authenticate", method: 2, data })),
    "wire.redirection.too-large",
  );
});

test("the digest's first message, challenge and answer have their fields in the order of the wire", () => {
  const [, , first, answer] = readAll(managerHandshake, golden("handshake-manager"), 0);
  const challenge = readAll(deviceHandshake, golden("handshake-device"), 0)[2];
  assert.ok(
    first?.type === "authenticate" && answer?.type === "authenticate" && challenge?.type === "authenticateReply",
  );
  assert.deepEqual(decodeDigest(first.data, true), openingDigest("admin", true));
  assert.deepEqual(encodeDigest(openingDigest("admin", true)), first.data);
  const asked = decodeRedirectionChallenge(challenge.data, true);
  assert.deepEqual(encodeRedirectionChallenge(asked), challenge.data);
  const secret = ha1("admin", asked.realm, "P@ssw0rd");
  const answered = answeredDigest(asked, { username: "admin", ha1: secret, cnonce: "f".repeat(32), nc: "00000002" });
  assert.deepEqual(encodeDigest(answered), answer.data);
  assert.ok(isAnsweredWith(secret, decodeDigest(answer.data, true)));
  assert.ok(!isAnsweredWith(ha1("admin", asked.realm, "wrong"), answered));
  assert.ok(!isAnsweredWith(secret, { ...answered, uri: "/wsman" }));
});

test("the digest of old firmware has no qop in either direction", () => {
  const challenge = { realm: "Digest:1", nonce: "ab" };
  assert.deepEqual(encodeRedirectionChallenge(challenge), hex("08 4469676573743a31 02 6162"));
  const own = { username: "admin", ha1: ha1("admin", "Digest:1", "x"), cnonce: "", nc: "" };
  const answered = answeredDigest(challenge, own);
  assert.deepEqual(decodeDigest(encodeDigest(answered), false), answered);
  assert.ok(isAnsweredWith(own.ha1, answered));
});

test("a password is two texts, as amtterm sends it", () => {
  const login = { username: "admin", password: "P@ssw0rd" };
  assert.deepEqual(encodePassword(login), hex("05 61646d696e 08 5040737377307264"));
  assert.deepEqual(decodePassword(encodePassword(login)), login);
});

test("texts that end too early, or too late, or cannot be written are refused", () => {
  assert.equal(
    codeOf(() => decodePassword(hex("05 61646d"))),
    "wire.redirection.malformed",
  );
  assert.equal(
    codeOf(() => decodePassword(hex("01 61"))),
    "wire.redirection.malformed",
  );
  assert.equal(
    codeOf(() => decodePassword(hex("01 61 00 00"))),
    "wire.redirection.malformed",
  );
  assert.equal(
    codeOf(() => encodePassword({ username: "a".repeat(256), password: "" })),
    "wire.redirection.malformed",
  );
  assert.equal(
    codeOf(() => encodePassword({ username: "€", password: "" })),
    "wire.redirection.malformed",
  );
});

const plain = { noNullPrototype: true } as const;
const byte = fc.integer({ min: 0, max: 255 });
const bytes = (minLength: number, maxLength = minLength): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength, maxLength });
const text = fc.array(byte, { maxLength: 40 }).map((all) => String.fromCharCode(...all));

test("whatever a manager says is read as it was written", () => {
  const messages: fc.Arbitrary<ManagerHandshake> = fc.oneof(
    fc.record(
      {
        type: fc.constant("start" as const),
        variant: byte,
        service: bytes(4).map((all) => String.fromCharCode(...all)),
      },
      plain,
    ),
    fc.record({ type: fc.constant("authenticate" as const), method: byte, data: bytes(0, 300) }, plain),
    fc.constant({ type: "end" } as const),
  );
  fc.assert(
    fc.property(fc.array(messages, { maxLength: 5 }), fc.nat(), (all, cut) => {
      const written = new Uint8Array(Buffer.concat(all.map(encodeManagerHandshake)));
      assert.deepEqual(readAll(managerHandshake, written, written.length === 0 ? 0 : cut % written.length), all);
    }),
  );
});

test("whatever a device says is read as it was written", () => {
  const messages: fc.Arbitrary<DeviceHandshake> = fc.oneof(
    fc.record(
      {
        type: fc.constant("startReply" as const),
        status: fc.constant(0 as const),
        version: bytes(8),
        oem: bytes(0, 255),
      },
      plain,
    ),
    fc.record({ type: fc.constant("startReply" as const), status: fc.integer({ min: 1, max: 255 }) }, plain),
    fc.record(
      { type: fc.constant("authenticateReply" as const), status: byte, method: byte, data: bytes(0, 300) },
      plain,
    ),
  );
  fc.assert(
    fc.property(fc.array(messages, { maxLength: 5 }), fc.nat(), (all, cut) => {
      const written = new Uint8Array(Buffer.concat(all.map(encodeDeviceHandshake)));
      assert.deepEqual(readAll(deviceHandshake, written, written.length === 0 ? 0 : cut % written.length), all);
    }),
  );
});

test("whatever a digest says is read as it was written", () => {
  const fields = { username: text, realm: text, nonce: text, uri: text, cnonce: text, nc: text, response: text };
  fc.assert(
    fc.property(fc.record({ ...fields, qop: text }, plain), (digest) => {
      assert.deepEqual(decodeDigest(encodeDigest(digest), true), digest);
    }),
  );
  fc.assert(
    fc.property(fc.record(fields, plain), (digest) =>
      assert.deepEqual(decodeDigest(encodeDigest(digest), false), digest),
    ),
  );
});

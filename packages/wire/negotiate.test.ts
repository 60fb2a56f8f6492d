import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { application, field, tags, writeDer, writeInteger } from "./der.ts";
import { errorIn, readRequest, tokenIn, wrapToken, writeReply, writeRequest } from "./negotiate.ts";

const hexOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("hex");
const message = writeDer(application(14), writeInteger(5));
const error = writeDer(application(30), writeDer(tags.sequence, writeDer(field(6), writeInteger(37))));
const unsupported = { code: "wire.negotiate.unsupported" };

/** An AP-REQ that says 5, behind Kerberos' name; and SPNEGO around it, with Kerberos alone on its list. Written by hand. */
const raw = "601206092a864886f71201020201006e03020105";
const wrapped = `603306062b0601050502a0293027a00d300b06092a864886f712010202a2160414${raw}`;

test("a request is written as RFC 4178 and RFC 4121 show, and read again", () => {
  assert.equal(hexOf(writeRequest(message)), raw);
  assert.equal(hexOf(wrapToken(writeRequest(message))), wrapped);
  assert.deepEqual(readRequest(Buffer.from(raw, "hex")).wrapping, {});
  const read = readRequest(Buffer.from(wrapped, "hex"));
  assert.equal(hexOf(read.message.value), "020105");
  assert.equal(hexOf(read.wrapping.mechanism), "2a864886f712010202");
});

test("the mechanism that Windows names first is answered by the name it was given", () => {
  const windows = Buffer.from(hexOf(wrapToken(writeRequest(message))).replace("2a864886f712", "2a864882f712"), "hex");
  const { wrapping } = readRequest(windows);
  const reply = hexOf(writeReply(wrapping, "ap-rep", undefined));
  assert.equal(reply, "a1143012a0030a0100a10b06092a864882f712010202");
});

test("what is not Kerberos is refused: NTLM, another mechanism first, another message", () => {
  assert.throws(() => readRequest(Buffer.from("NTLMSSP\0\x01\0\0\0", "latin1")), { code: "wire.der.malformed" });
  const other = Buffer.from(hexOf(wrapToken(writeRequest(message))).replace("2a864886f712", "2a864886f713"), "hex");
  assert.throws(() => readRequest(other), unsupported);
  assert.throws(() => readRequest(writeRequest(error)), unsupported);
});

test("the number of a Kerberos error is found, wrapped or not; anything else has none", () => {
  assert.equal(errorIn(writeReply({}, "error", error) ?? new Uint8Array()), 37);
  const mechanism = Buffer.from("2a864886f712010202", "hex");
  const full = writeReply({ mechanism }, "error", error) ?? new Uint8Array();
  assert.equal(errorIn(full), 37);
  assert.equal(hexOf(tokenIn(full)), hexOf(writeReply({}, "error", error)));
  assert.equal(errorIn(writeReply({ mechanism }, "ap-rep", undefined) ?? new Uint8Array()), undefined);
  for (let length = 0; length < full.length; length += 1) assert.equal(errorIn(full.subarray(0, length)), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (noise) => errorIn(noise) === undefined));
});

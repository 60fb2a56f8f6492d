import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { encodeChunked, encodeHead, headerOf, HttpReader, type HttpLimits, type HttpMessage } from "./http.ts";

const golden = readFileSync(join(import.meta.dirname, "goldens/http/general-settings.http"));
/** As recorded from release 11.8; the page itself does not matter here. @source docs/protocol/http-digest.md */
const unauthorized = bytesOf(
  "HTTP/1.1 401 Unauthorized",
  'WWW-Authenticate: Digest realm="Digest:A4070000000000000000000000000000", nonce="wlbEK1EtAAAAAAAAWW5aUHFp+mQQ1j63",stale="false",qop="auth"',
  "Content-Type: text/html",
  "Server: Intel(R) Active Management Technology 11.8.50.3425",
  "Content-Length: 4",
  "Connection: close",
  "",
  "page",
);

function bytesOf(...lines: string[]): Buffer {
  return Buffer.from(lines.join("\r\n"), "latin1");
}

function read(kind: "request" | "response", bytes: Uint8Array, limits: Partial<HttpLimits> = {}): HttpMessage[] {
  return new HttpReader(kind, limits).push(bytes);
}

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof VigilError, String(error));
    return error.code;
  }
  return "none";
}

test("a recorded answer is read and written again to the same bytes", () => {
  const [answer] = read("response", golden);
  assert.ok(answer !== undefined);
  assert.equal(answer.status, 200);
  assert.equal(answer.keepsAlive, true);
  assert.equal(headerOf(answer.headers, "x-frame-options"), "DENY");
  assert.equal(answer.body.length, 2233);
  const head = encodeHead("HTTP/1.1 200 OK", [
    ["Date", "Mon, 31 Jan 2022 10:23:04 GMT"],
    ["Server", "Intel(R) Active Management Technology 15.0.23.1706"],
    ["X-Frame-Options", "DENY"],
    ["Content-Type", "application/soap+xml; charset=UTF-8"],
    ["Transfer-Encoding", "chunked"],
  ]);
  assert.deepEqual(Buffer.concat([Buffer.from(head), encodeChunked(answer.body)]), golden);
});

test("chunks are written in firmware's sizes", () => {
  const sizes = (bytes: number): string[] => {
    const text = Buffer.from(encodeChunked(Buffer.alloc(bytes, "x"))).toString();
    return text.split("\r\n").filter((line) => /^[0-9A-F]+$/.test(line));
  };
  assert.deepEqual(sizes(0), ["0"]);
  assert.deepEqual(sizes(544), ["0220", "0"]);
  assert.deepEqual(sizes(545), ["0220", "0001", "0"]);
  assert.deepEqual(sizes(544 + 762 + 60), ["0220", "02FA", "003C", "0"]);
});

test("a fault is written in one chunk, whatever its size", () => {
  const text = Buffer.from(encodeChunked(Buffer.alloc(1_228, "x"), "whole")).toString();
  assert.equal(text, `04CC\r\n${"x".repeat(1_228)}\r\n0\r\n\r\n`);
});

test("the recorded refusal is read, and says that the connection ends", () => {
  const [answer] = read("response", unauthorized);
  assert.equal(answer?.status, 401);
  assert.equal(answer.keepsAlive, false);
  assert.match(headerOf(answer.headers, "www-authenticate") ?? "", /^Digest realm=/);
  assert.equal(Buffer.from(answer.body).toString(), "page");
});

test("messages are the same however the bytes are cut into pieces", () => {
  const stream = Buffer.concat([golden, unauthorized, golden]);
  const whole = read("response", stream);
  assert.equal(whole.length, 3);
  for (const size of [1, 2, 3, 7, 64, 543, 1460]) {
    const reader = new HttpReader("response");
    const messages: HttpMessage[] = [];
    for (let at = 0; at < stream.length; at += size) messages.push(...reader.push(stream.subarray(at, at + size)));
    assert.deepEqual(messages, whole, `pieces of ${size}`);
    assert.equal(reader.isIdle, true);
  }
});

test("a connection that ends at any byte of a message is noticed", () => {
  for (const message of [golden, unauthorized]) {
    for (let length = 0; length <= message.length; length += 1) {
      const reader = new HttpReader("response");
      const messages = reader.push(message.subarray(0, length));
      const isWhole = length === message.length;
      assert.equal(messages.length, isWhole ? 1 : 0, `${length} bytes`);
      assert.equal(
        codeOf(() => reader.end()),
        length === 0 || isWhole ? "none" : "wire.http.malformed",
        `${length} bytes`,
      );
    }
  }
});

test("an answer without a length lasts until the connection ends", () => {
  const reader = new HttpReader("response");
  assert.deepEqual(reader.push(bytesOf("HTTP/1.1 200 OK", "", "abc")), []);
  assert.deepEqual(reader.push(Buffer.from("def")), []);
  const answer = reader.end();
  assert.equal(Buffer.from(answer?.body ?? []).toString(), "abcdef");
  assert.equal(answer?.keepsAlive, false);
});

test("interim answers are passed over", () => {
  const messages = read("response", bytesOf("HTTP/1.1 100 Continue", "", "HTTP/1.1 204 No Content", "", ""));
  assert.deepEqual(
    messages.map((one) => one.status),
    [204],
  );
});

test("requests of every kind of manager are read", () => {
  const post = bytesOf("POST /wsman HTTP/1.1", "Host: a:16992", "Content-Length: 3", "", "abc");
  const empty = bytesOf("POST /wsman HTTP/1.1", "Content-Length: 0", "", "");
  const chunked = bytesOf(
    "POST /wsman HTTP/1.1",
    "transfer-encoding: Chunked",
    "",
    "3;x=y",
    "abc",
    "0",
    "T: u",
    "",
    "",
  );
  const old = bytesOf("GET /index.htm HTTP/1.0", "", "");
  const closing = bytesOf("", "GET / HTTP/1.1", "Connection: TE, Close", "", "");
  const messages = read("request", Buffer.concat([post, empty, chunked, old, closing]));
  assert.deepEqual(
    messages.map(({ method, target, body, keepsAlive }) => [method, target, Buffer.from(body).toString(), keepsAlive]),
    [
      ["POST", "/wsman", "abc", true],
      ["POST", "/wsman", "", true],
      ["POST", "/wsman", "abc", true],
      ["GET", "/index.htm", "", false],
      ["GET", "/", "", false],
    ],
  );
});

test("a server can tell that a body is still to come", () => {
  const reader = new HttpReader("request");
  reader.push(bytesOf("POST /wsman HTTP/1.1", "Expect: 100-continue", "Content-Length: 3", "", "a"));
  assert.equal(headerOf(reader.awaitsBody ?? new Map(), "expect"), "100-continue");
  assert.equal(reader.isIdle, false);
  assert.equal(reader.push(Buffer.from("bc")).length, 1);
  assert.equal(reader.awaitsBody, undefined);
  assert.equal(reader.isIdle, true);
});

test("what is not HTTP/1.1, or could be read in two ways, is refused", () => {
  const request = (...lines: string[]): Buffer => bytesOf("POST /wsman HTTP/1.1", ...lines);
  const wrong = [
    bytesOf("\u0016\u0003\u0001\u0002\u0000\u0001", "", ""), // TLS on the plain port
    bytesOf("POST /wsman HTTP/2.0", "", ""),
    bytesOf("POST  /wsman HTTP/1.1", "", ""),
    bytesOf("post /wsman HTTP/1.1", "", ""),
    request("no colon", "", ""),
    request(": x", "", ""),
    request("A B: x", "", ""),
    request("A: x", " folded", "", ""),
    request("A: x\nB: y", "", ""),
    request("A: x\rB: y", "", ""),
    request("A: x\u0000", "", ""),
    request("Content-Length: 3", "Transfer-Encoding: chunked", "", "0", "", ""),
    request("Content-Length: 3", "Content-Length: 4", "", "abc"),
    request("Content-Length: -3", "", "abc"),
    request("Content-Length: 3x", "", "abc"),
    request("Content-Length: 9999999999999999", "", "abc"),
    request("Transfer-Encoding: gzip, chunked", "", ""),
    request("Transfer-Encoding: chunked", "Transfer-Encoding: identity", "", ""),
    request("Transfer-Encoding: chunked", "", "x", ""),
    request("Transfer-Encoding: chunked", "", "-1", ""),
    request("Transfer-Encoding: chunked", "", "123456789", ""),
    request("Transfer-Encoding: chunked", "", "3", "abcd", ""),
    request("Transfer-Encoding: chunked", "", "0".repeat(65), ""),
    request("Transfer-Encoding: chunked", "", "3;".repeat(100)),
    request("Transfer-Encoding: chunked", "", "0", "x".repeat(5_000)),
  ];
  for (const bytes of wrong) {
    assert.equal(
      codeOf(() => read("request", bytes)),
      "wire.http.malformed",
      bytes.toString("latin1").slice(0, 200),
    );
  }
  for (const line of ["HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "ICY 200 OK", "HTTP/1.1 200OK"]) {
    assert.equal(
      codeOf(() => read("response", bytesOf(line, "", ""))),
      "wire.http.malformed",
      line,
    );
  }
});

test("limits are kept before anything is allocated", () => {
  const limits = { maxHeadBytes: 100, maxBodyBytes: 10 };
  const post = "POST /wsman HTTP/1.1";
  const wrong = [
    // A head of 100 bytes may still end with three of these.
    Buffer.alloc(104, "x"),
    bytesOf(post, `A: ${"x".repeat(100)}`, "", ""),
    bytesOf(post, "Content-Length: 11", "", ""),
    bytesOf(post, "Content-Length: 999999999999999", "", ""),
    bytesOf(post, "Transfer-Encoding: chunked", "", "FFFFFFFF", ""),
    bytesOf(post, "Transfer-Encoding: chunked", "", "6", "abcdef", "5", "abcde", "0", "", ""),
  ];
  for (const bytes of wrong) {
    assert.equal(
      codeOf(() => read("request", bytes, limits)),
      "wire.http.too-large",
      bytes.toString("latin1"),
    );
  }
  assert.equal(
    codeOf(() => read("response", bytesOf("HTTP/1.1 200 OK", "", "x".repeat(11)), limits)),
    "wire.http.too-large",
  );
  assert.equal(
    codeOf(() => read("request", bytesOf(post, "Content-Length: 10", "", "x".repeat(10)), limits)),
    "none",
  );
});

test("a body that trickles in keeps one buffer, not one for each byte", () => {
  const reader = new HttpReader("request");
  reader.push(bytesOf("POST /wsman HTTP/1.1", "Transfer-Encoding: chunked", "", ""));
  const chunk = Buffer.from("1\r\nx\r\n");
  for (let count = 0; count < 200_000; count += 1) reader.push(chunk);
  const [message] = reader.push(Buffer.from("0\r\n\r\n"));
  assert.equal(message?.body.length, 200_000);
  assert.ok(message.body.buffer.byteLength <= 400_000);
});

test("an answer with wrong bytes is read or refused with a code, never anything else", () => {
  const change = fc.tuple(fc.nat(golden.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 900 }), (changes, size) => {
      const bytes = Buffer.from(golden);
      for (const [at, value] of changes) bytes[at] = value;
      const reader = new HttpReader("response");
      const code = codeOf(() => {
        for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
        reader.end();
      });
      assert.match(code, /^(none|wire\.http\.(malformed|too-large))$/);
    }),
    { seed: 2, numRuns: 2_000 },
  );
});

test("a line end cannot be written into a header field", () => {
  for (const value of ["x\r\nSet-Cookie: y", "x\n", "x\r", "x\u0000"]) {
    assert.equal(
      codeOf(() => encodeHead("GET / HTTP/1.1", [["A", value]])),
      "wire.http.character",
    );
  }
});

test("a message that is cut anywhere is none, and its end is refused", () => {
  const request = bytesOf("POST /wsman HTTP/1.1", "Content-Length: 5", "", "hello");
  for (const [kind, whole] of [
    ["response", golden],
    ["request", request],
  ] as const) {
    for (let length = 1; length < whole.length; length += 1) {
      const reader = new HttpReader(kind);
      assert.deepEqual(reader.push(whole.subarray(0, length)), [], `${length} bytes`);
      assert.equal(
        codeOf(() => reader.end()),
        "wire.http.malformed",
        `${length} bytes`,
      );
    }
  }
});

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { decodeHello, encodeHello, maxHelloBytes, type Hello } from "./hello.ts";

const folder = join(import.meta.dirname, "goldens/hello");
const files = globSync("*.hex", { cwd: folder }).toSorted();

function golden(file: string): Buffer {
  return Buffer.from(readFileSync(join(folder, file), "latin1").replaceAll(/\s/g, ""), "hex");
}

function failureOf(action: () => unknown): VigilError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof VigilError, String(error));
    return error;
  }
  return assert.fail("was accepted");
}

test("every golden is read and written again to the same bytes", () => {
  assert.equal(files.length, 4);
  for (const file of files) {
    const bytes = golden(file);
    assert.deepEqual(Buffer.from(encodeHello(decodeHello(bytes))), bytes, file);
  }
});

test("the hello of a factory device says who it is and whom it trusts", () => {
  const bytes = golden("factory.hex");
  assert.equal(bytes.length, 807);
  const hello = decodeHello(bytes);
  assert.ok(hello.version === 3);
  assert.equal(hello.uuid, "939b524b-13d4-1d18-e487-1c697a6b7a2b");
  assert.equal(hello.hasAdminCredentials, true);
  assert.equal(hello.retryCount, 0);
  assert.equal(hello.rootHashes.length, 23);
  assert.deepEqual(hello.rootHashes[0], {
    algorithm: "sha256",
    hash: "c3846bf24b9e93ca64274c0ec67c1ecc5e024ffcacd2d74019350e81fe546ae4",
  });
});

test("a root that was added is listed after the factory's", () => {
  const before = decodeHello(golden("factory.hex"));
  const bytes = golden("root-added.hex");
  assert.equal(bytes.length, 841);
  const after = decodeHello(bytes);
  assert.ok(before.version === 3 && after.version === 3);
  assert.equal(after.uuid, before.uuid);
  assert.deepEqual(after.rootHashes.slice(0, 23), before.rootHashes);
  assert.equal(after.rootHashes.length, 24);
});

test("a second try counts one up", () => {
  assert.equal(decodeHello(golden("second-try.hex")).retryCount, 1);
});

test("a hello with a pre-shared key names its identity; version 1 is read the same way", () => {
  const bytes = golden("pre-shared-key.hex");
  const expected = {
    hasAdminCredentials: false,
    retryCount: 14,
    uuid: "939b524b-13d4-1d18-e487-1c697a6b7a2b",
    pid: "0000037M",
  };
  assert.deepEqual(decodeHello(bytes), { version: 2, ...expected });
  bytes[2] = 1;
  assert.deepEqual(decodeHello(bytes), { version: 1, ...expected });
  assert.deepEqual(Buffer.from(encodeHello(decodeHello(bytes))), bytes);
});

test("a hello cut off at any byte is truncated, and says where", () => {
  for (const file of files) {
    const bytes = golden(file);
    for (let length = 0; length < bytes.length; length += 1) {
      const failure = failureOf(() => decodeHello(bytes.subarray(0, length)));
      assert.equal(failure.code, "wire.hello.truncated", `${file}: ${length} bytes`);
      assert.equal(failure.details["got"], length);
      assert.ok(Number(failure.details["expected"]) > length);
    }
  }
});

test("wrong fields are refused, each at its offset", () => {
  const cases: readonly (readonly [file: string, offset: number, value: number, code: string])[] = [
    ["factory.hex", 0, 2, "wire.hello.malformed"],
    ["factory.hex", 2, 4, "wire.hello.version-unsupported"],
    ["factory.hex", 2, 0, "wire.hello.version-unsupported"],
    ["factory.hex", 24, 22, "wire.hello.malformed"], // one hash too many follows
    ["factory.hex", 24, 24, "wire.hello.truncated"],
    ["factory.hex", 25, 4, "wire.hello.malformed"],
    ["factory.hex", 26, 20, "wire.hello.malformed"],
    ["pre-shared-key.hex", 24, 0x0a, "wire.hello.malformed"],
  ];
  for (const [file, offset, value, code] of cases) {
    const bytes = golden(file);
    bytes[offset] = value;
    assert.equal(failureOf(() => decodeHello(bytes)).code, code, `${file} at ${offset}`);
  }
  const long = Buffer.concat([golden("factory.hex"), Uint8Array.of(0)]);
  assert.deepEqual(failureOf(() => decodeHello(long)).details, { offset: 807, expected: "the end", got: 1 });
});

test("what is no hello at all is refused", () => {
  const get = failureOf(() => decodeHello(Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n")));
  assert.equal(get.code, "wire.hello.version-unsupported");
  const huge = failureOf(() => decodeHello(Buffer.alloc(maxHelloBytes + 1)));
  assert.equal(huge.code, "wire.hello.too-large");
});

test("the largest hello that the layout allows fits the limit exactly", () => {
  const rootHashes = Array.from({ length: 255 }, () => ({ algorithm: "sha384", hash: "ab".repeat(48) }) as const);
  const bytes = encodeHello({ version: 3, hasAdminCredentials: true, retryCount: 0, uuid: uuidOf(0), rootHashes });
  assert.equal(bytes.length, maxHelloBytes);
  const hello = decodeHello(bytes);
  assert.equal(hello.version === 3 && hello.rootHashes.length, 255);
});

test("values that do not fit the layout are not written", () => {
  const head = { hasAdminCredentials: true, retryCount: 0, uuid: uuidOf(0) };
  const wrong: readonly Hello[] = [
    { version: 2, ...head, pid: "short" },
    { version: 2, ...head, pid: "0000-37M\n" },
    { version: 3, ...head, rootHashes: [{ algorithm: "sha256", hash: "ab".repeat(20) }] },
    { version: 3, ...head, rootHashes: [{ algorithm: "sha1", hash: "AB".repeat(20) }] },
    {
      version: 3,
      ...head,
      rootHashes: Array.from({ length: 256 }, () => ({ algorithm: "sha1", hash: "ab".repeat(20) })),
    },
  ];
  for (const hello of wrong) assert.equal(failureOf(() => encodeHello(hello)).code, "wire.hello.malformed");
  const noUuid: Hello = { version: 3, ...head, uuid: "x", rootHashes: [] };
  assert.equal(failureOf(() => encodeHello(noUuid)).code, "wire.uuid.malformed");
});

test("any hello that can be written is read back the same", () => {
  const hash = (algorithm: "sha1" | "sha256" | "sha384", bytes: number) =>
    fc
      .uint8Array({ minLength: bytes, maxLength: bytes })
      .map((value) => ({ algorithm, hash: Buffer.from(value).toString("hex") }));
  const hello: fc.Arbitrary<Hello> = fc.record({
    version: fc.constant(3 as const),
    hasAdminCredentials: fc.boolean(),
    retryCount: fc.nat(0xffff_ffff),
    uuid: fc.uuid(),
    rootHashes: fc.array(fc.oneof(hash("sha1", 20), hash("sha256", 32), hash("sha384", 48)), { maxLength: 40 }),
  });
  fc.assert(
    fc.property(hello, (value) => assert.deepEqual({ ...decodeHello(encodeHello(value)) }, { ...value })),
    { seed: 2, numRuns: 300 },
  );
});

test("a hello with wrong bytes is either refused with a code or means exactly its bytes", () => {
  const bytes = golden("root-added.hex");
  const change = fc.tuple(fc.oneof(fc.nat(26), fc.nat(bytes.length - 1)), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
      const damaged = Buffer.from(bytes);
      for (const [at, value] of changes) damaged[at] = value;
      meansItsBytes(damaged);
    }),
    { seed: 2, numRuns: 3_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (random) => meansItsBytes(Buffer.from(random))),
    { seed: 2, numRuns: 2_000 },
  );
});

function meansItsBytes(bytes: Buffer): void {
  let hello: Hello;
  try {
    hello = decodeHello(bytes);
  } catch (error) {
    assert.ok(error instanceof VigilError, String(error));
    assert.match(error.code, /^wire\.hello\./);
    return;
  }
  assert.deepEqual(Buffer.from(encodeHello(hello)), bytes);
}

function uuidOf(last: number): string {
  return `00000000-0000-0000-0000-${String(last).padStart(12, "0")}`;
}

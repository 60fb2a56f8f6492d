import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { consumeRecord, decodeSetupFile, encodeSetupFile, type SetupFile } from "./setup-bin.ts";
import { namedVariable, setupVariable } from "./setup-variables.ts";

const folder = join(import.meta.dirname, "goldens/setup-bin");
const files = globSync("*.hex", { cwd: folder }).toSorted();

function golden(file: string): Buffer {
  return Buffer.from(readFileSync(join(folder, file), "latin1").replaceAll(/\s/g, ""), "hex");
}

function namesIn(file: SetupFile, index = 0): Record<string, string | number> {
  const variables = file.records[index]?.variables ?? [];
  return Object.fromEntries(variables.map(namedVariable).map(({ name, value }) => [name, value]));
}

const key = { pid: "0000037M", pps: "NKLDG5DCRRNQE9YZZIJL7LFLVJED69XJ" };
const passwords = { currentMebxPassword: "admin", newMebxPassword: "P@ssw0rd!" };

test("every golden is read and written again to the same bytes, whatever its version", () => {
  assert.equal(files.length, 4);
  const versions = files.map((file) => {
    const bytes = golden(file);
    const decoded = decodeSetupFile(bytes);
    assert.deepEqual(Buffer.from(encodeSetupFile(decoded)), bytes, file);
    return decoded.version;
  });
  assert.deepEqual(versions, [1, 2, 3, 4]);
});

test("a record says passwords, key and names", () => {
  assert.deepEqual(namesIn(decodeSetupFile(golden("version-1.hex"))), { ...passwords, ...key });
  const kept = decodeSetupFile(golden("version-2-kept.hex"));
  assert.equal(kept.isKept, true);
  const names = { pkiDnsSuffix: "example.test", hostName: "pc-1", serverPort: 9971 };
  assert.deepEqual(namesIn(kept), { ...passwords, ...key, ...names });
});

test("a scrambled record reads like a plain one, and its bytes do not show it", () => {
  const bytes = golden("version-3-scrambled.hex");
  assert.equal(bytes.includes(key.pid), false);
  assert.deepEqual(namesIn(decodeSetupFile(bytes), 1), { ...passwords, ...key });
});

test("a machine takes the first record that is valid, and marks it unless the file says to keep it", () => {
  const taken = consumeRecord(decodeSetupFile(golden("version-3-scrambled.hex")));
  assert.ok(taken !== undefined);
  assert.deepEqual(taken.left.consumed, 2);
  assert.equal(consumeRecord(taken.left), undefined, "no machine is left a record");
  const kept = decodeSetupFile(golden("version-2-kept.hex"));
  assert.deepEqual(consumeRecord(kept)?.left, kept);
});

test("a file cut off at any byte is truncated, and says where", () => {
  for (const file of files) {
    const bytes = golden(file);
    for (let length = 0; length < bytes.length; length += 1) {
      assert.throws(
        () => decodeSetupFile(bytes.subarray(0, length)),
        (error) =>
          error instanceof VigilError &&
          error.code === "wire.setup-bin.truncated" &&
          error.details["offset"] === length,
        `${file} ${length}`,
      );
    }
    assert.throws(() => decodeSetupFile(Buffer.concat([bytes, Uint8Array.of(0)])), {
      code: "wire.setup-bin.malformed",
    });
  }
});

test("what no machine would take is refused: GUID, counts, flags, lengths", () => {
  const changes: readonly (readonly [offset: number, value: number])[] = [
    [0, 0xff],
    [16, 2],
    [24, 9],
    [26, 2],
    [32, 9],
    [36, 0],
    [36, 9],
    [512, 2],
    [516, 4],
    [530, 25],
    // The length of the first variable.
    [541, 0xff],
  ];
  for (const [offset, value] of changes) {
    const bytes = golden("version-1.hex");
    bytes[offset] = value;
    assert.throws(() => decodeSetupFile(bytes), { code: "wire.setup-bin.malformed" }, `${offset}`);
  }
  const many = golden("version-1.hex");
  many.writeUInt32LE(0xffffffff, 28);
  assert.throws(() => decodeSetupFile(many), { code: "wire.setup-bin.too-large" });
});

test("any file survives, and random bytes end in a value or a refusal", () => {
  const number = fc.integer({ min: 1, max: 0xffff });
  const variable = fc.record(
    { module: fc.integer({ min: 1, max: 20 }), variable: number, value: fc.uint8Array({ maxLength: 300 }) },
    { noNullPrototype: true },
  );
  const record = fc.record(
    {
      isValid: fc.boolean(),
      isScrambled: fc.boolean(),
      variables: fc.uniqueArray(variable, {
        maxLength: 6,
        selector: (one) => `${one.module}/${one.variable}`,
      }),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(record, { maxLength: 4 }), fc.constantFrom(1, 2, 3, 4), (records, version) => {
      const sorted = records.map((one) => ({
        ...one,
        variables: one.variables.toSorted((a, b) => a.module - b.module || a.variable - b.variable),
      }));
      const file: SetupFile = { version, minorVersion: 0, isKept: false, consumed: 0, records: sorted };
      assert.deepEqual(decodeSetupFile(encodeSetupFile(file)), file);
    }),
    { numRuns: 100 },
  );
  const start = golden("version-1.hex");
  fc.assert(
    fc.property(fc.nat(start.length - 1), fc.uint8Array({ maxLength: 40 }), (at, noise) => {
      const bytes = Buffer.from(start);
      bytes.set(noise.subarray(0, bytes.length - at), at);
      try {
        decodeSetupFile(bytes);
      } catch (error) {
        assert.ok(error instanceof VigilError && error.code.startsWith("wire.setup-bin."), String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test("values that do not fit are refused by name, and never told", () => {
  for (const value of ["", "x".repeat(33), "tab\t"]) {
    assert.throws(
      () => setupVariable("newMebxPassword", value),
      (error) => error instanceof VigilError && error.details["field"] === "newMebxPassword",
    );
  }
  assert.throws(() => setupVariable("serverPort", 65_536), { code: "wire.setup-bin.malformed" });
  assert.deepEqual(namedVariable({ module: 9, variable: 9, value: Uint8Array.of(1) }), {
    name: "9/9",
    value: "01",
    isSecret: true,
  });
});

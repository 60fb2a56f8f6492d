import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import { someAddress } from "./some-address.ts";

const networkOf = (address: string): string => address.split(".").slice(0, 3).join(".");

test("no two fleets of a process, and none of another process, get the same network", async () => {
  const ours = Array.from({ length: 4_000 }, () => networkOf(someAddress()));
  assert.equal(new Set(ours).size, ours.length);
  const file = JSON.stringify(new URL("some-address.ts", import.meta.url).href);
  const program = `import { someAddress } from ${file}; for (let i = 0; i < 2000; i++) console.log(someAddress());`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program]);
  const theirs = stdout.trim().split("\n").map(networkOf);
  assert.equal(theirs.length, 2_000);
  const held = new Set(ours);
  for (const one of theirs) assert.ok(!held.has(one), one);
});

test("a large fleet holds all the networks that it covers", () => {
  const [, second = 0, third = 0] = someAddress(5_000).split(".").map(Number);
  const covered = new Set(Array.from({ length: 20 }, (_, index) => `${second * 256 + third + index}`));
  const others = Array.from({ length: 2_000 }, () => someAddress().split(".").map(Number));
  for (const [, a = 0, b = 0] of others) assert.ok(!covered.has(`${a * 256 + b}`));
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { jsonLog, silentLog } from "@vigil/base/log.ts";
import { usefulHello, type UsefulHello } from "./entry.ts";
import { Intake, type Arrival } from "./intake.ts";

function aHello(uuid: string = randomUUID()): UsefulHello {
  return { version: 3, hasAdminCredentials: false, retryCount: 0, uuid, rootHashes: [] };
}

test("hellos are noted in batches, one batch after the other, the newest of a device only", async () => {
  const batches: (readonly Arrival[])[] = [];
  const note = async (arrivals: readonly Arrival[]): Promise<void> => void batches.push(arrivals);
  const intake = new Intake({ note, clock: testClock(), log: silentLog() });
  const uuid = randomUUID();
  for (let index = 0; index < 120; index += 1) intake.add({ hello: aHello(), address: `127.0.1.${index}` });
  intake.add({ hello: aHello(uuid), address: "127.0.2.1" });
  intake.add({ hello: aHello(uuid), address: "127.0.2.2" });
  await intake.settled();
  // The first goes alone: nothing waits for company.
  assert.deepEqual(
    batches.map((one) => one.length),
    [1, 50, 50, 20],
  );
  assert.equal(batches.flat().find(({ hello }) => hello.uuid === uuid)?.address, "127.0.2.2");
});

test("a flood is bounded: too many that wait, too many from one address", () => {
  const note = (): Promise<void> => new Promise(() => {});
  const intake = new Intake({ note, clock: testClock(), log: silentLog() });
  let taken = 0;
  const flood = (): void => {
    for (; taken < 100_000; taken += 1)
      intake.add({ hello: aHello(), address: `127.${taken >> 16}.${taken >> 8}.${taken}` });
  };
  assert.throws(flood, hasCode("provisioning.hello.crowded"));
  assert.ok(taken <= 10_050);
  const one = new Intake({ note, clock: testClock(), log: silentLog() });
  const many = (): void => {
    for (let index = 0; index < 17; index += 1) one.add({ hello: aHello(), address: "127.0.0.9" });
  };
  assert.throws(many, hasCode("provisioning.hello.too-many"));
  one.add({ hello: aHello(), address: "127.0.0.10" });
});

test("an address is forgiven after an hour", async () => {
  const clock = testClock();
  const intake = new Intake({ note: () => Promise.resolve(), clock, log: silentLog() });
  for (let index = 0; index < 16; index += 1) intake.add({ hello: aHello(), address: "127.0.0.9" });
  assert.throws(() => intake.add({ hello: aHello(), address: "127.0.0.9" }), VigilError);
  await clock.advance(3_600_000);
  intake.add({ hello: aHello(), address: "127.0.0.9" });
});

test("refusals are counted by code, and logged once of a kind", () => {
  const lines: string[] = [];
  const clock = testClock();
  const log = jsonLog({ write: (line) => lines.push(line), clock });
  const intake = new Intake({ note: () => Promise.resolve(), clock, log });
  for (const uuid of ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]) {
    assert.throws(
      () => usefulHello(aHello(uuid)),
      (error) => {
        intake.refuse(error, "127.0.0.1");
        return true;
      },
    );
  }
  assert.deepEqual(intake.refused, { "provisioning.hello.uuid-invalid": 2 });
  assert.equal(lines.length, 1);
});

test("a hello with a pre-shared key is taken, one of version 1 refused", () => {
  const hello = { version: 1, hasAdminCredentials: false, retryCount: 0, uuid: randomUUID(), pid: "ABCD1234" } as const;
  assert.throws(() => usefulHello(hello), hasCode("provisioning.hello.psk-unsupported"));
  assert.equal(usefulHello({ ...hello, version: 2 }).version, 2);
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof VigilError && error.code === code;
}

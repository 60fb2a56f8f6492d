import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Credentials, secretIn } from "./credentials.ts";

const clock = testClock(Date.UTC(2026, 5, 1));
let postgres: Postgres;
let credentials: Credentials;

before(async () => {
  postgres = await aDatabase(clock);
  const options = { postgres, clock, log: silentLog(), masterKey: randomBytes(32), domainSuffix: "test.example" };
  credentials = await Credentials.start(options);
});

after(() => postgres.close());

test("pairs are made, lie sealed, and are found by their name alone", async () => {
  const made = await postgres.transaction((tx) =>
    credentials.setupKeys.make(tx, { batch: "b", count: 3, medium: "usb" }),
  );
  assert.equal(new Set(made.map(({ pid }) => pid)).size, 3);
  const [first] = made;
  assert.ok(first !== undefined);
  assert.deepEqual(await credentials.setupKeys.secretOf(first.pid), {
    pps: first.pps,
    mebxPassword: first.mebxPassword,
  });
  const listed = JSON.stringify(await credentials.setupKeys.list("b"));
  assert.doesNotMatch(listed, new RegExp(first.pps));
  const sealed = await credentials.setupKeys.secretsOf("b");
  assert.doesNotMatch(JSON.stringify(sealed), new RegExp(first.pps));
  assert.equal(secretIn(sealed.find(({ pid }) => pid === first.pid)?.secret.open("reveal") ?? "{}").pps, first.pps);
  await assert.rejects(credentials.setupKeys.secretOf("0000037M"), { code: "provisioning.psk.unknown" });
});

test("a maker's pair is checked, taken once, and remembers its device, and can be forgotten", async () => {
  const pair = { pid: "0000-037M", pps: "NKLD-G5DC-RRNQ-E9YZ-ZIJL-7LFL-VJED-69XJ" };
  const add = (pairs: readonly { pid: string; pps: string }[]): Promise<void> =>
    postgres.transaction((tx) => credentials.setupKeys.add(tx, "maker", pairs));
  await assert.rejects(add([{ ...pair, pps: pair.pps.replace("E9", "E8") }]), { code: "wire.psk.malformed" });
  await add([pair]);
  await assert.rejects(add([pair]), { code: "credentials.setup-key.taken" });
  const device = randomUUID();
  await postgres.transaction((tx) => credentials.setupKeys.used(tx, "0000037M", device));
  assert.equal((await credentials.setupKeys.find("0000037M"))?.device, device);
  const remove = (pid: string) => postgres.transaction((tx) => credentials.setupKeys.remove(tx, [pid]));
  assert.deepEqual(await remove("0000-037M"), ["0000037M"]);
  assert.deepEqual(await remove("0000-037M"), []);
  await assert.rejects(remove("0000-0000"), { code: "wire.psk.malformed" });
  assert.equal(await credentials.setupKeys.find("0000037M"), undefined);
});

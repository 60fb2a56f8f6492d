import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import { parseFilter } from "@vigil/api/filter/parse.ts";
import type { LifeState } from "@vigil/api/resources/devices.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import { Credentials } from "../credentials/credentials.ts";
import { Events } from "../events.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Devices, lifeOf } from "./devices.ts";

const clock = testClock();
let postgres: Postgres;
let devices: Devices;

before(async () => {
  postgres = await aDatabase(clock);
  const masterKey = randomBytes(32);
  const vault = { postgres, clock, log: silentLog(), masterKey, domainSuffix: "test.example" };
  const credentials = await Credentials.start(vault);
  const oldestTlsIn = () => Promise.resolve("TLSv1.2" as const);
  devices = new Devices({ postgres, credentials, events: new Events(), clock, oldestTlsIn });
});
after(() => postgres.close());

const by = { actor: "owner", because: "gone", secretsUntil: null } as const;

/** What brings a device there, through the room's own verbs. */
const ways: Readonly<Record<LifeState, (tx: Tx, uuid: string) => Promise<void>>> = {
  factory: (tx, uuid) => devices.departed(tx, uuid, "factory", by),
  "in-setup": (tx, uuid) => devices.setState(tx, uuid, { state: "provisioning" }),
  "client-control": (tx, uuid) => provisionedAs(tx, uuid, "client"),
  "admin-control": (tx, uuid) => provisionedAs(tx, uuid, "admin"),
  degraded: (tx, uuid) => devices.setState(tx, uuid, { state: "failed" }),
  "foreign-owned": (tx, uuid) => devices.setState(tx, uuid, { state: "foreign" }),
  retired: (tx, uuid) => devices.retire(tx, uuid, by),
};

async function provisionedAs(tx: Tx, uuid: string, controlMode: "client" | "admin"): Promise<void> {
  await devices.noteFacts(tx, uuid, { controlMode });
  await devices.provisioned(tx, uuid);
}

/** Legal ones, the shortest way from a new device. */
const routes: Readonly<Record<LifeState, readonly LifeState[]>> = {
  factory: [],
  "in-setup": ["in-setup"],
  "client-control": ["in-setup", "client-control"],
  "admin-control": ["in-setup", "admin-control"],
  degraded: ["degraded"],
  "foreign-owned": ["foreign-owned"],
  retired: ["retired"],
};

// As row 34 of the plan has it, written down once more and by hand: 49 pairs.
const legal: Readonly<Record<LifeState, string>> = {
  factory: "in-setup degraded foreign-owned retired",
  "in-setup": "factory client-control admin-control degraded foreign-owned retired",
  "client-control": "factory in-setup admin-control degraded retired",
  "admin-control": "factory in-setup degraded retired",
  degraded: "factory in-setup foreign-owned retired",
  "foreign-owned": "factory in-setup retired",
  retired: "factory",
};

async function aDeviceThatIs(life: LifeState): Promise<string> {
  const uuid = randomUUID();
  const at = new Date(clock.now());
  await postgres.transaction((tx) => devices.sighted(tx, { uuid, address: "127.0.0.1", at }));
  for (const next of routes[life]) await postgres.transaction((tx) => ways[next](tx, uuid));
  assert.equal(lifeOf(await devices.get(uuid)), life);
  return uuid;
}

// The table's own keys are the life states.
const all = Object.keys(ways) as readonly LifeState[];

for (const from of all) {
  test(`a device that is ${from} goes where it may, and nowhere else; what happened is written down`, async () => {
    for (const to of all) {
      const uuid = await aDeviceThatIs(from);
      const past = await devices.transitions(uuid, 10);
      await clock.advance(1_000);
      const isLegal = from === to || legal[from].split(" ").includes(to);
      const move = postgres.transaction((tx) => ways[to](tx, uuid));
      if (isLegal) await move;
      else await assert.rejects(move, isRefusal, `${from} -> ${to}`);
      const { lifeSince, ...record } = await devices.get(uuid);
      assert.equal(lifeOf(record), isLegal ? to : from, `${from} -> ${to}`);
      const [newest, ...rest] = await devices.transitions(uuid, 10);
      if (!isLegal || from === to) {
        assert.equal(rest.length + (newest === undefined ? 0 : 1), past.length, `${from} -> ${to}`);
        continue;
      }
      assert.deepEqual(rest, past);
      assert.deepEqual([newest?.from, newest?.to], [from, to]);
      assert.equal(newest?.at.getTime(), clock.now());
      assert.equal(lifeSince?.getTime(), clock.now());
    }
  });
}

function isRefusal(error: unknown): boolean {
  return error instanceof VigilError && error.code === "devices.life.refused";
}

test("many that failed are asked again at once, each with its move written down; the others stay where they are", async () => {
  const failed = await Promise.all([aDeviceThatIs("degraded"), aDeviceThatIs("foreign-owned")]);
  const ours = await aDeviceThatIs("admin-control");
  await clock.advance(1_000);
  await postgres.transaction((tx) => devices.askedAgain(tx, [...failed, ours], "maria"));
  for (const uuid of failed) {
    const { lifeSince, ...record } = await devices.get(uuid);
    const [newest] = await devices.transitions(uuid, 1);
    assert.deepEqual([lifeOf(record), lifeSince?.getTime()], ["factory", clock.now()]);
    assert.deepEqual([newest?.to, newest?.actor, newest?.at.getTime()], ["factory", "maria", clock.now()]);
  }
  assert.equal(lifeOf(await devices.get(ours)), "admin-control");
});

test("a retired device is in no list, figure or filter that does not ask for it by name", async () => {
  const uuid = await aDeviceThatIs("retired");
  const page = { sort: "hostName", order: "asc", limit: 1_000, offset: 0 } as const;
  const uuids = (items: readonly { readonly uuid: string }[]): boolean => items.some((one) => one.uuid === uuid);
  assert.equal(uuids((await devices.list({}, page)).items), false);
  await devices.noteReachable(uuid, false);
  assert.equal(uuids((await devices.list({ where: parseFilter("reachable = no") }, page)).items), false);
  assert.equal(uuids((await devices.list({ where: parseFilter("state = retired") }, page)).items), true);
  assert.equal(uuids((await devices.list({ uuids: [uuid] }, page)).items), true);
  const { total, retired } = await devices.counts();
  assert.equal(Number(total), await devices.count({}));
  assert.ok(Number(retired) > 0);
});

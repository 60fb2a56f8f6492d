import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { aDatabase } from "../testing/a-server.ts";
import { DriftStore } from "./drift.store.ts";

const clock = testClock(Date.UTC(2026, 5, 1));
let postgres: Postgres;
let drifts: DriftStore;

before(async () => {
  postgres = await aDatabase(clock);
  drifts = new DriftStore(postgres);
});
after(() => postgres.close());

async function found(minute: number, ...settings: readonly string[]): Promise<string> {
  const uuid = randomUUID();
  const differences = settings.map((setting) => ({ setting, found: "a", wanted: "b" }));
  const lookedAt = new Date(clock.now() + minute * 60_000);
  await drifts.put({ uuid, profile: "Default", version: 1, differences, lookedAt });
  return uuid;
}

test("drift is counted by setting, and listed by it page by page, the latest finding first", async () => {
  const old = await found(1, "general.domainName");
  const both = await found(2, "general.domainName", "tls.mode");
  const same = await found(3);
  assert.deepEqual(await drifts.settings(), [
    { setting: "general.domainName", devices: 2 },
    { setting: "tls.mode", devices: 1 },
  ]);
  assert.deepEqual(await drifts.counts(), { differing: 2, alike: 1 });
  const list = async (setting: string | undefined, offset = 0) => {
    const { items, total } = await drifts.list({ setting, limit: 10, offset });
    return [total, ...items.map(({ uuid }) => uuid)];
  };
  assert.deepEqual(await list(undefined), [2, both, old]);
  assert.deepEqual(await list("tls.mode"), [1, both]);
  assert.deepEqual(await list("general.domainName", 1), [2, old]);
  assert.deepEqual(await list('"; drop table device_drift'), [0]);
  assert.equal((await drifts.get(same))?.differences.length, 0);
});

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { aDatabase } from "../testing/a-server.ts";
import { FeedStore } from "./feed.store.ts";
import { RunsStore } from "./runs.store.ts";
import { rowOf } from "./start.ts";

const sites = ["Berlin", "Rome", "network 1"] as const;

test("no more devices of one site are queued than may be at once, and a site that is full holds up no other", async () => {
  const clock = testClock();
  await using postgres = await aDatabase(clock);
  const store = new FeedStore(postgres);
  const id = randomUUID();
  const limits = { atOncePerSite: 3 };
  const wanted = { definition: { steps: [{ name: "Look", do: "power.state" as const }] }, limits };
  const what = { operation: null, job: null, jobVersion: null, ...wanted };
  const items = Array.from({ length: 40 }, (_, index) => {
    // Most are in one site.
    const site = sites[index < 30 ? 0 : index < 38 ? 1 : 2];
    return { device: randomUUID(), host_name: null, address: "127.0.0.1", wave: 1, site, wake_at: null };
  });
  const siteOf = new Map<string, string>(items.map(({ device, site }) => [device, site]));
  const now = new Date(clock.now());
  const one = { id, actor: "owner", wanted: what, title: "Look", target: "All", total: items.length };
  const row = rowOf({ ...one, startsAt: null, reason: null, retryOf: null }, now);
  await postgres.transaction((tx) => new RunsStore(postgres).insert(tx, row, items, [items.length]));
  const queue = (count: number) =>
    postgres.transaction((tx) => store.queueFreshBySite(tx, id, 1, { count, perSite: 3, now }));
  const under = new Map<string, string[]>(sites.map((site) => [site, []]));
  const note = (devices: readonly string[]): void => {
    for (const device of devices) under.get(siteOf.get(device) ?? "")?.push(device);
  };
  const sizes = (): number[] => sites.map((site) => under.get(site)?.length ?? 0);
  note(await queue(100));
  assert.deepEqual(sizes(), [3, 3, 2]);
  assert.deepEqual(await queue(100), [], "nothing has ended");
  // One in Rome ends: it is Rome's turn, and nobody else's.
  const ended = under.get("Rome")?.pop();
  await postgres.execute(
    `update run_items set outcome = 'succeeded', finished_at = now(), is_queued = false where run = '${id}' and device = '${ended}'`,
  );
  note(await queue(100));
  assert.deepEqual(sizes(), [3, 3, 2]);
});

import assert from "node:assert/strict";
import { holds, type FilterFacts } from "@vigil/api/filter/evaluate.ts";
import { parseFilter } from "@vigil/api/filter/parse.ts";
import type { Device } from "@vigil/api/resources/devices.ts";
import { inQuotes, someFilters } from "@vigil/api/testing/some-filters.ts";
import { VigilError } from "@vigil/base/errors.ts";
import * as fc from "fast-check";
import { defineScenario } from "../scenarios.ts";
import { setStage, untilProvisioned, type Stage } from "../stage.ts";

/** Filters that are tried for each device, up to `mostFilters` in all. */
const filtersPerDevice = 20;
const mostFilters = 2_000;
const tags = ["kiosk", "Kiosk", "%", "';--", "büro"];

/** Values that would do harm, were one of them ever a part of a statement. */
const injections = [
  "'; drop table devices; --",
  "' or '1'='1",
  "\\'; delete from devices; --",
  '" or true --',
  "x'||(select pg_sleep(10))||'",
  "%' union select secret from secrets --",
  "$1",
  "${7*7}",
  "\u0001",
];

export default defineScenario({
  name: "filter-language",
  story:
    "any filter finds the devices that it says, whatever is written in it, and a filter without measure is refused",
  smallSize: 5,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices });
    await untilProvisioned(stage, devices, signal);
    const fleet = await taggedFleet(stage);
    say(`${devices} devices are provisioned and tagged`);
    const filters = await filtersAgree(stage, fleet);
    say(`${filters} filters found what the plain rules say of each device`);
    await injectionsAreValues(stage, fleet);
    say(`${injections.length} values that look like SQL were values`);
    await nestedExplained(stage, fleet);
    await longRefused(stage);
    return { devices, filters, injections: injections.length };
  },
});

/** All devices as the API shows them, once each has a few of the tags. */
async function taggedFleet({ client }: Stage): Promise<readonly Device[]> {
  const { items } = await client.devices.list({ query: { limit: 20_000 } });
  for (const [place, tag] of tags.entries()) {
    const devices = items.filter((_, index) => index % (place + 2) === 0).map(({ uuid }) => uuid);
    await client.devices.tag({ body: { devices, add: [tag] } });
  }
  return Promise.all(items.map(({ uuid }) => client.devices.show({ params: { id: uuid } })));
}

async function filtersAgree({ client }: Stage, fleet: readonly Device[]): Promise<number> {
  const { hostName = null, address = "", model = null } = fleet[0] ?? {};
  const values = [hostName, model, "Default", ...tags].filter((one) => one !== null);
  const networks = ["127.0.0.0/8", `${address}/32`, `${address}/28`];
  const numRuns = Math.min(mostFilters, filtersPerDevice * fleet.length);
  const property = fc.asyncProperty(someFilters({ values, networks }), async (filter) => {
    const { items, total } = await client.devices.list({ query: { filter, limit: 20_000 } });
    const expected = fleet.filter((one) => holds(parseFilter(filter), factsOf(one), Date.now()));
    assert.deepEqual(uuidsOf(items), uuidsOf(expected), filter);
    assert.equal(total, expected.length);
  });
  await fc.assert(property, { numRuns });
  return numRuns;
}

async function injectionsAreValues({ client }: Stage, fleet: readonly Device[]): Promise<void> {
  for (const [place, text] of injections.entries()) {
    for (const [filter, expected] of [
      [`hostName = ${inQuotes(text)}`, 0],
      [`tag != ${inQuotes(text)}`, fleet.length],
      [`model ~ ${inQuotes(text)} or not error = ${inQuotes(text)}`, fleet.length],
    ] as const) {
      assert.equal((await client.collections.preview({ body: { filter } })).count, expected, filter);
    }
    const name = `${place} ${text.replaceAll("\u0001", " ")}`.trim();
    await client.collections.create({ body: { name, filter: `hostName = ${inQuotes(text)}` } });
    assert.equal((await client.collections.show({ params: { name } })).count, 0);
    await client.collections.remove({ params: { name } });
  }
  assert.equal((await client.devices.list({ query: {} })).total, fleet.length);
}

/** A collection within a collection, and for each device why it is in or out. */
async function nestedExplained({ client }: Stage, fleet: readonly Device[]): Promise<void> {
  await client.collections.create({ body: { name: "Kiosks", filter: "tag = kiosk" } });
  await client.collections.create({ body: { name: "Others", filter: "not collection = Kiosks" } });
  const { items } = await client.devices.list({ query: { collection: "Others", limit: 20_000 } });
  const others = new Set(uuidsOf(items));
  assert.ok(others.size > 0 && others.size < fleet.length);
  for (const { uuid } of fleet.slice(0, 50)) {
    const { parts } = await client.collections.explain({ params: { name: "Others", id: uuid } });
    assert.equal(parts[0]?.holds, others.has(uuid));
  }
}

async function longRefused({ client }: Stage): Promise<void> {
  const filter = `hostName in (${Array.from({ length: 1_000 }, (_, index) => `name${index}`).join(", ")})`;
  const long = filter.slice(0, 9_999).padEnd(10_000, "x");
  for (const ask of [
    () => client.collections.preview({ body: { filter: long } }),
    () => client.devices.list({ query: { filter: long } }),
    () => client.collections.create({ body: { name: "Long", filter: long } }),
  ]) {
    await assert.rejects(ask, (error) => {
      assert.ok(error instanceof VigilError);
      assert.equal(error.code, "filter.too-large");
      assert.match(error.message, /10000 characters; 4000/);
      return error.side === "caller";
    });
  }
}

function uuidsOf(devices: readonly { readonly uuid: string }[]): string[] {
  return devices.map(({ uuid }) => uuid).toSorted();
}

/** What the language asks of a device, out of what the API shows of it: not the server's own way from row to facts. */
function factsOf(device: Device): FilterFacts {
  return {
    ...device,
    state: device.state,
    error: device.error?.code ?? null,
    reachable: device.isReachable,
    isolated: device.isolation !== null,
    serial: device.serialNumber,
    bios: device.biosVersion,
    collection: device.collections,
    tag: device.tags,
    firstSeen: device.firstSeenAt,
    lastSeen: device.lastSeenAt,
    provisioned: device.provisionedAt,
    inventoried: device.inventoryAt,
    maintained: null,
    certificateExpires: device.certificate?.expiresAt ?? null,
  };
}

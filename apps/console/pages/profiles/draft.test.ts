import assert from "node:assert/strict";
import { test } from "node:test";
import { at, changeCount, merged, withValue } from "./draft.ts";

const base = { general: { domainName: "a", idleMinutes: 0 }, accounts: [{ name: "one" }], alerts: null };

test("a value is set where its path leads, and the rest keeps its identity", () => {
  const next = withValue(base, ["general", "domainName"], "b");
  assert.equal(at(next, ["general", "domainName"]), "b");
  assert.equal(at(next, ["accounts"]), base.accounts);
  assert.equal(at(withValue(base, ["accounts", "0", "name"], "two"), ["accounts", "0", "name"]), "two");
  assert.equal(base.general.domainName, "a");
  assert.equal(at(base, ["alerts", "events"]), undefined);
});

test("two people's changes of different settings are put together", () => {
  const ours = withValue(base, ["general", "domainName"], "ours");
  const theirs = withValue(base, ["general", "idleMinutes"], 5);
  const { draft, both } = merged(base, ours, theirs);
  assert.deepEqual(draft, { ...base, general: { domainName: "ours", idleMinutes: 5 } });
  assert.deepEqual(both, []);
  assert.equal(changeCount(theirs, draft), 1);
});

test("where both have changed the same setting ours stands, and it is named", () => {
  const ours = withValue(base, ["general", "domainName"], "ours");
  const theirs = withValue(base, ["general", "domainName"], "theirs");
  assert.deepEqual(merged(base, ours, theirs), { draft: ours, both: ["general.domainName"] });
  assert.deepEqual(merged(base, ours, ours).both, []);
});

test("a list is taken whole", () => {
  const ours = withValue(base, ["accounts"], [{ name: "one" }, { name: "two" }]);
  const theirs = withValue(base, ["accounts"], [{ name: "three" }]);
  assert.deepEqual(merged(base, ours, theirs), { draft: ours, both: ["accounts"] });
  assert.deepEqual(merged(base, base, theirs), { draft: theirs, both: [] });
});

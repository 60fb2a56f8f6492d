import assert from "node:assert/strict";
import { test } from "node:test";
import { campaign } from "./campaign.ts";

const options = { seconds: 5, seed: 1, isGuided: false, tries: 0, onProgress: () => {} };

test("an input that never comes back is found, and its worker ended", async () => {
  const { finds } = await campaign({ ...options, target: "broken.spinning" });
  const [find] = finds;
  assert.equal(find?.kind, "hang");
  assert.ok(find.input.includes(0x21));
});

test("an input that throws when nobody listens any more is found", async () => {
  const { finds } = await campaign({ ...options, target: "broken.late" });
  const [find] = finds;
  assert.equal(find?.kind, "exception");
  assert.match(find.message, /TypeError: late/);
});

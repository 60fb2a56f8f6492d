import assert from "node:assert/strict";
import { test } from "node:test";
import { keptFinds } from "./finds.ts";
import { hunt } from "./hunt.ts";
import { codec, type FuzzTarget } from "./target.ts";
import { targetNamed, targets } from "./targets.ts";

const seed = 1;
const always = { seed, count: 0, isOver: () => false };

for (const name of targets.keys()) {
  test(`${name} takes what was found once, a seed that is cut anywhere, and mutated ones`, async () => {
    const target = await targetNamed(name);
    const kept = keptFinds().filter((one) => one.target === name);
    const cut = name.startsWith("endpoint.") ? [] : await cutAnywhere(target);
    const again = await hunt({ ...always, target, only: [...kept.map(({ input }) => input), ...cut] });
    assert.equal(again.executions, kept.length + cut.length);
    const anew = await hunt({ ...always, target, count: target.quick });
    assert.ok(anew.executions >= target.quick);
    assert.deepEqual(
      [...again.finds, ...anew.finds].map(({ kind, message }) => `${kind}: ${message}`),
      [],
    );
  });
}

/** The shortest seed, without its last byte, its last two, and so on. */
async function cutAnywhere(target: FuzzTarget): Promise<readonly Uint8Array[]> {
  const [shortest = new Uint8Array()] = [...(await target.seeds())].sort((a, b) => a.length - b.length);
  return Array.from({ length: Math.min(shortest.length, 2_000) }, (_one, length) => shortest.subarray(0, length));
}

test("every find that is kept is of a fuzz target that there is", () => {
  const unknown = keptFinds().filter((one) => !targets.has(one.target));
  assert.deepEqual(unknown, []);
});

/** Forgets the highest bit of each byte, and breaks at 0xff. */
const broken = codec({
  seeds: () => [Uint8Array.of(1, 2, 3)],
  words: ["\xff", "\x80"],
  refusals: [],
  read: (input) => {
    if (input.includes(0xff)) throw new TypeError("broken");
    return [...input];
  },
  write: (value) => Uint8Array.from(value, (byte) => byte & 0x7f),
});

test("a codec that breaks, and one that does not read what it wrote, are found, and made small", async () => {
  const tally = await hunt({ ...always, target: broken, count: 2_000, shrinks: true });
  const found = tally.finds.map(({ kind, input }) => `${kind} ${Buffer.from(input).toString("hex")}`).toSorted();
  assert.equal(found.length, 2);
  assert.match(found[0] ?? "", /^disagreement [89a-f].$/);
  assert.equal(found[1], "exception ff");
});

test("the same seed gives the same inputs", async () => {
  const inputsOf = async (): Promise<string> => {
    const inputs: string[] = [];
    const announce = (input: Uint8Array): void => void inputs.push(Buffer.from(input).toString("hex"));
    await hunt({ ...always, target: await targetNamed("wire.hello"), count: 200, announce });
    return inputs.join("\n");
  };
  assert.equal(await inputsOf(), await inputsOf());
});

import { parseArgs } from "node:util";
import { campaign } from "./campaign.ts";
import { keepFind } from "./finds.ts";
import type { Tally } from "./hunt.ts";
import { targets } from "./targets.ts";

// `npm run -s fuzz`: random and mutated bytes against every codec and the device's ports. A find is made small and kept in
// finds/, where the tests throw it again. Exit code 0 only when there was none.

const usage =
  "usage: npm run -s fuzz -- [--target NAME or its beginning] [--seconds 10] [--seed N] [--blind] [--list] [--json]";

const { values } = parseArgs({
  options: {
    target: { type: "string", default: "" },
    seconds: { type: "string", default: "10" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    blind: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const seed = Number(values.seed);
const chosen = [...targets.keys()].filter((name) => name.startsWith(values.target));
if (values.list) {
  for (const name of targets.keys()) console.log(name);
} else if (chosen.length === 0 || !(seconds > 0) || !Number.isSafeInteger(seed)) {
  console.error(usage);
  process.exitCode = 2;
} else {
  await main();
}

async function main(): Promise<void> {
  if (!values.json) console.log(`seed ${seed}, ${seconds} s for each of ${chosen.length}`);
  const results = [];
  for (const target of chosen) results.push(await one(target));
  const finds = results.reduce((sum, result) => sum + result.finds.length, 0);
  const executions = results.reduce((sum, result) => sum + result.executions, 0);
  if (values.json) console.log(JSON.stringify({ seed, seconds, executions, finds, targets: results }));
  else console.log(`${number(executions)} inputs, ${finds} finds`);
  process.exitCode = finds === 0 ? 0 : 1;
}

async function one(target: string) {
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1_000;
  const tally = await campaign({
    target,
    seconds,
    seed,
    isGuided: !values.blind,
    onProgress: (now) =>
      progress(`${line(target, now, elapsed())}, ${Math.max(0, Math.ceil(seconds - elapsed()))} s left`),
  });
  const took = elapsed();
  progress("");
  const finds = tally.finds.map(({ kind, message, input }) => {
    const path = keepFind(target, input);
    if (!values.json) console.log(`${kind} in ${target}: ${path}\n${message}`);
    return { kind, path, message: message.split("\n")[0] ?? "" };
  });
  if (!values.json) console.log(line(target, tally, took));
  return {
    target,
    executions: tally.executions,
    perSecond: Math.round(tally.executions / took),
    codes: Object.fromEntries(tally.refusals),
    slowestMs: Math.round(tally.slowestMs * 10) / 10,
    heapMegabytes: Math.round(tally.heapBytes / 2 ** 20),
    pool: tally.pool,
    blocks: tally.blocks,
    finds,
  };
}

function line(name: string, tally: Tally, took: number): string {
  const { executions, refusals, slowestMs, heapBytes, pool, blocks, finds } = tally;
  return [
    `${name.padEnd(24)} ${number(executions).padStart(11)} inputs`,
    `${number(Math.round(executions / Math.max(took, 0.001))).padStart(7)}/s`,
    `${String(refusals.size).padStart(2)} codes`,
    `slowest ${slowestMs.toFixed(1).padStart(6)} ms`,
    `heap +${Math.round(heapBytes / 2 ** 20)} MB`,
    `pool ${pool}`,
    `blocks ${blocks}`,
    `${finds.length} finds`,
  ].join("  ");
}

function progress(text: string): void {
  if (process.stderr.isTTY && !values.json) process.stderr.write(`\r\u001B[2K${text}`);
}

function number(value: number): string {
  return value.toLocaleString("en");
}

import { globSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { reportOf } from "@vigil/base/errors.ts";
import { systemClock } from "@vigil/base/clock.ts";
import type { Figures, Scenario } from "./scenarios.ts";

// `npm run -s scenario -- NAME [--devices N] [--json]`: plays one scenario; its last line is JSON; exit code 0 only when it held.

const folder = join(import.meta.dirname, "scenarios");
const ending = ".test.ts";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { devices: { type: "string" }, json: { type: "boolean" }, list: { type: "boolean" } },
  });
  const names = globSync(`*${ending}`, { cwd: folder }).map((path) => basename(path, ending));
  if (values.list === true) {
    for (const name of names.toSorted()) console.log(name);
    return 0;
  }
  const [name] = positionals;
  const devices = values.devices === undefined ? undefined : Number(values.devices);
  const isSize = devices === undefined || (Number.isInteger(devices) && devices > 0 && devices <= 100_000);
  if (name === undefined || !names.includes(name) || !isSize) {
    console.error(`Usage: npm run -s scenario -- NAME [--devices N] [--json]\nNames: ${names.toSorted().join(", ")}`);
    return 2;
  }
  return play(name, devices, values.json === true);
}

async function play(name: string, devices: number | undefined, isQuiet: boolean): Promise<number> {
  const loaded: { default: Scenario } = await import(join(folder, name + ending));
  const scenario = loaded.default;
  if (scenario.skip !== undefined) {
    console.error(scenario.skip);
    return 2;
  }
  const clock = systemClock();
  const started = clock.monotonic();
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new Error("interrupted")));
  const say = (line: string): void => {
    if (!isQuiet) console.error(`${((clock.monotonic() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  };
  let figures: Figures = {};
  let ok = true;
  try {
    say(scenario.story);
    figures = await scenario.play({ devices: devices ?? scenario.smallSize, say, signal: stop.signal });
  } catch (error) {
    ok = false;
    figures = { error: error instanceof Error ? error.message : String(error), code: reportOf(error).code };
    if (!isQuiet) console.error(error);
  }
  const seconds = Number(((clock.monotonic() - started) / 1000).toFixed(2));
  console.log(JSON.stringify({ name, ok, figures: { ...figures, seconds } }));
  return ok ? 0 : 1;
}

process.exitCode = await main();

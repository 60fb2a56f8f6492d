// `npm run check`: types, lint, format, the house and the quick tests; under two minutes on two cores.
import { spawnSync } from "node:child_process";

const npm = (script: string): readonly string[] => ["npm", "run", "--silent", script];
const steps: readonly (readonly [title: string, command: readonly string[]])[] = [
  ["types", npm("types")],
  ["types of the console", [process.execPath, "node_modules/typescript7/bin/tsc", "-p", "apps/console/tsconfig.json"]],
  ["lint", npm("lint")],
  ["format", npm("format")],
  ["unused code", npm("unused")],
  ["house, unit and pair tests", [process.execPath, "test.ts", "--quick"]],
];

for (const [title, [program, ...rest]] of steps) {
  const started = performance.now();
  const { status } = spawnSync(program ?? "", rest, { stdio: "inherit" });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? "ok  " : "FAIL"} ${title} (${seconds} s)`);
  if (status !== 0) process.exit(1);
}

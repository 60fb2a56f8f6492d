#!/usr/bin/env node
// The switchboard: one name for four programs. Plain JavaScript, since it must also start under the machine's older Node.
import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(realpathSync(fileURLToPath(import.meta.url))), "../../..");
const oldestNode = 24;

/** First word of the command line to program; anything else is a command of the CLI. */
const programs = {
  server: "apps/server/main.ts",
  fleet: "apps/lab/fleet.ts",
  lab: "apps/lab/main.ts",
};

if (Number(process.versions.node.split(".")[0]) < oldestNode) {
  const newer = join(root, "node_modules/.bin/node");
  if (!existsSync(newer)) {
    console.error(
      `vigil needs Node ${oldestNode}; this is ${process.versions.node}. Run npm ci in ${root}, or install it.`,
    );
    process.exit(2);
  }
  const { status, signal } = spawnSync(newer, process.argv.slice(1), { stdio: "inherit" });
  process.exit(status ?? (signal === null ? 1 : 130));
}

const word = process.argv[2];
const program = word !== undefined && Object.hasOwn(programs, word) ? programs[word] : undefined;
if (program !== undefined) process.argv.splice(2, 1);
await import(pathToFileURL(join(root, program ?? "apps/cli/main.ts")).href);

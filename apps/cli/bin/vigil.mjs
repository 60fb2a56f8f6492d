#!/usr/bin/env node
// The switchboard: one name for four programs. Plain JavaScript, since it must also start under the machine's older Node.
import { spawn } from "node:child_process";
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

if (Number(process.versions.node.split(".")[0]) < oldestNode) startUnderNewerNode();
else await startProgram();

async function startProgram() {
  const word = process.argv[2];
  const program = word !== undefined && Object.hasOwn(programs, word) ? programs[word] : undefined;
  if (program !== undefined) process.argv.splice(2, 1);
  await import(pathToFileURL(join(root, program ?? "apps/cli/main.ts")).href);
}

/** Runs itself once more with the Node that npm brought, and is from then on only its shadow. */
function startUnderNewerNode() {
  const system = process.platform === "win32" ? "win" : process.platform;
  const file = process.platform === "win32" ? "node.exe" : "node";
  const newer = join(root, `node_modules/node-${system}-${process.arch}/bin/${file}`);
  if (!existsSync(newer)) {
    console.error(
      `vigil needs Node ${oldestNode}; this is ${process.versions.node}. Run npm ci in ${root}, or install it.`,
    );
    process.exitCode = 2;
    return;
  }
  const child = spawn(newer, process.argv.slice(1), { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both; a second one would make the program stop at once.
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

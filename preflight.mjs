// Runs before `npm start` and `npm test`, on whatever Node there is: says in one line what is missing.
import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";

if (Number(process.versions.node.split(".")[0]) < 24) {
  console.error(
    `Missing: Node 24 (this is ${process.versions.node}). npm ci brings it on Linux and Windows; run npm ci without --omit=optional, or install Node 24.`,
  );
  process.exit(2);
}
if (!existsSync("apps/console/dist/index.html")) {
  console.error("Building the console, once ...");
  const { status } = spawnSync("npm run --silent build", { stdio: ["ignore", "ignore", "inherit"], shell: true });
  if (status !== 0) process.exit(2);
}

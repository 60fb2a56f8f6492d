// `npm test`: every test. `--quick`: those that start no fleet, browser or PostgreSQL server of their own.
// What the tests need beyond npm they get from Debian here, or say in one line what is missing.
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";

const isQuick = process.argv.includes("--quick");
const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

if (!isQuick) needBrowser();

const patterns = isQuick
  ? ["house.test.ts", "packages/**/*.test.ts", "apps/{server,cli,console}/**/*.test.ts"]
  : ["house.test.ts", "{packages,apps,bench}/**/*.test.ts"];
const files = patterns
  .flatMap((pattern) => globSync(pattern, { exclude: (name) => name === "node_modules" || name === "dist" }))
  .sort();
const { status } = spawnSync(process.execPath, ["--test", "--test-timeout=600000", "--test-concurrency=2", ...files], {
  stdio: "inherit",
  env: { ...process.env, NODE_NO_WARNINGS: "1" },
});
process.exit(status ?? 1);

/** Finds a Chromium, or installs Debian's when we may. */
function needBrowser(): void {
  const chosen = process.env["VIGIL_CHROMIUM"];
  if (chosen !== undefined ? existsSync(chosen) : browsers.some((path) => existsSync(path))) return;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync("/usr/bin/apt-get")) {
    console.log("Installing Chromium from Debian for the browser tests ...");
    spawnSync("apt-get", ["update", "-q"], { stdio: "ignore" });
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["install", "-q", "-y", "--no-install-recommends", "chromium"], { stdio: "ignore", env });
    if (browsers.some((path) => existsSync(path))) return;
  }
  console.error(
    "Missing: Chromium, for the browser tests. Get it: sudo apt-get install chromium (or set VIGIL_CHROMIUM).",
  );
  process.exit(1);
}

// `npm test`: every test. `--quick`: those that start no fleet, browser or PostgreSQL server of their own.
// What the tests need beyond npm they get from Debian here, or say in one line what is missing.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";

const isQuick = process.argv.includes("--quick");
const browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

const chromium = process.env["VIGIL_CHROMIUM"];
// A domain controller's ports are for root alone; others skip what needs it, by name.
const isRoot = process.getuid?.() === 0;
const needs: readonly (readonly [debianPackage: string, isThere: boolean])[] = [
  ["curl", existsSync("/usr/bin/curl")],
  ["openssl", existsSync("/usr/bin/openssl")],
  ["amtterm", isQuick || existsSync("/usr/bin/amtterm")],
  ["krb5-kdc", isQuick || existsSync("/usr/sbin/krb5kdc")],
  ["krb5-admin-server", isQuick || existsSync("/usr/sbin/kadmin.local")],
  ["krb5-user", isQuick || existsSync("/usr/bin/kinit")],
  ["samba-ad-dc", isQuick || !isRoot || existsSync("/usr/sbin/samba")],
  ["samba-ad-provision", isQuick || !isRoot || existsSync("/usr/share/samba/setup/provision.ldif")],
  ["chromium", isQuick || (chromium !== undefined ? existsSync(chromium) : browsers.some((path) => existsSync(path)))],
];
const missing = needs.filter(([, isThere]) => !isThere).map(([name]) => name);
if (missing.length > 0) install(missing);

const patterns = isQuick
  ? ["*.test.ts", "fuzz/fuzz.test.ts", "packages/**/*.test.ts", "apps/{server,cli,console}/**/*.test.ts"]
  : ["*.test.ts", "{packages,apps,bench,fuzz}/**/*.test.ts"];
const files = patterns
  .flatMap((pattern) => globSync(pattern, { exclude: (name) => name === "node_modules" || name === "dist" }))
  .sort();
const { status } = spawnSync(process.execPath, ["--test", "--test-timeout=600000", "--test-concurrency=2", ...files], {
  stdio: "inherit",
  // Hundreds of processes load the same files: what the first have compiled the others find.
  env: { ...process.env, NODE_NO_WARNINGS: "1", NODE_COMPILE_CACHE: resolve("node_modules/.cache/tests") },
});
process.exit(status ?? 1);

/** Gets them from Debian when we may, or ends with one line that says how. */
function install(packages: readonly string[]): void {
  if (isRoot && existsSync("/usr/bin/apt-get")) {
    console.log(`Installing ${packages.join(", ")} from Debian for the tests ...`);
    const mayStart = withoutStarting();
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    spawnSync("apt-get", ["update", "-q"], { stdio: "ignore" });
    const command = ["install", "-q", "-y", "--no-install-recommends", ...packages];
    const { status: installed } = spawnSync("apt-get", command, { stdio: "ignore", env });
    mayStart();
    if (installed === 0) return;
  }
  const name = packages.join(" ");
  console.error(
    `Missing for the tests: ${name}. Get it: sudo apt-get install ${name} (VIGIL_CHROMIUM names another browser).`,
  );
  process.exit(1);
}

/**
 * Debian starts a service as soon as it is installed, unless this file says no; the tests start theirs themselves.
 * @returns takes the file away again @source invoke-rc.d(8)
 */
function withoutStarting(): () => void {
  const policy = "/usr/sbin/policy-rc.d";
  if (existsSync(policy)) return () => undefined;
  writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  return () => rmSync(policy, { force: true });
}

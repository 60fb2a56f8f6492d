import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { runVigil } from "../programs.ts";
import { setStage, untilProvisioned, type Stage } from "../stage.ts";

// The command line as scripts meet it: a profile is a file that is shown, changed, stored and applied.

let stage: Stage;
const folder = mkdtempSync(join(tmpdir(), "vigil-profiles-"));
const file = join(folder, "default.json");
before(async () => {
  stage = await setStage({ devices: 2 });
  await untilProvisioned(stage, 2);
});
after(async () => {
  await stage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function vigil(
  ...args: string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return runVigil(args, {
    VIGIL_URL: stage.url,
    VIGIL_TOKEN: stage.token,
    VIGIL_PROFILE_SECRET: "correct horse battery",
  });
}

interface Settings {
  general: { answersPing: boolean };
  tls: { mode: string; isPlainPortOpen: boolean };
  network: { wifiProfiles: object[] };
}

function edited(change: (settings: Settings) => void): void {
  // Our own command wrote it.
  const settings = JSON.parse(readFileSync(file, "utf8")) as Settings;
  change(settings);
  writeFileSync(file, JSON.stringify(settings));
}

test("a profile is shown as a file, changed there, stored as a new version and compared with the old one", async () => {
  const shown = await vigil("profile", "show", "Default", "--settings");
  assert.equal(shown.code, 0, shown.stderr);
  writeFileSync(file, shown.stdout);
  edited((settings) => (settings.general.answersPing = false));
  const stored = await vigil("profile", "store", "Default", "--file", file, "--note", "no ping", "--json");
  assert.equal(stored.code, 0, stored.stderr);
  assert.match(stored.stdout, /"version": 2/);
  assert.match(stored.stdout, /"outdated": 2/);
  const diff = await vigil("profile", "diff", "Default", "--from", "1", "--to", "2");
  assert.match(diff.stdout, /general\.answersPing\s+true\s+false/);
});

test("drift is shown, applying ends it, and the devices have the version", async () => {
  const drift = await vigil("profile", "drift", "--collection", "Provisioned", "--wait", "--json");
  assert.equal(drift.code, 0, drift.stderr);
  assert.equal(drift.stdout.match(/Differs: general\.answersPing/g)?.length, 2);
  const applied = await vigil("profile", "apply", "--collection", "Provisioned", "--wait", "--json");
  assert.equal(applied.stdout.match(/Changed: general\.answersPing/g)?.length, 2);
  assert.match((await vigil("profile", "list")).stdout, /Default \(default\)\s+2\s+2\s+0/);
});

test("settings that cannot hold are refused with their reasons, and nothing is stored", async () => {
  edited((settings) => (settings.tls = { ...settings.tls, mode: "off", isPlainPortOpen: false }));
  const checked = await vigil("profile", "check", file);
  assert.equal(checked.code, 1);
  assert.match(checked.stdout, /tls\.isPlainPortOpen\s+refused/);
  const stored = await vigil("profile", "store", "Default", "--file", file, "--json");
  assert.equal(stored.code, 2);
  assert.match(stored.stdout, /profiles\.settings\.refused/);
  edited((settings) => (settings.tls = { ...settings.tls, mode: "server", isPlainPortOpen: true }));
  assert.match((await vigil("profile", "check", file, "--release", "19.0.5")).stdout, /AMT 19\.0\.5 has no plain port/);
});

test("a secret is asked for by the settings, set from the environment, and shown to nobody", async () => {
  edited((settings) => {
    const one = { name: "office", ssid: "Office", authentication: "wpa2Psk", encryption: "ccmp", ieee8021x: null };
    settings.network.wifiProfiles = [one];
  });
  const made = await vigil("profile", "store", "Laptops", "--file", file);
  assert.match(made.stdout, /wifi\/office \(missing\)/);
  const set = await vigil("profile", "secret", "Laptops", "wifi/office");
  assert.match(set.stdout, /wifi\/office \(set\)/);
  const all = await vigil("profile", "show", "Laptops", "--json");
  assert.equal(`${all.stdout}${set.stdout}`.includes("correct horse"), false);
  assert.equal((await vigil("profile", "secret", "Laptops", "wifi/other")).code, 2);
});

test("going back is a version of its own; the default and used ones stay", async () => {
  assert.match((await vigil("profile", "roll-back", "Default", "--to", "1", "--json")).stdout, /"version": 3/);
  assert.equal((await vigil("profile", "remove", "Default")).code, 2);
  assert.equal((await vigil("profile", "remove", "Laptops")).code, 0);
  assert.equal((await vigil("profile", "show", "Laptops")).code, 2);
});

test("the queue can be held and let go, and says so", async () => {
  assert.match((await vigil("provisioning", "hold")).stderr, /^Held: 0 devices/);
  assert.match((await vigil("provisioning", "list", "--state", "done")).stderr, /2 done\. The queue is held/);
  await stage.crash();
  assert.match((await vigil("provisioning", "list", "--json")).stdout, /"isHeld": true/);
  assert.match((await vigil("provisioning", "resume")).stderr, /^Going on/);
});

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres } from "@vigil/postgres/postgres.ts";
import { freshUrl } from "@vigil/postgres/test-databases.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { everySecretOpens } from "../proofs.ts";
import { changeProfile, setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// A device's secrets, the drift of a fleet and the keys for setup in a real browser; on a PostgreSQL whose queue a test can move on in time.

let stage: Stage;
let url: string;
let browser: BrowserPage;
let page: Page;

before(async () => {
  url = await freshUrl();
  stage = await setStage({ devices: 3, serverArgs: ["--database", url] });
  await untilProvisioned(stage, 3);
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device !== undefined);
  return device;
}

/** What the rotations wait for happens now, as far as the queue knows. */
async function hurryRotations(): Promise<void> {
  const database = await openPostgres({ url }, { clock: systemClock(), log: silentLog() });
  const moved = "update pgboss.job set start_after = now() where name = 'rotations' returning id";
  assert.equal((await database.execute(moved)).rows.length, 1);
  await database.close();
}

test("a password is shown for a reason, once, and is replaced by itself; the history has no value", async () => {
  const { firmware } = deviceAt(0);
  const digest = firmware.state.adminHa1;
  await page.goto(`${stage.url}/devices/${firmware.uuid}?tab=security`);
  await page.getByRole("button", { name: "Reveal the admin password" }).click();
  const dialog = page.getByRole("dialog");
  assert.ok(await dialog.getByRole("button", { name: "Reveal the secret" }).isDisabled());
  await dialog.getByLabel("Reason").fill("fire drill");
  await look(page, "reveal");
  await dialog.getByRole("button", { name: "Reveal the secret" }).click();
  const value = (await dialog.getByLabel("The secret", { exact: true }).textContent()) ?? "";
  assert.ok(value.length >= 8);
  await dialog.getByText(/Hidden in \d+ s/).waitFor();
  await dialog.getByText("It is replaced by itself at").waitFor();
  await look(page, "revealed");
  await dialog.getByRole("button", { name: "Hide now" }).click();
  await page.getByText("The admin password has been seen.").waitFor();
  assert.equal((await page.content()).includes(value), false, "it is in the page no more");
  await hurryRotations();
  await until("it is replaced", () => firmware.state.adminHa1 !== digest);
  await page.getByText("The admin password has been seen.").waitFor({ state: "detached", timeout: 30_000 });
  const history = page.getByRole("table", { name: "Reveals and rotations" });
  await history.getByText("Revealed the admin-password: fire drill").waitFor();
  await history.getByText("Replaced the admin password").waitFor({ timeout: 30_000 });
  assert.equal((await page.content()).includes(value), false);
  await look(page, "secrets");
});

test("a password is rotated now, by a run like any other", async () => {
  const { firmware } = deviceAt(0);
  const digest = firmware.state.adminHa1;
  await page.getByRole("button", { name: "Rotate now" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^Rotate the admin password of/ })
    .click();
  await page.getByText("1 of 1 done").waitFor({ timeout: 30_000 });
  assert.notEqual(firmware.state.adminHa1, digest);
  await everySecretOpens(stage, 3);
});

test("drift is grouped by setting, leads to the device, and is set right for those that are chosen", async () => {
  await page.goto(`${stage.url}/drift`);
  await page.getByText("No device has been compared yet").waitFor();
  await look(page, "drift-none");
  // The profile moves on; one of the three is brought along.
  await changeProfile(stage.client, (all) => ({ ...all, general: { ...all.general, domainName: "moved.example" } }));
  const target = { devices: [deviceAt(2).firmware.uuid] };
  const { id } = await stage.client.runs.start({ body: { operation: "profile.apply", target } });
  const isOver = async (): Promise<boolean> => (await stage.client.runs.show({ params: { id } })).state === "finished";
  await until("one has the new domain", isOver);
  assert.equal(deviceAt(2).firmware.state.domainName, "moved.example");
  await page.getByRole("button", { name: "Compare all" }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /of 3 devices in Provisioned$/ })
    .click();
  await page.getByText("3 of 3 done").waitFor({ timeout: 30_000 });
  await page.keyboard.press("g");
  await page.keyboard.press("d");
  const settings = page.getByRole("navigation", { name: "Settings" });
  await settings.getByRole("link", { name: /^Any setting ?2$/ }).waitFor();
  await settings.getByText("1 device as their profiles say").waitFor();
  await settings.getByRole("link", { name: /^General › Domain ?2$/ }).click();
  const rows = page.getByRole("grid", { name: "Devices that differ" }).getByRole("row");
  await rows.filter({ hasText: "lab.example" }).nth(1).waitFor();
  assert.equal(await settings.locator("[aria-current]").count(), 1, "one of them is the chosen one");
  assert.match(new URL(page.url()).search, /setting=general\.domainName/);
  await look(page, "drift");
  await page.getByLabel("Select all that match").click();
  await page.getByText("2 devices selected").waitFor();
  await page.getByRole("button", { name: "Apply the profile" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Apply the profile of 2 devices" }).click();
  await page.getByText("2 of 2 done").waitFor({ timeout: 30_000 });
  for (const { firmware } of stage.fleet.devices) assert.equal(firmware.state.domainName, "moved.example");
  await page.goto(`${stage.url}/drift`);
  await page.getByText("Every device that was compared is as its profile says").waitFor();
});

test("setup keys are made and shown once, a stick's file is downloaded, and keys are deleted", async () => {
  await page.goto(`${stage.url}/setup-keys`);
  await page.getByText("There are no setup keys").waitFor();
  await look(page, "keys-none");
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Batch").fill("Lab 7");
  await dialog.getByLabel("Machines", { exact: true }).fill("3");
  await dialog.getByRole("button", { name: "Make 3 keys" }).click();
  const pairs = dialog.getByRole("table", { name: "Pairs" }).getByRole("row");
  await pairs.nth(3).waitFor();
  const pid = (await pairs.nth(1).getByRole("cell").first().textContent()) ?? "";
  await look(page, "keys-made");
  await dialog.getByRole("button", { name: "Hide pairs" }).click();
  await page.getByRole("grid", { name: "Setup keys" }).getByText(pid).waitFor();
  await page.getByRole("button", { name: "More for setup keys" }).click();
  await page.getByRole("menuitem", { name: "Make setup.bin for a stick" }).click();
  await dialog.getByLabel("Batch").fill("Sticks");
  await dialog.getByLabel("Machines", { exact: true }).fill("2");
  await look(page, "keys-file");
  await dialog.getByRole("button", { name: "Make setup.bin" }).click();
  const coming = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "Download setup.bin" }).click();
  const saved = await coming;
  assert.equal(saved.suggestedFilename(), "setup.bin");
  assert.ok((await readFile(await saved.path())).length > 512);
  await dialog.getByRole("button", { name: "Done with it" }).click();
  await page.getByRole("button", { name: "Unused 5" }).waitFor();
  await page.getByLabel("Batch").selectOption("Lab 7");
  await page.getByLabel("Select all that match").click();
  await look(page, "keys");
  await page.getByRole("button", { name: "Delete keys" }).click();
  await dialog.getByRole("button", { name: "Delete 3 keys" }).click();
  await until("they are gone", async () => (await stage.client.setupKeys.list()).items.length === 2);
  const { items } = await stage.client.audit.list({ query: { search: "setup-key" } });
  assert.deepEqual(
    items.map(({ action }) => action),
    ["setup-key.removed", "setup-key.file", "setup-key.made"],
  );
  assert.deepEqual(browser.problems, []);
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// How devices leave, in a real browser.

let stage: Stage;
let browser: BrowserPage;
let page: Page;

before(async () => {
  stage = await setStage({ devices: 2 });
  await untilProvisioned(stage, 2);
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

async function open(index: number): Promise<string> {
  const uuid = stage.fleet.devices[index]?.firmware.uuid ?? "";
  await page.goto(`${stage.url}/devices/${uuid}`);
  await page.getByText("admin control", { exact: true }).waitFor();
  return uuid;
}

test("a device is unprovisioned by choices in words and a reason, and the run says what came of it", async () => {
  const uuid = await open(0);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Unprovision the firmware…" }).click();
  const dialog = page.getByRole("dialog", { name: "Unprovision" });
  await dialog.getByRole("radio", { name: /^full:/ }).check();
  await dialog.getByRole("radio", { name: /^retired:/ }).check();
  await look(page, "unprovision");
  await dialog.getByLabel("Reason").fill("The lease has ended");
  await dialog.getByRole("button", { name: /^Unprovision the firmware of/ }).click();
  await page.getByText("Unprovisioned fully", { exact: false }).waitFor({ timeout: 60_000 });
  const { life } = await stage.client.devices.show({ params: { id: uuid } });
  assert.equal(life, "retired");
});

test("a stolen device is retired, readmitted, and forgotten, each with its reason", async () => {
  const uuid = await open(1);
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Retire the device…" }).click();
  const retire = page.getByRole("dialog", { name: "Retire the device" });
  await retire.getByRole("radio", { name: "It was stolen" }).check();
  await retire.getByLabel("Reason").fill("Taken from the car");
  await look(page, "retire");
  await retire.getByRole("button", { name: "Retire the device" }).click();
  await page.getByText("Is retired, was in admin control mode").waitFor();
  await look(page, "retired");
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Forget the device…" }).click();
  const forget = page.getByRole("dialog", { name: "Forget the device" });
  await forget.getByText("Its passwords were to be kept until").waitFor();
  await forget.getByLabel("Reason").fill("The case is closed");
  await look(page, "forget");
  await forget.getByRole("button", { name: "Forget the device" }).click();
  await page.getByRole("heading", { name: "Fleet" }).waitFor();
  const isGone = async (): Promise<boolean> =>
    (await stage.client.devices.show({ params: { id: uuid } }).catch(() => undefined)) === undefined;
  await until("it is forgotten", isGone);
  // News of it that came before may have the page that is left ask for the device, and what was done to it, once more.
  const late = new RegExp(String.raw`status of 404 .* /api/devices/${uuid}(/timeline)?$`);
  assert.deepEqual(
    browser.problems.filter((problem) => !late.test(problem)),
    [],
  );
});

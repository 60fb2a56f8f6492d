import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// Policies in a real browser: one is written, looks, is enforced, and its devices are as it says.

let stage: Stage;
let browser: BrowserPage;
let page: Page;

before(async () => {
  stage = await setStage({ devices: 3 });
  await untilProvisioned(stage, 3);
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const policy = async () => stage.client.policies.show({ params: { name: "Awake" } });

test("a policy is written, says beforehand what it would find, and finds it", async () => {
  const off = stage.fleet.devices[0]?.firmware;
  assert.ok(off !== undefined);
  if (off.state.powerState !== 8) assert.equal(off.power.request(8), 0);
  await until("a machine is off", () => off.state.powerState === 8 && !off.power.isMoving);
  await page.goto(`${stage.url}/jobs/compliance`);
  await page.getByText("No policy yet").waitFor();
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog", { name: "New policy" });
  await dialog.getByRole("textbox", { name: "Name" }).fill("Awake");
  await dialog.getByRole("radio", { name: "A filter holds for it" }).check();
  await dialog.getByRole("textbox", { name: "The filter" }).fill("power = on");
  await dialog.getByRole("status").getByText("By what is stored").waitFor();
  await look(page, "new-policy");
  await dialog.getByRole("textbox", { name: "Hours from one round to the next" }).fill("");
  await dialog.getByRole("button", { name: "Make policy" }).click();
  await page.getByRole("link", { name: "Awake" }).click();
  await page.getByText("No device has been looked at").waitFor();
  await page.getByRole("button", { name: "Look now" }).click();
  await until("the round is over", async () => (await policy()).round?.state === "done");
  await page.getByRole("grid", { name: "Findings" }).getByText("deviating").waitFor();
  assert.deepEqual((await policy()).counts, { compliant: 2, deviating: 1, unknown: 0 });
  await look(page, "policy");
  await page.getByRole("button", { name: "compliant 2" }).click();
  await until("only those are listed", async () => (await page.getByRole("grid").getByText("compliant").count()) === 2);
});

test("once it is enforced the machine is switched on, and the page says so", async () => {
  await page.goto(`${stage.url}/jobs/compliance/Awake`);
  await page.getByRole("button", { name: "Change" }).click();
  const dialog = page.getByRole("dialog", { name: "Change Awake" });
  await dialog.getByRole("combobox", { name: "Remedy" }).click();
  await page.getByRole("option", { name: "Power on" }).click();
  await dialog.getByRole("switch", { name: "Enforced" }).check();
  await dialog.getByRole("button", { name: "Change policy" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Look now" }).click();
  await until("the round is over", async () => {
    const { round } = await policy();
    return round?.state === "done" && round.remedyRun !== null;
  });
  await page.getByRole("button", { name: "compliant 3" }).waitFor();
  await page.getByRole("link", { name: "its remedy" }).waitFor();
  await page.goto(`${stage.url}/jobs/compliance`);
  await page.getByRole("img", { name: "3 compliant, 0 deviating, 0 unknown, 0 not looked at" }).waitFor();
  await look(page, "compliance");
});

test("a policy is removed, and its devices stay as they are", async () => {
  await page.goto(`${stage.url}/jobs/compliance/Awake`);
  await page.getByRole("button", { name: "Remove" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove policy" }).click();
  await page.getByText("No policy yet").waitFor();
  assert.deepEqual((await stage.client.policies.list()).items, []);
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, type Stage } from "../stage.ts";

// Schedules in a real browser: what is empty, what starts in a week, and a switch.

let stage: Stage;
let browser: BrowserPage;
let page: Page;

before(async () => {
  stage = await setStage({ devices: 0 });
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const always = { parameters: {}, operation: "power.state" } as const;
const common = { target: { collection: "All" }, missed: "skip", isOn: true, reason: "" } as const;

test("without schedules the page says what one is, and how to make one", async () => {
  await page.goto(`${stage.url}/jobs/schedules`);
  await page.getByText("Nothing starts by itself yet").waitFor();
  await page.getByText("vigil schedule create").waitFor();
  await look(page, "none");
});

test("a week shows what starts and when windows open, and the next one is a step away", async () => {
  const { windows, schedules } = stage.client;
  const rules = [{ days: ["mon" as const, "thu" as const], from: "22:00", to: "23:30" }];
  await windows.put({ params: { name: "Evenings" }, body: { timeZone: "UTC", rules } });
  const make = (name: string, cron: string, window: string | null) =>
    schedules.create({
      body: { name, settings: { ...common, work: always, at: { cron, timeZone: "UTC" }, window } },
    });
  await make("Nightly", "0 12 * * *", "Evenings");
  await make("Hourly", "15 * * * *", null);
  await page.goto(`${stage.url}/jobs/schedules?week=2027-06-02`);
  const week = page.getByRole("region", { name: "Week" });
  await week.getByText("Hourly 24×").first().waitFor();
  assert.equal(await week.getByText("Hourly 24×").count(), 7);
  assert.equal(await week.getByText("Nightly").count(), 2, "what falls outside waits for Monday and Thursday");
  assert.equal(await week.getByText("Evenings open").count(), 2);
  await look(page, "week");
  await page.getByRole("button", { name: "The week after" }).click();
  await page.waitForURL(/week=2027-06-07/);
  await page.getByRole("button", { name: "This week" }).click();
  await page.waitForURL(/schedules$/);
});

test("a schedule is switched off where it stands, and its times are gone", async () => {
  await page.goto(`${stage.url}/jobs/schedules?week=2027-06-02`);
  await page.getByRole("switch", { name: "Hourly is on" }).press("Space");
  await until("it is off", async () => !(await stage.client.schedules.show({ params: { name: "Hourly" } })).isOn);
  await page.getByText("Hourly 24×").first().waitFor({ state: "detached" });
  assert.deepEqual(browser.problems, []);
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, type Stage } from "../stage.ts";

// Schedules and maintenance windows in a real browser: made, changed, looked at, switched off and removed.

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
const dialog = () => page.getByRole("dialog");

test("without schedules and windows the pages say what one is", async () => {
  await page.goto(`${stage.url}/jobs/windows`);
  await page.getByText("No maintenance window yet").waitFor();
  await page.goto(`${stage.url}/jobs/schedules`);
  await page.getByText("Nothing starts by itself yet").waitFor();
  await look(page, "none");
  // Their time comes while the rest is looked at; one of them has lost its devices by then.
  const { schedules, collections } = stage.client;
  await collections.create({ body: { name: "Short-lived", filter: "tag = kiosk" } });
  const at = { once: new Date(Date.now() + 2_000).toISOString() };
  const make = (name: string, collection: string) =>
    schedules.create({
      body: { name, settings: { ...common, work: always, target: { collection }, at, window: null } },
    });
  await make("Soon", "All");
  await make("Lost", "Short-lived");
  await collections.remove({ params: { name: "Short-lived" } });
});

test("a window over midnight is made by keyboard, and given a second rule", async () => {
  await page.getByRole("link", { name: "Windows" }).click();
  await page.getByText("No maintenance window yet").waitFor();
  await page.keyboard.press("n");
  await dialog().getByRole("textbox", { name: "Name" }).fill("Nights");
  await dialog().getByText("Monday–Friday 22:00–05:00 the next day").waitFor();
  await dialog().getByRole("combobox", { name: "By the clock of" }).click();
  await dialog().getByRole("combobox", { name: "By the clock of" }).fill("Europe/Ber");
  await page.getByRole("option", { name: "Europe/Berlin" }).click();
  await dialog().getByRole("button", { name: "Make window" }).press("Enter");
  await page.getByRole("button", { name: "Nights", exact: true }).click();
  await dialog().getByRole("button", { name: "Add rule" }).click();
  const second = dialog().getByRole("group", { name: "Rule 2" });
  await second.getByRole("checkbox", { name: "Sunday" }).uncheck();
  await second.getByLabel("To").fill("23:30");
  await look(page, "window-form");
  await dialog().getByRole("button", { name: "Change window" }).click();
  await dialog().waitFor({ state: "hidden" });
  const [window] = (await stage.client.windows.list()).items;
  assert.equal(window?.timeZone, "Europe/Berlin");
  assert.deepEqual(window.rules, [
    { days: ["mon", "tue", "wed", "thu", "fri"], from: "22:00", to: "05:00" },
    { days: ["sat"], from: "08:00", to: "23:30" },
  ]);
});

test("a schedule is made in the form, which says when it starts, what the clocks do, and what is wrong", async () => {
  await page.getByRole("link", { name: "Schedules", exact: true }).click();
  await page.getByRole("link", { name: "Soon" }).waitFor();
  await page.keyboard.press("n");
  await dialog().getByRole("textbox", { name: "Name" }).fill("soon");
  await dialog().getByLabel("Operation", { exact: true }).selectOption("power.off");
  await dialog().getByText("Interrupts whoever uses the machine").waitFor();
  await dialog().getByText("A filter", { exact: true }).click();
  await dialog().getByRole("textbox", { name: "Filter" }).fill("tag = kiosk");
  await dialog().getByRole("textbox", { name: "Filter" }).press("Escape");
  await dialog().getByText("It holds for 0 devices now").waitFor();
  await dialog().getByLabel("Starts", { exact: true }).selectOption("cron");
  const cron = dialog().getByLabel("Minute, hour, day, month, day of the week");
  await cron.fill("61 2 * * *");
  await dialog().getByText("schedules.cron.invalid").waitFor();
  await cron.fill("30 2 * * *");
  await dialog().getByRole("combobox", { name: "By the clock of" }).fill("Europe/Ber");
  await page.getByRole("option", { name: "Europe/Berlin" }).click();
  const next = dialog().getByRole("region", { name: "Next starts" });
  await next.getByText(/there is no 02:30 that day: it starts at 03:30/).waitFor();
  await next.getByText(/02:30 comes twice that day/).waitFor();
  assert.equal(await next.getByRole("listitem").count(), 5);
  await look(page, "schedule-form");
  await dialog().getByRole("button", { name: "Make schedule" }).click();
  await dialog().getByText("schedules.taken").waitFor();
  await dialog().getByRole("textbox", { name: "Name" }).fill("Kiosks");
  await dialog().getByLabel("Starts", { exact: true }).selectOption("weekday");
  await dialog().getByLabel("At", { exact: true }).fill("12:00");
  await dialog().getByLabel("Maintenance window").selectOption("Nights");
  await next
    .getByText(/waits for Nights since .* 12:00/)
    .first()
    .waitFor();
  await dialog().getByRole("button", { name: "Make schedule" }).click();
  await page.getByRole("heading", { name: "Kiosks" }).waitFor();
  await page.getByText("every weekday at 12:00, Europe/Berlin").waitFor();
  await page.getByText("None of its times has come yet").waitFor();
  await look(page, "schedule");
  const { target, at, window } = await stage.client.schedules.show({ params: { name: "Kiosks" } });
  assert.deepEqual([target, at], [{ filter: "tag = kiosk" }, { cron: "0 12 * * mon-fri", timeZone: "Europe/Berlin" }]);
  assert.equal(window, "Nights");
});

test("what is dangerous wants a reason before it can be stored", async () => {
  await page.keyboard.press("c");
  await dialog().getByLabel("Operation", { exact: true }).selectOption("device.unprovision");
  await dialog().getByText("Cannot be undone from afar", { exact: false }).first().waitFor();
  assert.ok(await dialog().getByRole("button", { name: "Change schedule" }).isDisabled());
  await dialog().getByLabel("Reason").fill("The shop is given up");
  await dialog().getByLabel("What becomes of it afterwards").selectOption("retired");
  await dialog().getByRole("button", { name: "Change schedule" }).click();
  await dialog().waitFor({ state: "hidden" });
  await page.getByText("afterwards: retired").waitFor();
});

test("a window that a schedule waits for says so, and cannot be removed", async () => {
  await page.getByRole("link", { name: "Nights" }).click();
  await page.getByRole("button", { name: "Remove Nights" }).click();
  await dialog().getByText("cannot be removed: these wait for it").waitFor();
  await dialog().getByRole("link", { name: "Kiosks" }).waitFor();
  assert.ok(await dialog().getByRole("button", { name: "Remove window" }).isDisabled());
  await look(page, "window-in-use");
  await dialog().getByRole("link", { name: "Kiosks" }).click();
  await page.getByRole("button", { name: "Remove" }).click();
  await dialog().getByText("starts nothing any more").waitFor();
  await dialog().getByRole("button", { name: "Remove schedule" }).click();
  await dialog().waitFor({ state: "hidden" });
  await page.getByRole("link", { name: "Windows" }).click();
  await page.getByRole("button", { name: "Remove Nights" }).click();
  await dialog().getByRole("button", { name: "Remove window" }).click();
  await page.getByText("No maintenance window yet").waitFor();
});

test("the times that came are listed with their run, or why there is none", async () => {
  const fire = async (name: string) => (await stage.client.schedules.fires({ params: { name } })).items[0]?.outcome;
  await until("both have come", async () => (await fire("Soon")) === "started" && (await fire("Lost")) === "failed");
  await page.goto(`${stage.url}/jobs/schedules/Soon`);
  await page.getByText("Its moment is over").waitFor();
  await page.getByRole("link", { name: "Open run" }).waitFor();
  await page.goto(`${stage.url}/jobs/schedules/Lost`);
  await page.getByText("failed to start").waitFor();
  await page.getByText("collections.unknown").waitFor();
  await look(page, "fires");
  for (const name of ["Soon", "Lost"]) await stage.client.schedules.remove({ params: { name } });
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
  const refused = browser.problems.filter((one) => !/\/schedules(\/preview)?$/.test(one));
  assert.deepEqual(refused, [], "but for what was refused on purpose");
});

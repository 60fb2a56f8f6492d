import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// Runs of jobs in a real browser: a dry run, a start, what each device did, and a second person.

let stage: Stage;
let browser: BrowserPage;
let page: Page;

before(async () => {
  stage = await setStage({ devices: 4 });
  await untilProvisioned(stage, 4);
  await stage.client.jobs.create({
    body: {
      name: "Off and back",
      definition: {
        steps: [
          { name: "Off", do: "power.off" },
          { name: "Await off", waitFor: { power: "off" }, limitSeconds: 60 },
          { name: "Never", do: "power.reset", when: { step: "Off", ended: ["failed"] } },
          { name: "Back", restore: "power" },
        ],
        limits: { waves: [25, 100] },
      },
    },
  });
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const idIn = (): string => new URL(page.url()).pathname.split("/").at(-1) ?? "";
/** CIM's word for a machine that is on. */
const on = 2;
const switchedOff = (): number => stage.fleet.devices.filter(({ firmware }) => firmware.state.powerState !== on).length;

test("a dry run names devices, waves and calls, and asks no device", async () => {
  await page.goto(`${stage.url}/jobs/named/Off%20and%20back`);
  await page.getByRole("button", { name: "Dry run" }).click();
  const dialog = page.getByRole("dialog", { name: "Dry run of Off and back" });
  await dialog.getByLabel("Collection", { exact: true }).selectOption("Provisioned");
  await dialog.getByText("in 2 waves (1, 3)").waitFor();
  await dialog.getByText("Power off", { exact: true }).waitFor();
  await dialog.getByText('if "Off" failed').waitFor();
  assert.equal(await dialog.getByRole("list", { name: "Devices" }).getByRole("listitem").count(), 4);
  await look(page, "plan");
  await dialog.getByText("Names", { exact: true }).click();
  const names = dialog.getByLabel("Host names, addresses or UUIDs");
  await names.fill("no-such-desk");
  await dialog.getByText("devices.unknown").waitFor();
  const { items } = await stage.client.devices.list({ query: { limit: 2 } });
  await names.fill(items.map(({ uuid }) => uuid).join(", "));
  await dialog.getByText("in 2 waves (1, 1)").waitFor();
  await dialog.getByText("A filter", { exact: true }).click();
  await dialog.getByRole("textbox", { name: "Filter" }).fill("state = provisioned");
  await dialog.getByText("in 2 waves (1, 3)").waitFor();
  await dialog.getByText("Limits and start").click();
  await dialog.getByLabel("Waves").fill("50");
  await dialog.getByText("The waves do not reach all devices").waitFor();
  await dialog.getByLabel("Waves").fill("50, 100");
  await dialog.getByText("in 2 waves (2, 2)").waitFor();
  await dialog.getByText("other limits: waves").waitFor();
  await look(page, "plan-limits");
  await page.keyboard.press("Escape");
  assert.equal(switchedOff(), 0);
  assert.equal((await stage.client.runs.list()).items.length, 0);
});

test("a job is started on a collection, and its page shows waves, steps and each device as they end", async () => {
  await page.getByRole("button", { name: "Run job" }).click();
  const dialog = page.getByRole("dialog", { name: "Run Off and back" });
  await dialog.getByLabel("Collection", { exact: true }).selectOption("Provisioned");
  await dialog.getByLabel("Reason").fill("to see it");
  await dialog.getByText("Limits and start").click();
  await dialog.getByLabel("Start later").fill("2030-01-01T22:00");
  await dialog.getByRole("button", { name: "Run Off and back on 4 devices later" }).waitFor();
  await dialog.getByLabel("Start later").fill("");
  await dialog.getByText("Limits and start").click();
  await look(page, "start");
  await dialog.getByRole("button", { name: "Run Off and back on 4 devices" }).click();
  await page.getByText("4 of 4 done").waitFor({ timeout: 60_000 });
  const shape = page.getByRole("complementary", { name: "Waves and steps" });
  await shape.getByText("3 devices · ended").waitFor();
  const steps = shape.getByRole("list", { name: "Steps" });
  await steps.getByRole("listitem").filter({ hasText: "Off" }).first().getByText("4 succeeded").waitFor();
  await steps.getByRole("listitem").filter({ hasText: "Never" }).getByText("4 skipped").waitFor();
  await look(page, "run");
});

test("a device's trail opens beside the list, step by step, and its address is a link", async () => {
  const table = page.getByRole("grid", { name: "Results" });
  await table.focus();
  await page.keyboard.press("Enter");
  const trail = page.getByRole("list", { name: "Trail" });
  await trail.getByText("1. Off").waitFor();
  await trail.getByText("4. Back").waitFor();
  await trail.getByText("skipped").waitFor();
  await page.getByText("Power before: on").waitFor();
  await look(page, "trail");
  await page.reload();
  await trail.getByText("4. Back").waitFor();
  await page.keyboard.press("Escape");
});

test("results are saved as a file", async () => {
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export results" }).click();
  assert.match((await waiting).suggestedFilename(), /\.csv$/);
});

test("who starts a wide run is told that somebody else has to approve, and cannot do it alone", async () => {
  const { version, definition } = await stage.client.jobs.show({ params: { name: "Off and back" } });
  await stage.client.jobs.change({
    params: { name: "Off and back" },
    body: { basedOn: version, definition: { ...definition, limits: { approvalAbove: 2 } } },
  });
  await page.goto(stage.url);
  await page.getByRole("checkbox", { name: "Select all that match" }).click();
  await page.getByRole("button", { name: "Run a job" }).click();
  const dialog = page.getByRole("dialog", { name: "Run a job on 4 devices" });
  await dialog.getByLabel("Job", { exact: true }).selectOption("Off and back");
  await dialog.getByText("A second person must approve").waitFor();
  await dialog.getByRole("button", { name: "Run Off and back on 4 devices" }).click();
  const notice = page.getByRole("region", { name: "Asks for approval" });
  await notice.getByText("somebody else has to approve").waitFor();
  assert.ok(await notice.getByRole("button", { name: "Approve run" }).isDisabled());
  await look(page, "approval");
  assert.equal(switchedOff(), 0, "nothing has begun");
  await stage.client.runs.approve({ params: { id: idIn() } });
  await notice.waitFor({ state: "detached" });
  await page.getByText("4 of 4 done").waitFor({ timeout: 60_000 });
});

test("a run is paused, says by whom, goes on, and is cancelled", async () => {
  const run = await stage.client.runs.start({
    body: {
      title: "Long",
      definition: {
        steps: [
          { name: "Wait", pauseSeconds: 600 },
          { name: "Read", do: "power.state" },
        ],
      },
      target: { collection: "Provisioned" },
    },
  });
  await page.goto(`${stage.url}/jobs/${run.id}`);
  await page.getByRole("button", { name: "Pause run" }).click();
  const notice = page.getByRole("region", { name: "Paused" });
  await notice.getByText("owner paused it").waitFor();
  await look(page, "paused");
  await notice.getByRole("button", { name: "Resume run" }).click();
  await notice.waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Cancel run" }).click();
  await until(
    "the run ends",
    async () => (await stage.client.runs.show({ params: { id: run.id } })).finishedAt !== null,
  );
  await page.getByText("4 of 4 done").waitFor();
});

test("who cancels a run that switches machines says what becomes of them, and sees it", async () => {
  // What an earlier run has switched on takes its time to start.
  await until("machines are on", () => switchedOff() === 0);
  const target = { collection: "Provisioned" };
  const definition: JobDefinition = {
    steps: [
      { name: "Off", do: "power.off" },
      { name: "Rest", pauseSeconds: 600 },
      { name: "Back", restore: "power" },
    ],
  };
  const run = await stage.client.runs.start({ body: { title: "Night", definition, target } });
  await page.goto(`${stage.url}/jobs/${run.id}`);
  const steps = page.getByRole("list", { name: "Steps" });
  await steps.getByRole("listitem").filter({ hasText: "Rest" }).getByText("4 running").waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: "Cancel run" }).click();
  const dialog = page.getByRole("dialog", { name: "Cancel run" });
  await dialog.getByLabel("get back the power that they had").waitFor();
  await look(page, "cancel");
  await dialog.getByRole("button", { name: "Cancel run" }).click();
  const notice = page.getByRole("region", { name: "Cancelled" });
  await notice.getByRole("button", { name: "Leave machines as they are" }).waitFor();
  await look(page, "cancelling");
  await notice.getByText("4 devices got back the power that they had").waitFor({ timeout: 60_000 });
  await until("machines are on", () => switchedOff() === 0);
});

test("failed devices stand on top with their error, and are run again as a run of their own", async () => {
  const [first] = stage.fleet.devices;
  assert.ok(first !== undefined);
  first.faults.set({ misbehavior: { kind: "refuse" } });
  const { id } = await stage.client.runs.start({
    body: { operation: "power.state", target: { collection: "Provisioned" } },
  });
  await page.goto(`${stage.url}/jobs/${id}`);
  await page.getByText("4 of 4 done").waitFor({ timeout: 90_000 });
  await page.getByRole("grid", { name: "Results" }).getByRole("row").nth(1).getByText("failed").waitFor();
  await look(page, "failed");
  first.faults.clear();
  await page.getByRole("button", { name: "Retry 1 failed" }).click();
  await page.getByText("an earlier run").waitFor();
  await page.getByText("1 of 1 done").waitFor({ timeout: 90_000 });
});

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, untilProvisioned, type Stage } from "../stage.ts";

// Jobs in a real browser: one is begun from the gallery, edited as a form and as a text, stored, compared and rolled back.

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

const steps = () => page.getByRole("listbox", { name: "Steps" });
const step = (name: string) => steps().getByRole("option").filter({ hasText: name });
const bar = () => page.getByRole("region", { name: "Changes that are not stored" });
const shown = async (name: string) => (await stage.client.jobs.show({ params: { name } })).definition;

test("where there is no job yet, the gallery says what is ready and for how many devices", async () => {
  await page.keyboard.press("g");
  await page.keyboard.press("j");
  await page.getByRole("link", { name: "Jobs", exact: true }).last().click();
  await page.getByText("No job has a name yet").waitFor();
  const card = page.getByRole("listitem", { name: "Patch window" });
  await card.getByRole("link", { name: "2 of 2" }).first().waitFor();
  await look(page, "gallery");
  await card.getByRole("link", { name: "Start from Patch window" }).click();
  await page.getByRole("heading", { name: "New job" }).waitFor();
  await page.getByRole("button", { name: "Make job" }).click();
  await page.getByRole("heading", { name: "Patch window" }).waitFor();
  assert.equal((await shown("Patch window")).steps.length, 4);
  await look(page, "job");
});

test("a step is added by its kind, named, and moved by keyboard", async () => {
  await step("Patch window").click();
  await page.getByRole("button", { name: "Add step" }).click();
  await page.getByRole("menuitem", { name: /Operation/ }).click();
  await page.getByLabel("Name", { exact: true }).fill("Look");
  await page.getByLabel("Operation").selectOption("profile.look");
  await page.getByText("notes which are not as its profile says").waitFor();
  await steps().press("Alt+ArrowUp");
  await steps().press("Alt+ArrowUp");
  await bar().getByLabel("Comment").fill("look before patching");
  await page.keyboard.press("Control+s");
  await bar().waitFor({ state: "detached" });
  const names = (await shown("Patch window")).steps.map(({ name }) => name);
  assert.deepEqual(names, ["Wake", "Look", "Await power", "Patch window", "Put power back"]);
});

test("a problem is shown at its step, and nothing can be stored until it is mended", async () => {
  await step("Await power").click();
  await page.getByLabel("An earlier step", { exact: true }).selectOption("Look");
  await step("Look").click();
  await page.getByLabel("Name", { exact: true }).fill("Compare");
  await step("Await power").getByText("1", { exact: true }).waitFor();
  await step("Await power").click();
  await page.getByText("There is no step Look").waitFor();
  await bar().getByText("1 problem to mend").waitFor();
  assert.ok(await bar().getByRole("button", { name: "Save version 3" }).isDisabled());
  await look(page, "problem");
  await page.getByLabel("An earlier step", { exact: true }).selectOption("Compare");
  await bar().getByText("Changed, from version 2").waitFor();
});

test("the text is the same draft: what the form changed stands in it, and what is typed there stands in the form", async () => {
  await page.getByRole("button", { name: "Text", exact: true }).click();
  const text = page.getByLabel("The job as YAML");
  assert.match(await text.inputValue(), /step: Compare/);
  await text.fill((await text.inputValue()).replace("pauseSeconds: 7200", "pauseSeconds: zero"));
  await page.getByRole("button", { name: /Line \d+/ }).waitFor();
  await look(page, "text-problem");
  await text.fill((await text.inputValue()).replace("zero", "3600 # an hour is enough"));
  await page.getByText("No problem.").waitFor();
  await text.fill(`${await text.inputValue()}  :\n - [`);
  await page.getByRole("button", { name: "Steps", exact: true }).click();
  await page.getByText("The form cannot show this").waitFor();
  await page.getByRole("button", { name: "Text", exact: true }).click();
  await text.fill((await text.inputValue()).replace("  :\n - [", ""));
  await page.getByRole("button", { name: "Steps", exact: true }).click();
  await step("Patch window").click();
  assert.equal(await page.getByLabel("Seconds", { exact: true }).inputValue(), "3600");
});

test("a change that is not stored is not left behind unasked", async () => {
  await page.getByRole("link", { name: "Fleet" }).click();
  await page.getByRole("dialog", { name: "Leave your changes behind?" }).waitFor();
  await page.getByRole("button", { name: "Keep editing" }).click();
  await bar().getByRole("button", { name: "Save version 3" }).click();
  await bar().waitFor({ state: "detached" });
});

test("branches, conditions and waves are edited in the form", async () => {
  await step("Wake").click();
  await page.getByRole("button", { name: "Add step" }).click();
  await page.getByRole("menuitem", { name: /Choose/ }).click();
  await page.getByRole("button", { name: "Add otherwise" }).click();
  await steps().getByText("Case 1").click();
  await page.getByLabel("The device", { exact: true }).fill("tag = kiosk");
  await page.getByLabel("The device", { exact: true }).press("Escape");
  await steps().getByText("Waves and limits").click();
  await page.getByLabel("Waves", { exact: true }).fill("10, 50");
  await page.getByText("The waves do not reach all devices").waitFor();
  await page.getByLabel("Waves", { exact: true }).fill("10, 50, 100");
  await look(page, "limits");
  await steps().getByText("Case 1").click();
  await look(page, "branch");
  await page.keyboard.press("Control+s");
  await bar().waitFor({ state: "detached" });
  const { steps: stored, limits } = await shown("Patch window");
  assert.deepEqual(limits?.waves, [10, 50, 100]);
  const choose = stored.find((one) => "choose" in one);
  assert.ok(choose !== undefined && "choose" in choose);
  assert.deepEqual(choose.choose[0]?.when, { powerBefore: "on", device: "tag = kiosk" });
});

test("who saves second sees what would become of the first's change", async () => {
  await steps().getByText("About the job").click();
  await page.getByLabel("Description").fill("Every second Tuesday");
  const { version, definition } = await stage.client.jobs.show({ params: { name: "Patch window" } });
  await stage.client.jobs.change({
    params: { name: "Patch window" },
    body: { basedOn: version, definition: { ...definition, limits: {} } },
  });
  await page.keyboard.press("Control+s");
  const conflict = page.getByRole("alert", { name: "Changed in the meantime" });
  await conflict.getByText("stopAtFailurePercent").waitFor();
  await look(page, "conflict");
  await conflict.getByRole("button", { name: "Discard mine" }).click();
  await conflict.waitFor({ state: "detached" });
});

test("versions are compared line by line, and an older one comes back as a new one", async () => {
  await page.getByRole("button", { name: "Versions", exact: true }).click();
  await page.getByLabel("From version", { exact: true }).selectOption("1");
  await page.getByLabel("To version", { exact: true }).selectOption("2");
  await page.getByRole("list", { name: "What differs" }).getByText("profile.look").waitFor();
  await look(page, "versions");
  await page.getByRole("button", { name: "Roll back to version 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Roll back to version 1" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.equal((await shown("Patch window")).steps.length, 4);
});

test("a job that a schedule starts is not removed, and the refusal leads to the schedule", async () => {
  const settings = {
    work: { job: "Patch window", version: "newest" },
    target: { collection: "All" },
    at: { cron: "0 22 * * sat", timeZone: "UTC" },
    window: null,
    missed: "skip",
    isOn: true,
    reason: "",
  } as const;
  await stage.client.schedules.create({ body: { name: "Saturdays", settings } });
  await page.getByRole("button", { name: "More for this job" }).click();
  await page.getByRole("menuitem", { name: "Remove job" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Remove Patch window" }).click();
  await dialog.getByText("jobs.in-use").waitFor();
  await look(page, "in-use");
  await dialog.getByRole("link", { name: "Saturdays" }).click();
  await page.getByText("job Patch window").waitFor();
  await stage.client.schedules.remove({ params: { name: "Saturdays" } });
  await page.goto(`${stage.url}/jobs/named/Patch%20window`);
});

test("a removed job is gone, and its address says so", async () => {
  await page.getByRole("button", { name: "More for this job" }).click();
  await page.getByRole("menuitem", { name: "Remove job" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove Patch window" }).click();
  await page.getByText("No job has a name yet").waitFor();
  await page.goto(`${stage.url}/jobs/named/Patch%20window`);
  await page.getByText("There is no such job").waitFor();
  await look(page, "gone");
});

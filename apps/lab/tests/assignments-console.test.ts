import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// The Assignment page in a real browser, by keyboard where that is what counts.

let stage: Stage;
let opened: BrowserPage;
let page: Page;

before(async () => {
  stage = await setStage({ devices: 1 });
  await untilProvisioned(stage, 1);
  opened = await openConsole(stage);
  ({ page } = opened);
});
after(async () => {
  await opened[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

async function addRule(name: string, subnet: string, hostName: string): Promise<void> {
  await page.keyboard.press("n");
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: false }).first().fill(name);
  await dialog.getByRole("button", { name: "Add condition" }).click();
  await dialog.getByLabel("Subnet: one of these, a line each").fill(subnet);
  await dialog.getByLabel("Host name").fill(hostName);
  await lookAround(`rule-${name.slice(0, 4)}`);
  await dialog.getByRole("button", { name: "Keep rule" }).click();
  await dialog.waitFor({ state: "detached" });
}

test("rules are made, put into order and stored, by keyboard; one that makes no sense is refused with its code", async () => {
  await page.keyboard.press("g");
  await page.keyboard.press("m");
  await page.getByText("No rules yet").waitFor();
  await lookAround("empty");
  await addRule("Everybody", "127.0.0.0/8", "pc-{serial}");
  await addRule("Nobody", "10.0.0.0", "far");
  await page.getByRole("button", { name: "Move Nobody up" }).focus();
  await page.keyboard.press("Enter");
  assert.deepEqual(await namesShown(), ["Nobody", "Everybody"]);
  await page.getByRole("button", { name: "Store rules" }).click();
  await page.getByText("assignments.rule.refused").waitFor();
  await lookAround("refused");
  await page.getByRole("button", { name: "Nobody", exact: true }).click();
  await page.getByLabel("Subnet: one of these, a line each").fill("10.0.0.0/8");
  await page.getByRole("button", { name: "Keep rule" }).click();
  await page.keyboard.press("Control+s");
  await page.getByText("Version 1, by owner").waitFor();
  const { rules } = await stage.client.assignments.rules();
  assert.deepEqual(
    rules.map(({ name, conditions }) => [name, conditions[0]?.values]),
    [
      ["Nobody", ["10.0.0.0/8"]],
      ["Everybody", ["127.0.0.0/8"]],
    ],
  );
  await lookAround("rules");
});

async function namesShown(): Promise<string[]> {
  const cells = page.getByRole("table").getByRole("row").locator("td:nth-child(3)");
  return cells.allInnerTexts();
}

test("a list is looked at before it is imported: a wrong line is named, a right list is stored", async () => {
  await page.getByRole("tab", { name: "Entries" }).click();
  await page.getByText("No entries yet").waitFor();
  await page.keyboard.press("i");
  const uuid = stage.fleet.devices[0]?.firmware.uuid ?? "";
  const choose = (text: string) =>
    page
      .locator('input[type="file"]')
      .setInputFiles({ name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await choose(`UUID,Host name,OU\n${uuid},listed-1,Desks\n`);
  await page.getByRole("button", { name: "Check list" }).click();
  await page.getByText("This is no distinguished name").waitFor();
  await lookAround("problems");
  await choose(`UUID,Host name,OU\n${uuid},listed-1,"OU=Desks,DC=example,DC=com"\n`);
  await page.getByRole("button", { name: "Check list" }).click();
  await page.getByText("1 new, 0 changed").waitFor();
  await lookAround("preview");
  await page.getByRole("button", { name: "Import 1 line" }).click();
  // The preview names it as well: what is stored says the server.
  await until("it is stored", async () => (await stage.client.assignments.entries({})).total === 1);
  await page.getByRole("cell", { name: "listed-1" }).waitFor();
  await lookAround("entries");
});

test("a device is explained, decided about anew, and bears the name that its entry says", async () => {
  const device = stage.fleet.devices[0];
  assert.ok(device !== undefined);
  let searches = 0;
  page.on("request", (request) => (searches += Number(request.url().includes("/api/devices?search="))));
  await page.goto(`${stage.url}/assignment?tab=explain&device=${device.firmware.uuid}`);
  await page.getByText("Decided", { exact: false }).first().waitFor();
  await page.getByRole("button", { name: "Explain", exact: true }).click();
  await page.getByRole("cell", { name: "listed-1" }).waitFor();
  await page.getByText("does not match").waitFor();
  await lookAround("explained");
  await page.reload();
  await page.getByRole("button", { name: "Decide anew" }).click();
  await page.getByRole("cell", { name: /^listed-1\./ }).waitFor();
  await until("the device bears the name", () => Promise.resolve(device.firmware.state.hostName === "listed-1"));
  await page.getByText("not yet").waitFor({ state: "detached", timeout: 60_000 });
  await lookAround("decided");
  // Nobody has typed anything into the field that shows the chosen device.
  assert.equal(searches, 0);
  await page.getByRole("combobox", { name: "Device" }).fill("listed");
  await page.getByRole("option", { name: "listed-1 · " }).waitFor();
  assert.deepEqual(
    opened.problems.filter((problem) => !problem.includes("status of 400")),
    [],
  );
});

/** With the pointer out of the way: what it hovers over has other colours. */
async function lookAround(name: string): Promise<void> {
  await page.mouse.move(0, 0);
  await look(page, name);
}

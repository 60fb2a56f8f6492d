import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { faultsOf, openBrowser, type BrowserPage } from "../browser.ts";
import { setStage, untilProvisioned, type Stage } from "../stage.ts";

// The explorer in a real browser, by keyboard, against a real server and a virtual device.

let stage: Stage;
let browser: BrowserPage;
let page: Page;
let device: VirtualDevice;
let address: string;

before(async () => {
  browser = await openBrowser();
  ({ page } = browser);
  stage = await setStage({ devices: 1 });
  await untilProvisioned(stage, 1);
  device = stage.fleet.devices[0] ?? assert.fail();
  address = `${stage.url}/devices/${device.firmware.uuid}`;
  await page.goto(await stage.signInLink());
  await page.getByRole("heading", { name: "Fleet" }).waitFor();
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

function search(): URLSearchParams {
  return new URL(page.url()).searchParams;
}

function openClass(name: string, more = ""): Promise<unknown> {
  return page
    .goto(`${address}?tab=explorer&class=${name}${more}`)
    .then(() => page.getByRole("heading", { name }).waitFor());
}

function answer(): Locator {
  return page.getByRole("region", { name: "Answer", exact: true });
}

/** Presses Tab until that has the focus. */
async function tabTo(what: Locator): Promise<void> {
  for (let count = 0; count < 40; count += 1) {
    if ((await what.and(page.locator(":focus")).count()) > 0) return;
    await page.keyboard.press("Tab");
  }
  assert.fail("the keyboard does not get there");
}

test("the tab opens by keyboard, typing filters the classes, and Enter chooses one", async () => {
  await page.goto(address);
  await page.getByRole("tab", { name: "Overview" }).focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await page.getByText("Choose a class").waitFor();
  assert.equal(search().get("tab"), "explorer");
  await page.keyboard.press("/");
  await page.keyboard.type("softwareid");
  await page.getByText(/^\d of 211 classes$/).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Home");
  await page.getByLabel("Find a class").fill("cim_softwareidentity");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "CIM_SoftwareIdentity" }).waitFor();
  assert.equal(search().get("class"), "CIM_SoftwareIdentity");
  await page.getByRole("table", { name: "Properties of CIM_SoftwareIdentity" }).getByText("VersionString").waitFor();
});

test("a class is found by its method too", async () => {
  await page.getByLabel("Find a class").fill("Unprovision");
  await page.getByRole("option", { name: /AMT_SetupAndConfigurationService/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("211 classes", { exact: true }).waitFor();
});

test("Ctrl+Enter enumerates, arrows and Enter open an instance, and it is got alone by its key", async () => {
  await page.keyboard.press("Control+Enter");
  const grid = page.getByRole("grid", { name: "Instances of CIM_SoftwareIdentity" });
  await grid.waitFor();
  await answer()
    .getByText(/^\d+ instances$/)
    .waitFor();
  await tabTo(grid);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog");
  const key = drawer.getByRole("row", { name: /^InstanceID/ }).getByRole("cell");
  const id = (await key.first().textContent()) ?? "";
  await tabTo(drawer.getByRole("button", { name: "Get this instance alone" }));
  await page.keyboard.press("Enter");
  await answer().getByRole("table", { name: "CIM_SoftwareIdentity Get" }).getByText(id, { exact: true }).waitFor();
  assert.equal(search().get("verb"), "get");
  assert.deepEqual(JSON.parse(search().get("selectors") ?? ""), { InstanceID: id });
});

test("the address restores the question, and raw shows the answer as XML", async () => {
  await page.reload();
  const id: unknown = JSON.parse(search().get("selectors") ?? "");
  const box = page.getByLabel("InstanceID", { exact: true });
  assert.deepEqual({ InstanceID: await box.inputValue() }, id);
  await page.keyboard.press("Control+Enter");
  await answer().waitFor();
  await answer()
    .getByText(/ms · now/)
    .waitFor();
  await page.getByRole("radio", { name: "Raw" }).focus();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowRight");
  const xml = await page.getByRole("region", { name: "Answer as XML" }).textContent();
  assert.match(xml ?? "", /^<r:CIM_SoftwareIdentity xmlns:r="[^"]+">\n {2}<r:InstanceID>/);
  await page.getByRole("button", { name: "Copy XML" }).waitFor();
  assert.equal(search().get("view"), "raw");
});

test("a value map's number stands with its word", async () => {
  await openClass("AMT_GeneralSettings", "&verb=get");
  await page.keyboard.press("Control+Enter");
  const row = answer().getByRole("row", { name: /^PowerSource/ });
  await row.waitFor();
  const cells = await row.getByRole("cell").allTextContents();
  assert.match(cells.join(" | "), /^\d \| \w+$/);
});

test("a method that only reads is invoked at once, with its arguments typed into boxes of their types", async () => {
  await openClass("AMT_AuthorizationService", "&verb=invoke");
  await page.getByRole("combobox", { name: "Method" }).click();
  await page.keyboard.type("EnumerateUser");
  await page.keyboard.press("Enter");
  await page.getByText("StartIndex: Needed").waitFor();
  await tabTo(page.getByLabel(/^StartIndex/));
  await page.keyboard.type("many");
  await page.getByText("A whole number from 0 to 4294967295", { exact: true }).waitFor();
  assert.ok(await page.getByRole("button", { name: /^Invoke/ }).isDisabled());
  await page.keyboard.press("Control+a");
  await page.keyboard.type("1");
  await page.keyboard.press("Control+Enter");
  await answer()
    .getByRole("row", { name: /^ReturnValue 0 success/ })
    .waitFor();
  assert.deepEqual([search().get("method"), search().has("input")], ["EnumerateUserAclEntries", false]);
});

test("a device that refuses a call says so by word and number", async () => {
  // The log of a device that nothing has happened to is empty.
  await openClass("AMT_MessageLog", "&verb=invoke&method=GetRecords");
  await page.getByLabel(/^IterationIdentifier/).fill("1");
  await page.getByLabel(/^MaxReadRecords/).fill("3");
  await page.keyboard.press("Control+Enter");
  await answer()
    .getByRole("row", { name: /^ReturnValue 3 not carried out/ })
    .waitFor();
  await answer().getByText("ReturnValue 3", { exact: true }).waitFor();
});

test("a method that changes something says what and on which device, asks why, and is written down", async () => {
  await openClass("CIM_PowerManagementService", "&verb=invoke&method=RequestPowerStateChange");
  const state = page.getByRole("combobox", { name: "PowerState" });
  await state.click();
  await page.keyboard.type("on");
  await page.getByRole("option", { name: "2 on", exact: true }).click();
  await page.getByLabel("ManagedElement").fill("CIM_ComputerSystem?Name=ManagedSystem");
  await page.keyboard.press("Control+Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("CIM_PowerManagementService.RequestPowerStateChange").waitFor();
  const { hostName } = await stage.client.devices.show({ params: { id: device.firmware.uuid } });
  await dialog.getByText("unsaved work may be lost").waitFor();
  await dialog.getByLabel("Reason").fill("Browser test");
  await tabTo(dialog.getByRole("button", { name: `Call RequestPowerStateChange on ${hostName}` }));
  await page.keyboard.press("Enter");
  await answer().getByText("ReturnValue").first().waitFor();
  const { items } = await stage.client.audit.list({ query: { search: "explorer.called" } });
  const details = items.find(({ summary }) => summary.endsWith("RequestPowerStateChange"))?.details;
  assert.deepEqual([details?.["reason"], details?.["arguments"]], ["Browser test", ["PowerState", "ManagedElement"]]);
});

test("a secret argument is typed unseen, shown to nobody, and not in the address", async () => {
  await openClass("AMT_SetupAndConfigurationService", "&verb=invoke&method=SetMEBxPassword");
  const box = page.getByRole("textbox", { name: /^Password/ });
  await box.fill("Sup3r-S3cret!");
  assert.equal(await box.getAttribute("type"), "password");
  await page.keyboard.press("Control+Enter");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("sealed", { exact: true }).waitFor();
  assert.ok(!((await dialog.textContent()) ?? "").includes("Sup3r"));
  await dialog.getByRole("button", { name: "Leave it" }).click();
  await dialog.waitFor({ state: "detached" });
  assert.ok(!page.url().includes("Sup3r"));
});

test("a class that the release lacks says so, and cannot be asked", async () => {
  const { items } = await stage.client.explorer.lacking({ params: { id: device.firmware.uuid } });
  const lacking = items.find((name) => !name.includes(".")) ?? assert.fail();
  await openClass(lacking);
  await page.getByRole("status").getByText(`${lacking} is not in release`).waitFor();
  assert.ok(await page.getByRole("button", { name: /^Enumerate/ }).isDisabled());
});

test("an error has its code, what to do next, and its runbook", async () => {
  device.faults.set({ misbehavior: { kind: "unauthorized" } });
  await openClass("AMT_GeneralSettings", "&verb=get");
  await page.keyboard.press("Control+Enter");
  const alert = page.getByRole("alert");
  const link = alert.getByRole("link", { name: "amt.login.refused" });
  await link.waitFor();
  const runbook = await fetch(stage.url + ((await link.getAttribute("href")) ?? ""));
  assert.match(await runbook.text(), /^# /);
  device.faults.clear();
  await alert.getByRole("button", { name: "Try again" }).press("Enter");
  await answer().waitFor();
});

test("a lost answer to a call is an unknown outcome, and nothing offers to repeat it", async () => {
  device.faults.set({ misbehavior: { kind: "drop-after" }, matching: "PositionToFirstRecord_INPUT" });
  await openClass("AMT_MessageLog", "&verb=invoke&method=PositionToFirstRecord");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("alert").getByText("amt.outcome.unknown").waitFor();
  await page.getByText("Vigil does not repeat the call").waitFor();
  assert.equal(await page.getByRole("button", { name: "Try again" }).count(), 0);
  assert.equal(device.faults.strikes, 1);
  device.faults.clear();
});

test("a reading that takes long can be given up", async () => {
  device.faults.set({ misbehavior: { kind: "hang" } });
  await openClass("AMT_GeneralSettings", "&verb=get");
  await page.keyboard.press("Control+Enter");
  await page.getByRole("button", { name: "Stop waiting" }).click();
  await page.getByRole("table", { name: "Properties of AMT_GeneralSettings" }).waitFor();
  device.faults.clear();
});

for (const scheme of ["dark", "light"] as const) {
  test(`no state of the explorer has a serious accessibility fault in the ${scheme} theme`, async () => {
    await page.emulateMedia({ colorScheme: scheme });
    const check = async (what: string): Promise<void> => assert.deepEqual(await faultsOf(page), [], what);
    await page.goto(`${address}?tab=explorer`);
    await page.getByText("Choose a class").waitFor();
    await check("nothing chosen");
    await openClass("CIM_ManagedSystemElement");
    await check("about a class");
    await page.keyboard.press("Control+Enter");
    const grid = page.getByRole("grid");
    await grid.waitFor();
    await check("instances");
    await grid.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").getByRole("table").waitFor();
    await check("one instance");
    await page.keyboard.press("Escape");
    await page.getByText("Raw", { exact: true }).click();
    await check("raw");
    await openClass("AMT_AuthorizationService", "&verb=invoke&method=AddUserAclEntryEx");
    await check("arguments");
    await openClass("AMT_MessageLog", "&verb=invoke&method=ClearLog");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("dialog").getByLabel("Reason").waitFor();
    await check("a change to confirm");
  });
}

test("nothing went wrong in the page itself", () => {
  // The errors that this test made itself are in the browser's log too.
  const unexpected = browser.problems.filter((text) => !/Failed to load resource/.test(text));
  assert.deepEqual(unexpected, []);
});

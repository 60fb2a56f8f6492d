import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { hostStarted, noBootMedia, systemBoots } from "@vigil/virtual-device/firmware/event-record.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { runVigil, type Finished } from "../programs.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// A device's own logs, its hardware and its user's consent: in a real browser and on the command line.

let stage: Stage;
let browser: BrowserPage;
let page: Page;
let folder: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "vigil-readings-"));
  stage = await setStage({ devices: 2 });
  await untilProvisioned(stage, 2);
  for (const { firmware } of stage.fleet.devices)
    for (const record of [hostStarted, systemBoots, noBootMedia]) firmware.log(record);
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function deviceAt(index: number): VirtualDevice {
  const device = stage.fleet.devices[index];
  assert.ok(device !== undefined);
  return device;
}

function vigil(args: readonly string[]): Promise<Finished> {
  return runVigil(args, { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token });
}

test("hardware is read from the device, and shown from the store with its age when the device is gone", async () => {
  const device = deviceAt(0);
  await page.goto(`${stage.url}/devices/${device.firmware.uuid}?tab=hardware`);
  await page.getByRole("table", { name: "Memory" }).getByRole("row").nth(1).waitFor();
  await page.getByText("Read now").waitFor();
  await look(page, "hardware");
  device.faults.set({ misbehavior: { kind: "refuse" } });
  await page.getByRole("button", { name: "Read again" }).click();
  await page.getByRole("alert").getByText("amt.connect.refused").waitFor();
  await page.getByRole("table", { name: "Memory" }).getByRole("row").nth(1).waitFor();
  await look(page, "hardware-gone");
  device.faults.clear();
});

test("events are shown from the store at once while the device is asked, and leaving the page hangs up on it", async () => {
  const device = deviceAt(0);
  const { uuid } = device.firmware;
  await stage.client.readings.readLog({ params: { id: uuid, log: "event" } });
  device.faults.set({ misbehavior: { kind: "hang" }, matching: "GetRecords" });
  await page.goto(`${stage.url}/devices/${uuid}?tab=events`);
  await page.getByRole("table", { name: "Events" }).getByRole("row").nth(1).waitFor();
  await page.getByText("reading from the device").waitFor();
  await until("the device is being asked", () => device.openConnections > 0);
  await look(page, "events-reading");
  // Another device's page does not wait for this one.
  await page.goto(`${stage.url}/devices/${deviceAt(1).firmware.uuid}?tab=events`);
  await page.getByRole("table", { name: "Events" }).getByRole("row").nth(1).waitFor();
  await until("nothing is open on the device", () => device.openConnections === 0, { limitMs: 5_000 });
  device.faults.clear();
});

test("events are found by text and by severity, and saved as CSV", async () => {
  const { uuid } = deviceAt(1).firmware;
  await page.goto(`${stage.url}/devices/${uuid}?tab=events`);
  const table = page.getByRole("table", { name: "Events" });
  await table.getByRole("row").nth(1).waitFor();
  const { items, total } = await stage.client.readings.log({ params: { id: uuid, log: "event" } });
  const wanted = items[0]?.text ?? "";
  await page.getByRole("textbox", { name: "Find entries" }).fill(wanted);
  const matching = items.filter(({ text }) => text === wanted).length;
  assert.ok(matching < total, "not everything matches");
  await until("only those are shown", async () => (await table.getByRole("row").count()) === matching + 1);
  await page.getByRole("button", { name: "Export" }).click();
  const saving = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "As CSV" }).click();
  const lines = readFileSync(await (await saving).path(), "utf8")
    .trimEnd()
    .split("\r\n");
  assert.equal(lines[0], "number,at,severity,source,text,who,from,data");
  assert.equal(lines.length, matching + 1);
});

test("the audit log says who did what from where, newest first", async () => {
  const { uuid } = deviceAt(1).firmware;
  await page.goto(`${stage.url}/devices/${uuid}?tab=audit-log`);
  const table = page.getByRole("table", { name: "Audit log" });
  await table.getByRole("row").nth(1).waitFor();
  await look(page, "audit-log");
  const { items } = await stage.client.readings.log({ params: { id: uuid, log: "audit" }, query: { limit: 1_000 } });
  const times = items.map(({ at }) => at);
  assert.deepEqual(times, times.toSorted().toReversed());
});

test("the command line reads a log, exports it, and falls back on what is stored", async () => {
  const device = deviceAt(0);
  const read = await vigil(["log", device.address, "event", "--json"]);
  assert.equal(read.code, 0, read.stderr);
  const { items }: { items: readonly { readonly text: string }[] } = JSON.parse(read.stdout);
  assert.ok(items.length > 0);
  const file = join(folder, "audit.csv");
  const exported = await vigil(["log", device.address, "audit", "--export", file]);
  assert.equal(exported.code, 0, exported.stderr);
  assert.match(readFileSync(file, "utf8"), /^number,at,severity,source/);
  const hardware = await vigil(["hardware", device.address]);
  assert.match(hardware.stdout, /^memory {2,}/m);
  device.faults.set({ misbehavior: { kind: "refuse" } });
  const stored = await vigil(["log", device.address, "event"]);
  device.faults.clear();
  assert.equal(stored.code, 3);
  assert.match(stored.stderr, /amt\.connect\.refused/);
  assert.match(stored.stdout, /^AT +SEVERITY +EVENT/);
});

test("consent is asked for, refused with a wrong code, given with the right one, and ended", async () => {
  const { firmware } = deviceAt(1);
  await page.goto(`${stage.url}/devices/${firmware.uuid}?tab=security`);
  const panel = page.getByRole("region", { name: "Consent" });
  await panel.getByText("not asked for").waitFor();
  await panel.getByRole("button", { name: "Ask for consent" }).click();
  const dialog = page.getByRole("dialog", { name: /^Consent of the user at/ });
  await dialog.getByRole("button", { name: "Show code on its screen" }).click();
  await dialog.getByText("Type what its user reads out").waitFor();
  await look(page, "consent");
  const { code } = firmware.state.consent;
  assert.ok(code !== null);
  const type = async (digits: string): Promise<void> => {
    await dialog.getByRole("textbox", { name: "Digit 1 of the code" }).focus();
    await page.keyboard.type(digits);
  };
  await type(code === "123456" ? "654321" : "123456");
  await dialog.getByText("amt.consent.refused").waitFor();
  await look(page, "consent-refused");
  await type(code);
  await dialog.getByText(/^Given\. A session has to begin within/).waitFor();
  await look(page, "consent-given");
  await dialog.getByRole("button", { name: "Cancel consent" }).click();
  await dialog.getByRole("button", { name: "Show code on its screen" }).waitFor();
  assert.equal(firmware.state.consent.state, "notStarted");
  await page.keyboard.press("Escape");
  await panel.getByText("not asked for").waitFor();
  const { items } = await stage.client.audit.list({ query: { action: "consent" } });
  assert.deepEqual(
    items.map(({ action }) => action),
    ["consent.cancelled", "consent.given", "consent.asked"],
  );
  assert.ok(!JSON.stringify(items).includes(code));
  assert.deepEqual(
    browser.problems.filter((one) => !/status of (502|504)/.test(one)),
    [],
  );
});

test("a screen that wants its user's consent asks for it, and opens once it is given", async () => {
  const { firmware } = deviceAt(1);
  await page.goto(`${stage.url}/devices/${firmware.uuid}?tab=screen`);
  await page.getByRole("button", { name: "Open the screen" }).click();
  const dialog = page.getByRole("dialog", { name: /^Consent of the user at/ });
  await dialog.getByRole("button", { name: "Show code on its screen" }).click();
  await dialog.getByRole("textbox", { name: "Digit 1 of the code" }).focus();
  await page.keyboard.type(firmware.state.consent.code ?? "");
  await dialog.getByRole("button", { name: "Go on" }).click();
  await until("the screen is open", () => firmware.sessions.of("kvm") !== undefined, { limitMs: 20_000 });
  await page.goto(`${stage.url}/`);
  await until("it is closed", () => firmware.sessions.of("kvm") === undefined, { limitMs: 20_000 });
});

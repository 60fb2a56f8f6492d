import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// The provisioning queue, and a device without TLS, in a real browser.

let stage: Stage;
let browser: BrowserPage;
let page: Page;

before(async () => {
  stage = await setStage({
    devices: 2,
    profile: (settings) => ({ ...settings, tls: { ...settings.tls, mode: "off", isPlainPortOpen: true } }),
  });
  await untilProvisioned(stage, 2);
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

test("a device whose profile has TLS off says so", async () => {
  await page.goto(`${stage.url}/devices/${stage.fleet.devices[0]?.firmware.uuid}`);
  await page.getByText("no TLS", { exact: true }).waitFor();
  await look(page, "device");
});

test("a device is compared with its profile, and what differs is shown and set right", async () => {
  await page.getByRole("tab", { name: "Profile" }).click();
  await page.getByRole("button", { name: "Compare now" }).click();
  await page.getByText("As its profile says").waitFor();
  const { items } = await stage.client.profiles.list();
  const profile = items.find(({ isDefault }) => isDefault);
  assert.ok(profile !== undefined);
  const { name, version, settings } = profile;
  const general = { ...settings.general, domainName: "moved.example" };
  await stage.client.profiles.change({
    params: { name },
    body: { basedOn: version, settings: { ...settings, general } },
  });
  await page.getByRole("button", { name: "Compare now" }).click();
  await page.getByRole("cell", { name: "moved.example" }).waitFor();
  await look(page, "drift");
  await page.getByRole("button", { name: "Apply profile" }).click();
  await page.getByRole("dialog").getByRole("button", { name: / of / }).click();
  await page.getByText("1 of 1 done").waitFor({ timeout: 30_000 });
});

test("a held queue says by whom, and goes on when it is told to", async () => {
  await page.goto(`${stage.url}/provisioning`);
  await page.getByRole("button", { name: "Hold queue" }).click();
  await page.getByText("The queue is held.").waitFor();
  await page.getByText("Nothing is under way any more.").waitFor();
  await page.getByText(/Held by .+,/).waitFor();
  assert.equal((await stage.client.provisioning.list()).isHeld, true);
  await look(page, "held");
  await page.getByRole("button", { name: "Resume queue" }).click();
  await page.getByText("The queue is held.").waitFor({ state: "detached" });
  assert.equal((await stage.client.provisioning.list()).isHeld, false);
});

test("a device that does not answer waits in the slow lane, until when and why", async () => {
  const device = stage.fleet.devices[1];
  assert.ok(device !== undefined);
  device.faults.set({ misbehavior: { kind: "unauthorized" } });
  await stage.client.devices.provision({ params: { id: device.firmware.uuid } });
  await until("the device has failed or waits", async () => {
    const { items } = await stage.client.provisioning.list();
    return items.some(({ uuid, error }) => uuid === device.firmware.uuid && error !== null);
  });
  const row = page.getByRole("row").filter({ has: page.getByTitle(device.firmware.uuid, { exact: true }) });
  await row.locator("code").waitFor();
  await look(page, "entries");
});

test("a device's page tells what its attempts did, and until when it says hello", async () => {
  const device = stage.fleet.devices[1];
  await page.goto(`${stage.url}/devices/${device?.firmware.uuid}?tab=setup`);
  const attempts = page.getByRole("region", { name: "Attempts" });
  await attempts.getByText("Attempt 1", { exact: true }).waitFor();
  await attempts.getByText("Attempt 1", { exact: true }).click();
  await attempts.getByText("AMT_GeneralSettings.Put").first().waitFor();
  await page
    .getByRole("region", { name: "Hellos" })
    .getByText(device?.address ?? "")
    .first()
    .waitFor();
  await look(page, "attempts");
});

test("the queue page lists failures by code, takes a site, and delays", async () => {
  await page.goto(`${stage.url}/provisioning`);
  await page.getByRole("table", { name: "Failures by code" }).getByRole("link").first().waitFor();
  await page.getByRole("textbox", { name: "Name of the site" }).fill("Branch");
  await page.getByRole("textbox", { name: "Subnets of the site" }).fill("10.77.0.0/16");
  await page.getByRole("button", { name: "Set site" }).click();
  await page.getByRole("table", { name: "Sites" }).getByText("10.77.0.0/16").waitFor();
  // It turns when the server has said so.
  await page.getByRole("switch", { name: "Try again every 24 h" }).click();
  await until("it is on", async () => (await stage.client.provisioning.delayed()).policy.isOn);
  await page.getByRole("switch", { name: "Whole catalogue" }).check();
  await page.getByText("provisioning.psk.unknown").waitFor();
  await look(page, "queue");
});

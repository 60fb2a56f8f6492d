import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { isoImage } from "@vigil/virtual-device/testing/iso-image.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// A device is started from elsewhere, in a real browser.

let stage: Stage;
let browser: BrowserPage;
let page: Page;
let device: VirtualDevice;

before(async () => {
  stage = await setStage({ devices: 1 });
  await untilProvisioned(stage, 1);
  const [only] = stage.fleet.devices;
  assert.ok(only);
  device = only;
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

async function openBoot(): Promise<void> {
  await page.goto(`${stage.url}/devices/${device.firmware.uuid}?tab=boot`);
  await page.getByRole("region", { name: "Start once from" }).waitFor();
}

test("one click and a confirmation lead into BIOS setup, and the page says when the machine is there", async () => {
  await openBoot();
  await page.getByText("It has not been started from elsewhere yet").waitFor();
  await look(page, "boot");
  await page.getByRole("button", { name: "Enter BIOS setup" }).click();
  const dialog = page.getByRole("dialog", { name: "Enter BIOS setup" });
  await dialog.getByText("unsaved work is lost").waitFor();
  await dialog.getByLabel("Show the BIOS on the serial line as well").check();
  await look(page, "boot-setup");
  await dialog.getByRole("button", { name: "Enter BIOS setup" }).click();
  const row = page.getByRole("table", { name: "Boots" }).getByRole("row", { name: /BIOS setup/ });
  await row.getByText("started").waitFor({ timeout: 30_000 });
  assert.partialDeepStrictEqual(device.firmware.state.lastBoot.options, { BIOSSetup: true, UseSOL: true });
  assert.deepEqual(device.firmware.state.boot.settings, {});
});

test("an image is put into the library, and a file that is none is refused with its code", async () => {
  await page.goto(`${stage.url}/images`);
  await page.getByText("There are no images").waitFor();
  await look(page, "images-empty");
  await page.getByRole("button", { name: "Add image" }).click();
  const dialog = page.getByRole("dialog", { name: "Add an image" });
  const choose = page.locator("input[type=file]");
  await choose.setInputFiles({ name: "notes.iso", mimeType: "text/plain", buffer: Buffer.alloc(70_000) });
  await dialog.getByRole("button", { name: "Add image" }).click();
  await dialog.getByText("images.content.wrong").waitFor();
  await look(page, "images-refused");
  const buffer = Buffer.from(isoImage({ label: "RESCUE", files: { "KERNEL.BIN": new Uint8Array(9_000_000) } }));
  await choose.setInputFiles({ name: "rescue.iso", mimeType: "application/octet-stream", buffer });
  await dialog.getByRole("button", { name: "Add image" }).click();
  await page
    .getByRole("table", { name: "Images" })
    .getByRole("row", { name: /rescue\.iso/ })
    .waitFor();
  await look(page, "images");
});

test("a device starts from an image of the library, and is as before when the boot is ended", async () => {
  const { firmware } = device;
  let console = "";
  firmware.machine.serial.attach((bytes) => (console += Buffer.from(bytes).toString("latin1")));
  await openBoot();
  await page.getByRole("button", { name: "Start from an image" }).click();
  const dialog = page.getByRole("dialog", { name: "Start from an image" });
  await dialog.getByRole("radio", { name: "rescue.iso" }).check();
  await look(page, "boot-image");
  await dialog.getByRole("button", { name: "Start from an image" }).click();
  const open = page.getByRole("region", { name: "Boot under way" });
  await open.getByText("the machine has started with it").waitFor({ timeout: 30_000 });
  await until("the host's prompt", () => console.includes("cd> "));
  firmware.machine.serial.type(Buffer.from("sum\r"));
  await open.getByText(/9\.[01] MB of 9\.0 MB/).waitFor({ timeout: 30_000 });
  await look(page, "boot-running");
  await open.getByRole("button", { name: "End the boot…" }).click();
  const end = page.getByRole("dialog", { name: "End the boot" });
  await end.getByLabel("Then return the machine").check();
  await look(page, "boot-end");
  await end.getByRole("button", { name: "End the boot" }).click();
  const row = page.getByRole("table", { name: "Boots" }).getByRole("row", { name: /rescue\.iso/ });
  await row.getByText("stopped").waitFor();
  await until("the host has started from its own disk", () => firmware.state.lastBoot.options["UseIDER"] !== true);
  assert.deepEqual(firmware.state.boot.settings, {});
  assert.equal(firmware.state.boot.source, null);
  assert.equal(firmware.sessions.of("ider"), undefined);
  await look(page, "boot-past");
});

test("a step of a job starts from an image of the library, and one that it has not is said", async () => {
  await page.goto(`${stage.url}/jobs/new?ready=${encodeURIComponent("Heal from an image")}`);
  await page.getByText("Start from the image").first().click();
  const image = page.getByRole("combobox", { name: "Image of the library" });
  await image.waitFor();
  assert.equal(await image.inputValue(), "rescue.iso");
  await image.fill("other.iso");
  await page.keyboard.press("Escape");
  await page.getByText("The library has no image other.iso").first().waitFor();
  await look(page, "job-step-image");
});

test("a machine is isolated from its page with a reason; page and list say since when, by whom and why", async () => {
  const { uuid } = device.firmware;
  const open = (): Promise<unknown> => page.goto(`${stage.url}/devices/${uuid}`);
  const choose = async (verb: string): Promise<void> => {
    await page.getByRole("button", { name: "Network" }).click();
    await page.getByRole("menuitem", { name: verb }).click();
  };
  await open();
  await choose("Cut off the network");
  const dialog = page.getByRole("dialog", { name: "Isolate from the network" });
  await dialog.getByLabel("IPv4 addresses that it may still speak with").fill("192.0.2.5");
  await dialog.getByLabel("Reason").fill("worm in it");
  await look(page, "isolate");
  await dialog.getByRole("button", { name: /^Cut off the network of/ }).click();
  await page.getByText("Isolated; passes: DHCP, DNS, 192.0.2.5").first().waitFor({ timeout: 30_000 });
  await open();
  const facts = page.getByRole("complementary", { name: "Facts" });
  await facts.getByText(/by .+ because worm in it/).waitFor();
  await look(page, "isolated");
  await page.goto(`${stage.url}/?q=${encodeURIComponent("isolated = yes")}`);
  await page.getByText("isolated", { exact: true }).first().waitFor();
  await look(page, "isolated-list");
  await open();
  await choose("End the isolation");
  const release = page.getByRole("dialog", { name: "Release from isolation" });
  await release.getByLabel("Reason").fill("cleaned");
  await release.getByRole("button", { name: /^End the isolation of/ }).click();
  await page.waitForURL(/\/jobs\//);
  await page.getByText("Released; no policy is in force").first().waitFor({ timeout: 30_000 });
  assert.equal((await stage.client.devices.show({ params: { id: uuid } })).isolation, null);
  assert.deepEqual(
    browser.problems.filter((one) => !one.includes("status of 400")),
    [],
  );
});

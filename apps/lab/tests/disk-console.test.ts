import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { isoImage } from "@vigil/virtual-device/testing/iso-image.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// A disk image that is picked in the browser, in a real browser, read by a virtual device's host.

const bigBytes = 50_000_000;
const files = { "README.TXT": new Uint8Array(Buffer.from("Start here.\n")), "BIG.BIN": new Uint8Array(bigBytes) };
const iso = isoImage({ label: "RESCUE", files });
const folder = mkdtempSync(join(tmpdir(), "vigil-disk-"));
const file = join(folder, "rescue.iso");

let stage: Stage;
let browser: BrowserPage;
let page: Page;

before(async () => {
  writeFileSync(file, iso);
  stage = await setStage({ devices: 1 });
  await untilProvisioned(stage, 1);
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

function theDevice() {
  const [device] = stage.fleet.devices;
  assert.ok(device !== undefined);
  return device;
}

/** What the host says over its serial line from now on. */
function serialLine(): { readonly text: () => string; readonly detach: () => void } {
  let text = "";
  const detach = theDevice().firmware.machine.serial.attach((bytes) => (text += Buffer.from(bytes).toString("latin1")));
  return { text: () => text, detach };
}

/** Bytes that have gone to the device in the open session. */
async function bytesTold(): Promise<number> {
  const { items } = await stage.client.sessions.list();
  return items[0]?.bytesToDevice ?? 0;
}

async function putIn(): Promise<void> {
  await page.locator("input[type=file]").setInputFiles(file);
  await page.getByRole("button", { name: "Put the disk in" }).click();
  await page.getByText("The machine has it").waitFor();
}

test("a machine starts from an image that was picked in the browser, lists its files, and goes on while other pages are shown", async () => {
  const { firmware } = theDevice();
  await page.goto(`${stage.url}/devices/${firmware.uuid}?tab=disk`);
  await page.getByText("It stays on this computer").waitFor();
  await look(page, "disk-pick");
  await putIn();
  const line = serialLine();
  await page.getByRole("button", { name: "Start the machine from it…" }).click();
  await page.getByRole("dialog").getByText("unsaved work is lost", { exact: false }).waitFor();
  await look(page, "disk-start");
  await page.getByRole("button", { name: "Start the machine", exact: true }).click();
  await until("the list of files", () => /BIG\.BIN +50000000\r\n {2}README\.TXT +12\r\ncd> /.test(line.text()), {
    limitMs: 20_000,
  });
  await page.getByText(/Read so far/).waitFor();
  await look(page, "disk-lent");
  await page.getByRole("link", { name: "Collections" }).click();
  await page.getByRole("heading", { name: "Collections" }).waitFor();
  firmware.machine.serial.type(Buffer.from("sum\r"));
  await until("the checksum", () => line.text().includes("sha256 "), { limitMs: 120_000 });
  assert.ok(line.text().includes(` ${iso.length}\r\n`), "all of it was read");
  await page.getByRole("region", { name: "Your open sessions" }).getByRole("link", { name: /Disk/ }).click();
  await page.getByText("All of it has been read").waitFor();
  await page.getByText("It has started from a disk.").waitFor({ timeout: 30_000 });
  line.detach();
});

test("a disk that is taken out half-way is gone from the machine, and nothing stays open", async () => {
  const { firmware } = theDevice();
  const line = serialLine();
  const earlier = await bytesTold();
  firmware.machine.serial.type(Buffer.from("sum\r"));
  const half = async (): Promise<boolean> => (await bytesTold()) - earlier > bigBytes / 2;
  await until("half of it is read once more", half, { lookMs: 50, limitMs: 120_000 });
  assert.ok(!line.text().includes("sha256 "), "it is still being read");
  await page.getByRole("button", { name: "Take the disk out" }).click();
  await page.getByText("rescue.iso has been taken out of the machine.").waitFor();
  await until("the drive is gone", () => firmware.machine.bootDrive === undefined, { limitMs: 10_000 });
  await until("the session is over", () => firmware.sessions.of("ider") === undefined, { limitMs: 10_000 });
  line.detach();
  const { items } = await stage.client.sessions.list();
  assert.deepEqual(items, []);
  assert.deepEqual(firmware.state.boot.settings, {}, "its next start is as always");
  const { items: boots } = await stage.client.boots.list({ query: { device: firmware.uuid } });
  assert.partialDeepStrictEqual(boots, [{ to: "image", image: null, state: "ended", outcome: "started" }]);
});

test("a start that is given up with its disk is taken back: the next one is as always", async () => {
  const { firmware } = theDevice();
  await putIn();
  await page.getByRole("button", { name: "Start the machine from it…" }).click();
  await page.getByRole("button", { name: "Start the machine", exact: true }).click();
  await page.getByText("A boot of the machine is under way", { exact: false }).waitFor();
  await page.getByRole("button", { name: "Take the disk out" }).click();
  await page.getByText("rescue.iso has been taken out of the machine.").waitFor();
  const { items } = await stage.client.boots.list({ query: { device: firmware.uuid, limit: 1 } });
  assert.partialDeepStrictEqual(items, [{ state: "ended", outcome: "stopped" }]);
  assert.deepEqual(firmware.state.boot.settings, {});
  await until("nothing of it is open", () => firmware.sessions.of("ider") === undefined, { limitMs: 10_000 });
  const params = { id: firmware.uuid };
  await assert.rejects(stage.client.boots.begin({ params, body: { to: "image", isLent: true } }), {
    code: "boots.nothing-lent",
  });
});

test("an empty file is no disk, and says so with its runbook", async () => {
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "empty.iso", mimeType: "application/octet-stream", buffer: Buffer.alloc(0) });
  await page.getByRole("button", { name: "Put the disk in" }).click();
  await page.getByRole("link", { name: "console.image.unusable" }).waitFor();
  await look(page, "disk-unusable");
  assert.deepEqual(browser.problems, []);
});

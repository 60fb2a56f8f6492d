import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// What sessions showed, recorded and played again, in a real browser.

let stage: Stage;
let browser: BrowserPage;
let page: Page;

before(async () => {
  stage = await setStage({ devices: 1 });
  await untilProvisioned(stage, 1);
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

function theFirmware() {
  const [device] = stage.fleet.devices;
  assert.ok(device !== undefined);
  return device.firmware;
}

test("recording is switched on, a serial line is recorded, and plays with what was said", async () => {
  await page.goto(`${stage.url}/sessions`);
  await page.getByText("Nothing has been recorded.").waitFor();
  await page.getByRole("switch", { name: "Record serial lines" }).click();
  await page.getByRole("switch", { name: "Record screens" }).click();
  await until("it is stored", async () => {
    const { recordsSerialLine, recordsScreen } = await stage.client.sessions.settings();
    return recordsSerialLine && recordsScreen;
  });
  await page.goto(`${stage.url}/devices/${theFirmware().uuid}?tab=serial`);
  await page.getByRole("button", { name: "Open the serial line" }).click();
  await page.getByText("The machine is on.").waitFor();
  await page.keyboard.type("remember\r");
  await until("the answer", async () => (await page.locator(".xterm-rows").innerText()).includes("remember: unknown"));
  await page.getByRole("button", { name: "End the session" }).click();
  await page.getByText("The session is over").waitFor();
  await page.getByRole("link", { name: "Sessions" }).click();
  await page.getByRole("link", { name: "Play" }).waitFor();
  await look(page, "recordings");
  await page.getByRole("link", { name: "Play" }).click();
  await page.getByLabel("Speed").selectOption("16");
  await page.getByRole("button", { name: "Play" }).click();
  await until("its end", async () => (await page.locator(".xterm-rows").innerText()).includes("remember: unknown"));
  await look(page, "player-serial");
});

test("a screen is recorded and drawn again", async () => {
  const { consent, state, uuid } = theFirmware();
  consent.start();
  consent.enter(Number(state.consent.code));
  await page.goto(`${stage.url}/devices/${uuid}?tab=screen`);
  await page.getByRole("button", { name: "Open the screen" }).click();
  await page.getByText("1024 × 768").waitFor();
  await page.getByText(/[1-9]\d* frames\/s/).waitFor();
  await page.getByRole("button", { name: "End the session" }).click();
  await page.getByText("The session is over").waitFor();
  await page.getByRole("link", { name: "Sessions" }).click();
  await page
    .getByRole("row", { name: /Screen/ })
    .getByRole("link", { name: "Play" })
    .click();
  await page.getByLabel("Speed").selectOption("4");
  await page.getByRole("button", { name: "Play" }).click();
  await until("the picture", async () => (await page.evaluate<number>(shownPixels)) > 100_000);
  await look(page, "player-screen");
  assert.deepEqual(browser.problems, []);
});

/** Pixels of the canvas that are not black. */
const shownPixels = `(() => {
  const canvas = document.querySelector(".session-screen canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let seen = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at] + data[at + 1] + data[at + 2] > 0) seen += 1;
  return seen;
})()`;

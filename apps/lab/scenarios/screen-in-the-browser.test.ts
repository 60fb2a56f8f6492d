import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { look, openConsole } from "../browser.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, untilProvisioned } from "../stage.ts";

/** Counts the colours of a part of the picture: copied to a canvas of the page's own, as the worker has the other one. */
const colours = `(() => {
  const shown = document.querySelector(".session-screen canvas");
  const copy = document.createElement("canvas");
  copy.width = shown.width;
  copy.height = shown.height;
  const context = copy.getContext("2d");
  context.drawImage(shown, 0, 0);
  const { data } = context.getImageData(0, 0, copy.width, copy.height);
  let sum = 0;
  let seen = 0;
  for (let at = 0; at < data.length; at += 4) {
    sum = (sum * 31 + data[at] * 65536 + data[at + 1] * 256 + data[at + 2]) % 4294967291;
    if (data[at] + data[at + 1] + data[at + 2] > 0) seen += 1;
  }
  return { sum, seen, width: copy.width, height: copy.height };
})()`;

interface Shown {
  /** Another one for another picture. */
  readonly sum: number;
  /** Pixels that are not black. */
  readonly seen: number;
  readonly width: number;
  readonly height: number;
}

async function shownOn(page: Page): Promise<Shown> {
  // Border: the page computes it above.
  return await page.evaluate<Shown>(colours);
}

export default defineScenario({
  name: "screen-in-the-browser",
  story:
    "the screen of a device moves in a browser and takes keys and pointer; a second viewer is told who has it, and takes it over",
  smallSize: 1,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices });
    await untilProvisioned(stage, devices, signal);
    const [device] = stage.fleet.devices;
    assert.ok(device !== undefined);
    const { firmware } = device;
    const { desktop } = firmware.machine;
    const address = `${stage.url}/devices/${firmware.uuid}?tab=screen`;
    await using first = await openConsole(stage);
    const { page } = first;
    await page.goto(address);
    await look(page, "screen-closed");
    await page.getByRole("button", { name: "Open the screen" }).click();
    await page.getByRole("link", { name: "amt.consent.needed" }).waitFor();
    await look(page, "screen-consent");
    await page.getByRole("button", { name: "Show code on its screen" }).click();
    await page.getByRole("textbox", { name: "Digit 1 of the code" }).focus();
    await look(page, "screen-consent-code");
    await page.keyboard.type(firmware.state.consent.code ?? "");
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("1024 × 768").waitFor();
    await until("the picture", async () => (await shownOn(page)).seen > 100_000, { limitMs: 15_000, signal });
    const before = await shownOn(page);
    assert.deepEqual([before.width, before.height], [1024, 768]);
    await until("another picture", async () => (await shownOn(page)).sum !== before.sum, { limitMs: 10_000, signal });
    say("the picture moves");
    await page.keyboard.type("hello");
    await page.keyboard.press("Enter");
    await until("it was typed", () => desktop.lines.some((line) => line.includes("hello")), {
      limitMs: 10_000,
      signal,
    });
    const box = await page.locator(".session-screen canvas").boundingBox();
    assert.ok(box !== null);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 4);
    await until(
      "the pointer is there",
      () => Math.abs(desktop.pointer.x - 512) < 4 && Math.abs(desktop.pointer.y - 192) < 4,
      {
        limitMs: 10_000,
        signal,
      },
    );
    await page.getByRole("button", { name: "Send keys" }).click();
    await look(page, "screen-keys");
    await page.getByRole("menuitem", { name: "Ctrl+Alt+Del" }).click();
    await until("the three keys", () => desktop.lines.some((line) => line.includes("[ctrl-alt-del]")), {
      limitMs: 10_000,
      signal,
    });
    await page.getByRole("button", { name: "Type a text…" }).click();
    const paste = page.getByRole("dialog", { name: "Type a text on the device" });
    await paste.getByLabel("Text").fill("five € note");
    await paste.getByText("No key types character 6", { exact: false }).waitFor();
    await paste.getByLabel("Text").fill("typed for you");
    await look(page, "screen-paste");
    await paste.getByRole("button", { name: "Type 13 keys" }).click();
    await until("the text", () => desktop.lines.some((line) => line.includes("typed for you")), {
      limitMs: 10_000,
      signal,
    });
    await page.keyboard.type(", and this");
    await until("the keys go there again", () => desktop.lines.some((line) => line.includes("you, and this")), {
      limitMs: 10_000,
      signal,
    });
    await page.getByRole("switch", { name: "View only" }).click();
    await page.locator(".session-screen").focus();
    await page.keyboard.type("held back");
    await page.getByRole("switch", { name: "View only" }).click();
    await page.locator(".session-screen").focus();
    await page.keyboard.type("!");
    await until("the last key", () => desktop.lines.some((line) => line.includes("you, and this!")), {
      limitMs: 10_000,
      signal,
    });
    await look(page, "screen-open");
    say("keys, pointer and a text arrive");

    await using second = await openConsole(stage);
    await second.page.goto(address);
    await second.page.getByRole("checkbox", { name: "View only" }).check();
    await second.page.getByRole("button", { name: "Open the screen" }).click();
    const dialog = second.page.getByRole("dialog", { name: "Take the screen over" });
    await dialog.getByText("One session at a time", { exact: false }).waitFor();
    await look(second.page, "screen-busy");
    await dialog.getByRole("button", { name: "Take the screen over" }).click();
    await second.page.getByText("1024 × 768").waitFor();
    await page.getByRole("link", { name: "sessions.taken-over" }).waitFor();
    await look(page, "screen-taken-over");
    say("taken over");
    await until("the picture", async () => (await shownOn(second.page)).seen > 100_000, { limitMs: 15_000, signal });
    const typed = desktop.changes;
    await second.page.locator(".session-screen").focus();
    await second.page.keyboard.type("not this");
    assert.equal(await second.page.getByRole("button", { name: "Type a text…" }).isDisabled(), true);
    await second.page.getByRole("button", { name: "End the session" }).click();
    await second.page.getByText("The session is over").waitFor();
    await until("nothing stays open", () => firmware.sessions.of("kvm") === undefined, { limitMs: 10_000, signal });
    assert.equal(desktop.changes, typed, "a viewer only looks");
    // The refusal that it was told of.
    const problems = second.problems.filter((one) => !one.includes("status of 409"));
    assert.deepEqual([...first.problems, ...problems], []);
    return { devices };
  },
});

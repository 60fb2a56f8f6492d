import assert from "node:assert/strict";
import { look, openConsole } from "../browser.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, untilProvisioned } from "../stage.ts";

export default defineScenario({
  name: "serial-in-the-browser",
  story:
    "the serial line of a device is opened in a browser, typed at and read, ended by another, and left by its keys",
  smallSize: 1,
  async play({ devices, say, signal }) {
    await using stage = await setStage({ devices });
    await untilProvisioned(stage, devices, signal);
    await using browser = await openConsole(stage);
    const { page, problems } = browser;
    const [device] = stage.fleet.devices;
    assert.ok(device !== undefined);
    const { firmware } = device;
    await page.goto(`${stage.url}/devices/${firmware.uuid}?tab=serial`);
    await look(page, "serial-closed");
    await page.getByRole("button", { name: "Open the serial line" }).click();
    await page.getByText("The machine is on.").waitFor();
    say("open");
    await page.keyboard.type("hello\r");
    const terminal = page.locator(".xterm-rows");
    await until("the answer", async () => /hello: unknown/.test(await terminal.innerText()), {
      limitMs: 10_000,
      signal,
    });
    await page.keyboard.type("help\r");
    await until("more of it", async () => /dir, sum, reboot/.test(await terminal.innerText()), {
      limitMs: 10_000,
      signal,
    });
    await look(page, "serial-open");
    say("typed and read");
    await page.keyboard.press("Control+]");
    assert.equal(await page.evaluate("document.activeElement.textContent"), "End the session", "the keys have left");
    await page.getByRole("tab", { name: "Hardware" }).click();
    await page.getByRole("tab", { name: "Serial" }).click();
    await until("it was kept", async () => /hello: unknown/.test(await terminal.innerText()), {
      limitMs: 10_000,
      signal,
    });
    const { items } = await stage.client.sessions.list();
    assert.equal(items.length, 1);
    await page.goto(`${stage.url}/sessions`);
    await until("leaving the page ends it", () => firmware.sessions.of("sol") === undefined, {
      limitMs: 10_000,
      signal,
    });
    await page.goto(`${stage.url}/devices/${firmware.uuid}?tab=serial`);
    await page.getByRole("button", { name: "Open the serial line" }).click();
    await page.getByText("The machine is on.").waitFor();
    await page.getByRole("link", { name: "Sessions" }).click();
    await page.getByRole("link", { name: "Serial line", exact: false }).first().waitFor();
    await look(page, "sessions");
    await page.getByRole("button", { name: /^End the serial line session of/ }).click();
    await page.getByText("Nobody has a session with a device").waitFor();
    await until("it is over", () => firmware.sessions.of("sol") === undefined, { limitMs: 10_000, signal });
    await page.goBack();
    await page.getByRole("link", { name: "sessions.killed" }).waitFor();
    await look(page, "serial-killed");
    assert.deepEqual(problems, []);
    return { devices };
  },
});

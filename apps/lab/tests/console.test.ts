import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { faultsOf, openBrowser, type BrowserPage } from "../browser.ts";
import { hostStartsOf } from "../proofs.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// The console in a real browser, against a real server with a virtual fleet.

const devices = 8;

let stage: Stage;
let browser: BrowserPage;
let page: Page;
let problems: string[];

before(async () => {
  browser = await openBrowser();
  ({ page, problems } = browser);
  stage = await setStage({ devices });
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

async function signIn(): Promise<void> {
  await page.goto(stage.url);
  await page.getByRole("heading", { name: "Sign in to Vigil" }).waitFor();
  await page.getByLabel("Sign-in link or its token").fill("http://127.0.0.1/sign-in#token=wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("access.link.invalid").waitFor();
  await page.goto(await stage.signInLink());
  await page.getByRole("heading", { name: "Fleet" }).waitFor();
  assert.equal(new URL(page.url()).hash, "", "the token stays in the address");
}

test("a wrong link gets its code, the printed one signs in, and rows turn from factory to provisioned by themselves", async () => {
  await signIn();
  await untilProvisioned(stage, devices);
  const provisioned = page.getByRole("row").filter({ hasText: "provisioned" });
  await provisioned.nth(devices - 1).waitFor();
  await page
    .getByRole("button", { name: `Provisioned of ${devices}` })
    .getByText(String(devices), { exact: true })
    .waitFor();
});

test("a filter stands in the address, and the address restores it", async () => {
  const name = (await page.getByRole("row").nth(3).getByRole("link").textContent()) ?? "";
  await page.getByLabel("Find devices").fill(name);
  await page.getByText("1 device", { exact: true }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("q"), name);
  await page.reload();
  await page.getByText("1 device", { exact: true }).waitFor();
  assert.equal(await page.getByLabel("Find devices").inputValue(), name);
  await page.getByRole("button", { name: "Clear filters" }).click();
  await page.getByText(`${devices} devices`, { exact: true }).waitFor();
});

test("rows sort by the header of their column", async () => {
  await page.getByRole("button", { name: "Address" }).click();
  await page.getByRole("columnheader", { name: "Address" }).and(page.locator('[aria-sort="ascending"]')).waitFor();
  const addresses = stage.fleet.devices.map(({ address }) => address);
  await page
    .getByRole("row")
    .nth(1)
    .filter({ hasText: addresses[0] ?? "" })
    .waitFor();
  await page.getByRole("button", { name: "Address" }).click();
  await page
    .getByRole("row")
    .nth(1)
    .filter({ hasText: addresses.at(-1) ?? "" })
    .waitFor();
  assert.equal(new URL(page.url()).searchParams.get("order"), "desc");
});

test("all devices are chosen, their power is cycled, and each result arrives", async () => {
  const startsBefore = stage.fleet.devices.map(hostStartsOf);
  await page.getByLabel("Select all that match").click();
  await page.getByText(`${devices} devices selected`).waitFor();
  await page.getByRole("button", { name: "Cycle power", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("unsaved work is lost").waitFor();
  await dialog.getByLabel("Reason").fill("Browser test");
  await dialog.getByText("Limits and start").click();
  await dialog.getByLabel("Devices at once", { exact: true }).fill("2");
  await dialog.getByText("other limits: at once").waitFor();
  await dialog.getByRole("button", { name: `Cycle power of ${devices} devices` }).click();
  await page.getByText(`${devices} of ${devices} done`).waitFor({ timeout: 30_000 });
  assert.deepEqual((await stage.client.runs.list()).items[0]?.limits, { atOnce: 2 });
  const succeeded = page.getByRole("grid", { name: "Results" }).getByRole("row").filter({ hasText: "succeeded" });
  await succeeded.nth(devices - 1).waitFor();
  await until("every host has started anew", () =>
    stage.fleet.devices.every((one, index) => hostStartsOf(one) === (startsBefore[index] ?? 0) + 1),
  );
});

test("the keyboard alone gets to a device, and its page tells what happened", async () => {
  await page.keyboard.press("Control+k");
  const address = stage.fleet.devices[2]?.address ?? "";
  await page.getByLabel("Find anything").fill(address);
  await page.getByRole("dialog").getByText(`${address} · provisioned`).waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("First seen: a hello from").waitFor();
  await page.getByText("Cycle power:").first().waitFor();
  await page.getByRole("tab", { name: "Logs" }).click();
  await page.getByRole("table", { name: "Events" }).getByRole("row").nth(1).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("g");
  await page.keyboard.press("j");
  await page.getByRole("heading", { name: "Jobs" }).waitFor();
});

test("a device that fails is shown with its code and what to do next", async () => {
  const device = stage.fleet.devices[0];
  assert.ok(device !== undefined);
  device.faults.set({ misbehavior: { kind: "unauthorized" } });
  await page.goto(`${stage.url}/devices/${device.firmware.uuid}`);
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByText("(amt.login.refused)").waitFor();
  device.faults.clear();
});

test("a collection is made, holds what it says, and is removed", async () => {
  await page.goto(`${stage.url}/collections`);
  await page.getByRole("button", { name: "New collection" }).click();
  await page.getByLabel("Name").fill("The new ones");
  const box = page.getByRole("textbox", { name: "Filter" });
  await box.pressSequentially("rel");
  await page.getByRole("option", { name: "release" }).click();
  await box.pressSequentially(">= ");
  await page.getByText(/the filter ends, where a value of release could stand/).waitFor();
  await box.pressSequentially("12 and state = prov");
  await box.press("ArrowDown");
  await box.press("Enter");
  await page
    .getByRole("status")
    .getByText(/ now: /)
    .waitFor();
  await page.getByRole("button", { name: "Make collection" }).click();
  await page.getByRole("link", { name: "The new ones" }).waitFor();
  await page.getByRole("button", { name: "Change the collection The new ones" }).click();
  await box.fill("tag = nobody");
  await page.getByText("No device now.").waitFor();
  await page.getByRole("button", { name: "Change collection" }).click();
  await page.getByText('tag = "nobody"').waitFor();
  await page.getByRole("button", { name: "Remove the collection The new ones" }).click();
  await page.getByRole("link", { name: "The new ones" }).waitFor({ state: "detached" });
});

test("the find box takes the filter language, and keeps what it found while one is being typed", async () => {
  const [first, second] = stage.fleet.devices.map(({ firmware }) => firmware.uuid);
  assert.ok(first !== undefined && second !== undefined);
  await stage.client.devices.tag({ body: { devices: [first, second], add: ["Kiosk"] } });
  await stage.client.devices.tag({ body: { devices: [second], add: ["berlin"], remove: ["KIOSK"] } });
  await page.goto(stage.url);
  const box = page.getByLabel("Find devices");
  await box.fill("tag = kiosk");
  await page.getByText("1 device", { exact: true }).waitFor();
  await box.fill("tag = kiosk or");
  await page.getByText(/the filter ends/).waitFor({ state: "attached" });
  await page.getByText("1 device", { exact: true }).waitFor();
  await box.fill("tag = kiosk or tag = berlin");
  await page.getByText("2 devices", { exact: true }).waitFor();
  const { parts } = await stage.client.collections.explain({ params: { name: "Provisioned", id: first } });
  assert.deepEqual(parts, [{ depth: 0, text: 'state = "provisioned"', holds: true, found: "provisioned" }]);
});

test("an API key is shown once", async () => {
  await page.goto(`${stage.url}/settings`);
  await page.getByLabel("Name of the new key").fill("browser");
  await page.getByRole("button", { name: "Make API key" }).click();
  const key = await page.getByRole("status").getByText(/^vgl_/).textContent();
  const answer = await fetch(`${stage.url}/api/devices`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal(answer.status, 200);
  await page.reload();
  await page.getByRole("button", { name: "Remove the API key browser" }).waitFor();
  assert.ok(!(await page.content()).includes(key ?? "?"));
});

test("the console says when the server is gone, and comes back by itself", async () => {
  await page.goto(stage.url);
  await page.getByText("live", { exact: true }).waitFor();
  await stage.server.kill();
  await page.getByText("The server does not answer.").waitFor({ timeout: 60_000 });
  await stage.restart();
  await page.getByText("live", { exact: true }).waitFor({ timeout: 60_000 });
  // While it was gone the browser said so; that is no fault of the page.
  problems.splice(0, problems.length, ...problems.filter((text) => !/ERR_|Failed to load resource/.test(text)));
});

for (const scheme of ["dark", "light"] as const) {
  test(`no page has a serious accessibility fault in the ${scheme} theme`, async () => {
    await page.emulateMedia({ colorScheme: scheme });
    const paths = [
      "/",
      `/devices/${stage.fleet.devices[1]?.firmware.uuid}`,
      "/collections",
      "/jobs",
      "/provisioning",
      "/audit",
      "/settings",
    ];
    const { items } = await stage.client.runs.list();
    for (const path of [...paths, `/jobs/${items[0]?.id}`]) {
      await page.goto(stage.url + path);
      await page.locator("main h1").waitFor();
      await page.locator('[aria-busy="true"]').first().waitFor({ state: "detached" });
      assert.deepEqual(await faultsOf(page), [], path);
    }
    await page.goto(stage.url);
    await page.getByLabel("Select all that match").click();
    await page.getByRole("button", { name: "Power off" }).click();
    await page
      .getByRole("dialog")
      .getByRole("button", { name: /^Power off of/ })
      .waitFor();
    assert.deepEqual(await faultsOf(page), [], "dialog");
  });
}

test("t switches the theme", async () => {
  await page.goto(stage.url);
  await page.getByRole("heading", { name: "Fleet" }).waitFor();
  const scheme = (): Promise<string | null> => page.locator("html").getAttribute("data-mantine-color-scheme");
  const first = await scheme();
  await page.keyboard.press("t");
  await until("the theme has changed", async () => (await scheme()) !== first);
});

test("nothing went wrong in the page itself", () => assert.deepEqual(problems, []));

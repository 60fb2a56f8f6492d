import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { vigilClient } from "@vigil/api/client.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { aLoneDevice, type LoneDevice } from "../lone-device.ts";
import { runVigil } from "../programs.ts";
import { setStage, until, type Stage } from "../stage.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

// Devices that are managed by their address: opened for the occasion, left without a trace, or adopted.

let stage: Stage;
let browser: BrowserPage;
let page: Page;
let lone: LoneDevice;
let other: LoneDevice;
before(async () => {
  stage = await setStage({ devices: 1 });
  lone = await aLoneDevice(someAddress());
  other = await aLoneDevice(someAddress(), "16", { seed: "another lone device" });
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await lone[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

/** Whether the server has written that text anywhere: into its database or its log. */
function hasKept(text: string): boolean {
  const files = globSync("**/*", { cwd: stage.data, withFileTypes: true }).filter((one) => one.isFile());
  const paths = [stage.transcript, ...files.map((one) => join(one.parentPath, one.name))];
  return paths.some((path) => readFileSync(path).includes(text));
}

async function openInBrowser(password: string): Promise<void> {
  await page.goto(`${stage.url}/by-address`);
  await page.getByLabel("Host name or address").fill(lone.address);
  await page.getByRole("button", { name: "Look" }).click();
  const form = page.getByRole("form", { name: "Log in" });
  await form.getByText("SHA-256").waitFor();
  await form.getByRole("textbox", { name: "Password" }).fill(password);
  await page.keyboard.press("Enter");
}

test("the certificate is seen before anybody logs in, and a wrong password is refused in words", async () => {
  await openInBrowser("wr0ng!Password");
  await page.getByText("amt.login.refused").waitFor();
  await look(page, "by-address");
  assert.deepEqual((await stage.client.visits.list()).items, []);
});

test("a visited device says who it is, its logs and hardware, is switched, and leaves no trace in the registry", async () => {
  await openInBrowser(lone.password);
  await page.getByRole("heading", { name: /^lone/ }).waitFor();
  await page.getByRole("table", { name: "Memory" }).waitFor();
  await look(page, "visit");
  await page.getByRole("tab", { name: "Audit log" }).click();
  await page.getByText("records in the device").waitFor();
  await page.getByRole("button", { name: "Power", exact: true }).click();
  await page.getByRole("menuitem", { name: "Power off" }).click();
  const dialog = page.getByRole("dialog", { name: "Power off" });
  await dialog.getByText("unsaved work is lost").waitFor();
  await look(page, "visit-power");
  await dialog.getByRole("button", { name: /^Power off of/ }).click();
  await until("the machine is off", () => lone.device.firmware.state.powerState === 8);
  await page.getByRole("button", { name: "End visit" }).click();
  await page.getByRole("heading", { name: "By address" }).waitFor();
  assert.equal((await stage.client.devices.list()).items.length, 1, "the registry has the stage's own device alone");
  await until("nothing is open on the device", () => lone.device.openConnections === 0, { limitMs: 5_000 });
  assert.ok(!hasKept(lone.password));
  const { items } = await stage.client.audit.list({ query: { action: "visit" } });
  assert.deepEqual(
    items.map(({ action, path }) => [action, path]),
    [
      ["visit.ended", "console"],
      ["visit.power", "console"],
      ["visit.opened", "console"],
    ],
  );
});

test("nobody but who opened a visit may use it, and nothing is said to a device with another certificate", async () => {
  const { host, certificate } = await stage.client.visits.look({ body: { host: lone.address } });
  assert.ok(certificate !== null && !certificate.isOurs);
  const login = { host, username: lone.username, password: lone.password };
  const { id } = await stage.client.visits.open({ body: { ...login, fingerprint: certificate.fingerprint } });
  const { key: token } = await stage.client.access.createKey({ body: { name: "somebody else" } });
  const somebody = vigilClient({ baseUrl: stage.url, token });
  await assert.rejects(somebody.visits.show({ params: { id } }), { code: "visits.unknown" });
  assert.deepEqual((await somebody.visits.list()).items, []);
  await stage.client.visits.close({ params: { id } });
  await assert.rejects(stage.client.visits.refresh({ params: { id } }), { code: "visits.unknown" });
  const fingerprint = certificate.fingerprint.replaceAll(/[0-9A-F]/g, "0");
  await assert.rejects(stage.client.visits.open({ body: { ...login, fingerprint } }), {
    code: "visits.certificate.changed",
  });
  await assert.rejects(stage.client.visits.look({ body: { host: "127.99.99.99" } }), { code: "visits.nothing-there" });
});

test("an adopted device is managed like any other, and its profile gives it TLS", async () => {
  await openInBrowser(lone.password);
  await page.getByRole("button", { name: "Adopt device" }).click();
  const dialog = page.getByRole("dialog", { name: "Adopt device" });
  await look(page, "adopt");
  await dialog.getByRole("button", { name: "Adopt device" }).click();
  await page.getByText("Adopted it from").waitFor();
  const id = lone.device.firmware.uuid;
  const adopted = await stage.client.devices.show({ params: { id } });
  assert.deepEqual([adopted.state, adopted.life, adopted.channel], ["provisioned", "admin-control", "plain"]);
  assert.deepEqual((await stage.client.visits.list()).items, []);
  assert.equal((await stage.client.devices.refresh({ params: { id } })).model, adopted.model);
  assert.ok(!hasKept(lone.password));
  const run = await stage.client.runs.start({ body: { operation: "profile.apply", target: { devices: [id] } } });
  const isOver = async (): Promise<boolean> =>
    (await stage.client.runs.show({ params: { id: run.id } })).state === "finished";
  await until("the profile is applied", isOver, { limitMs: 50_000 });
  const { items } = await stage.client.runs.results({ params: { id: run.id } });
  assert.equal(items[0]?.outcome, "succeeded", JSON.stringify(items[0]));
  assert.equal((await stage.client.devices.show({ params: { id } })).channel, "tls");
  // 404: the look after the power switch, when the visit ended in its midst.
  assert.deepEqual(
    browser.problems.filter((one) => !/status of (502|504|400|404.* \/api\/manage\/\S+$)/.test(one)),
    [],
  );
});

test("the command line looks and adopts", async () => {
  const env = { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token, VIGIL_AMT_PASSWORD: other.password };
  const looked = await runVigil(["look", other.address], env);
  assert.match(looked.stdout, /^plain, port 16992 +yes$/m);
  const fingerprint = /^fingerprint +(\S+)$/m.exec(looked.stdout)?.[1] ?? "";
  const vague = await runVigil(["adopt", other.address], env);
  assert.equal(vague.code, 2);
  const adopted = await runVigil(["adopt", other.address, "--fingerprint", fingerprint], env);
  assert.equal(adopted.code, 0, adopted.stderr);
  assert.equal(adopted.stdout.trim(), other.device.firmware.uuid);
  const again = await runVigil(["adopt", other.address, "--fingerprint", fingerprint, "--json"], env);
  assert.match(again.stdout, /visits\.adopt\.known/);
});

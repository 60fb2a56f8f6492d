import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { openPostgres, type Postgres } from "@vigil/postgres/postgres.ts";
import { freshUrl } from "@vigil/postgres/test-databases.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { runVigil, type Finished } from "../programs.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// The activity log as operators see it, in the console and on the command line, on a real PostgreSQL.

let stage: Stage;
let browser: BrowserPage;
let page: Page;
let database: Postgres;
let folder: string;
before(async () => {
  const url = await freshUrl();
  folder = mkdtempSync(join(tmpdir(), "vigil-activity-"));
  stage = await setStage({ devices: 1, serverArgs: ["--database", url] });
  await untilProvisioned(stage, 1);
  database = await openPostgres({ url }, { clock: systemClock(), log: silentLog() });
  browser = await openConsole(stage);
  page = browser.page;
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await database.close();
  await stage[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function vigil(args: readonly string[]): Promise<Finished> {
  return runVigil(args, { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token });
}

test("what was asked for in the console, on the command line and by a script says so", async () => {
  const { code, stderr } = await vigil(["device", "tag", stage.fleet.devices[0]?.address ?? "", "--add", "seen"]);
  assert.equal(code, 0, stderr);
  await stage.client.access.createKey({ body: { name: "by a script" } });
  const { items } = await stage.client.audit.list();
  const pathOf = (action: string) => items.find((one) => one.action === action)?.path;
  assert.equal(pathOf("devices.tagged"), "cli");
  assert.equal(pathOf("access.key-created"), "api");
  assert.equal(pathOf("access.signed-in"), "console");
  assert.equal(items.at(-1)?.path, "vigil");
});

test("the page finds entries by action, actor and device, and its address says what is shown", async () => {
  await page.goto(`${stage.url}/audit`);
  const table = page.getByRole("table", { name: "Audit entries" });
  await table.getByText("devices.tagged").waitFor();
  await page.getByRole("combobox", { name: "Action" }).fill("access.key");
  await page.getByRole("option", { name: "access.key-created" }).click();
  await table.getByText("devices.tagged").waitFor({ state: "detached" });
  await table.getByText("Made the API key by a script").waitFor();
  assert.match(page.url(), /action=access\.key-created/);
  await look(page, "activity-filtered");
  const { firmware, address } = stage.fleet.devices[0] ?? assert.fail("there is a device");
  await page.goto(`${stage.url}/audit`);
  await page.getByRole("textbox", { name: "Device" }).fill(address);
  await page.keyboard.press("Enter");
  await table.getByText("devices.tagged").waitFor({ state: "detached" });
  const shown = await stage.client.audit.list({ query: { device: firmware.uuid } });
  await until("the device's entries", async () => (await table.getByRole("row").count()) === shown.items.length + 1);
});

test("entries are saved as CSV from the page, and in full by the command line", async () => {
  await page.goto(`${stage.url}/audit?action=devices.tagged`);
  await page.getByRole("button", { name: "Export entries" }).click();
  const saving = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "As CSV" }).click();
  const path = await (await saving).path();
  const [heading, first] = readFileSync(path, "utf8").split("\r\n");
  assert.match(heading ?? "", /^number,at,actor,path,action/);
  assert.match(first ?? "", /,cli,devices\.tagged,/);
  const file = join(folder, "activity.json");
  const { code, stderr } = await vigil(["audit", "list", "--export", file]);
  assert.equal(code, 0, stderr);
  const entries: readonly { readonly id: number }[] = JSON.parse(readFileSync(file, "utf8"));
  assert.equal(entries.at(-1)?.id, 1);
  assert.equal(entries.length, entries[0]?.id);
});

test("verifying says that all is well, and names the entry that somebody has edited", async () => {
  await page.goto(`${stage.url}/audit`);
  await page.getByRole("button", { name: "Verify log" }).click();
  await page.getByText(/All \d+ entries are as they were written/).waitFor();
  await look(page, "activity-verified");
  await database.execute("update audit_entries set summary = 'Nothing happened' where id = 2", []);
  await page.getByRole("button", { name: "Verify log" }).click();
  await page.getByText("Entry 2 was edited by hand in the database.").waitFor();
  await look(page, "activity-tampered");
  const { code, stdout } = await vigil(["audit", "verify"]);
  assert.equal(code, 1);
  assert.equal(stdout, "Entry 2 was edited by hand in the database.\n");
  assert.deepEqual(browser.problems, []);
});

test("what a job did is not taken for its starter's own hand", async () => {
  const target = { devices: [stage.fleet.devices[0]?.firmware.uuid ?? ""] };
  const body = { operation: "device.unprovision", target, parameters: { kind: "full" }, reason: "the test" } as const;
  const { id } = await stage.client.runs.start({ body });
  await until("the run ends", async () => (await stage.client.runs.show({ params: { id } })).state === "finished");
  const { items } = await stage.client.audit.list({ query: { path: "job" } });
  assert.ok(
    items.some(({ action }) => action === "device.unprovisioned"),
    JSON.stringify(items),
  );
});

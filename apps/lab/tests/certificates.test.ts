import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { aCertificate, hashOf, pemOf, type TestCertificate } from "@vigil/server/testing/certificate-maker.ts";
import { aDnsServer } from "@vigil/server/testing/dns-server.ts";
import { startFleet, type Fleet } from "@vigil/virtual-device/fleet.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, stageDomain, until, untilProvisioned, type Stage } from "../stage.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

// Setup certificates in a real browser: devices in two domains, and certificates for one of them at first.

const both = ["1.3.6.1.5.5.7.3.1", "2.16.840.1.113741.1.2.3"];
const otherDomain = "branch.example";

let dns: Awaited<ReturnType<typeof aDnsServer>>;
let stage: Stage;
let branch: Fleet;
let browser: BrowserPage;
let page: Page;
let root: TestCertificate;
let issuer: TestCertificate;
let leaf: TestCertificate;

before(async () => {
  const now = Date.now();
  root = await aCertificate({ name: [{ CN: ["Branch Root"] }], authority: true }, now);
  issuer = await aCertificate({ name: [{ CN: ["Branch Issuer"] }], authority: true, by: root }, now);
  leaf = await aCertificate({ name: [{ CN: [`setup.${otherDomain}`] }], usages: both, by: issuer, to: 20 }, now);
  dns = await aDnsServer({ [`provisionserver.${stageDomain}`]: { a: ["127.0.0.1"] } });
  stage = await setStage({ devices: 2, serverArgs: ["--dns", dns.address] });
  await untilProvisioned(stage, 2);
  branch = await startFleet({
    count: 2,
    firstAddress: someAddress(),
    clock: systemClock(),
    log: silentLog(),
    trustedRootHashes: [await hashOf(root)],
    domainSuffix: otherDomain,
    hello: { host: "127.0.0.1", port: stage.helloPort },
  });
  for (const { firmware } of branch.devices) await untilState(firmware.uuid, "provisioning.certificate.untrusted");
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await branch.stop();
  await stage[Symbol.asyncDispose]();
  await dns[Symbol.asyncDispose]();
});

function untilState(uuid: string, code: string | null): Promise<void> {
  return until(`${uuid}: ${code ?? "provisioned"}`, async () => {
    const found = await stage.client.devices.show({ params: { id: uuid } }).catch(() => undefined);
    return code === null ? found?.state === "provisioned" : found?.error?.code === code;
  });
}

const file = (name: string, text: string) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

test("the page says which devices no certificate covers, and why", async () => {
  await page.getByRole("link", { name: "Setup certificates" }).click();
  await page.getByRole("heading", { name: "Setup certificates" }).waitFor();
  const gaps = page.getByRole("list", { name: "Not surely covered" });
  await gaps.getByText("2 devices know none of these roots").waitFor();
  await look(page, "certificates");
});

test("a chain without its issuer is refused with the fix; with it, it is added", async () => {
  await page.getByRole("button", { name: "Add certificate" }).click();
  const dialog = page.getByRole("dialog");
  const choose = dialog.locator('input[type="file"]');
  await choose.setInputFiles([file("chain.pem", pemOf(leaf, root)), file("key.pem", leaf.key.pem)]);
  await dialog.getByRole("button", { name: "Inspect" }).click();
  await dialog.getByText("provisioning.certificate.incomplete").waitFor();
  await dialog.getByText("Add the certificate of CN=Branch Issuer").waitFor();
  await look(page, "refused");
  // In the wrong order, to be put right.
  await choose.setInputFiles([file("chain.pem", pemOf(root, leaf, issuer)), file("key.pem", leaf.key.pem)]);
  await dialog.getByRole("button", { name: "Inspect" }).click();
  await dialog.getByText("put in order by Vigil").waitFor();
  await dialog.getByLabel("Name").fill("Branch office");
  await look(page, "good");
  await dialog.getByRole("button", { name: "Add certificate" }).click();
  const row = page
    .getByRole("table", { name: "Setup certificates" })
    .getByRole("row")
    .filter({ hasText: "Branch office" });
  await row.getByText(/days left/).waitFor();
  await page
    .getByRole("list", { name: "Not surely covered" })
    .getByText("2 devices may be in another domain")
    .waitFor();
});

test("a device's page puts both names side by side, and a suffix that is said decides", async () => {
  const { uuid } = branch.devices[0]?.firmware ?? {};
  await page.goto(`${stage.url}/devices/${uuid}?tab=setup`);
  const one = page.getByRole("region", { name: "Branch office" });
  await one.getByText("May accept it").waitFor();
  await one.getByText(`setup.${otherDomain}`).waitFor();
  await one.getByText(`suffix "${stageDomain}" by its profile's domain`).waitFor();
  await look(page, "device");
  await page.getByLabel("DNS suffix of the device").fill("elsewhere.example");
  await page.getByRole("button", { name: "Say its suffix" }).click();
  await one.getByText("Refuses it").waitFor();
  await page.getByLabel("DNS suffix of the device").fill(otherDomain);
  await page.getByRole("button", { name: "Say its suffix" }).click();
  await one.getByText("Accepts it").waitFor();
  // It began again by itself when the certificate was added.
  await untilState(uuid ?? "", null);
});

test("among several certificates the one that fits is shown to each device", async () => {
  const { uuid } = branch.devices[1]?.firmware ?? {};
  await stage.client.devices.provision({ params: { id: uuid ?? "" } });
  await untilState(uuid ?? "", null);
  await untilProvisioned(stage, 4);
});

test("the DNS check says which suffix leads here, and gives the record for the other", async () => {
  await page.goto(`${stage.url}/certificates`);
  await page.getByRole("button", { name: "Check DNS" }).click();
  const table = page.getByRole("table", { name: "DNS" });
  await table.getByRole("row").filter({ hasText: stageDomain }).getByText("Leads here").waitFor();
  await table.getByRole("row").filter({ hasText: otherDomain }).getByText("No record").waitFor();
  await page.getByText(`ProvisionServer.${otherDomain}. 3600 IN A`).waitFor();
  await page.getByRole("list", { name: "Records to add" }).scrollIntoViewIfNeeded();
  await look(page, "dns");
});

test("nothing on the page keeps anybody out, in either theme", async () => {
  const pages = { all: "/certificates", one: `/devices/${branch.devices[0]?.firmware.uuid}?tab=setup` };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(stage.url + path);
    await page.locator("main h1").waitFor();
    await page.locator('[aria-busy="true"]').first().waitFor({ state: "detached" });
    await look(page, name);
  }
});

test("a certificate is renamed and removed, and the audit trail says who did", async () => {
  await page.goto(`${stage.url}/certificates`);
  await page.getByRole("button", { name: "Rename Branch office" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Branch 2026");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await page.getByRole("button", { name: "Remove Branch 2026" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove certificate" }).click();
  await page.getByRole("button", { name: "Branch 2026", exact: true }).waitFor({ state: "detached" });
  const { items } = await stage.client.audit.list({ query: { search: "setup-certificate" } });
  assert.deepEqual(
    items.map(({ action }) => action),
    ["setup-certificate.removed", "setup-certificate.renamed", "setup-certificate.added"],
  );
  assert.ok(await page.getByRole("button", { name: /^Remove Vigil/ }).isDisabled(), "Vigil's own stays");
  assert.deepEqual(browser.problems, []);
});

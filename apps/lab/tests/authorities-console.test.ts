import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CorporateAuthority } from "@vigil/server/testing/corporate-authority.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// An authority below a company's, from its name to the devices that show its certificates, in a real browser.

const extensions = ["basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign,cRLSign"];
const corporate = new CorporateAuthority();
let stage: Stage;
let browser: BrowserPage;

before(async () => {
  stage = await setStage({ devices: 2 });
  await untilProvisioned(stage, 2);
  browser = await openConsole(stage);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
  corporate[Symbol.dispose]();
});

test("a request is made, and a setup certificate in place of its answer is refused", async () => {
  const { page } = browser;
  await page.getByRole("link", { name: "Authorities" }).click();
  await page.getByRole("cell", { name: "In use" }).waitFor();
  await page.getByRole("button", { name: "Add authority" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name", { exact: true }).fill("Corp");
  await dialog.getByLabel("Organisation").fill("Corp");
  await look(browser.page, "authority-new");
  await dialog.getByRole("button", { name: "Make request" }).click();
  await page.getByRole("cell", { name: "Waiting for signature" }).waitFor();
  await look(browser.page, "authorities");
  await page.getByRole("button", { name: "Corp", exact: true }).click();
  const root = corporate.tier("root").pem;
  const [, id = ""] = (await stage.client.authorities.list()).items.map((one) => one.id);
  const { requestPem } = await stage.client.authorities.show({ params: { id } });
  const usages = ["extendedKeyUsage=serverAuth,2.16.840.1.113741.1.2.3"];
  const setup = corporate.sign(requestPem ?? "", "root", { extensions: usages });
  await choose(setup + root);
  await page.getByRole("button", { name: "Inspect chain" }).click();
  await page.getByText("credentials.authority.for-setup").waitFor();
  await look(browser.page, "authority-refused");
  await choose(corporate.sign(requestPem ?? "", "root", { extensions }) + root);
  await page.getByRole("button", { name: "Inspect chain" }).click();
  await page.getByRole("button", { name: "Install chain" }).click();
  await page.getByText("2 provisioned devices get certificates of it").waitFor();
  await look(browser.page, "authority-ready");
});

test("it is put to use, and the devices move to it", async () => {
  const { page } = browser;
  await page.getByRole("button", { name: "Put to use" }).click();
  const isOver = async (): Promise<boolean> => {
    const { items } = await stage.client.authorities.list();
    return items.find(({ name }) => name === "Corp")?.devices === 2;
  };
  await until("the devices have moved", isOver, { limitMs: 60_000 });
  await page.keyboard.press("Escape");
  const row = page.getByRole("row", { name: /Corp/ });
  await row.getByText("In use").waitFor();
  await row.getByRole("cell", { name: "2", exact: true }).waitFor();
  await look(browser.page, "authorities-moved");
  assert.deepEqual(browser.problems, []);
});

async function choose(text: string): Promise<void> {
  const file = { name: "chain.pem", mimeType: "text/plain", buffer: Buffer.from(text) };
  await browser.page.getByRole("dialog").locator('input[type="file"]').setInputFiles(file);
}

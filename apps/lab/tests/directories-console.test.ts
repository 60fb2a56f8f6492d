import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { faultsOf, openBrowser, type BrowserPage } from "../browser.ts";
import { runVigil } from "../programs.ts";
import { startSamba, whyNoSamba, type Samba } from "../samba.ts";
import { changeProfile, setStage, stageDomain, until, untilProvisioned, type Stage } from "../stage.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

// Directories in a real browser and on the command line: one is added, tried, used by a device, and seen with its age.

const skip = whyNoSamba() ?? false;
const realm = stageDomain.toUpperCase();
const unit = "OU=AMT,DC=lab,DC=example";
const password = "P4ss-of-this-test";
/** A folder for pictures of each state, when somebody wants to look at them. */
const pictures = process.env["VIGIL_PICTURES"];

let samba: Samba;
let stage: Stage;
let browser: BrowserPage;
let folder: string;

before(async () => {
  if (skip !== false) return;
  folder = mkdtempSync(join(tmpdir(), "vigil-directories-"));
  samba = await startSamba(realm, someAddress());
  await samba.delegate(unit, password);
  stage = await setStage({ devices: 1 });
  await untilProvisioned(stage, 1);
  browser = await openBrowser();
  await browser.page.goto(await stage.signInLink());
  await browser.page.getByRole("heading", { name: "Fleet" }).waitFor();
});
after(async () => {
  await browser?.[Symbol.asyncDispose]();
  await stage?.[Symbol.asyncDispose]();
  await samba?.[Symbol.asyncDispose]();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

async function picture(name: string): Promise<void> {
  if (pictures === undefined) return;
  for (const scheme of ["dark", "light"] as const) {
    await browser.page.evaluate(`document.documentElement.setAttribute("data-mantine-color-scheme", "${scheme}")`);
    await browser.page.screenshot({ path: join(pictures, `${name}-${scheme}.png`) });
  }
}

function vigil(...words: readonly string[]): ReturnType<typeof runVigil> {
  const env = { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token, VIGIL_DIRECTORY_PASSWORD: password };
  return runVigil(["directory", ...words], env);
}

test("a directory is added with a form, and its test names what is wrong", { skip }, async () => {
  const { page } = browser;
  await page.getByRole("link", { name: "Directories" }).click();
  await page.getByText("There are no directories").waitFor();
  await picture("directories-empty");
  await page.getByRole("button", { name: "Add directory" }).click();
  const dialog = page.getByRole("dialog");
  const fields = [
    ["Realm", realm.toLowerCase()],
    ["Servers", `ldaps://${samba.address}`],
    ["Base", samba.baseDn],
    ["Unit", "OU=Gone,DC=lab,DC=example"],
    ["Vigil's account", `vigil@${stageDomain}`],
    ["Password", password],
    ["Root of the servers' certificates", samba.rootPem],
  ] as const;
  for (const [label, value] of fields) await dialog.getByLabel(label, { exact: true }).fill(value);
  await picture("directory-form");
  await dialog.getByRole("button", { name: "Store directory" }).click();
  const panel = page.getByRole("region", { name: realm, exact: true });
  await panel.getByRole("button", { name: "Test directory" }).click();
  await panel.getByRole("list", { name: "Checks" }).getByText("directory.unit.missing").waitFor();
  await panel.getByText("OU=Gone,DC=lab,DC=example").first().waitFor();
  await picture("directory-failing");
});

test("the command line changes what it is given, and its test passes", { skip }, async () => {
  writeFileSync(join(folder, "root.pem"), samba.rootPem);
  const added = await vigil("add", realm, "--unit", unit, "--root", join(folder, "root.pem"), "--json");
  assert.equal(added.code, 0, added.stdout + added.stderr);
  const tested = await vigil("test", realm);
  assert.equal(tested.code, 0, tested.stdout + tested.stderr);
  assert.equal(tested.stdout.match(/^passed /gm)?.length, 10, tested.stdout);
  const missing = await vigil("test", realm, "--unit", "CN=Computers,DC=lab,DC=example");
  assert.equal(missing.code, 1);
  assert.match(missing.stdout, /create computer objects, on CN=Computers,DC=lab,DC=example/);
});

test(
  "a device's object shows with the age of its password, and every page is open to everybody",
  { skip },
  async () => {
    const { page, problems } = browser;
    await changeProfile(stage.client, (all) => ({ ...all, kerberos: { ...all.kerberos, isOn: true, realm } }));
    const body = { operation: "profile.apply", target: { collection: "Provisioned" } } as const;
    await stage.client.runs.start({ body });
    await page.goto(`${stage.url}/directories`);
    const objects = page.getByRole("table", { name: "Objects of devices" });
    await until(
      "the device has an object",
      async () => (await stage.client.directories.objects({ query: {} })).total > 0,
    );
    await page.reload();
    await objects.getByText("0 d").waitFor();
    await objects.getByText("aes256Sha1").waitFor();
    await picture("directories");
    for (const scheme of ["dark", "light"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      assert.deepEqual(await faultsOf(page), [], scheme);
    }
    const listed = await vigil("objects", "--realm", realm);
    assert.match(listed.stdout, /AMT[A-Z2-7]{12}\$ +0 d +\d+ +aes256Sha1/);
    assert.deepEqual(problems, []);
  },
);

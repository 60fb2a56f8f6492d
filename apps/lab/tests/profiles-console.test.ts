import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

// Profiles in a real browser: a field is changed, becomes a version, and the version becomes the devices'.

let stage: Stage;
let browser: BrowserPage;
let page: Page;

before(async () => {
  stage = await setStage({ devices: 2 });
  await untilProvisioned(stage, 2);
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const bar = () => page.getByRole("region", { name: "Changes that are not stored" });

function domainsOf(): string[] {
  return stage.fleet.devices.map(({ firmware }) => firmware.state.domainName);
}

test("the list says how many devices have a profile, and which red flags it flies", async () => {
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.getByRole("heading", { name: "Profiles" }).waitFor();
  const row = page.getByRole("row").filter({ hasText: "Default" });
  await row.getByRole("link", { name: "2", exact: true }).waitFor();
  await row.getByText("none", { exact: true }).waitFor();
  await look(page, "list");
  await row.getByRole("link", { name: "Default" }).click();
  await page.getByRole("region", { name: "TLS" }).waitFor();
  await look(page, "profile");
});

test("a field that is wrong says how it should be, and nothing can be saved", async () => {
  const general = page.getByRole("region", { name: "General" });
  await general.getByLabel("Idle minutes until it sleeps").fill("70000");
  await general.getByText("A whole number from 0 to 65535").waitFor();
  assert.ok(await bar().getByRole("button", { name: "Save version 2" }).isDisabled());
  await general.getByLabel("Idle minutes until it sleeps").fill("0");
  await bar().waitFor({ state: "detached" });
});

test("what is unwise or impossible is said while it is chosen, with how many devices it is about", async () => {
  const tls = page.getByRole("region", { name: "TLS" });
  await tls.getByLabel("On the network").selectOption("off");
  await tls.getByText("no port would be left").waitFor();
  await bar().getByText("The settings contradict one another").waitFor();
  await tls.getByRole("switch", { name: "Plain port stays open" }).click();
  await tls.getByText("crosses the network in the clear").waitFor();
  const network = page.getByRole("region", { name: "Network and Wi-Fi" });
  await network.getByRole("button", { name: "Add network with passphrase" }).click();
  await network.getByLabel("Authentication", { exact: true }).selectOption("wpa3Sae");
  await network.getByText("Needs a value").waitFor();
  await network.getByLabel("SSID").fill("Office");
  await look(page, "remarks");
  await bar().getByRole("button", { name: "Discard changes" }).click();
  await bar().waitFor({ state: "detached" });
});

test("a changed field becomes a version with a comment, the diff shows it in words, and applying changes the devices", async () => {
  const general = page.getByRole("region", { name: "General" });
  await general.getByLabel("Domain").fill("moved.example");
  await bar().getByText("1 change", { exact: true }).waitFor();
  await bar().getByLabel("Comment").fill("the office moves");
  await look(page, "changed");
  await page.keyboard.press("Control+s");
  await bar().waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Versions" }).click();
  const diff = page.getByRole("table", { name: "What differs" });
  const row = diff.getByRole("row").filter({ hasText: "Domain" });
  await row.getByText("General").waitFor();
  await row.getByText("lab.example").waitFor();
  await row.getByText("moved.example").waitFor();
  await page.getByRole("table", { name: "Versions" }).getByText("the office moves").waitFor();
  await look(page, "versions");
  assert.deepEqual(domainsOf(), ["lab.example", "lab.example"]);
  await page.getByRole("button", { name: "Apply to 2 devices" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Apply the profile of 2 devices" }).click();
  await page.getByText("2 of 2 done").waitFor({ timeout: 30_000 });
  assert.deepEqual(domainsOf(), ["moved.example", "moved.example"]);
  await page.goto(`${stage.url}/profiles/Default`);
  await page.getByRole("button", { name: "Apply profile" }).waitFor();
});

test("who saves second sees what the first changed, and puts the change on top of it", async () => {
  await page.getByRole("switch", { name: "Answers ping" }).click();
  const { version: basedOn, settings } = await stage.client.profiles.show({ params: { name: "Default" } });
  const theirs = { ...settings, features: { ...settings.features, screenIdleMinutes: 9 } };
  await stage.client.profiles.change({
    params: { name: "Default" },
    body: { basedOn, settings: theirs, note: "screens go dark sooner" },
  });
  // By the key: a button would be grey already where the news has come by itself.
  await page.keyboard.press("Control+s");
  const conflict = page.getByRole("alert", { name: "Changed in the meantime" });
  await conflict.getByText("Idle screen session ends after minutes").waitFor();
  await conflict.getByText("No setting is changed by both").waitFor();
  await look(page, "conflict");
  await conflict.getByRole("button", { name: `Put mine on top of version ${basedOn + 1}` }).click();
  await bar()
    .getByRole("button", { name: `Save version ${basedOn + 2}` })
    .click();
  await bar().waitFor({ state: "detached" });
  const stored = await stage.client.profiles.show({ params: { name: "Default" } });
  assert.equal(stored.version, basedOn + 2);
  assert.equal(stored.settings.features.screenIdleMinutes, 9, "theirs is kept");
  assert.equal(stored.settings.general.answersPing, false, "ours is there");
});

test("rolling back shows what it changes, and is a version of its own", async () => {
  const { version: newest } = await stage.client.profiles.show({ params: { name: "Default" } });
  await page.goto(`${stage.url}/profiles/Default?view=versions`);
  await page.getByRole("button", { name: "Roll back to version 1" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("row").filter({ hasText: "Domain" }).getByText("lab.example").waitFor();
  await look(page, "roll-back");
  await dialog.getByRole("button", { name: "Roll back to version 1" }).click();
  await page.getByRole("table", { name: "Versions" }).getByText("Back to version 1").waitFor();
  const { version, settings } = await stage.client.profiles.show({ params: { name: "Default" } });
  assert.equal(version, newest + 1);
  assert.equal(settings.general.domainName, "lab.example");
});

test("a secret is set under its name and never shown; a copy has to have its own", async () => {
  await page.goto(`${stage.url}/profiles/Default`);
  await page.getByRole("button", { name: "More for this profile" }).click();
  await page.getByRole("menuitem", { name: "Duplicate profile" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Laptops");
  await page.getByRole("dialog").getByRole("button", { name: "Make profile" }).click();
  await page.getByRole("heading", { name: "Laptops" }).waitFor();
  const network = page.getByRole("region", { name: "Network and Wi-Fi" });
  await network.getByRole("button", { name: "Add network with passphrase" }).click();
  await network.getByLabel("SSID").fill("Office");
  await network.getByText("Save this version first").waitFor();
  await page.keyboard.press("Control+s");
  await bar().waitFor({ state: "detached" });
  await network.getByText("not set").waitFor();
  await look(page, "secret");
  await network.getByLabel("wifi/office").fill("correct horse battery");
  await network.getByRole("button", { name: "Set secret" }).click();
  await network.getByText("set now").waitFor();
  assert.equal((await page.content()).includes("correct horse"), false);
  const { secrets } = await stage.client.profiles.show({ params: { name: "Laptops" } });
  assert.deepEqual(
    secrets.map(({ name, isSet }) => [name, isSet]),
    [["wifi/office", true]],
  );
});

test("unsaved changes are not left by accident", async () => {
  await page.getByRole("region", { name: "General" }).getByLabel("Domain").fill("half.example");
  await page.getByRole("link", { name: "Fleet" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Keep editing" }).click();
  assert.equal(await page.getByRole("region", { name: "General" }).getByLabel("Domain").inputValue(), "half.example");
  await bar().getByRole("button", { name: "Discard changes" }).click();
});

test("the default and used profile says why it cannot be deleted; another is made the default, and one goes", async () => {
  await page.getByRole("button", { name: "More for this profile" }).click();
  await page.getByRole("menuitem", { name: "Make it the default" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make it the default" }).click();
  await until("Laptops is the default", async () => {
    return (await stage.client.profiles.show({ params: { name: "Laptops" } })).isDefault;
  });
  await page.goto(`${stage.url}/profiles/Default`);
  await page.getByRole("button", { name: "More for this profile" }).click();
  await page.getByRole("menuitem", { name: "Delete profile" }).click();
  await page.getByRole("dialog").getByText("2 devices have it").waitFor();
  assert.ok(await page.getByRole("dialog").getByRole("button", { name: "Delete profile" }).isDisabled());
  await look(page, "in-use");
  await stage.client.profiles.makeDefault({ params: { name: "Default" } });
  await page.goto(`${stage.url}/profiles/Laptops`);
  await page.getByRole("button", { name: "More for this profile" }).click();
  await page.getByRole("menuitem", { name: "Delete profile" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete profile" }).click();
  await page.getByRole("heading", { name: "Profiles" }).waitFor();
  await page.getByRole("row").filter({ hasText: "Laptops" }).waitFor({ state: "detached" });
  // The browser itself complains of the one refusal that was meant: the second of two saves.
  const [refusal = "", ...others] = browser.problems;
  assert.match(refusal, /the server responded with a status of 4/);
  assert.deepEqual(others, []);
});

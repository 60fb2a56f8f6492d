import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { generationNames, type Generation } from "@vigil/virtual-device/identity.ts";
import { look, openConsole, type BrowserPage } from "../browser.ts";
import { runVigil, type Finished } from "../programs.ts";
import { allowTls, changeProfile, setStage, until, untilProvisioned, type Client, type Stage } from "../stage.ts";

// A device's network, accounts and certificates: on devices of every generation, in a real browser and on the command line.

let stage: Stage;
let browser: BrowserPage;
let page: Page;
before(async () => {
  stage = await setStage({
    devices: generationNames.length,
    prepare: furnish,
    fleet: { generations: generationNames, seed: "device-parts" },
  });
  await untilProvisioned(stage, generationNames.length);
  browser = await openConsole(stage);
  ({ page } = browser);
});
after(async () => {
  await browser[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

const group = "S-1-5-21-397955417-626881126-188441444-512";

/** A profile that gives devices something of everything. */
async function furnish(client: Client): Promise<void> {
  await allowTls(client, "TLSv1");
  await changeProfile(client, (all) => ({
    ...all,
    accounts: [
      { name: "helpdesk", sid: null, access: "network", rights: ["helpdesk"] },
      { name: "Domain Admins", sid: group, access: "any", rights: ["administrator"] },
    ],
    network: {
      ...all.network,
      wifi: "always",
      wifiProfiles: [
        { name: "office", ssid: "Office", authentication: "wpa2Psk", encryption: "ccmp", ieee8021x: null },
      ],
    },
    remoteAccess: {
      servers: [{ host: "mps.example", port: 4_433, certificateName: "", username: "amt", rootPem: null }],
      policies: [{ trigger: "periodic", lifetimeSeconds: 300, everySeconds: 3_600 }],
      homeDomains: ["lab.example"],
    },
    defense: { standing: "count" },
  }));
  const params = { name: "Default" };
  await client.profiles.setSecret({ params, body: { secret: "wifi/office", value: "correct horse battery" } });
  await client.profiles.setSecret({ params, body: { secret: "server/mps.example", value: "P@ssw0rd" } });
}

function deviceOf(generation: Generation): VirtualDevice {
  return stage.fleet.devices[generationNames.indexOf(generation)] ?? assert.fail();
}

function open({ firmware }: VirtualDevice, tab: string): Promise<unknown> {
  return page.goto(`${stage.url}/devices/${firmware.uuid}?tab=${tab}`);
}

function vigil(...args: readonly string[]): Promise<Finished> {
  return runVigil(args, { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token });
}

/** Somebody else has been there. */
function leaveAccount({ firmware }: VirtualDevice, name: string): void {
  firmware.change((state) => {
    state.users.push({ handle: 9, name, ha1: "0".repeat(32), access: 2, realms: [3], isEnabled: true });
  });
}

test("what was never read of a device that cannot be asked is not made up on any of the tabs", async () => {
  const device = deviceOf("12");
  device.faults.set({ misbehavior: { kind: "refuse" } });
  for (const name of ["network", "accounts", "certificates"]) {
    await open(device, name);
    await page.getByRole("alert").getByText("amt.connect.refused").waitFor();
    await page.getByText(`The ${name} ${name === "network" ? "has" : "have"} not been read yet`).waitFor();
    await look(page, `${name}-never`);
  }
  device.faults.clear();
});

test("every generation says how it is on the network, and what its release has none of", async () => {
  for (const generation of generationNames) {
    const params = { id: deviceOf(generation).firmware.uuid };
    const { network } = await stage.client.readings.readNetwork({ params });
    const [wired] = network.ports;
    assert.equal(wired?.kind, "wired");
    assert.match(wired.mac, /^[0-9a-f]{2}(-[0-9a-f]{2}){5}$/i);
    assert.deepEqual(network.lacks, Number(generation) >= 15 ? [] : ["proxies"], generation);
    assert.equal(network.wifi === null, network.ports.length === 1, `${generation}: no port, no networks`);
    if (network.wifi !== null)
      assert.deepEqual(
        network.wifi.profiles.map(({ ssid }) => ssid),
        ["Office"],
      );
    assert.deepEqual(network.remoteAccess?.homeDomains, ["lab.example"]);
    assert.deepEqual(
      network.remoteAccess.policies.map(({ trigger, everySeconds }) => [trigger, everySeconds]),
      [["periodic", 3_600]],
    );
    assert.equal(network.remoteAccess.isConnected, Number(generation) >= 17 ? false : null);
    const inForce = network.defense?.policies.filter(({ isInForce }) => isInForce) ?? [];
    assert.equal(inForce.length, 1, `${generation}: one policy is in force`);
    const counted = network.defense?.filters.filter(({ matched }) => matched !== null).map(({ handle }) => handle);
    assert.deepEqual(counted?.toSorted(), inForce[0]?.filterHandles.toSorted());
    const { network: kept } = await stage.client.readings.network({ params });
    assert.deepEqual(kept, network, "it is kept as it was read");
  }
});

test("every generation says who may log in, whose each account is, and no password", async () => {
  for (const generation of generationNames) {
    const params = { id: deviceOf(generation).firmware.uuid };
    const { accounts } = await stage.client.readings.readAccounts({ params });
    assert.deepEqual(accounts.admin, { name: "admin", hasFactoryPassword: false });
    assert.deepEqual(
      accounts.items.map(({ name, kind, owner, label }) => [name, kind, owner, label]),
      [
        ["$$uns", "digest", "firmware", null],
        ["helpdesk", "digest", "vigil", null],
        [group, "kerberos", "vigil", "Domain Admins"],
      ],
      generation,
    );
    assert.doesNotMatch(JSON.stringify(accounts), /password":"/i);
  }
});

test("every generation says what it holds of certificates and keys, and Vigil says which are its own", async () => {
  for (const generation of generationNames) {
    const params = { id: deviceOf(generation).firmware.uuid };
    const { certificates } = await stage.client.readings.readCertificates({ params });
    const shown = certificates.items.find(({ uses }) => uses.includes("TLS"));
    assert.deepEqual([shown?.origin, shown?.revokedAt, shown?.isTrustedRoot], ["vigil", null, false], generation);
    const device = await stage.client.devices.show({ params });
    assert.equal(shown?.fingerprint, device.certificate?.fingerprint);
    assert.equal(shown?.validTo, device.certificate?.expiresAt);
    const pair = certificates.keyPairs.find(({ id }) => id === shown?.keyPairId);
    assert.equal(pair?.certificateId, shown?.id, "its key is on the device");
    assert.equal(pair?.key, "RSA 2048");
    assert.equal(certificates.tls?.isEnabled, true);
    assert.deepEqual(certificates.lacks, []);
  }
});

test("the network is shown at once as it was read, then anew, and as it was when the device is gone", async () => {
  const device = deviceOf("15");
  await open(device, "network");
  const names = page.getByRole("region", { name: "Names and addresses" });
  await names.getByText(device.address).first().waitFor();
  await page.getByText("Read now").waitFor();
  await page.getByRole("table", { name: "Wi-Fi networks" }).getByText("Office", { exact: true }).waitFor();
  await page.getByRole("table", { name: "System Defense policies" }).getByText("in force").waitFor();
  assert.ok((await tabRows()) <= 1, "the tabs stand in one line");
  await look(page, "network");
  await page.getByRole("table", { name: "System Defense filters" }).scrollIntoViewIfNeeded();
  await look(page, "network-defense");
  device.faults.set({ misbehavior: { kind: "refuse" } });
  await page.getByRole("button", { name: "Read again" }).click();
  await page.getByRole("alert").getByText("amt.connect.refused").waitFor();
  await names.getByText(device.address).first().waitFor();
  device.faults.clear();
});

/** Lines that the tabs of the device take up. */
async function tabRows(): Promise<number> {
  const tops = await page
    .getByRole("tablist")
    .first()
    .getByRole("tab")
    .evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().top)));
  return new Set(tops).size;
}

test("a release that is too old for a part says so, and so does a machine without a wireless port", async () => {
  await open(deviceOf("7"), "network");
  const missing = page.getByRole("region", { name: "Not there" });
  await missing.getByText("This release has no HTTP proxies.").waitFor();
  await missing.getByText("The machine has no wireless port for its firmware.").waitFor();
  await page.getByText("This release does not say").waitFor();
  await missing.scrollIntoViewIfNeeded();
  await look(page, "network-old");
});

test("another name in the firmware than in the registry is pointed out", async () => {
  const device = deviceOf("16");
  device.firmware.change((state) => {
    state.hostName = "renamed";
    // What Vigil wrote is kept beside it.
    delete state.stored["AMT_GeneralSettings"];
  });
  await open(device, "network");
  await page.getByText("The firmware says another name").waitFor();
});

test("a foreign account is pointed out, and removed with a reason that the audit trail keeps", async () => {
  const device = deviceOf("16");
  const { uuid } = device.firmware;
  leaveAccount(device, "backdoor");
  await open(device, "accounts");
  await page.getByRole("status").getByText("One account is foreign: backdoor.").waitFor();
  const table = page.getByRole("table", { name: "Accounts" });
  await table.getByRole("row").filter({ hasText: "backdoor" }).getByText("foreign").waitFor();
  await look(page, "accounts-foreign");
  assert.equal(await table.getByRole("button").count(), 1, "nothing else can be removed");
  await page.getByRole("button", { name: "Remove the account backdoor" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove the account backdoor" });
  const confirm = dialog.getByRole("button", { name: "Remove the account" });
  assert.equal(await confirm.isDisabled(), true, "a reason is wanted first");
  await dialog.getByLabel("Reason").fill("nobody knows it");
  await look(page, "accounts-remove");
  await confirm.click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("backdoor").waitFor({ state: "hidden" });
  assert.deepEqual(
    device.firmware.state.users.map(({ name }) => name),
    ["helpdesk", ""],
  );
  const { items } = await stage.client.audit.list({ query: { device: uuid, search: "account." } });
  assert.deepEqual(
    items.map(({ action, details }) => [action, details["name"], details["reason"]]),
    [
      ["account.removed", "backdoor", "nobody knows it"],
      ["account.removing", "backdoor", "nobody knows it"],
    ],
  );
});

test("what is not foreign, or is not there any more, is not removed", async () => {
  const device = deviceOf("16");
  const id = device.firmware.uuid;
  const { accounts } = await stage.client.readings.readAccounts({ params: { id } });
  const removal = (name: string, handle: number): Promise<unknown> =>
    stage.client.readings.removeAccount({ params: { id, handle: String(handle) }, body: { name, reason: "a test" } });
  for (const { name, handle } of accounts.items) {
    await assert.rejects(removal(name, handle), { code: "devices.account.not-foreign" });
  }
  await assert.rejects(removal("backdoor", 9), { code: "devices.account.changed" });
  await assert.rejects(removal("helpdesk", 9), { code: "devices.account.changed" });
  assert.equal(device.firmware.state.users.length, 2);
});

test("an answer that is lost leaves it unknown whether the account is gone, and the audit trail says so", async () => {
  const device = deviceOf("12");
  const id = device.firmware.uuid;
  leaveAccount(device, "stray");
  device.faults.set({ misbehavior: { kind: "drop" }, matching: "RemoveUserAclEntry" });
  const removal = { params: { id, handle: "9" }, body: { name: "stray", reason: "a test" } };
  await assert.rejects(stage.client.readings.removeAccount(removal), { code: "amt.outcome.unknown" });
  device.faults.clear();
  const { items } = await stage.client.audit.list({ query: { device: id, search: "account." } });
  assert.deepEqual(
    items.map(({ action }) => action),
    ["account.unknown", "account.removing"],
  );
});

test("certificates are shown with the days that are left, and renewed by the way of maintenance", async () => {
  const device = deviceOf("19");
  const id = device.firmware.uuid;
  const shownNow = async (): Promise<string | undefined> =>
    (await stage.client.devices.show({ params: { id } })).certificate?.fingerprint;
  const old = await shownNow();
  await open(device, "certificates");
  const tls = page.getByRole("region", { name: "TLS" });
  await tls.getByText(/^\d+ d left$/).waitFor();
  await tls.getByText("Vigil", { exact: true }).waitFor();
  await page.getByRole("table", { name: "Key pairs" }).getByText("RSA 2048").first().waitFor();
  await look(page, "certificates");
  await tls.getByRole("button", { name: "Renew certificate" }).click();
  const dialog = page.getByRole("dialog", { name: "Renew the device's certificate" });
  await dialog.getByLabel("Reason").fill("its key was seen");
  await look(page, "certificates-renew");
  await dialog.getByRole("button", { name: "Renew certificate" }).click();
  await dialog.waitFor({ state: "hidden" });
  await tls.getByText("Vigil, revoked").waitFor();
  await look(page, "certificates-revoked");
  await until("it shows another one", async () => (await shownNow()) !== old);
  await page.getByRole("button", { name: "Read again" }).click();
  await tls.getByText("Vigil", { exact: true }).waitFor();
  const { certificates } = await stage.client.readings.certificates({ params: { id } });
  const fresh = certificates?.items.find(({ uses }) => uses.includes("TLS"));
  assert.equal(fresh?.fingerprint, await shownNow());
});

test("the command line reads each of the three, falls back on what is stored, and removes a foreign account", async () => {
  const device = deviceOf("11.8");
  const network = await vigil("device", "network", device.address);
  assert.equal(network.code, 0, network.stderr);
  assert.match(network.stdout, /^home domains +lab\.example$/m);
  assert.match(network.stdout, /^release has no +proxies$/m);
  leaveAccount(device, "stray");
  const accounts = await vigil("device", "accounts", device.address);
  assert.match(accounts.stdout, /^stray +foreign +digest +any +yes +administration$/m);
  const refused = await vigil("device", "remove-account", device.address, "nobody", "--reason", "a test");
  assert.match(refused.stderr, /cli\.device-account\.unknown/);
  const removed = await vigil("device", "remove-account", device.address, "stray", "--reason", "a test");
  assert.equal(removed.code, 0, removed.stderr);
  assert.equal(
    device.firmware.state.users.some(({ name }) => name === "stray"),
    false,
  );
  const certificates = await vigil("device", "certificates", device.address, "--json");
  assert.equal(JSON.parse(certificates.stdout).certificates.items.length > 0, true);
  device.faults.set({ misbehavior: { kind: "refuse" } });
  const stored = await vigil("device", "accounts", device.address);
  device.faults.clear();
  assert.equal(stored.code, 3);
  assert.match(stored.stderr, /amt\.connect\.refused/);
  assert.match(stored.stdout, /^ACCOUNT +WHOSE/);
  assert.deepEqual(
    browser.problems.filter((one) => !/status of (502|504)/.test(one)),
    [],
  );
});

import assert from "node:assert/strict";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { run } from "../programs.ts";
import { startSamba, whyNoSamba, type Samba } from "../samba.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, stageDomain, until, untilProvisioned, type Client, type Stage } from "../stage.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

const realm = stageDomain.toUpperCase();
const unit = "OU=AMT,DC=lab,DC=example";
const password = "P4ss-of-this-test";

export default defineScenario({
  name: "directory-real",
  story: "devices get objects in a real Active Directory, and who has its ticket is let in by the key that Vigil wrote",
  smallSize: 2,
  skip: whyNoSamba(),
  async play({ devices, say, signal }) {
    const started = performance.now();
    await using samba = await startSamba(realm, someAddress());
    const startSeconds = secondsSince(started);
    say(`a domain controller serves after ${startSeconds} s`);
    const alice = await samba.addUser("alice", password);
    await samba.delegate(unit, password);
    await using stage = await setStage({
      devices,
      prepare: (client) => addDirectory(client, samba),
      profile: (all) => ({
        ...all,
        general: { ...all.general, domainName: stageDomain },
        kerberos: { ...all.kerberos, isOn: true, realm, organizationalUnit: unit },
        accounts: [{ name: "alice", sid: alice, access: "network", rights: ["administrator"] }],
      }),
    });
    await untilProvisioned(stage, devices, signal);
    say("provisioned; every device has an object");
    const env = await samba.signIn("alice", password);
    for (const device of stage.fleet.devices) await letsIn(samba, stage, device, env);
    await replacesKeys(samba, stage, signal);
    say("keys that somebody else had replaced are replaced again");
    const fresh = await samba.signIn("alice", password);
    for (const device of stage.fleet.devices) await letsIn(samba, stage, device, fresh);
    await cleansUp(samba, stage, signal);
    say("unprovisioned; no object is left");
    const version = (await run("samba-tool", ["--version"])).stdout.trim();
    return { devices, samba: version, startSeconds };
  },
});

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 100) / 10;
}

async function addDirectory(client: Client, { address, baseDn, rootPem }: Samba): Promise<void> {
  const settings = {
    urls: [`ldaps://${address}`],
    baseDn,
    bindDn: `vigil@${stageDomain}`,
    organizationalUnit: unit,
    rootPem,
    cleanUp: "delete" as const,
    hasPortlessName: true,
    allowsRc4: false,
  };
  await client.directories.put({ params: { realm }, body: { settings, password } });
  const { isGood, checks } = await client.directories.test({ params: { realm }, body: {} });
  assert.ok(isGood, JSON.stringify(checks.filter(({ state }) => state !== "passed")));
}

/** The object is there, as Vigil says it is; and curl with a ticket gets in by the device's own key. */
async function letsIn(samba: Samba, stage: Stage, { firmware, address }: VirtualDevice, env: Env): Promise<void> {
  const { items } = await stage.client.directories.objects({ query: { device: firmware.uuid } });
  const [object] = items;
  assert.ok(object !== undefined, `${firmware.uuid} has no object`);
  const shown = await samba.tool("computer", "show", object.account.slice(0, -1));
  const host = `${firmware.state.hostName}.${stageDomain}`.toLowerCase();
  for (const name of [`HTTP/${host}:16993`, `HTTP/${host}`])
    assert.match(shown, new RegExp(`PrincipalName: ${name}$`, "m"));
  assert.match(shown, new RegExp(`^dNSHostName: ${host}$`, "m"));
  assert.match(shown, new RegExp(`^dn: ${object.dn}$`, "m"));
  assert.match(shown, /^msDS-SupportedEncryptionTypes: 16$/m);
  const quiet = ["--silent", "--show-error", "--max-time", "20", "--include", "--insecure"];
  const where = ["--resolve", `${host}:16993:${address}`, `https://${host}:16993/wsman`];
  const { stdout, stderr } = await run(
    "curl",
    [...quiet, "--negotiate", "--user", ":", "--data", getGeneral, ...where],
    env,
  );
  assert.match(
    stdout,
    /HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*WWW-Authenticate: Negotiate [A-Za-z0-9+/=]+\r\n/,
    stdout + stderr,
  );
}

type Env = Readonly<Record<string, string>>;

const getGeneral =
  '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header><a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action><a:To>/wsman</a:To><w:ResourceURI>http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings</w:ResourceURI><a:MessageID>1</a:MessageID></s:Header><s:Body/></s:Envelope>';

/** Somebody resets the passwords: it shows as drift, and applying the profile gives every device a key that fits again. */
async function replacesKeys(samba: Samba, stage: Stage, signal: AbortSignal): Promise<void> {
  const { items: before } = await stage.client.directories.objects({ query: {} });
  for (const { account } of before) await samba.tool("user", "setpassword", account, "--newpassword=Somebody-Else-1");
  const body = { operation: "profile.apply", target: { collection: "Provisioned" } } as const;
  const { id } = await stage.client.runs.start({ body });
  const isOver = async (): Promise<boolean> => (await stage.client.runs.show({ params: { id } })).state === "finished";
  await until("the profile is applied", isOver, { signal });
  const { items } = await stage.client.runs.results({ params: { id }, query: {} });
  for (const { outcome, error } of items) assert.equal(outcome, "succeeded", JSON.stringify(error));
  const { items: after } = await stage.client.directories.objects({ query: {} });
  for (const { device, keyVersion } of after) {
    const old = before.find((one) => one.device === device);
    assert.ok(old !== undefined && keyVersion === old.keyVersion + 2, `version ${old?.keyVersion}, then ${keyVersion}`);
  }
}

/** Devices that leave take their objects with them. */
async function cleansUp(samba: Samba, { client, fleet }: Stage, signal: AbortSignal): Promise<void> {
  const parameters = { kind: "partial", certificate: "revoke", directory: "remove", afterwards: "retired" };
  const target = { collection: "Provisioned" };
  const body = { operation: "device.unprovision", target, parameters, reason: "the scenario wants it" } as const;
  await client.runs.start({ body });
  const isClean = async (): Promise<boolean> => (await client.directories.objects({ query: {} })).total === 0;
  await until("no device has an object", isClean, { signal });
  assert.doesNotMatch(await samba.tool("computer", "list"), /^AMT/m);
  const { items } = await client.audit.list({ query: { limit: 200 } });
  const removed = items.filter(({ action }) => action === "directory.object.removed");
  assert.equal(removed.length, fleet.devices.length);
}

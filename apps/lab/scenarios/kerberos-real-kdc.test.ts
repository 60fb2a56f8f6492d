import assert from "node:assert/strict";
import { connect } from "@vigil/amt-client/device.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { AMT_AuthorizationService } from "@vigil/model/amt/AMT_AuthorizationService.ts";
import { realms } from "@vigil/model/value-maps.ts";
import { sidFromText } from "@vigil/virtual-device/kerberos/sid.ts";
import { startKdc, type Encryption, type Kdc } from "../kdc.ts";
import { aLoneDevice, type LoneDevice } from "../lone-device.ts";
import { run, runVigil, type Finished } from "../programs.ts";
import { defineScenario } from "../scenarios.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

const realm = "LAB.EXAMPLE";
const host = "lone.lab.example";
/** The last is for clients that leave the port out, such as curl. */
const services = [`HTTP/${host}:16992`, `HTTP/${host}:16993`, `HTTP/${host}`] as const;

/** What Active Directory would say of them, and MIT's KDC does not. */
const accounts: Readonly<Record<string, readonly [sid: string, ...groups: string[]]>> = {
  alice: ["S-1-5-21-1-2-3-1001"],
  bob: ["S-1-5-21-1-2-3-1002", "S-1-5-21-1-2-3-2002"],
  mallory: ["S-1-5-21-1-2-3-1003"],
};

const encryptions: readonly (readonly [Encryption, "aes256Sha1" | "aes128Sha1" | "rc4Hmac"])[] = [
  ["arcfour-hmac", "rc4Hmac"],
  ["aes128-cts-hmac-sha1-96", "aes128Sha1"],
  ["aes256-cts-hmac-sha1-96", "aes256Sha1"],
];

const getGeneral =
  '<?xml version="1.0"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"><s:Header><a:Action>http://schemas.xmlsoap.org/ws/2004/09/transfer/Get</a:Action><a:To>/wsman</a:To><w:ResourceURI>http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings</w:ResourceURI><a:MessageID>1</a:MessageID></s:Header><s:Body/></s:Envelope>';

export default defineScenario({
  name: "kerberos-real-kdc",
  story: "a KDC of MIT's hands out tickets, and a virtual device lets in whom its entries name, plain and over TLS",
  smallSize: 1,
  async play({ say }) {
    const address = someAddress();
    await using kdc = await startKdc(realm, address);
    await using lone = await aLoneDevice(address, "16", { accountOf });
    await enterUsers(lone);
    let alice: Env = {};
    for (const [encryption, name] of encryptions) {
      await configure(kdc, lone, encryption, name);
      // A ticket for the old key would be in the cache still.
      alice = await kdc.signIn("alice");
      await operatorLogsIn(lone, alice);
      say(`${encryption}: read on 16992 and 16993`);
    }
    await entriesDecide(kdc, lone);
    const curl = await curlLogsIn(lone, alice);
    await replayIsRefused(lone, alice);
    await clocksMatter(lone, alice);
    await codesSayWhatToDo(kdc, lone, alice);
    const version = (await run("klist", ["-V"])).stdout.trim();
    return { kdc: version, curl, encryptions: encryptions.length };
  },
});

function accountOf(
  principal: string,
): { readonly sid: Uint8Array; readonly groups: readonly Uint8Array[] } | undefined {
  const [name = "", at] = principal.split("@");
  const [sid, ...groups] = (accounts[name] ?? []).map(sidOf);
  return sid === undefined || at !== realm ? undefined : { sid, groups };
}

function sidOf(text: string): Uint8Array {
  const sid = sidFromText(text);
  assert.ok(sid !== undefined, text);
  return sid;
}

/** The admin, by digest, over the wire. */
function asAdmin({ address, username, password }: LoneDevice): ReturnType<typeof connect> {
  const credential = { username, password };
  return connect({ dialer: directDialer({ host: address }), port: 16_992, credential, clock: systemClock() });
}

/** alice by herself, for power and general information; bob by a group, for general information alone. */
async function enterUsers(lone: LoneDevice): Promise<void> {
  await using device = asAdmin(lone);
  for (const [sid, allowed] of [
    ["S-1-5-21-1-2-3-1001", [realms.remoteControl, realms.generalInfo]],
    ["S-1-5-21-1-2-3-2002", [realms.generalInfo]],
  ] as const) {
    const entry = { KerberosUserSid: sidOf(sid), AccessPermission: "network", Realms: allowed } as const;
    const { ReturnValue } = await device.wsman.invoke(AMT_AuthorizationService, "AddUserAclEntryEx", entry);
    assert.equal(ReturnValue, 0);
  }
}

/** The account gets a key of that encryption, and the device the same. */
async function configure(
  kdc: Kdc,
  lone: LoneDevice,
  encryption: Encryption,
  name: "aes256Sha1" | "aes128Sha1" | "rc4Hmac",
): Promise<void> {
  await using device = asAdmin(lone);
  const key = await kdc.setService(services, `Device-${encryption}`, encryption);
  await device.kerberos.configure({ realm, serviceNames: services, key, keyVersion: 1, encryption: name });
}

const ports = [
  ["--plain", 16_992],
  ["--insecure", 16_993],
] as const;

function vigil(
  lone: LoneDevice,
  env: Env,
  port: (typeof ports)[number],
  ...words: readonly string[]
): Promise<Finished> {
  const spn = `HTTP/${host}:${port[1]}`;
  return runVigil(["amt", lone.address, ...words, "--kerberos", "--spn", spn, port[0], "--json"], env);
}

type Env = Readonly<Record<string, string>>;

async function operatorLogsIn(lone: LoneDevice, env: Env): Promise<void> {
  for (const port of ports) {
    const { code, stdout, stderr } = await vigil(lone, env, port, "power");
    assert.equal(code, 0, stdout + stderr);
    assert.equal(JSON.parse(stdout).power, "on");
  }
}

async function entriesDecide(kdc: Kdc, lone: LoneDevice): Promise<void> {
  const bob = await kdc.signIn("bob");
  const general = await vigil(lone, bob, ports[0], "get", "AMT_GeneralSettings");
  assert.equal(general.code, 0, general.stdout + general.stderr);
  assert.equal(codeOf(await vigil(lone, bob, ports[1], "power", "off")), "wsman.fault.accessDenied");
  assert.equal(lone.device.firmware.state.powerState, 2);
  const mallory = await kdc.signIn("mallory");
  for (const port of ports) assert.equal(codeOf(await vigil(lone, mallory, port, "power")), "amt.kerberos.unlisted");
}

/** @param more arguments @returns what curl says on both outputs */
async function curlTo(lone: LoneDevice, url: string, env: Env, ...more: readonly string[]): Promise<string> {
  const resolve = [16_992, 16_993].flatMap((port) => ["--resolve", `${host}:${port}:${lone.address}`]);
  const quiet = ["--silent", "--show-error", "--max-time", "20", "--include", "--verbose", "--insecure"];
  const { code, stdout, stderr } = await run("curl", [...quiet, ...resolve, ...more, "--data", getGeneral, url], env);
  assert.equal(code, 0, stderr);
  return stderr + stdout;
}

async function curlLogsIn(lone: LoneDevice, env: Env): Promise<string> {
  for (const url of [`http://${host}:16992/wsman`, `https://${host}:16993/wsman`]) {
    const said = await curlTo(lone, url, env, "--negotiate", "--user", ":");
    assert.match(said, /HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*WWW-Authenticate: Negotiate [A-Za-z0-9+/=]+\r\n/);
    assert.match(said, /<g:HostName>lone<\/g:HostName>/);
  }
  return (await run("curl", ["--version"])).stdout.split(" ")[1] ?? "";
}

/** What somebody heard on the line does not let them in. */
async function replayIsRefused(lone: LoneDevice, env: Env): Promise<void> {
  const url = `http://${host}:16992/wsman`;
  const said = await curlTo(lone, url, env, "--negotiate", "--user", ":");
  const heard = /> (Authorization: Negotiate [A-Za-z0-9+/=]+)/.exec(said)?.[1];
  assert.ok(heard !== undefined, said);
  assert.match(await curlTo(lone, url, {}, "--header", heard), /HTTP\/1\.1 401 Unauthorized/);
}

async function clocksMatter(lone: LoneDevice, env: Env): Promise<void> {
  const { firmware } = lone.device;
  for (const minutes of [6, -6]) {
    firmware.change((state) => (state.clockOffsetMs += minutes * 60_000));
    assert.equal(codeOf(await vigil(lone, env, ports[1], "power")), "amt.kerberos.skew", `${minutes} minutes`);
    firmware.change((state) => (state.clockOffsetMs -= minutes * 60_000));
  }
  await operatorLogsIn(lone, env);
}

async function codesSayWhatToDo(kdc: Kdc, lone: LoneDevice, alice: Env): Promise<void> {
  const missing = { ...kdc.env, KRB5CCNAME: `${alice["KRB5CCNAME"]}.none` };
  assert.equal(codeOf(await vigil(lone, missing, ports[1], "power")), "amt.kerberos.ticket-missing");
  const unknown = ["amt", lone.address, "power", "--kerberos", "--spn", "HTTP/other:1", "--insecure", "--json"];
  assert.equal(codeOf(await runVigil(unknown, alice)), "amt.kerberos.service-unknown");
  await kdc.setService(services, "Changed-1", "aes256-cts-hmac-sha1-96");
  const again = await kdc.signIn("alice");
  assert.equal(codeOf(await vigil(lone, again, ports[1], "power")), "amt.kerberos.wrong-key");
  await using device = asAdmin(lone);
  await device.kerberos.switchOff();
  assert.equal(codeOf(await vigil(lone, again, ports[1], "power")), "amt.kerberos.off");
  const fresh = await kdc.signIn("alice");
  await kdc.stop();
  assert.equal(codeOf(await vigil(lone, fresh, ports[1], "power")), "amt.kerberos.kdc-unreachable");
  const offered = await curlTo(lone, `http://${host}:16992/wsman`, {});
  assert.equal([...offered.matchAll(/^WWW-Authenticate: /gm)].length, 1, "digest alone");
}

function codeOf({ code, stdout, stderr }: Finished): string {
  assert.notEqual(code, 0, stdout);
  // The command line printed it.
  const { error } = JSON.parse(stdout) as { readonly error?: { readonly code?: string } };
  return error?.code ?? stderr;
}

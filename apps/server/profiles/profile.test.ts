import assert from "node:assert/strict";
import { test } from "node:test";
import { changesBetween } from "@vigil/api/resources/profile-changes.ts";
import { secretsOf } from "@vigil/api/resources/profile-secrets.ts";
import { completed, defaultSettings, hostNameFor, type ProfileSettings } from "./profile.ts";
import { refusalsOf, refusalsOfFleet, remarksOn } from "./remarks.ts";

const uuid = "01234567-89ab-4def-8123-456789abcdef";
const base = defaultSettings("example.test");

function wifi(name: string, more: Partial<ProfileSettings["network"]["wifiProfiles"][number]> = {}) {
  return {
    name,
    ssid: name,
    authentication: "wpa2Psk" as const,
    encryption: "ccmp" as const,
    ieee8021x: null,
    ...more,
  };
}

const enterprise = {
  protocol: "peapMschapV2",
  username: "amt",
  domain: "",
  roamingIdentity: "",
  serverName: "",
  rootPem: null,
} as const;

test("a host name is made of what is known of the device, and of nothing that DNS refuses", () => {
  const name = (hostNameRule: string, serialNumber: string | null = "AB/12 34"): string =>
    hostNameFor({ general: { ...base.general, hostNameRule } }, { uuid, serialNumber });
  assert.equal(name("amt-{uuid8}"), "amt-01234567");
  assert.equal(name("pc-{serial}"), "pc-AB1234");
  assert.equal(name("pc-{serial}", null), "pc-01234567");
  assert.equal(name("{uuid}-{uuid}").length, 63);
  assert.equal(name("pc-{serial}", "x".repeat(59) + "--y").endsWith("-"), false);
});

test("what an older program stored is completed with the defaults, and loses nothing", () => {
  const old = { general: { hostNameRule: "x-{uuid8}", domainName: "old.test" }, features: { webPage: true } };
  // What the database may hold is less than today's type says.
  const whole = completed(old as unknown as Partial<ProfileSettings>);
  assert.equal(whole.general.hostNameRule, "x-{uuid8}");
  assert.equal(whole.general.answersPing, true);
  assert.equal(whole.features.webPage, true);
  assert.deepEqual(whole.tls, base.tls);
  assert.deepEqual(completed(base), base);
});

test("the secrets that settings call for have names", () => {
  const settings: ProfileSettings = {
    ...base,
    adminPassword: { kind: "fixed", rotateDays: 0 },
    network: {
      ...base.network,
      wired8021x: enterprise,
      wifiProfiles: [
        wifi("home"),
        wifi("office", { authentication: "wpa28021x", ieee8021x: enterprise }),
        wifi("lab", { authentication: "wpa28021x", ieee8021x: { ...enterprise, protocol: "tls" } }),
      ],
    },
    remoteAccess: {
      ...base.remoteAccess,
      servers: [{ host: "mps.example.test", port: 4433, certificateName: "", username: "amt", rootPem: null }],
    },
  };
  assert.deepEqual(secretsOf(settings), [
    "8021x/office",
    "8021x/wired",
    "admin-password",
    "server/mps.example.test",
    "wifi/home",
  ]);
  assert.deepEqual(secretsOf(base), []);
});

test("a diff names each setting once, entries of lists by their name", () => {
  const before: ProfileSettings = { ...base, network: { ...base.network, wifiProfiles: [wifi("a"), wifi("b")] } };
  const after: ProfileSettings = {
    ...base,
    otp: "required",
    general: { ...base.general, answersPing: false },
    network: { ...base.network, wifiProfiles: [wifi("a"), wifi("b", { ssid: "B2" }), wifi("c")] },
  };
  assert.deepEqual(changesBetween(before, after), [
    { setting: "general.answersPing", before: "true", after: "false" },
    { setting: "otp", before: '"off"', after: '"required"' },
    { setting: "network.wifiProfiles[b].ssid", before: '"b"', after: '"B2"' },
    { setting: "network.wifiProfiles[c]", before: null, after: JSON.stringify(wifi("c")) },
  ]);
  assert.deepEqual(changesBetween(before, before), []);
});

test("another order of preference is a change", () => {
  const profiles = (...names: string[]): ProfileSettings => ({
    ...base,
    network: { ...base.network, wifiProfiles: names.map((name) => wifi(name)) },
  });
  assert.deepEqual(changesBetween(profiles("a", "b"), profiles("b", "a")), [
    { setting: "network.wifiProfiles", before: '["a","b"]', after: '["b","a"]' },
  ]);
});

test("what is unwise is said, and what cannot hold is refused", () => {
  assert.deepEqual(remarksOn(base), []);
  const weightOf = (settings: ProfileSettings, setting: string): string | undefined =>
    remarksOn(settings).find((one) => one.setting === setting)?.weight;
  const off = { ...base.tls, mode: "off" as const };
  assert.equal(weightOf({ ...base, tls: { ...base.tls, oldestTls: "TLSv1.1" } }, "tls.oldestTls"), "warning");
  assert.equal(weightOf({ ...base, tls: { ...off, isPlainPortOpen: true } }, "tls.mode"), "warning");
  assert.equal(weightOf({ ...base, tls: off }, "tls.isPlainPortOpen"), "refused");
  assert.equal(weightOf({ ...base, adminPassword: { kind: "fixed", rotateDays: 0 } }, "adminPassword.kind"), "warning");
  const account = { name: "desk", sid: null, access: "any", rights: ["power"] } as const;
  assert.equal(
    weightOf(
      {
        ...base,
        accounts: [
          { ...account, rights: ["power"] },
          { ...account, rights: [] },
        ],
      },
      "accounts",
    ),
    "refused",
  );
  assert.equal(weightOf({ ...base, accounts: [{ ...account, name: "Admin", rights: [] }] }, "accounts"), "refused");
});

test("a release refuses what it lacks, and says which release", () => {
  const wpa3: ProfileSettings = {
    ...base,
    network: { ...base.network, wifiProfiles: [wifi("new", { authentication: "wpa3Sae" })] },
  };
  assert.equal(refusalsOf(wpa3, "12.0.67")[0]?.text, "AMT 12.0.67 does not know WPA3.");
  assert.deepEqual(refusalsOf(wpa3, "16.1.25"), []);
  const plain = { ...base, tls: { ...base.tls, isPlainPortOpen: true } };
  assert.equal(refusalsOf(plain, "19.0.5")[0]?.setting, "tls.isPlainPortOpen");
  assert.equal(refusalsOf(base, "7.1.91")[0]?.text, "AMT 7.1.91 speaks TLS 1.0 alone.");
  assert.deepEqual(refusalsOf({ ...base, tls: { ...base.tls, oldestTls: "TLSv1" } }, "7.1.91"), []);
  assert.deepEqual(refusalsOf(plain, "16.1.25"), []);
});

test("devices of a profile that cannot have a setting are counted by release, and by control mode", () => {
  const plain = { ...base, tls: { ...base.tls, isPlainPortOpen: true } };
  const kinds = [
    { release: "19.0.5", controlMode: "admin", devices: 3 },
    { release: "19.0.7", controlMode: "admin", devices: 4 },
    { release: "16.1.25", controlMode: "client", devices: 5 },
    { release: null, controlMode: "none", devices: 9 },
  ] as const;
  assert.deepEqual(
    refusalsOfFleet(plain, kinds).map(({ setting, devices }) => [setting, devices]),
    [
      ["tls.isPlainPortOpen", 7],
      ["features.consent", 5],
      ["audit.isOn", 5],
    ],
  );
  assert.match(refusalsOfFleet(plain, kinds)[0]?.text ?? "", /^AMT 19\.0 has no plain port/);
});

test("client control mode refuses a weaker consent and the audit log", () => {
  const wanted = {
    ...base,
    features: { ...base.features, consent: "none" as const },
    audit: { ...base.audit, isOn: true },
  };
  const refused = (mode: "client" | "admin"): string[] =>
    remarksOn(wanted, undefined, mode)
      .filter(({ weight }) => weight === "refused")
      .map(({ setting }) => setting);
  assert.deepEqual(refused("client"), ["features.consent", "audit.isOn"]);
  assert.deepEqual(refused("admin"), []);
});

test("a root that is no certificate, an account without rights and a security identifier that is too long are refused", () => {
  const account = {
    name: "one",
    sid: null,
    access: "any",
    rights: ["reader"],
  } satisfies ProfileSettings["accounts"][number];
  const refused = (settings: ProfileSettings): string[] =>
    remarksOn(settings)
      .filter(({ weight }) => weight === "refused")
      .map(({ setting }) => setting);
  assert.deepEqual(refused({ ...base, tls: { ...base.tls, trustedRoots: ["no PEM"] } }), ["tls.trustedRoots"]);
  assert.deepEqual(refused({ ...base, accounts: [account] }), []);
  assert.deepEqual(refused({ ...base, accounts: [{ ...account, rights: [] }] }), ["accounts"]);
  assert.deepEqual(refused({ ...base, accounts: [{ ...account, sid: "S-1-5-21-1-2-3-4" }] }), []);
  assert.deepEqual(refused({ ...base, accounts: [{ ...account, sid: "S-1-5-21-1-2-3-4-5" }] }), ["accounts"]);
});

import assert from "node:assert/strict";
import { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import { connect } from "@vigil/amt-client/device.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { secured } from "@vigil/amt-client/dial/tls.ts";
import { systemClock } from "@vigil/base/clock.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { generationNames } from "@vigil/virtual-device/identity.ts";
import { aConsoleAuthority } from "@vigil/virtual-device/testing/console-certificates.ts";
import { defineScenario } from "../scenarios.ts";
import { changeProfile, setStage, until, untilProvisioned, type Stage } from "../stage.ts";

type Settings = ProfileSettings;

/** A field of the profile, another value for it, and what has to be written for that and nothing else. */
interface Row {
  readonly field: string;
  readonly change: (settings: Settings) => Settings;
  readonly writes: readonly string[] | ((device: VirtualDevice) => readonly string[]);
  /** Only machines with a wireless port can have it. */
  readonly isWireless?: true;
  /** Secrets that have to be set first. */
  readonly secrets?: readonly string[];
  /** What somebody else does to each device before. */
  readonly before?: (stage: Stage, device: VirtualDevice) => Promise<void>;
  /** These devices fail with that code, and the field is put back. */
  readonly fails?: { readonly code: string; readonly on: (device: VirtualDevice) => boolean };
}

/** In turns: all that there are. */
const generations = generationNames;
/** With it some of the first machines have a wireless port, and some have none. */
const seed = "write-only-the-difference";

const certificate = ["AMT_PublicKeyManagementService", "AMT_TLSCredentialContext", "AMT_SetupAndConfigurationService"];
/** A new name wants a new certificate, which is then bound and put into force. */
const renamed = ["AMT_GeneralSettings", ...certificate, "AMT_TLSSettingData"];
const office = {
  name: "office",
  ssid: "Office",
  authentication: "wpa2Psk",
  encryption: "ccmp",
  ieee8021x: null,
} as const;

/** Of the servers that networks ask, and of other managers. */
const root = await rootNamed("Network Root");
const consoleRoot = await rootNamed("Console Root");

const enterprise = {
  protocol: "peapMschapV2",
  username: "amt",
  domain: "EXAMPLE",
  roamingIdentity: "",
  serverName: "radius.example",
  rootPem: root,
} as const;
const guarded = {
  name: "guarded",
  ssid: "Guarded",
  authentication: "wpa28021x",
  encryption: "ccmp",
  ieee8021x: { ...enterprise, protocol: "tls" },
} as const;
const presence = {
  host: "mps.example",
  port: 4_433,
  certificateName: "",
  username: "amt",
  rootPem: null,
} as const;

const rows: readonly Row[] = [
  {
    field: "general.hostNameRule",
    change: (all) => ({ ...all, general: { ...all.general, hostNameRule: "pc-{uuid8}" } }),
    writes: renamed,
  },
  {
    field: "general.domainName",
    change: (all) => ({ ...all, general: { ...all.general, domainName: "other.example" } }),
    // The certificate of the name before, which is not shown any more, makes room together with its key.
    writes: [...renamed, "AMT_PublicKeyCertificate", "AMT_PublicPrivateKeyPair"],
  },
  {
    field: "general.answersPing",
    change: (all) => ({ ...all, general: { ...all.general, answersPing: false } }),
    writes: ["AMT_GeneralSettings"],
  },
  {
    field: "general.answersRmcpPing",
    change: (all) => ({ ...all, general: { ...all.general, answersRmcpPing: false } }),
    writes: ["AMT_GeneralSettings"],
  },
  {
    field: "general.idleMinutes",
    change: (all) => ({ ...all, general: { ...all.general, idleMinutes: 30 } }),
    writes: ["AMT_GeneralSettings"],
  },
  {
    field: "network.isDynamicDnsOn",
    change: (all) => ({ ...all, network: { ...all.network, isDynamicDnsOn: true } }),
    writes: ["AMT_GeneralSettings"],
  },
  {
    field: "general.powerPolicy",
    change: (all) => ({ ...all, general: { ...all.general, powerPolicy: "on" } }),
    writes: ["AMT_SystemPowerScheme"],
  },
  // Rules for later changes of the password, and for a setup: no setting of the firmware.
  {
    field: "adminPassword.rotateDays",
    change: (all) => ({ ...all, adminPassword: { ...all.adminPassword, rotateDays: 90 } }),
    writes: [],
  },
  {
    field: "adminPassword.kind",
    change: (all) => ({ ...all, adminPassword: { ...all.adminPassword, kind: "fixed" } }),
    writes: ["AMT_AuthorizationService"],
    secrets: ["admin-password"],
  },
  { field: "otp", change: (all) => ({ ...all, otp: "optional" }), writes: [] },
  {
    field: "tls.isPlainPortOpen",
    change: (all) => ({ ...all, tls: { ...all.tls, isPlainPortOpen: true } }),
    writes: ["AMT_TLSSettingData", "AMT_SetupAndConfigurationService"],
    fails: { code: "provisioning.profile.unsupported", on: ({ firmware }) => firmware.isTlsOnly },
  },
  {
    field: "tls.local",
    change: (all) => ({ ...all, tls: { ...all.tls, local: "off" } }),
    writes: ["AMT_TLSSettingData", "AMT_SetupAndConfigurationService"],
  },
  {
    field: "features.serial",
    change: (all) => ({ ...all, features: { ...all.features, serial: false } }),
    writes: ["AMT_RedirectionService"],
  },
  {
    field: "features.disk",
    change: (all) => ({ ...all, features: { ...all.features, disk: false } }),
    writes: ["AMT_RedirectionService"],
  },
  {
    field: "features.screenIdleMinutes",
    change: (all) => ({ ...all, features: { ...all.features, screenIdleMinutes: 10 } }),
    writes: ["IPS_KVMRedirectionSettingData"],
  },
  {
    field: "features.screen",
    change: (all) => ({ ...all, features: { ...all.features, screen: false } }),
    // It was the last: with nothing behind it, the listener goes, too.
    writes: ["CIM_KVMRedirectionSAP", "AMT_RedirectionService"],
  },
  {
    field: "features.consent",
    change: (all) => ({ ...all, features: { ...all.features, consent: "all" } }),
    writes: ["IPS_OptInService"],
  },
  {
    field: "features.webPage",
    change: (all) => ({ ...all, features: { ...all.features, webPage: true } }),
    writes: ["AMT_WebUIService"],
  },
  {
    field: "network.wired",
    change: (all) => ({ ...all, network: { ...all.network, wired: "dhcp" } }),
    writes: ["AMT_EthernetPortSettings"],
    before: giveStaticAddress,
  },
  {
    field: "network.wired8021x",
    change: (all) => ({ ...all, network: { ...all.network, wired8021x: enterprise } }),
    writes: ({ firmware }) => [
      firmware.release.startsWith("7.") ? "AMT_8021XProfile" : "IPS_IEEE8021xSettings",
      "AMT_PublicKeyManagementService",
    ],
    secrets: ["8021x/wired"],
  },
  {
    field: "network.isWifiSyncOn",
    change: (all) => ({ ...all, network: { ...all.network, isWifiSyncOn: true } }),
    writes: ["AMT_WiFiPortConfigurationService"],
    isWireless: true,
  },
  {
    field: "network.wifiProfiles",
    change: (all) => ({ ...all, network: { ...all.network, wifiProfiles: [office, guarded] } }),
    writes: ["AMT_WiFiPortConfigurationService"],
    secrets: ["wifi/office"],
    isWireless: true,
  },
  {
    field: "network.wifi",
    change: (all) => ({ ...all, network: { ...all.network, wifi: "always" } }),
    writes: ["CIM_WiFiPort"],
    isWireless: true,
  },
  {
    field: "remoteAccess.servers",
    change: (all) => ({ ...all, remoteAccess: { ...all.remoteAccess, servers: [presence] } }),
    writes: ["AMT_RemoteAccessService"],
    secrets: ["server/mps.example"],
  },
  {
    field: "remoteAccess.policies",
    change: (all) => ({
      ...all,
      remoteAccess: {
        ...all.remoteAccess,
        policies: [{ trigger: "periodic", lifetimeSeconds: 600, everySeconds: 3_600 }],
      },
    }),
    writes: ["AMT_RemoteAccessService"],
  },
  {
    field: "remoteAccess.homeDomains",
    change: (all) => ({ ...all, remoteAccess: { ...all.remoteAccess, homeDomains: ["home.example"] } }),
    writes: ["AMT_EnvironmentDetectionSettingData"],
  },
  {
    field: "audit.events",
    change: (all) => ({ ...all, audit: { ...all.audit, events: "security" } }),
    writes: ["AMT_AuditPolicyRule"],
  },
  {
    field: "audit.isOn",
    change: (all) => ({ ...all, audit: { ...all.audit, isOn: false } }),
    writes: ["AMT_AuditLog"],
  },
  {
    field: "alerts.destination",
    change: (all) => ({ ...all, alerts: { destination: "http://127.0.0.1:9972/events", events: "all" } }),
    writes: ["CIM_FilterCollection"],
  },
  {
    field: "alerts.events",
    change: (all) => ({ ...all, alerts: { ...all.alerts, events: "platform" } }),
    writes: ["CIM_FilterCollection"],
  },
  {
    field: "defense.standing",
    change: (all) => ({ ...all, defense: { standing: "count" } }),
    writes: ["AMT_IPHeadersFilter", "AMT_SystemDefensePolicy", "AMT_NetworkPortDefaultSystemDefensePolicy"],
  },
  {
    field: "accounts",
    change: (all) => ({
      ...all,
      accounts: [
        { name: "operator", sid: null, access: "network", rights: ["reader", "power"] },
        { name: "Help desk", sid: "S-1-5-21-1004336348-1177238915-682003330-512", access: "any", rights: ["helpdesk"] },
      ],
    }),
    writes: ["AMT_AuthorizationService"],
  },
  {
    field: "tls.mode",
    change: (all) => ({ ...all, tls: { ...all.tls, mode: "mutual" } }),
    writes: ["AMT_PublicKeyManagementService", "AMT_TLSSettingData", "AMT_SetupAndConfigurationService"],
  },
  {
    field: "tls.trustedNames",
    change: (all) => ({ ...all, tls: { ...all.tls, trustedNames: ["console.example"] } }),
    writes: ["AMT_TLSSettingData", "AMT_SetupAndConfigurationService"],
  },
  {
    field: "tls.trustedRoots",
    change: (all) => ({ ...all, tls: { ...all.tls, trustedRoots: [consoleRoot] } }),
    // No root is taken while mutual TLS is demanded: it is demanded again afterwards (docs/decisions/0018).
    writes: ["AMT_PublicKeyManagementService", "AMT_TLSSettingData", "AMT_SetupAndConfigurationService"],
  },
  // As long as Kerberos is off they are of no account.
  {
    field: "kerberos.realm",
    change: (all) => ({ ...all, kerberos: { ...all.kerberos, realm: "EXAMPLE.COM" } }),
    writes: [],
  },
  {
    field: "kerberos.organizationalUnit",
    change: (all) => ({ ...all, kerberos: { ...all.kerberos, organizationalUnit: "OU=AMT,DC=example,DC=com" } }),
    writes: [],
  },
  {
    field: "kerberos.rotateDays",
    change: (all) => ({ ...all, kerberos: { ...all.kerberos, rotateDays: 30 } }),
    writes: [],
  },
  {
    field: "kerberos.toleranceMinutes",
    change: (all) => ({ ...all, kerberos: { ...all.kerberos, toleranceMinutes: 4 } }),
    writes: [],
  },
  {
    field: "tls.oldestTls",
    change: (all) => ({ ...all, tls: { ...all.tls, oldestTls: "TLSv1.1" } }),
    writes: [],
    fails: { code: "amt.tls.incompatible", on: ({ firmware }) => firmware.release.startsWith("7.") },
  },
  {
    field: "kerberos.isOn",
    change: (all) => ({ ...all, kerberos: { ...all.kerberos, isOn: true } }),
    writes: [],
    fails: { code: "provisioning.kerberos.no-directory", on: () => true },
  },
];

export default defineScenario({
  name: "write-only-the-difference",
  story: "every field that is edited in a profile leads, on every device, to just its own class being written",
  smallSize: generations.length,
  async play({ devices, say, signal }) {
    assert.deepEqual(rows.map(({ field }) => field).toSorted(), fieldsOf(ProfileSettings).toSorted());
    await using stage = await setStage({
      devices,
      fleet: { seed, generations },
      // AMT 7 speaks nothing newer.
      profile: (all) => ({ ...all, tls: { ...all.tls, oldestTls: "TLSv1" } }),
    });
    await untilProvisioned(stage, devices, signal);
    assert.deepEqual(await failuresOf(stage, signal), []);
    let written = 0;
    const wrong: string[] = [];
    for (const row of rows) {
      const played = await playRow(stage, row, { say, signal });
      written += played.written;
      wrong.push(...played.wrong);
    }
    assert.deepEqual(wrong, []);
    for (const { firmware } of stage.fleet.devices) firmware.writes.clear();
    assert.deepEqual(await failuresOf(stage, signal), []);
    for (const device of stage.fleet.devices) assert.deepEqual(writesOf(device), [], "nothing is left to write");
    return { devices, fields: rows.length, written };
  },
});

/** Changes one field and looks what was written. @param wrong what was not as it should be, in words */
async function playRow(
  stage: Stage,
  row: Row,
  { say, signal }: { readonly say: (line: string) => void; readonly signal: AbortSignal },
): Promise<{ readonly written: number; readonly wrong: readonly string[] }> {
  const { field, change, isWireless, secrets = [], before, fails } = row;
  const params = { name: "Default" };
  const { settings, version } = await stage.client.profiles.show({ params });
  for (const device of stage.fleet.devices) await before?.(stage, device);
  for (const { firmware } of stage.fleet.devices) firmware.writes.clear();
  await stage.client.profiles.change({
    params,
    body: { basedOn: version, settings: change(settings), note: field },
  });
  for (const secret of secrets) {
    await stage.client.profiles.setSecret({ params, body: { secret, value: "correct horse" } });
  }
  const failures = await failuresOf(stage, signal);
  const wrong: string[] = [];
  let written = 0;
  for (const device of stage.fleet.devices) {
    const writes = typeof row.writes === "function" ? row.writes(device) : row.writes;
    const isRefused = fails?.on(device) === true;
    const failure = failures.find(({ uuid }) => uuid === device.firmware.uuid);
    if (failure?.code !== (isRefused ? fails.code : undefined)) wrong.push(`${field}: ${JSON.stringify(failure)}`);
    const lacksIt = isWireless === true && !device.firmware.identity.isMobile;
    const expected = lacksIt || isRefused ? [] : writes;
    const found = writesOf(device).join(", ");
    const wanted = expected.toSorted().join(", ");
    if (found !== wanted) wrong.push(`${field} on ${device.firmware.release}: ${found} instead of ${wanted}`);
    written += expected.length;
  }
  if (failures.length > 0) {
    await changeProfile(stage.client, () => settings);
    assert.deepEqual(await failuresOf(stage, signal), []);
  }
  for (const one of wrong) say(one);
  say(`${field}: ${wrong.length > 0 ? "wrong" : `${written} classes written`}`);
  return { written, wrong };
}

/** A root certificate as PEM. */
async function rootNamed(name: string): Promise<string> {
  const base64 = Buffer.from((await aConsoleAuthority(name)).root).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

function writesOf(device: VirtualDevice | undefined): string[] {
  return [...(device?.firmware.writes.keys() ?? [])].toSorted();
}

/** Applies the profile to all. @returns why some failed */
async function failuresOf(stage: Stage, signal: AbortSignal) {
  const body = { operation: "profile.apply", target: { collection: "Provisioned" } } as const;
  const { id } = await stage.client.runs.start({ body });
  const isOver = async (): Promise<boolean> => (await stage.client.runs.show({ params: { id } })).state === "finished";
  await until("the profile is applied", isOver, { signal });
  const { items } = await stage.client.runs.results({ params: { id }, query: { limit: 20_000 } });
  return items
    .filter(({ outcome }) => outcome !== "succeeded")
    .map(({ uuid, error }) => ({ uuid, code: error?.code, details: error?.details }));
}

/** Somebody with the admin's password puts the wired port on an address of its own. */
async function giveStaticAddress({ client }: Stage, { firmware, address }: VirtualDevice): Promise<void> {
  const body = { kind: "admin-password", reason: "to change an address by hand" } as const;
  const { value: password } = await client.secrets.reveal({ params: { id: firmware.uuid }, body });
  const dialer = secured(directDialer({ host: address }), { trust: "setup", oldest: "TLSv1" });
  const credential = { username: "admin", password };
  const device = connect({ dialer, port: 16_993, credential, clock: systemClock() });
  try {
    await device.network.useStatic({ address: "192.0.2.7", netmask: "255.255.255.0" });
  } finally {
    device.close();
  }
}

/** Every setting by its dotted path; a list is one. */
function fieldsOf(schema: object, path = ""): string[] {
  const properties: unknown = Reflect.get(schema, "properties");
  if (typeof properties !== "object" || properties === null) return [path];
  return Object.entries(properties).flatMap(([name, inner]) => fieldsOf(inner, path === "" ? name : `${path}.${name}`));
}

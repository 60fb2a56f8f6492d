import assert from "node:assert/strict";
import { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, untilProvisioned, type Stage } from "../stage.ts";

type Settings = ProfileSettings;

/** A field of the profile, another value for it, and what has to be written for that and nothing else. */
interface Row {
  readonly field: string;
  readonly change: (settings: Settings) => Settings;
  readonly writes: readonly string[];
  /** Only machines with a wireless port can have it. */
  readonly isWireless?: true;
  /** Secrets that have to be set first. */
  readonly secrets?: readonly string[];
}

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

const rows: readonly Row[] = [
  {
    field: "general.hostNameRule",
    change: (all) => ({ ...all, general: { ...all.general, hostNameRule: "pc-{uuid8}" } }),
    writes: renamed,
  },
  {
    field: "general.domainName",
    change: (all) => ({ ...all, general: { ...all.general, domainName: "other.example" } }),
    writes: renamed,
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
  // Rules for later changes of the password, and for a setup: no setting of the firmware.
  {
    field: "adminPassword.rotateDays",
    change: (all) => ({ ...all, adminPassword: { ...all.adminPassword, rotateDays: 90 } }),
    writes: [],
  },
  { field: "otp", change: (all) => ({ ...all, otp: "optional" }), writes: [] },
  {
    field: "tls.isPlainPortOpen",
    change: (all) => ({ ...all, tls: { ...all.tls, isPlainPortOpen: true } }),
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
    writes: ["CIM_KVMRedirectionSAP"],
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
    field: "network.wifiProfiles",
    change: (all) => ({ ...all, network: { ...all.network, wifiProfiles: [office] } }),
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
    field: "remoteAccess.homeDomains",
    change: (all) => ({ ...all, remoteAccess: { ...all.remoteAccess, homeDomains: ["home.example"] } }),
    writes: ["AMT_EnvironmentDetectionSettingData"],
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
];

/** Fields whose steps do not stand yet. */
const missing: readonly string[] = [
  "general.powerPolicy",
  "adminPassword.kind",
  "tls.mode",
  "tls.local",
  "tls.trustedNames",
  "tls.trustedRoots",
  "accounts",
  "kerberos.isOn",
  "kerberos.realm",
  "kerberos.organizationalUnit",
  "kerberos.rotateDays",
  "kerberos.toleranceMinutes",
  "network.wired",
  "network.wired8021x",
  "network.isWifiSyncOn",
  "remoteAccess.servers",
  "remoteAccess.policies",
  "audit.events",
  "defense.standing",
  "alerts.events",
];

export default defineScenario({
  name: "write-only-the-difference",
  story: "every field that is edited in a profile leads, on every device, to just its own class being written",
  smallSize: 3,
  async play({ devices, say, signal }) {
    assert.deepEqual([...rows.map(({ field }) => field), ...missing].toSorted(), fieldsOf(ProfileSettings).toSorted());
    await using stage = await setStage({ devices, fleet: { seed } });
    await untilProvisioned(stage, devices, signal);
    await apply(stage, signal);
    let written = 0;
    for (const { field, change, writes, isWireless, secrets = [] } of rows) {
      const { settings, version } = await stage.client.profiles.show({ params: { name: "Default" } });
      for (const { firmware } of stage.fleet.devices) firmware.writes.clear();
      const params = { name: "Default" };
      await stage.client.profiles.change({
        params,
        body: { basedOn: version, settings: change(settings), note: field },
      });
      for (const secret of secrets) {
        await stage.client.profiles.setSecret({ params, body: { secret, value: "correct horse battery" } });
      }
      await apply(stage, signal);
      for (const device of stage.fleet.devices) {
        const expected = isWireless === true && !device.firmware.identity.isMobile ? [] : writes;
        assert.deepEqual(writesOf(device), expected.toSorted(), `${field} on ${device.address}`);
        written += expected.length;
      }
      say(`${field}: ${writes.length === 0 ? "nothing" : writes.join(", ")}`);
    }
    for (const { firmware } of stage.fleet.devices) firmware.writes.clear();
    await apply(stage, signal);
    for (const device of stage.fleet.devices) assert.deepEqual(writesOf(device), [], "nothing is left to write");
    return { devices, fields: rows.length, written };
  },
});

function writesOf({ firmware }: VirtualDevice): string[] {
  return [...firmware.writes.keys()].toSorted();
}

async function apply(stage: Stage, signal: AbortSignal): Promise<void> {
  const body = { operation: "profile.apply", target: { collection: "Provisioned" } } as const;
  const { id } = await stage.client.jobs.start({ body });
  const isOver = async (): Promise<boolean> => (await stage.client.jobs.show({ params: { id } })).state === "finished";
  await until("the profile is applied", isOver, { signal });
  const { items } = await stage.client.jobs.results({ params: { id }, query: { limit: 20_000 } });
  const failed = items.find(({ outcome }) => outcome !== "succeeded");
  assert.equal(failed, undefined, JSON.stringify(failed));
}

/** Every setting by its dotted path; a list is one. */
function fieldsOf(schema: object, path = ""): string[] {
  const properties: unknown = Reflect.get(schema, "properties");
  if (typeof properties !== "object" || properties === null) return [path];
  return Object.entries(properties).flatMap(([name, inner]) => fieldsOf(inner, path === "" ? name : `${path}.${name}`));
}

import type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";

export type { ProfileSettings } from "@vigil/api/resources/profile-settings.ts";

/** A profile in one version, as provisioning reads it. */
export interface Profile extends ProfileSettings {
  readonly name: string;
  readonly version: number;
}

/** What is known of a device that its host name can be made of. */
export interface NamedBy {
  readonly uuid: string;
  readonly serialNumber: string | null;
}

/** @source protocols B.2: a host name has at most 63 characters */
const mostHostName = 63;

/** The host name that the profile's rule gives to that device: letters, digits and dashes, as DNS wants them. */
export function hostNameFor({ general }: Pick<ProfileSettings, "general">, { uuid, serialNumber }: NamedBy): string {
  const serial = (serialNumber ?? "").replaceAll(/[^A-Za-z0-9-]/g, "");
  return general.hostNameRule
    .replaceAll("{uuid8}", uuid.slice(0, 8))
    .replaceAll("{uuid}", uuid)
    .replaceAll("{serial}", serial === "" ? uuid.slice(0, 8) : serial)
    .slice(0, mostHostName)
    .replace(/-+$/, "");
}

/** What a new profile says: server TLS, everything that nobody asked for closed. */
export function defaultSettings(domainName: string): ProfileSettings {
  return {
    general: {
      hostNameRule: "amt-{uuid8}",
      domainName,
      answersPing: true,
      answersRmcpPing: true,
      idleMinutes: 0,
      powerPolicy: "leave",
    },
    adminPassword: { kind: "random", rotateDays: 0 },
    otp: "off",
    tls: {
      mode: "server",
      oldestTls: "TLSv1.2",
      isPlainPortOpen: false,
      local: "server",
      trustedNames: [],
      trustedRoots: [],
    },
    accounts: [],
    kerberos: { isOn: false, realm: "", organizationalUnit: "", rotateDays: 90, toleranceMinutes: 5 },
    network: {
      wired: "leave",
      wired8021x: null,
      isDynamicDnsOn: false,
      wifi: "off",
      isWifiSyncOn: false,
      wifiProfiles: [],
    },
    features: { serial: true, disk: true, screen: true, consent: "none", screenIdleMinutes: 3, webPage: false },
    remoteAccess: { servers: [], policies: [], homeDomains: [] },
    audit: { isOn: true, events: "firmware" },
    defense: { standing: "none" },
    alerts: { destination: null, events: "none" },
  };
}

/** Completes what an older program stored: a section or setting that it did not know is the default's. */
export function completed(stored: Partial<ProfileSettings>): ProfileSettings {
  const whole = defaultSettings("");
  const sections = Object.entries(whole).map(([name, section]) => {
    const own: unknown = Reflect.get(stored, name);
    if (own === undefined) return [name, section];
    const isTable = isObject(section) && isObject(own);
    return [name, isTable ? { ...section, ...own } : own];
  });
  // Each section is the default's, with what the database has over it: only change() fills it, with checked settings.
  return Object.fromEntries(sections) as ProfileSettings;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

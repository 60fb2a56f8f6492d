import { X509Certificate } from "node:crypto";
import type { ProfileRemark } from "@vigil/api/resources/profiles.ts";
import { managerName } from "../credentials/credentials.ts";
import type { ProfileSettings } from "./profile.ts";

/** A rule: what it is about, from which release on a device can have it, and when it applies. */
interface ReleaseRule {
  readonly setting: string;
  /** The first release that has it. */
  readonly since?: string;
  /** The first release that has it no more. */
  readonly until?: string;
  readonly applies: (settings: ProfileSettings) => boolean;
  readonly text: string;
}

/** What not every release has. UNVERIFIED where no source stands. */
const releaseRules: readonly ReleaseRule[] = [
  {
    setting: "tls.isPlainPortOpen",
    until: "18.0",
    applies: ({ tls }) => tls.isPlainPortOpen,
    text: "has no plain port: it speaks TLS alone",
  },
  // @source protocols B.12 "18+"
  { setting: "tls.mode", until: "18.0", applies: ({ tls }) => tls.mode === "off", text: "cannot be without TLS" },
  {
    setting: "tls.oldestTls",
    since: "11.0",
    applies: ({ tls }) => tls.mode !== "off" && tls.oldestTls !== "TLSv1",
    text: "speaks TLS 1.0 alone",
  },
  {
    // @source protocols B.7
    setting: "features.screen",
    since: "6.0",
    applies: ({ features }) => features.screen,
    text: "has no screen redirection",
  },
  {
    setting: "network.wifiProfiles",
    since: "16.0",
    applies: ({ network }) => network.wifiProfiles.some((one) => one.authentication === "wpa3Sae"),
    text: "does not know WPA3",
  },
  {
    // @source the lifetime of AMT_TLSSettingData.AcceptNonSecureConnections in packages/model
    setting: "tls.isPlainPortOpen",
    since: "6.0",
    applies: ({ tls }) => tls.mode !== "off" && tls.isPlainPortOpen,
    text: "has its plain port or TLS, and not both",
  },
  {
    setting: "network.wifiProfiles",
    until: "18.0",
    applies: ({ network }) => network.wifiProfiles.some((one) => one.encryption === "tkip"),
    text: "does not join networks with TKIP",
  },
  {
    setting: "features.consent",
    since: "6.2",
    applies: ({ features }) => features.consent !== "none",
    text: "cannot ask its user for consent",
  },
];

/** What a device in client control mode cannot have. @source protocols B.1 "CCM restrictions" */
const clientRules: readonly Pick<ReleaseRule, "setting" | "applies" | "text">[] = [
  {
    setting: "features.consent",
    applies: ({ features }) => features.consent !== "all",
    text: "In client control mode the user is always asked for consent.",
  },
  {
    setting: "audit.isOn",
    applies: ({ audit }) => audit.isOn,
    text: "In client control mode there is no audit log.",
  },
  {
    setting: "defense.standing",
    applies: ({ defense }) => defense.standing !== "none",
    text: "In client control mode there is no System Defense.",
  },
];

/** "S", the revision, the authority, and five numbers. */
const mostSidParts = 8;

/** What firmware says that it takes. @source recorded answers, CommonNameMaxCount */
const mostTrustedNames = 4;

/** Words of advice that hold for every release. */
const advice: readonly (Omit<ReleaseRule, "since" | "until"> & { readonly weight?: ProfileRemark["weight"] })[] = [
  {
    setting: "adminPassword.kind",
    applies: ({ adminPassword }) => adminPassword.kind === "fixed",
    text: "One password for every device: whoever learns it holds them all. Random per device costs nothing.",
  },
  {
    setting: "tls.mode",
    applies: ({ tls }) => tls.mode === "off",
    text: "Without TLS everything but the login's digest crosses the network in the clear.",
  },
  {
    setting: "tls.oldestTls",
    applies: ({ tls }) => tls.oldestTls !== "TLSv1.2",
    text: "TLS older than 1.2 can be read by who listens long enough: keep such devices in a profile of their own.",
  },
  {
    setting: "tls.isPlainPortOpen",
    applies: ({ tls }) => tls.mode !== "off" && tls.isPlainPortOpen,
    text: "The plain port stays open beside TLS, and who uses it is not protected.",
  },
  {
    setting: "tls.isPlainPortOpen",
    weight: "refused",
    applies: ({ tls }) => tls.mode === "off" && !tls.isPlainPortOpen,
    text: "With TLS off and the plain port closed no port would be left.",
  },
  {
    setting: "features.webPage",
    applies: ({ features }) => features.webPage,
    text: "The firmware's own web page gives whoever knows a password the power switch.",
  },
  {
    setting: "network.isWifiSyncOn",
    applies: ({ network }) => network.isWifiSyncOn,
    text: "Networks that the operating system joins become networks that the firmware joins.",
  },
  {
    setting: "kerberos.realm",
    weight: "refused",
    applies: ({ kerberos }) => kerberos.isOn && kerberos.realm === "",
    text: "Kerberos needs a realm.",
  },
  {
    setting: "accounts",
    weight: "refused",
    applies: ({ accounts }) => new Set(accounts.map((one) => one.sid ?? one.name)).size < accounts.length,
    text: "Two accounts are the same.",
  },
  {
    setting: "accounts",
    weight: "refused",
    applies: ({ accounts }) => accounts.some(({ name, sid }) => sid === null && /^(admin|\$\$.*)$/i.test(name)),
    text: "The firmware keeps that account's name for itself.",
  },
  {
    setting: "accounts",
    weight: "refused",
    applies: ({ accounts }) => accounts.some(({ rights }) => rights.length === 0),
    text: "An account needs some right.",
  },
  {
    // @source protocols B.11 "28 bytes"
    setting: "accounts",
    weight: "refused",
    applies: ({ accounts }) => accounts.some(({ sid }) => (sid?.split("-").length ?? 0) > mostSidParts),
    text: "The firmware takes security identifiers of at most five numbers after the authority.",
  },
  {
    setting: "accounts",
    applies: ({ accounts, kerberos }) => accounts.some(({ sid }) => sid !== null) && !kerberos.isOn,
    text: "Accounts by SID cannot log in while Kerberos is off.",
  },
  {
    setting: "network.wifiProfiles",
    weight: "refused",
    applies: ({ network }) => hasTwice(network.wifiProfiles.map(({ name }) => name)),
    text: "Two Wi-Fi profiles bear the same name.",
  },
  {
    setting: "network.wifiProfiles",
    weight: "refused",
    applies: ({ network }) =>
      network.wifiProfiles.some(
        ({ authentication, ieee8021x }) => authentication.endsWith("8021x") !== (ieee8021x !== null),
      ),
    text: "802.1X settings belong to the authentications with 802.1X, and to those alone.",
  },
  {
    setting: "network.wifiProfiles",
    applies: ({ network }) => network.wifiProfiles.some((one) => one.encryption === "tkip"),
    text: "TKIP is broken; CCMP is what every access point of today has.",
  },
  {
    setting: "remoteAccess.policies",
    weight: "refused",
    applies: ({ remoteAccess }) => remoteAccess.policies.length > 0 && remoteAccess.servers.length === 0,
    text: "A policy needs a server to call.",
  },
  {
    setting: "remoteAccess.policies",
    weight: "refused",
    applies: ({ remoteAccess }) => hasTwice(remoteAccess.policies.map(({ trigger }) => trigger)),
    text: "A trigger can have one policy.",
  },
  {
    setting: "tls.trustedNames",
    weight: "refused",
    applies: ({ tls }) => tls.trustedNames.length >= mostTrustedNames && !tls.trustedNames.includes(managerName),
    text: `The firmware takes four names, and one of them has to be Vigil's own, ${managerName}.`,
  },
  {
    setting: "tls.trustedRoots",
    weight: "refused",
    applies: hasUnreadableRoot,
    text: "A root certificate is no PEM certificate that can be read.",
  },
  {
    setting: "audit.isOn",
    applies: ({ audit }) => !audit.isOn,
    text: "Without its audit log nobody can tell afterwards who changed the device.",
  },
];

/** Whether some root certificate of the settings cannot be read. */
function hasUnreadableRoot({ network, remoteAccess, tls }: ProfileSettings): boolean {
  const pems = [
    network.wired8021x?.rootPem,
    ...network.wifiProfiles.map(({ ieee8021x }) => ieee8021x?.rootPem),
    ...remoteAccess.servers.map(({ rootPem }) => rootPem),
    ...tls.trustedRoots,
  ];
  return pems.some((pem) => pem !== null && pem !== undefined && !isCertificate(pem));
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    // Whatever it is, the caller has to mend it.
    return false;
  }
}

/**
 * What is to be said of the settings.
 * @param release what a device of that release cannot have is added, e.g. "16.1.25"
 * @param controlMode what one in that mode cannot have
 */
export function remarksOn(
  settings: ProfileSettings,
  release?: string,
  controlMode?: "client" | "admin",
): ProfileRemark[] {
  const general = advice
    .filter(({ applies }) => applies(settings))
    .map(({ setting, weight = "warning", text }) => ({ setting, weight, text }));
  const ofRelease = release === undefined ? [] : refusalsOf(settings, release);
  const ofMode = controlMode === "client" ? clientRefusalsOf(settings) : [];
  return [...general, ...ofRelease, ...ofMode];
}

function clientRefusalsOf(settings: ProfileSettings): ProfileRemark[] {
  return clientRules
    .filter(({ applies }) => applies(settings))
    .map(({ setting, text }) => ({ setting, weight: "refused" as const, text }));
}

/** What a device of that release cannot have. */
export function refusalsOf(settings: ProfileSettings, release: string): ProfileRemark[] {
  return releaseRules
    .filter(({ since, until }) => isBefore(release, since) || (until !== undefined && !isBefore(release, until)))
    .filter(({ applies }) => applies(settings))
    .map(({ setting, text }) => ({ setting, weight: "refused" as const, text: `AMT ${release} ${text}.` }));
}

/** Devices that are alike in what they can have. */
export interface FleetKind {
  /** Null before anybody has asked them. */
  readonly release: string | null;
  readonly controlMode: "none" | "client" | "admin";
  readonly devices: number;
}

/** What devices of these kinds cannot have, each with how many they are; releases are told apart by their first two numbers. */
export function refusalsOfFleet(
  settings: ProfileSettings,
  kinds: readonly FleetKind[],
): (ProfileRemark & { readonly devices: number })[] {
  const found = new Map<string, ProfileRemark & { readonly devices: number }>();
  for (const { release, controlMode, devices } of kinds) {
    const major = release?.split(".").slice(0, 2).join(".");
    const refused = [
      ...(major === undefined ? [] : refusalsOf(settings, major)),
      ...(controlMode === "client" ? clientRefusalsOf(settings) : []),
    ];
    for (const one of refused) {
      const key = `${one.setting} ${one.text}`;
      found.set(key, { ...one, devices: (found.get(key)?.devices ?? 0) + devices });
    }
  }
  return [...found.values()];
}

function hasTwice(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

/** Whether a release is older than another; false when there is no other. */
export function isBefore(release: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const [one, two] = [release, other].map((text) => text.split(".").map(Number));
  for (const [index, part] of (two ?? []).entries()) {
    const own = one?.[index] ?? 0;
    if (own !== part) return own < part;
  }
  return false;
}

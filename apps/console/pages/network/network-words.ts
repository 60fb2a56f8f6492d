import type { DeviceNetwork, NetworkGuard, NetworkPart, NetworkPort } from "@vigil/api/resources/device-network.ts";

// What the network of a device says, for people.

export const partNames: Readonly<Record<NetworkPart, string>> = {
  wifi: "Wi-Fi",
  wired8021x: "wired 802.1X",
  proxies: "HTTP proxies",
  remoteAccess: "remote access",
  defense: "System Defense",
};

const linkStateWords: Readonly<Record<NetworkPort["linkStates"][number], string>> = {
  onMains: "running on mains",
  sleepingOnMains: "asleep or off on mains",
  onBattery: "running on battery",
  sleepingOnBattery: "asleep or off on battery",
};

/** When the port is the firmware's. */
export function linkPolicyOf({ linkStates }: NetworkPort): string {
  if (linkStates.length === 0) return "never";
  if (linkStates.length === Object.keys(linkStateWords).length) return "always";
  return linkStates.map((one) => linkStateWords[one]).join("; ");
}

/** From where the port has its address. */
export function addressingOf({ usesDhcp, sharesStaticAddress, address }: NetworkPort): string {
  if (usesDhcp) return "DHCP";
  if (sharesStaticAddress) return "the host's static address";
  return address === "" ? "none" : "static, of its own";
}

export function guardWords(guard: NetworkGuard): string {
  const { protocol, username, domain, roamingIdentity, serverName, matchesNameBySuffix } = guard;
  const as = [domain, username].filter((one) => one !== "").join("\\");
  return [
    protocol === "" ? "of a kind that Vigil does not know" : (protocols[protocol] ?? protocol),
    as === "" ? "" : `as ${as}`,
    roamingIdentity === "" ? "" : `seen as ${roamingIdentity}`,
    serverName === "" ? "" : `server ${matchesNameBySuffix ? "ends in" : "is"} ${serverName}`,
  ]
    .filter((one) => one !== "")
    .join(", ");
}

const protocols: Readonly<Record<string, string>> = {
  tls: "EAP-TLS",
  ttlsMschapV2: "EAP-TTLS with MSCHAPv2",
  peapMschapV2: "PEAP with MSCHAPv2",
  eapGtc: "EAP-GTC",
  fastMschapV2: "EAP-FAST with MSCHAPv2",
  fastGtc: "EAP-FAST with GTC",
  fastTls: "EAP-FAST with TLS",
};

const wifiSecurity: Readonly<Record<string, string>> = {
  open: "open",
  sharedKey: "shared key",
  wpaPsk: "WPA, passphrase",
  wpa8021x: "WPA, 802.1X",
  wpa2Psk: "WPA2, passphrase",
  wpa28021x: "WPA2, 802.1X",
  wpa3Sae: "WPA3, passphrase",
  wpa3Owe: "WPA3, open",
};

export function wifiSecurityOf(profile: { readonly authentication: string; readonly encryption: string }): string {
  const { authentication, encryption } = profile;
  const word = wifiSecurity[authentication] ?? authentication;
  return encryption === "none" ? word : `${word} (${encryption.toUpperCase()})`;
}

const portStates: Readonly<Record<string, string>> = {
  disabled: "never",
  enabledInS0: "while the machine is on",
  enabledInS0AndSx: "always",
};

export function wifiPortWords(port: string): string {
  return portStates[port] ?? port;
}

const hostProfileWords: Readonly<Record<string, string>> = {
  disabled: "no",
  localUserProfiles: "those of its users",
  unrestricted: "all of them",
};

export function hostProfilesOf(word: string): string {
  return hostProfileWords[word] ?? word;
}

type RemoteAccess = NonNullable<DeviceNetwork["remoteAccess"]>;

const triggers: Readonly<Record<string, string>> = {
  userInitiated: "The user asks for help",
  alert: "An alert",
  periodic: "By the clock",
  homeProvisioning: "To be set up",
};

export function triggerOf({ trigger, everySeconds, dailyAt }: RemoteAccess["policies"][number]): string {
  const word = triggers[trigger] ?? trigger;
  if (everySeconds !== null) return `${word}, every ${everySeconds} s`;
  return dailyAt === null ? word : `${word}, daily at ${dailyAt}`;
}

const userCallWords: Readonly<Record<string, string>> = {
  none: "nobody",
  bios: "in its BIOS",
  os: "in its operating system",
  biosAndOs: "in its BIOS and its operating system",
};

export function userCallsOf(word: string): string {
  return userCallWords[word] ?? word;
}

const actions: Readonly<Record<string, string>> = {
  pass: "passes",
  drop: "drops",
  rateLimit: "limits",
  countAndPass: "counts and passes",
  countAndDrop: "counts and drops",
};

export function filterActionOf(filter: NonNullable<DeviceNetwork["defense"]>["filters"][number]): string {
  const word = actions[filter.action] ?? filter.action;
  return filter.packetsPerSecond === null ? word : `${word} to ${filter.packetsPerSecond} packets/s`;
}

import type { ProfileSettings } from "./profile-settings.ts";

/**
 * Names of the secrets that the settings call for, sorted. Their values lie sealed beside the profile.
 * "admin-password", "wifi/<name>", "8021x/wired", "8021x/<wifi name>", "server/<host>"
 */
export function secretsOf(settings: ProfileSettings): readonly string[] {
  const { adminPassword, network, remoteAccess } = settings;
  const names = new Set<string>();
  if (adminPassword.kind === "fixed") names.add("admin-password");
  if (network.wired8021x !== null && network.wired8021x.protocol !== "tls") names.add("8021x/wired");
  for (const { name, authentication, ieee8021x } of network.wifiProfiles) {
    if (authentication.endsWith("Psk") || authentication.endsWith("Sae")) names.add(`wifi/${name}`);
    else if (ieee8021x !== null && ieee8021x.protocol !== "tls") names.add(`8021x/${name}`);
  }
  for (const { host } of remoteAccess.servers) names.add(`server/${host}`);
  return [...names].sort();
}

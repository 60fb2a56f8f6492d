import type { Ieee8021x, StoredGuard } from "@vigil/amt-client/ieee8021x.ts";
import type { Profile } from "../../profiles/profiles.ts";
import { difference, isNewer, type Difference, type Site } from "./step.ts";
import { rootIdOf } from "./trusted-roots.ts";

/** What a profile says of 802.1X on one network. */
export type WantedGuard = NonNullable<Profile["network"]["wired8021x"]>;

/** Protocols in which the device shows a certificate of its own. */
const withCertificate: ReadonlySet<string> = new Set(["tls", "fastTls"]);

/** Whether the device has to prove itself to some network by certificate. */
export function needsClientCertificate({ network }: Profile): boolean {
  const all = [network.wired8021x, ...network.wifiProfiles.map(({ ieee8021x }) => ieee8021x)];
  return all.some((one) => one !== null && withCertificate.has(one.protocol));
}

/**
 * Where the device's 802.1X is not as the profile says. Its password is never read back: see isNewer().
 * @param name what its secret is called after: "wired", or that of the Wi-Fi profile
 */
export async function compareGuard(
  site: Site,
  { setting, name, wanted }: { readonly setting: string; readonly name: string; readonly wanted: WantedGuard },
  found: StoredGuard | undefined,
): Promise<readonly Difference[]> {
  const own = found?.settings;
  if (own === undefined) return difference(setting, "none", wanted.protocol);
  const { certificateId, rootId } = certificatesFor(site, wanted);
  const lacks = (id: string | undefined): boolean => id !== undefined && found?.certificateIds.includes(id) !== true;
  return [
    ...difference(`${setting}.protocol`, own.protocol, wanted.protocol),
    ...difference(`${setting}.username`, own.username ?? "", wanted.username),
    ...difference(`${setting}.domain`, own.domain ?? "", wanted.domain),
    ...difference(`${setting}.roamingIdentity`, own.roamingIdentity ?? "", wanted.roamingIdentity),
    ...difference(`${setting}.serverName`, own.serverName ?? "", wanted.serverName),
    ...(lacks(certificateId) ? difference(`${setting}.certificate`, "another", "that of the device") : []),
    ...(lacks(rootId) ? difference(`${setting}.rootPem`, "another", "that of the profile") : []),
    ...(needsPassword(wanted) && (await isNewer(site, `8021x/${name}`))
      ? difference(`${setting}.password`, "an older one", "the newest one")
      : []),
  ];
}

/** What the device is told. @throws profiles.secret.missing (caller) */
export async function guardFor(site: Site, name: string, wanted: WantedGuard): Promise<Ieee8021x> {
  const { protocol, username, domain, roamingIdentity, serverName } = wanted;
  const { certificateId, rootId } = certificatesFor(site, wanted);
  const password = needsPassword(wanted) ? (await site.secret(`8021x/${name}`)).value : undefined;
  return {
    protocol,
    ...(username === "" ? {} : { username }),
    ...(domain === "" ? {} : { domain }),
    ...(roamingIdentity === "" ? {} : { roamingIdentity }),
    ...(serverName === "" ? {} : { serverName }),
    ...(certificateId === undefined ? {} : { certificateId }),
    ...(rootId === undefined ? {} : { rootId }),
    ...(password === undefined ? {} : { password: password.open("set on the device") }),
  };
}

function certificatesFor(site: Site, { protocol, rootPem }: WantedGuard) {
  return {
    certificateId: withCertificate.has(protocol) ? site.notes.certificateId : undefined,
    rootId: rootPem === null ? undefined : rootIdOf(site, rootPem),
  };
}

function needsPassword({ protocol }: WantedGuard): boolean {
  return protocol !== "tls";
}

import type { DirectoryPlace } from "../../directories/directories.ts";
import { isBefore, type Profile } from "../../profiles/profiles.ts";
import { fail } from "../errors.ts";
import type { KerberosKeys } from "../kerberos-keys.ts";
import { differs, difference, fullNameOf, type Site, type Step } from "./step.ts";

/** Chosen: a session with the directory, of a minute at most, and what firmware takes. */
const directoryLimitMs = 90_000;

/**
 * Logins by Kerberos ticket: the realm, the names under which the device is known there, and the key of its object in the directory. The key is
 * never read back; its version is.
 *
 * Where a crash may fall: a key that the directory has made and the device has not been told is the directory's current one, and its version
 * differs from the device's, so the next try sets that one.
 */
export const kerberos: Step = {
  name: "kerberos",
  needs: ["identify", "general", "clock"],
  limitMs: directoryLimitMs,
  kind: "setting",
  async compare(device, profile, site) {
    const wanted = profile.kerberos;
    const found = await device.kerberos.read(site.calls);
    if (!wanted.isOn) return difference("kerberos.isOn", found.isOn, false);
    const keys = await keysOf(profile, site);
    if (!found.isOn) return difference("kerberos.isOn", false, true);
    const place = placeOf(profile, site);
    const key = await keys.current(site.names, place, site.calls);
    return [
      ...difference("kerberos.realm", found.realm, wanted.realm),
      ...difference("kerberos.serviceNames", found.serviceNames, place.serviceNames),
      ...difference("kerberos.toleranceMinutes", found.toleranceMinutes, wanted.toleranceMinutes),
      ...difference("kerberos.keyVersion", found.keyVersion, key?.version ?? "a new one"),
    ];
  },
  async apply(device, profile, site) {
    const { isOn, realm, toleranceMinutes } = profile.kerberos;
    if (!isOn) return device.kerberos.switchOff(site.calls);
    const place = placeOf(profile, site);
    const keys = await keysOf(profile, site);
    const { key, version, encryption } =
      (await keys.current(site.names, place, site.calls)) ?? (await keys.next(site.names, place, site.calls));
    await device.kerberos.configure(
      {
        realm,
        serviceNames: place.serviceNames,
        key: key.open("set on the device"),
        keyVersion: version,
        encryption,
        toleranceMinutes,
      },
      site.calls,
    );
  },
};

/**
 * A key that is due for another, or is not the directory's any more. What else the profile says of Kerberos is left alone; so is the key of a
 * device whose names differ: it gets another one together with its names.
 */
export const kerberosKey: Step = {
  ...kerberos,
  async compare(device, profile, site) {
    if (!profile.kerberos.isOn || !(await device.kerberos.read(site.calls)).isOn) return [];
    const found = await kerberos.compare(device, profile, site);
    if (differs(found, "kerberos.serviceNames") || !differs(found, "kerberos.keyVersion")) return [];
    return found;
  },
};

/** @throws provisioning.kerberos.no-directory (caller) */
async function keysOf(profile: Profile, { kerberosKeys, names }: Site): Promise<KerberosKeys> {
  const { realm } = profile.kerberos;
  if (kerberosKeys !== undefined && (await kerberosKeys.knows(realm))) return kerberosKeys;
  const details = { device: names.uuid, profile: profile.name, realm };
  throw fail("provisioning.kerberos.no-directory", { details });
}

/** A ticket is for a name with its port. @source protocols B.11 */
function placeOf({ kerberos: { realm, organizationalUnit, rotateDays }, tls }: Profile, site: Site): DirectoryPlace {
  const ports = tls.mode === "off" ? [16_992] : tls.isPlainPortOpen ? [16_992, 16_993] : [16_993];
  const serviceNames = ports.map((port) => `HTTP/${fullNameOf(site)}:${port}`);
  // @source docs/protocol/kerberos.md "Between releases"
  const encryption = isBefore(site.notes.release, "8.0") ? "rc4Hmac" : "aes256Sha1";
  return { realm, organizationalUnit, rotateDays, serviceNames, encryption };
}

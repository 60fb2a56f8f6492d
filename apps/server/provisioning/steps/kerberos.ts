import type { Profile } from "../../profiles/profiles.ts";
import { fail } from "../errors.ts";
import type { DirectoryPlace, KerberosKeys } from "../kerberos-keys.ts";
import { difference, fullNameOf, usualLimitMs, type Site, type Step } from "./step.ts";

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
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, profile, site) {
    const wanted = profile.kerberos;
    const found = await device.kerberos.read(site.calls);
    if (!wanted.isOn) return difference("kerberos.isOn", found.isOn, false);
    const keys = keysOf(profile, site);
    if (!found.isOn) return difference("kerberos.isOn", false, true);
    const place = placeOf(profile, site);
    const key = await keys.current(site.names, place);
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
    const keys = keysOf(profile, site);
    const { key, version, encryption } =
      (await keys.current(site.names, place)) ?? (await keys.next(site.names, place));
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

/** @throws provisioning.kerberos.no-directory (caller) */
function keysOf({ name }: Profile, { kerberosKeys, names }: Site): KerberosKeys {
  if (kerberosKeys !== undefined) return kerberosKeys;
  throw fail("provisioning.kerberos.no-directory", { details: { device: names.uuid, profile: name } });
}

/** A ticket is for a name with its port. @source protocols B.11 */
function placeOf({ kerberos: { realm, organizationalUnit, rotateDays }, tls }: Profile, site: Site): DirectoryPlace {
  const ports = tls.mode === "off" ? [16_992] : tls.isPlainPortOpen ? [16_992, 16_993] : [16_993];
  const serviceNames = ports.map((port) => `HTTP/${fullNameOf(site)}:${port}`);
  return { realm, organizationalUnit, rotateDays, serviceNames };
}

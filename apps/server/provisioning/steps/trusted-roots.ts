import { createHash, X509Certificate } from "node:crypto";
import type { StoredCertificate } from "@vigil/amt-client/capabilities/tls.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { Profile } from "../../profiles/profiles.ts";
import { usualLimitMs, type Site, type Step } from "./step.ts";

/**
 * Roots that the device needs in its store: of the servers that it calls, of the networks that it joins, and with mutual TLS those of its
 * managers, Vigil's own among them. They are there before anything refers to them.
 */
export const trustedRoots: Step = {
  name: "trusted-roots",
  needs: ["identify", "tls-certificate"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, profile, site) {
    const wanted = rootsFor(profile, site);
    if (wanted.size === 0) return [];
    const stored = fingerprintsOf(await storedCertificates(device, site));
    return [...wanted]
      .filter(([fingerprint]) => !stored.has(fingerprint))
      .map(([, root]) => ({ setting: settingOf(root), found: "none", wanted: "trusted" }));
  },
  async apply(device, profile, site) {
    const stored = await storedCertificates(device, site);
    const known = fingerprintsOf(stored);
    for (const [fingerprint, { raw, subject, issuer }] of rootsFor(profile, site)) {
      if (known.has(fingerprint)) continue;
      const id = await device.tls.addTrustedRoot(raw, site.calls);
      site.notes.certificates = [
        ...(site.notes.certificates ?? []),
        { id, der: raw, isTrustedRoot: true, subject, issuer },
      ];
    }
  },
};

/**
 * With mutual TLS a root in the store lets managers in: one that the profile does not name is taken out, once nothing refers to it any more.
 * Without it roots let nobody in, and those of others are left alone.
 */
export const spareRoots: Step = {
  name: "spare-roots",
  needs: ["trusted-roots", "wired-8021x", "wifi-profiles", "remote-access"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, profile, site) {
    const spare = await spareOnes(device, profile, site);
    return spare.map(({ der }) => ({
      setting: settingOf(new X509Certificate(der)),
      found: "trusted",
      wanted: "none",
    }));
  },
  async apply(device, profile, site) {
    for (const { id } of await spareOnes(device, profile, site)) {
      await device.tls.removeCertificate(id, site.calls);
      site.notes.certificates = site.notes.certificates?.filter((one) => one.id !== id);
    }
  },
};

async function spareOnes(device: AmtDevice, profile: Profile, site: Site): Promise<readonly StoredCertificate[]> {
  if (profile.tls.mode !== "mutual") return [];
  const wanted = rootsFor(profile, site);
  const stored = await storedCertificates(device, site);
  return stored.filter(({ isTrustedRoot, der }) => isTrustedRoot && !wanted.has(fingerprintOf(der)));
}

/** The device's store, which the step tls-certificate reads in every walk where TLS is on; each step notes what it changes. */
async function storedCertificates(device: AmtDevice, { notes, calls }: Site): Promise<readonly StoredCertificate[]> {
  notes.certificates ??= await device.tls.certificates(calls);
  return notes.certificates;
}

/** The device's name for a root that trusted-roots has put there. */
export function rootIdOf({ notes }: Site, pem: string): string | undefined {
  const wanted = fingerprintOf(new X509Certificate(pem).raw);
  return notes.certificates?.find((one) => one.isTrustedRoot && fingerprintOf(one.der) === wanted)?.id;
}

/** By fingerprint: two settings may name the same one. */
function rootsFor({ network, remoteAccess, tls }: Profile, { credentials, names }: Site): Map<string, X509Certificate> {
  const guards = [network.wired8021x, ...network.wifiProfiles.map(({ ieee8021x }) => ieee8021x)];
  const pems = [
    ...guards.map((one) => one?.rootPem ?? null),
    ...remoteAccess.servers.map(({ rootPem }) => rootPem),
    ...(tls.mode === "mutual" ? [...tls.trustedRoots, ...credentials.trust(names.uuid).caPem] : []),
  ];
  const roots = pems.filter((pem) => pem !== null).map((pem) => new X509Certificate(pem));
  return new Map(roots.map((root) => [fingerprintOf(root.raw), root]));
}

function fingerprintsOf(stored: readonly StoredCertificate[]): ReadonlySet<string> {
  return new Set(stored.filter((one) => one.isTrustedRoot).map(({ der }) => fingerprintOf(der)));
}

function fingerprintOf(der: Uint8Array): string {
  return createHash("sha256").update(der).digest("hex");
}

function settingOf({ subject }: X509Certificate): string {
  return `trustedRoots[${subject.split("\n").join(", ")}]`;
}

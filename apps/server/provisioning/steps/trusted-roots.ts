import { createHash, X509Certificate } from "node:crypto";
import type { StoredCertificate } from "@vigil/amt-client/capabilities/tls.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import { oneLine } from "../../credentials/credentials.ts";
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
    const wanted = await rootsFor(profile, site);
    if (wanted.size === 0) return [];
    const stored = fingerprintsOf(await storedCertificates(device, site));
    return [...wanted]
      .filter(([fingerprint]) => !stored.has(fingerprint))
      .map(([, root]) => ({ setting: settingOf(root), found: "none", wanted: "trusted" }));
  },
  async apply(device, profile, site) {
    const stored = await storedCertificates(device, site);
    const known = fingerprintsOf(stored);
    const missing = [...(await rootsFor(profile, site))].filter(([fingerprint]) => !known.has(fingerprint));
    if (missing.length > 0) await unlock(device, profile, site);
    for (const [, root] of missing) await addRoot(device, root, site);
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
    for (const { id } of await spareOnes(device, profile, site)) await removeRoot(device, id, site);
  },
};

/**
 * What upkeep does of the same: the roots of the authorities whose certificates the device shows, or is about to. Those of authorities that it is
 * done with go; roots of others are somebody's decision.
 */
export const authorityRoots: Step = {
  name: "authority-roots",
  needs: ["identify", "tls-certificate"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, profile, site) {
    if (profile.tls.mode !== "mutual") return [];
    const { missing, former } = await authorityRootsOf(device, profile, site);
    return [
      ...missing.map((root) => ({ setting: settingOf(root), found: "none", wanted: "trusted" })),
      ...former.map(({ der }) => ({ setting: settingOf(new X509Certificate(der)), found: "trusted", wanted: "none" })),
    ];
  },
  async apply(device, profile, site) {
    const { missing, former } = await authorityRootsOf(device, profile, site);
    if (missing.length > 0) await unlock(device, profile, site);
    for (const root of missing) await addRoot(device, root, site);
    for (const { id } of former) await removeRoot(device, id, site);
  },
};

async function authorityRootsOf(
  device: AmtDevice,
  profile: Profile,
  site: Site,
): Promise<{ readonly missing: readonly X509Certificate[]; readonly former: readonly StoredCertificate[] }> {
  const { issued } = site.credentials;
  const stored = await storedCertificates(device, site);
  const known = fingerprintsOf(stored);
  const roots = (await issued.rootsFor(site.names.uuid)).map((pem) => new X509Certificate(pem));
  const named = await rootsFor(profile, site);
  const ours = new Set((await issued.allRoots()).map((pem) => fingerprintOf(new X509Certificate(pem).raw)));
  return {
    missing: roots.filter(({ raw }) => !known.has(fingerprintOf(raw))),
    former: stored.filter(({ isTrustedRoot, der }) => {
      const fingerprint = fingerprintOf(der);
      return isTrustedRoot && ours.has(fingerprint) && !named.has(fingerprint);
    }),
  };
}

async function addRoot(
  device: AmtDevice,
  { raw, subject, issuer }: X509Certificate,
  { calls, notes }: Site,
): Promise<void> {
  const id = await device.tls.addTrustedRoot(raw, calls);
  notes.certificates = [...(notes.certificates ?? []), { id, der: raw, isTrustedRoot: true, subject, issuer }];
}

async function removeRoot(device: AmtDevice, id: string, { calls, notes }: Site): Promise<void> {
  await device.tls.removeCertificate(id, calls);
  notes.certificates = notes.certificates?.filter((one) => one.id !== id);
}

async function spareOnes(device: AmtDevice, profile: Profile, site: Site): Promise<readonly StoredCertificate[]> {
  if (profile.tls.mode !== "mutual") return [];
  const wanted = await rootsFor(profile, site);
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

/**
 * Firmware takes no root while it asks every client for a certificate: that is given up for the moment, and demanded again by tls-settings.
 * @source Intel AMT Implementation and Reference Guide, "Add a Trusted Root Certificate"
 */
async function unlock(device: AmtDevice, { tls }: Profile, { calls }: Site): Promise<void> {
  const { isMutual, acceptsPlain, isEnabled } = await device.tls.state(calls);
  if (!isMutual) return;
  await device.tls.enable({ acceptsPlain: isEnabled && acceptsPlain, isLocal: tls.local === "server" }, calls);
  await device.setup.commitChanges(calls);
}

/** By fingerprint: two settings may name the same one. */
async function rootsFor(
  { network, remoteAccess, tls }: Profile,
  { credentials, names }: Site,
): Promise<Map<string, X509Certificate>> {
  const guards = [network.wired8021x, ...network.wifiProfiles.map(({ ieee8021x }) => ieee8021x)];
  const pems = [
    ...guards.map((one) => one?.rootPem ?? null),
    ...remoteAccess.servers.map(({ rootPem }) => rootPem),
    ...(tls.mode === "mutual" ? [...tls.trustedRoots, ...(await credentials.issued.rootsFor(names.uuid))] : []),
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
  return `trustedRoots[${oneLine(subject)}]`;
}

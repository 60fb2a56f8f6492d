import { createPrivateKey, createPublicKey, X509Certificate } from "node:crypto";
import type { KeyPair, StoredCertificate } from "@vigil/amt-client/capabilities/tls.ts";
import type { AmtDevice } from "@vigil/amt-client/device.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { clientAuthentication, oneLine, type Credentials } from "../../credentials/credentials.ts";
import type { Profile } from "../../profiles/profiles.ts";
import { needsClientCertificate } from "./ieee8021x.ts";
import { difference, differs, fullNameOf, unlessLacking, type Difference, type Site, type Step } from "./step.ts";

/** Chosen: making a key takes firmware up to a minute, and it may have to be asked again. */
const limitMs = 180_000;
/** Chosen: a machine may be off for a month's holiday. */
const renewedBeforeMs = 30 * 86_400_000;

/**
 * Puts a certificate of the authority in use on the device, over a key that the device made and keeps, and its issuers along with it where
 * the store holds them. Releases that make no keys are given one, which is stored here before and forgotten afterwards.
 *
 * Where a crash may fall:
 *   after GenerateKeyPair    a key without a certificate is on the device. It is used by the next try: the device forgets its
 *                            keys when it is unprovisioned, so only someone whom it let set it up can have put it there.
 *   after AddKey             the key is here as well; the next try finds that the device has it.
 *   after issuing            a certificate that nobody holds is noted as issued. It expires unused.
 *   after AddCertificate     the check finds it.
 */
export const tlsCertificate: Step = {
  name: "tls-certificate",
  needs: ["identify", "clock", "general"],
  limitMs,
  kind: "setting",
  async compare(device, profile, site) {
    const isClient = needsClientCertificate(profile);
    if (profile.tls.mode === "off" && !isClient) return [];
    const keys = (await device.tls.keyPairs(site.calls)).map(({ publicKey }) => hex(publicKey));
    const stored = await device.tls.certificates(site.calls);
    site.notes.certificates = stored;
    const good = await firstGood(stored, site, isClient, keys);
    site.notes.certificateId = good?.id;
    if (good !== undefined) return issuersMissing(device, good, site);
    const wanted = `one of Vigil's for ${fullNameOf(site)}, good for ${Math.round(renewedBeforeMs / 86_400_000)} days or more`;
    const found = stored.filter((one) => !one.isTrustedRoot).map(({ subject }) => subject);
    return difference("tls.certificate", found.length === 0 ? "none" : found.join("; "), wanted);
  },
  async apply(device, profile, site, found) {
    if (differs(found, "tls.certificate")) await renew(device, profile, site);
    const bound = site.notes.certificates?.find(({ id }) => id === site.notes.certificateId);
    if (bound === undefined) return;
    for (const der of await issuersToAdd(device, bound, site)) await addIssuer(device, der, site);
  },
};

/** A new key and a certificate over it. What the device could not use is refused before anything is changed on it. */
async function renew(device: AmtDevice, profile: Profile, site: Site): Promise<void> {
  const { names, calls, credentials, notes } = site;
  const { rootBytes } = await device.tls.limits(calls);
  const limits = profile.tls.mode === "mutual" && rootBytes > 0 ? { rootBytes } : {};
  await credentials.authorities.refuseUnfit({ device: names.uuid, release: notes.release, ...limits });
  await clearAway(device, site);
  const issued = await certificateFor(device, site);
  notes.certificateId = await device.tls.addCertificate(issued.der, calls);
  const { subject } = issued;
  const added = { id: notes.certificateId, der: issued.der, isTrustedRoot: false, subject, issuer: "" };
  notes.certificates = [...(notes.certificates ?? []), added];
}

async function certificateFor(device: AmtDevice, site: Site): ReturnType<Credentials["issued"]["issue"]> {
  const { names, calls, credentials } = site;
  const { issued } = credentials;
  const key = (await spareKey(device, site)) ?? (await unlessLacking(() => device.tls.generateKeyPair(calls)));
  if (key !== undefined) {
    const request = await unlessLacking(() =>
      device.tls.requestCertificate(key, { commonName: names.hostName }, calls),
    );
    if (request !== undefined) return issued.issue(request, names);
  }
  const made = await issued.keyFor(names.uuid);
  const pkcs1 = createPrivateKey(made.open("set on the device")).export({ type: "pkcs1", format: "der" });
  if (key === undefined || !isKeyOf(key, pkcs1)) await device.tls.addKeyPair(new Uint8Array(pkcs1), calls);
  return issued.issueOver(made, names);
}

/** Certificates of ours that the ports do not show any more, and their keys, make room. What something else still uses stays. */
async function clearAway(device: AmtDevice, { calls, notes, credentials }: Site): Promise<void> {
  const { issued } = credentials;
  const { certificateId } = await device.tls.state(calls);
  const shown = notes.certificates?.find(({ id }) => id === certificateId);
  const needed = new Set([...(shown === undefined ? [] : await issued.issuersOf(shown.der))].map(hex));
  const known = new Set((await issued.allIssuers()).map(hex));
  const keys = await device.tls.keyPairs(calls);
  for (const one of notes.certificates ?? []) {
    if (one.isTrustedRoot || one.id === certificateId || needed.has(hex(one.der))) continue;
    const isOurs = known.has(hex(one.der)) || (await issued.standingOf(one.der)) !== "foreign";
    if (!isOurs || !(await isRemoved(device.tls.removeCertificate(one.id, calls)))) continue;
    notes.certificates = notes.certificates?.filter(({ id }) => id !== one.id);
    const key = keys.find(({ publicKey }) => hex(publicKey) === keyOf(one));
    if (key !== undefined) await isRemoved(device.tls.removeKeyPair(key.id, calls));
  }
}

/** False when it is in use elsewhere: that is no reason to stop. */
async function isRemoved(removal: Promise<void>): Promise<boolean> {
  try {
    await removal;
    return true;
  } catch (error) {
    if (error instanceof VigilError && error.code === "amt.certificate.refused") return false;
    throw error;
  }
}

async function issuersMissing(device: AmtDevice, leaf: StoredCertificate, site: Site): Promise<readonly Difference[]> {
  const missing = await issuersToAdd(device, leaf, site);
  return missing.map((der) => ({
    setting: "tls.issuers",
    found: "none",
    wanted: oneLine(new X509Certificate(der).subject),
  }));
}

/** Issuers of the certificate that the store lacks; none where the whole chain is more than the device holds. */
async function issuersToAdd(
  device: AmtDevice,
  leaf: StoredCertificate,
  { credentials, calls, notes }: Site,
): Promise<readonly Uint8Array[]> {
  const issuers = await credentials.issued.issuersOf(leaf.der);
  const stored = new Set(notes.certificates?.map(({ der }) => hex(der)));
  const missing = issuers.filter((der) => !stored.has(hex(der)));
  if (missing.length === 0) return [];
  const { chainBytes } = await device.tls.limits(calls);
  const bytes = issuers.reduce((sum, der) => sum + der.length, leaf.der.length);
  return chainBytes > 0 && bytes > chainBytes ? [] : missing;
}

async function addIssuer(device: AmtDevice, der: Uint8Array, { calls, notes }: Site): Promise<void> {
  const id = await device.tls.addCertificate(der, calls);
  const { subject, issuer } = new X509Certificate(der);
  notes.certificates = [...(notes.certificates ?? []), { id, der, isTrustedRoot: false, subject, issuer }];
}

async function firstGood(
  stored: readonly StoredCertificate[],
  site: Site,
  isClient: boolean,
  keys: readonly string[],
): Promise<StoredCertificate | undefined> {
  for (const one of stored) {
    if (keys.includes(keyOf(one)) && (await isGood(one, site, isClient))) return one;
  }
  return undefined;
}

/** From the authority in use, for this device under its present name, valid for a while, and good for networks with 802.1X if it has to be. */
async function isGood(
  stored: StoredCertificate,
  { names, clock, credentials }: Site,
  isClient: boolean,
): Promise<boolean> {
  if (stored.isTrustedRoot || (await credentials.issued.standingOf(stored.der)) !== "current") return false;
  const certificate = new X509Certificate(stored.der);
  const wanted = await credentials.issued.namesOf(names);
  const isNamed = wanted.every((name) => certificate.checkHost(name) !== undefined);
  // keyUsage is Node's name for the extended key usages.
  if (isClient && !certificate.keyUsage.includes(clientAuthentication)) return false;
  return isNamed && Date.parse(certificate.validTo) - clock.now() > renewedBeforeMs;
}

/** A key that no certificate belongs to. */
async function spareKey(device: AmtDevice, { notes, calls }: Site): Promise<KeyPair | undefined> {
  const used = new Set(notes.certificates?.map(keyOf));
  return (await device.tls.keyPairs(calls)).find(({ publicKey }) => !used.has(hex(publicKey)));
}

/** Whether the public half is that private key's. @param pkcs1 RSAPrivateKey, DER */
function isKeyOf({ publicKey }: KeyPair, pkcs1: Buffer): boolean {
  const own = createPublicKey({ key: pkcs1, format: "der", type: "pkcs1" });
  return hex(publicKey) === hex(own.export({ type: "pkcs1", format: "der" }));
}

/** The certificate's key as PKCS#1, hex; empty when it is no RSA certificate. */
function keyOf({ der }: StoredCertificate): string {
  try {
    return hex(new X509Certificate(der).publicKey.export({ type: "pkcs1", format: "der" }));
  } catch {
    // Whatever it is, it belongs to none of the device's keys.
    return "";
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

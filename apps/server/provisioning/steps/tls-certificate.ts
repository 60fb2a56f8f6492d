import { X509Certificate } from "node:crypto";
import type { KeyPair, StoredCertificate } from "@vigil/amt-client/capabilities/tls.ts";
import type { AmtDevice, CallOptions } from "@vigil/amt-client/device.ts";
import { clientAuthentication, serverNameOf } from "../../credentials/credentials.ts";
import { needsClientCertificate } from "./ieee8021x.ts";
import { difference, fullNameOf, type Site, type Step } from "./step.ts";

/** Chosen: making a key takes firmware up to a minute, and it may have to be asked again. */
const limitMs = 180_000;
/** Chosen: a machine may be off for a month's holiday. */
const renewedBeforeMs = 30 * 86_400_000;

/**
 * Puts a certificate of Vigil's authority on the device, over a key that the device made and keeps.
 *
 * Where a crash may fall:
 *   after GenerateKeyPair    a key without a certificate is on the device. It is used by the next try: the device forgets its
 *                            keys when it is unprovisioned, so only someone whom it let set it up can have put it there.
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
    const good = stored.find((one) => isGood(one, site, isClient) && keys.includes(keyOf(one)));
    site.notes.certificateId = good?.id;
    if (good !== undefined) return [];
    const wanted = `one of Vigil's for ${fullNameOf(site)}, good for ${Math.round(renewedBeforeMs / 86_400_000)} days or more`;
    const found = stored.filter((one) => !one.isTrustedRoot).map(({ subject }) => subject);
    return difference("tls.certificate", found.length === 0 ? "none" : found.join("; "), wanted);
  },
  async apply(device, _profile, site) {
    const { names, calls, credentials, notes } = site;
    const key = (await spareKey(device, calls)) ?? (await device.tls.generateKeyPair(calls));
    const request = await device.tls.requestCertificate(key, { commonName: names.hostName }, calls);
    const issued = await credentials.issue(request, names);
    notes.certificateId = await device.tls.addCertificate(issued.der, calls);
    const { subject } = issued;
    const added = { id: notes.certificateId, der: issued.der, isTrustedRoot: false, subject, issuer: "" };
    notes.certificates = [...(notes.certificates ?? []), added];
  },
};

/** From our authority, for this device under its present name, valid for a while, and good for networks with 802.1X if it has to be. */
function isGood(stored: StoredCertificate, { names, clock, credentials }: Site, isClient: boolean): boolean {
  if (stored.isTrustedRoot || !credentials.hasIssued(stored.der)) return false;
  const certificate = new X509Certificate(stored.der);
  const isNamed = [fullNameOf({ names }), serverNameOf(names.uuid)].every(
    (name) => certificate.checkHost(name) !== undefined,
  );
  // keyUsage is Node's name for the extended key usages.
  if (isClient && !certificate.keyUsage.includes(clientAuthentication)) return false;
  return isNamed && Date.parse(certificate.validTo) - clock.now() > renewedBeforeMs;
}

/** A key that no certificate belongs to. */
async function spareKey(device: AmtDevice, calls: CallOptions): Promise<KeyPair | undefined> {
  const used = new Set((await device.tls.certificates(calls)).map(keyOf));
  return (await device.tls.keyPairs(calls)).find(({ publicKey }) => !used.has(hex(publicKey)));
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

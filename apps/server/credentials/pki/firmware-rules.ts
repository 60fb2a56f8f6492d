/** Whether a device would take it: "unknown" where no source decides. */
export type Answer = "yes" | "no" | "unknown";

/** The key of one certificate. */
export interface CertificateKey {
  /** "rsa", "rsa-pss", "ec", "ed25519", … as Node names it. */
  readonly kind: string;
  /** Of the modulus or the curve; 0 when unknown. */
  readonly bits: number;
}

/** How one certificate was signed, e.g. "RSA-SHA256". */
export type Signature = "RSA-SHA1" | "RSA-SHA256" | "RSA-SHA384" | "RSA-SHA512" | "ECDSA" | "other";

/** Leaf, two issuers and a root. @source protocols C.6, UNVERIFIED */
export const longestChain = 4;

/** "RSA 2048". */
export function keyText({ kind, bits }: CertificateKey): string {
  return bits === 0 ? kind.toUpperCase() : `${kind.toUpperCase()} ${bits}`;
}

/**
 * Whether firmware of that release can use such a key in a setup chain.
 * @source Intel AMT Implementation and Reference Guide, "Root Certificate Hashes": from 16.0 on (15.0 on the H platform) none
 * below 2,048 bits. The rest is UNVERIFIED: RSA with 2,048 bits is what everybody uses; firmware lists roots with RSA 4096
 * and with ECC (DigiCert G4 and G3), so that some releases can use them; from which one on is not written anywhere.
 */
export function takesKey({ kind, bits }: CertificateKey, release: string): Answer {
  const major = majorOf(release);
  if (kind === "rsa") {
    if (bits < 2048) return major >= 16 ? "no" : "unknown";
    if (bits === 2048) return "yes";
    if (bits > 4096) return "no";
    return major >= 16 ? "yes" : major >= 11 ? "unknown" : "no";
  }
  if (kind === "ec" && (bits === 256 || bits === 384)) return major >= 15 ? "unknown" : "no";
  return "no";
}

/**
 * Whether firmware of that release can check such a signature. A root's own is not checked, but see `takesSha1Root`.
 * @source protocols C.6: RSA with SHA-1, SHA-256 or SHA-384; the guide's page above: no SHA-1 from 16.0 on
 */
export function takesSignature(signature: Signature, release: string): Answer {
  const major = majorOf(release);
  switch (signature) {
    case "RSA-SHA1":
      return major >= 16 ? "no" : "yes";
    case "RSA-SHA256":
    case "RSA-SHA384":
      return "yes";
    case "RSA-SHA512":
      return "unknown";
    case "ECDSA":
      return major >= 15 ? "unknown" : "no";
    case "other":
      return "no";
    default:
      return signature satisfies never;
  }
}

/** Whether a root may be signed with SHA-1, by itself. @source the guide's page above: none of the chain, the root included */
export function takesSha1Root(release: string): boolean {
  return majorOf(release) < 16;
}

/** By the object identifier of the algorithm. @source RFC 8017, appendix A.2.4; RFC 5758, section 3.2 */
export function signatureOf(oid: string): Signature {
  const known: Readonly<Record<string, Signature>> = {
    "1.2.840.113549.1.1.5": "RSA-SHA1",
    "1.2.840.113549.1.1.11": "RSA-SHA256",
    "1.2.840.113549.1.1.12": "RSA-SHA384",
    "1.2.840.113549.1.1.13": "RSA-SHA512",
    "1.2.840.10045.4.3.2": "ECDSA",
    "1.2.840.10045.4.3.3": "ECDSA",
    "1.2.840.10045.4.3.4": "ECDSA",
  };
  return known[oid] ?? "other";
}

function majorOf(release: string): number {
  return Number(release.split(".")[0]);
}

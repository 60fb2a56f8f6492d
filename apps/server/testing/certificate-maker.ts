import "reflect-metadata";
import { createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type Extension,
  type JsonName,
} from "@peculiar/x509";

/** How a test's certificate is signed. */
export type Signing = "rsa-sha1" | "rsa-sha256" | "rsa-sha384" | "rsa-sha512" | "rsa-pss" | "ec";

/** A key of a test: made anew each time, never stored. */
export interface TestKey {
  readonly privateKey: webcrypto.CryptoKey;
  readonly publicKey: webcrypto.CryptoKey;
  /** PKCS#8, PEM. */
  readonly pem: string;
}

/** A certificate of a test, with its key. */
export interface TestCertificate {
  readonly pem: string;
  readonly name: JsonName;
  readonly key: TestKey;
  readonly signing: Signing;
}

/** What a certificate says; what is left out is as a good one has it. */
export interface Wanted {
  readonly name: JsonName;
  /** Absent: it signs itself. */
  readonly by?: TestCertificate;
  readonly key?: TestKey;
  /** With its issuer's key: "rsa-sha256" unless the issuer says otherwise. */
  readonly signing?: Signing;
  /** True: an authority; a number: with that many below it at most. */
  readonly authority?: boolean | number;
  readonly usages?: readonly string[];
  readonly alternativeNames?: readonly string[];
  /** Days from now, below 0 in the past. */
  readonly from?: number;
  readonly to?: number;
}

const dayMs = 86_400_000;

const hashes = {
  "rsa-sha1": "SHA-1",
  "rsa-sha256": "SHA-256",
  "rsa-sha384": "SHA-384",
  "rsa-sha512": "SHA-512",
} as const;

/** @param bits of an RSA modulus; "ec": P-256 */
export async function aKey(bits: number | "ec" = 2048): Promise<TestKey> {
  const publicExponent = Uint8Array.of(1, 0, 1);
  const algorithm =
    bits === "ec"
      ? { name: "ECDSA", namedCurve: "P-256" }
      : { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: bits, publicExponent };
  const { privateKey, publicKey } = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", privateKey));
  const pem = createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({ type: "pkcs8", format: "pem" });
  return { privateKey, publicKey, pem: pem.toString() };
}

/** @param now milliseconds since 1970 */
export async function aCertificate(wanted: Wanted, now: number): Promise<TestCertificate> {
  const key = wanted.key ?? (await aKey());
  const signing = wanted.signing ?? wanted.by?.signing ?? "rsa-sha256";
  const { usages, alternativeNames, authority = false } = wanted;
  const extensions: Extension[] = [
    new BasicConstraintsExtension(authority !== false, typeof authority === "number" ? authority : undefined, true),
    ...(usages === undefined ? [] : [new ExtendedKeyUsageExtension([...usages])]),
    ...(alternativeNames === undefined
      ? []
      : [new SubjectAlternativeNameExtension(alternativeNames.map((value) => ({ type: "dns" as const, value })))]),
  ];
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: `4${randomBytes(8).toString("hex").slice(1)}`,
      subject: wanted.name,
      issuer: wanted.by?.name ?? wanted.name,
      notBefore: new Date(now + (wanted.from ?? -1) * dayMs),
      notAfter: new Date(now + (wanted.to ?? 365) * dayMs),
      publicKey: key.publicKey,
      signingKey: await signingKey((wanted.by?.key ?? key).pem, signing),
      signingAlgorithm: algorithmOf(signing),
      extensions,
    },
    webcrypto,
  );
  return { pem: `${certificate.toString("pem")}\n`, name: wanted.name, key, signing: wanted.signing ?? signing };
}

/** The certificates one after the other. */
export function pemOf(...certificates: readonly TestCertificate[]): string {
  return certificates.map(({ pem }) => pem).join("");
}

/** SHA-256 of a certificate, as a device lists it. */
export async function hashOf({ pem }: TestCertificate): Promise<string> {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
  return Buffer.from(await webcrypto.subtle.digest("SHA-256", der)).toString("hex");
}

function signingKey(pem: string, signing: Signing): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ type: "pkcs8", format: "der" });
  return webcrypto.subtle.importKey("pkcs8", der, algorithmOf(signing), false, ["sign"]);
}

function algorithmOf(
  signing: Signing,
): webcrypto.RsaHashedImportParams & webcrypto.EcKeyImportParams & { saltLength: number } {
  const rest = { hash: "SHA-256", namedCurve: "P-256", saltLength: 32 };
  if (signing === "ec") return { ...rest, name: "ECDSA" };
  if (signing === "rsa-pss") return { ...rest, name: "RSA-PSS" };
  return { ...rest, name: "RSASSA-PKCS1-v1_5", hash: hashes[signing] };
}

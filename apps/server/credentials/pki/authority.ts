import "reflect-metadata";
import { randomBytes, webcrypto, X509Certificate } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  CRLDistributionPointsExtension,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate as Certificate,
  X509CertificateGenerator,
  type JsonGeneralNames,
  type JsonName,
} from "@peculiar/x509";
import type { Sealed } from "../sealed.ts";
import { signedList, type ListContent } from "./revocation-list.ts";

/** RSA-2048 with SHA-256 everywhere: the most that every AMT release since 2.2 is known to verify. UNVERIFIED beyond it. */
export const algorithm = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
} as const;

const dayMs = 86_400_000;
/** Chosen: the lifetime of a machine, and then some. */
export const authorityDays = 3_652;
/** Chosen: a root outlives two of those that it signs. */
export const rootDays = 2 * authorityDays;
/** A certificate is valid from a day before it is made: the clocks of those who check it differ. */
const slackMs = dayMs;

/** A private key as PKCS#8 PEM, and its public half. */
export interface KeyPair {
  readonly keyPem: string;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
}

/** What a certificate of ours says. */
export interface LeafContent {
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly subject: JsonName;
  /** Object identifiers. */
  readonly usages: readonly string[];
  readonly names: JsonGeneralNames;
  readonly days: number;
  /** Where its revocation list is; absent while the server has no address that others know. */
  readonly listUrl?: string;
}

/** What the certificate of an authority says. */
export interface AuthorityContent {
  readonly commonName: string;
  readonly organization: string;
  readonly days: number;
  /** Authorities that may stand below it. */
  readonly pathLength: number;
}

/** A certificate that was just signed. */
export interface SignedCertificate {
  readonly der: Uint8Array;
  readonly pem: string;
  /** Lower-case hex. */
  readonly serial: string;
  readonly expiresAt: Date;
}

/** A certificate authority whose key Vigil holds: its certificate, and its key under seal. */
export class Authority {
  readonly certificatePem: string;
  readonly #key: Sealed<string>;

  constructor(certificatePem: string, key: Sealed<string>) {
    this.certificatePem = certificatePem;
    this.#key = key;
  }

  /** Signs a certificate. @param now milliseconds since 1970 */
  async sign(content: LeafContent, now: number): Promise<SignedCertificate> {
    const issuer = new Certificate(this.certificatePem);

    const publicKey = new PublicKey(Buffer.from(content.publicKey));
    const expiresAt = new Date(Math.min(now + content.days * dayMs, issuer.notAfter.getTime()));
    const serial = randomSerial();
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: serial,
        subject: content.subject,
        issuer: issuer.subjectName,
        notBefore: new Date(now - slackMs),
        notAfter: expiresAt,
        publicKey,
        signingKey: await privateKeyFrom(this.#key.open("sign")),
        signingAlgorithm: algorithm,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
          new ExtendedKeyUsageExtension([...content.usages]),
          new SubjectAlternativeNameExtension(content.names),
          await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
          await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
          ...(content.listUrl === undefined ? [] : [new CRLDistributionPointsExtension([content.listUrl])]),
        ],
      },
      webcrypto,
    );
    const der = new Uint8Array(certificate.rawData);
    return { der, pem: certificate.toString("pem"), serial, expiresAt: whole(expiresAt) };
  }

  /** Signs a list of what it no longer stands for. */
  async signList(content: ListContent): Promise<Uint8Array> {
    return signedList(content, this.certificatePem, await privateKeyFrom(this.#key.open("sign")));
  }

  /** True when this authority signed that certificate. @param der of the certificate */
  hasSigned(der: Uint8Array): boolean {
    try {
      const issuer = new X509Certificate(this.certificatePem);
      const certificate = new X509Certificate(der);
      return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
    } catch {
      // Bytes that are no certificate were not signed by us.
      return false;
    }
  }
}

/** Makes the key and the certificate of a new authority; without `issuer` it signs itself. @param now milliseconds since 1970 */
export async function newAuthority(
  content: AuthorityContent,
  now: number,
  issuer?: { readonly certificatePem: string; readonly keyPem: string },
): Promise<{ readonly certificatePem: string; readonly keyPem: string }> {
  const { keyPem, publicKey } = await newKeyPair();
  const name: JsonName = [{ CN: [content.commonName] }, { O: [content.organization] }];
  const key = new PublicKey(Buffer.from(publicKey));
  const above = issuer === undefined ? undefined : new Certificate(issuer.certificatePem);
  const lasts = now + content.days * dayMs;
  const certificate = await X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(),
      subject: name,
      issuer: above?.subjectName ?? name,
      notBefore: new Date(now - slackMs),
      notAfter: new Date(Math.min(lasts, above?.notAfter.getTime() ?? lasts)),
      publicKey: key,
      signingKey: await privateKeyFrom(issuer?.keyPem ?? keyPem),
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, content.pathLength, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
        await SubjectKeyIdentifierExtension.create(key, false, webcrypto),
        ...(above === undefined
          ? []
          : [await AuthorityKeyIdentifierExtension.create(above.publicKey, false, webcrypto)]),
      ],
    },
    webcrypto,
  );
  return { certificatePem: certificate.toString("pem"), keyPem };
}

/** Makes an RSA-2048 key. */
export async function newKeyPair(): Promise<KeyPair> {
  const pair = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", pair.privateKey)).toString("base64");
  const lines = pkcs8.match(/.{1,64}/g) ?? [];
  return {
    keyPem: `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`,
    publicKey: new Uint8Array(await webcrypto.subtle.exportKey("spki", pair.publicKey)),
  };
}

/** @param pem PKCS#8 */
export function privateKeyFrom(pem: string): Promise<webcrypto.CryptoKey> {
  const der = Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}

/** 128 random bits, positive. @source CA/Browser Forum Baseline Requirements 7.1 asks for 64 */
function randomSerial(): string {
  const bytes = randomBytes(16);
  // The first bit is the sign of a DER integer, and a leading zero byte would be cut off.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString("hex");
}

/** Certificates hold whole seconds. */
function whole(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / 1_000) * 1_000);
}

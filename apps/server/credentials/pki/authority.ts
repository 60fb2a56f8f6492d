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
/** Chosen: the signatures themselves are made beside the event loop, on as many cores as there are. */
const signedAtOnce = 16;

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

/** What all that is signed in one go has in common. */
interface Ready {
  readonly name: Certificate["subjectName"];
  readonly notAfter: Date;
  readonly signingKey: webcrypto.CryptoKey;
  readonly identifier: AuthorityKeyIdentifierExtension;
  /** By their public keys, as base64: machines that share one are many in a fleet of virtual devices. */
  readonly holders: Map<string, Holder>;
}

interface Holder {
  readonly publicKey: PublicKey;
  readonly identifier: SubjectKeyIdentifierExtension;
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
    return this.#signWith(await this.#ready(), content, now);
  }

  /** Signs many; the key is opened once, and what they have in common is worked out once. @param now milliseconds since 1970 */
  async signAll(contents: readonly LeafContent[], now: number): Promise<SignedCertificate[]> {
    const ready = await this.#ready();
    const signed: SignedCertificate[] = [];
    for (let from = 0; from < contents.length; from += signedAtOnce) {
      const some = contents.slice(from, from + signedAtOnce);
      signed.push(...(await Promise.all(some.map((content) => this.#signWith(ready, content, now)))));
    }
    return signed;
  }

  async #ready(): Promise<Ready> {
    const issuer = new Certificate(this.certificatePem);
    return {
      name: issuer.subjectName,
      notAfter: issuer.notAfter,
      signingKey: await privateKeyFrom(this.#key.open("sign")),
      identifier: await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
      holders: new Map(),
    };
  }

  async #signWith(ready: Ready, content: LeafContent, now: number): Promise<SignedCertificate> {
    const expiresAt = new Date(Math.min(now + content.days * dayMs, ready.notAfter.getTime()));
    const serial = randomSerial();
    const { publicKey, identifier } = await holderOf(ready, content.publicKey);
    const certificate = await X509CertificateGenerator.create(
      {
        serialNumber: serial,
        subject: content.subject,
        issuer: ready.name,
        notBefore: new Date(now - slackMs),
        notAfter: expiresAt,
        publicKey,
        signingKey: ready.signingKey,
        signingAlgorithm: algorithm,
        extensions: [
          new BasicConstraintsExtension(false, undefined, true),
          new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
          new ExtendedKeyUsageExtension([...content.usages]),
          new SubjectAlternativeNameExtension(content.names),
          identifier,
          ready.identifier,
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

async function holderOf({ holders }: Ready, der: Uint8Array): Promise<Holder> {
  const name = Buffer.from(der).toString("base64");
  const known = holders.get(name);
  if (known !== undefined) return known;
  const publicKey = new PublicKey(Buffer.from(der));
  const made = { publicKey, identifier: await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto) };
  holders.set(name, made);
  return made;
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

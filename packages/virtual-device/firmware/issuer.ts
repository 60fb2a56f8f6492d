import "reflect-metadata";
import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes, webcrypto } from "node:crypto";
import { promisify } from "node:util";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  type Extension,
  PublicKey,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { Identity } from "../identity.ts";

/** Who issued the certificates of devices that were set up long ago. */
export interface Issuer {
  readonly certificatePem: string;
  /** PKCS#8. */
  readonly keyPem: string;
}

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const lifetime = { notBefore: new Date(Date.UTC(2004, 0, 1)), notAfter: new Date(Date.UTC(2049, 11, 31)) };

/** Client authentication, and "remote console". @source protocols A.16 */
const managerUsages = ["1.3.6.1.5.5.7.3.2", "2.16.840.1.113741.1.2.1"];

/** Makes an authority, with a key of its own. */
export async function newIssuer(commonName: string): Promise<Issuer> {
  const keyPem = await newKeyPem();
  const name = `CN=${commonName}`;
  const extensions = [new BasicConstraintsExtension(true, 0, true)];
  const certificatePem = await signed({ subject: name, issuer: name, extensions, keyPem, signingKeyPem: keyPem });
  return { certificatePem, keyPem };
}

/** Gives a device its certificate; the name in it is the machine's uuid. @param keyPem the device's @returns PEM */
export function issuedCertificate(issuer: Issuer, { uuid }: Identity, keyPem: string): Promise<string> {
  return signed({
    subject: `CN=${uuid}`,
    issuer: new X509Certificate(issuer.certificatePem).subject,
    extensions: [],
    keyPem,
    signingKeyPem: issuer.keyPem,
  });
}

/** Gives a manager what mutual TLS wants of it, with a key of its own. @returns the certificate alone as its chain: devices hold the root */
export async function issuedToManager(
  issuer: Issuer,
  commonName: string,
): Promise<{ readonly chainPem: string; readonly keyPem: string }> {
  const keyPem = await newKeyPem();
  const chainPem = await signed({
    subject: `CN=${commonName}`,
    issuer: new X509Certificate(issuer.certificatePem).subject,
    extensions: [new ExtendedKeyUsageExtension(managerUsages)],
    keyPem,
    signingKeyPem: issuer.keyPem,
  });
  return { chainPem, keyPem };
}

async function newKeyPem(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

async function signed(content: {
  readonly subject: string;
  readonly issuer: string;
  readonly extensions: readonly Extension[];
  /** Of whom the certificate is. */
  readonly keyPem: string;
  readonly signingKeyPem: string;
}): Promise<string> {
  cryptoProvider.set(webcrypto);
  const pkcs8 = createPrivateKey(content.signingKeyPem).export({ type: "pkcs8", format: "der" });
  const certificate = await X509CertificateGenerator.create({
    ...lifetime,
    serialNumber: `01${randomBytes(8).toString("hex")}`,
    subject: content.subject,
    issuer: content.issuer,
    publicKey: new PublicKey(createPublicKey(content.keyPem).export({ type: "spki", format: "der" })),
    signingKey: await webcrypto.subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]),
    signingAlgorithm: algorithm,
    extensions: [...content.extensions],
  });
  return certificate.toString("pem");
}

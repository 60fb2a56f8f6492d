import "reflect-metadata";
import { createHash, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  X509CertificateGenerator,
} from "@peculiar/x509";

/** A setup certificate for tests: its chain, its key, and what a device has to trust. */
export interface TestSetupProof {
  /** Leaf first, root last. */
  readonly chainPem: string;
  readonly keyPem: string;
  /** SHA-256, lower-case hex. */
  readonly rootHash: string;
}

const algorithm = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
} as const;
const validity = { notBefore: new Date(Date.UTC(2020, 0, 1)), notAfter: new Date(Date.UTC(2049, 0, 1)) };

/** @param commonName of the leaf: below the domain suffix of the devices */
export async function aSetupProof(commonName = "vigil.example.test"): Promise<TestSetupProof> {
  cryptoProvider.set(webcrypto);
  const rootKeys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const leafKeys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const root = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=Test Setup Root",
    keys: rootKeys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, undefined, true)],
    ...validity,
  });
  const leaf = await X509CertificateGenerator.create({
    serialNumber: "02",
    subject: `CN=${commonName}`,
    issuer: root.subject,
    publicKey: leafKeys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [new ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1", "2.16.840.1.113741.1.2.3"])],
    ...validity,
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", leafKeys.privateKey)).toString("base64");
  return {
    chainPem: `${leaf.toString("pem")}\n${root.toString("pem")}\n`,
    keyPem: `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{64}/g, "$&\n")}\n-----END PRIVATE KEY-----\n`,
    rootHash: createHash("sha256").update(Buffer.from(root.rawData)).digest("hex"),
  };
}

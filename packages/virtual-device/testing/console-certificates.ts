import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsageExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from "@peculiar/x509";

const algorithm = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
};

/** Usages of a remote console's certificate. @source protocols A.16 */
const consoleUsages = ["1.3.6.1.5.5.7.3.2", "2.16.840.1.113741.1.2.1"];

/** A root and its consoles: what mutual TLS trusts, and what it meets. */
export interface ConsoleAuthority {
  /** A certificate, DER, with its key as PKCS#1, DER. */
  issueWithKey(commonName: string): Promise<{ readonly leaf: Uint8Array; readonly key: Uint8Array }>;
  /** DER. */
  readonly root: Uint8Array;
  /** @returns DER */
  issue(
    commonName: string,
    parts?: { readonly serial?: string; readonly usages?: readonly string[] },
  ): Promise<Uint8Array>;
}

export async function aConsoleAuthority(name = "Console Root"): Promise<ConsoleAuthority> {
  cryptoProvider.set(webcrypto);
  const dates = { notBefore: new Date(Date.UTC(2020, 0, 1)), notAfter: new Date(Date.UTC(2049, 0, 1)) };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const root: X509Certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: `CN=${name}`,
    ...dates,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new BasicConstraintsExtension(true, 1, true)],
  });
  const issue = async (
    commonName: string,
    { serial = "0a", usages = consoleUsages }: { readonly serial?: string; readonly usages?: readonly string[] } = {},
  ) => {
    const own = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const leaf = await X509CertificateGenerator.create({
      serialNumber: serial,
      subject: `CN=${commonName}`,
      issuer: root.subject,
      ...dates,
      publicKey: own.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: algorithm,
      extensions: [new ExtendedKeyUsageExtension([...usages])],
    });
    return { leaf: new Uint8Array(leaf.rawData), privateKey: own.privateKey };
  };
  return {
    root: new Uint8Array(root.rawData),
    issue: async (commonName, parts) => (await issue(commonName, parts)).leaf,
    async issueWithKey(commonName) {
      const { leaf, privateKey } = await issue(commonName);
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", privateKey));
      const key = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }).export({
        type: "pkcs1",
        format: "der",
      });
      return { leaf, key };
    },
  };
}

import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import { cryptoProvider, X509CertificateGenerator } from "@peculiar/x509";
import type { Identity } from "../identity.ts";

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** The self-signed certificate that a device shows while it is being set up. Its subject is UNVERIFIED. @returns PEM */
export async function selfSignedCertificate(
  identity: Identity,
  privatePem: string,
  random: Uint8Array,
): Promise<string> {
  cryptoProvider.set(webcrypto);
  const der = createPrivateKey(privatePem).export({ type: "pkcs8", format: "der" });
  const privateKey = await webcrypto.subtle.importKey("pkcs8", der, algorithm, true, ["sign"]);
  const { n, e, kty } = createPrivateKey(privatePem).export({ format: "jwk" });
  const publicJwk = { kty: kty ?? "RSA", n: n ?? "", e: e ?? "" };
  const publicKey = await webcrypto.subtle.importKey("jwk", publicJwk, algorithm, true, ["verify"]);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${Buffer.from(random.subarray(0, 8)).toString("hex")}`,
    name: `CN=${identity.uuid}, O=Intel(R) Active Management Technology`,
    notBefore: new Date(Date.UTC(2004, 0, 1)),
    notAfter: new Date(Date.UTC(2049, 11, 31)),
    keys: { privateKey, publicKey },
    signingAlgorithm: algorithm,
  });
  return certificate.toString("pem");
}

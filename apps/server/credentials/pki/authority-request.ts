import "reflect-metadata";
import { createPublicKey, webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequestGenerator,
} from "@peculiar/x509";
import { algorithm, newKeyPair, privateKeyFrom } from "./authority.ts";

/** What Vigil asks a company's authority for: that it may sign the certificates of devices, and lists of those it takes back. */
export interface AuthorityRequest {
  /** PKCS#10. */
  readonly requestPem: string;
  /** PKCS#8. */
  readonly keyPem: string;
}

/** Makes a key, and the request for an authority's certificate over it. */
export async function authorityRequest(commonName: string, organization: string): Promise<AuthorityRequest> {
  const { keyPem } = await newKeyPair();
  const spki = createPublicKey(keyPem).export({ type: "spki", format: "der" });
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: [{ CN: [commonName] }, { O: [organization] }],
      keys: {
        privateKey: await privateKeyFrom(keyPem),
        publicKey: await webcrypto.subtle.importKey("spki", spki, algorithm, true, ["verify"]),
      },
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    },
    webcrypto,
  );
  return { requestPem: request.toString("pem"), keyPem };
}

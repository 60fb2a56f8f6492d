import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  AuthorityKeyIdentifierExtension,
  Extension,
  X509Certificate,
  X509CrlGenerator,
  X509CrlReason,
} from "@peculiar/x509";
import { Integer } from "asn1js";

/** What a revocation list says. */
export interface ListContent {
  /** Greater than that of the list before. */
  readonly number: number;
  readonly madeAt: Date;
  /** Whoever holds it asks again by then. */
  readonly nextUpdate: Date;
  readonly entries: readonly {
    /** Lower-case hex. */
    readonly serial: string;
    readonly revokedAt: Date;
    readonly reason: keyof typeof X509CrlReason;
  }[];
}

/** @source RFC 5280, 5.2.3 */
const crlNumber = "2.5.29.20";

/** X.509 version 2. @returns DER @source RFC 5280, 5 */
export async function signedList(
  { number, madeAt, nextUpdate, entries }: ListContent,
  issuerPem: string,
  signingKey: webcrypto.CryptoKey,
): Promise<Uint8Array> {
  const issuer = new X509Certificate(issuerPem);
  const list = await X509CrlGenerator.create(
    {
      issuer: issuer.subjectName,
      thisUpdate: madeAt,
      nextUpdate,
      signingKey,
      signingAlgorithm: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
      entries: entries.map(({ serial, revokedAt, reason }) => ({
        serialNumber: serial,
        revocationDate: revokedAt,
        // "unspecified" is said by saying nothing. @source RFC 5280, 5.3.1
        ...(reason === "unspecified" ? {} : { reason: X509CrlReason[reason] }),
      })),
      extensions: [
        await AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto),
        new Extension(crlNumber, false, new Integer({ value: number }).toBER()),
      ],
    },
    webcrypto,
  );
  return new Uint8Array(list.rawData);
}

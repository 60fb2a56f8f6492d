import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { fail } from "../errors.ts";
import { readPkcs12 } from "./pkcs12.ts";

/** A setup certificate as an operator has it: PEM text, or a PFX file. Everything in it may come in any order. */
export interface Upload {
  /** Certificates, and the key too if that is in the same file. */
  readonly chainPem?: string;
  readonly keyPem?: string;
  /** PKCS#12. */
  readonly pfx?: Uint8Array;
  /** Of the PFX file, or of the key. */
  readonly passphrase?: string;
}

/** What an upload holds. */
export interface Bundle {
  readonly certificates: readonly X509Certificate[];
  readonly key: KeyObject | undefined;
}

/** Chosen: a chain has four certificates at most; some authorities send their other roots along. */
const mostCertificates = 16;
/** Chosen: a chain of four with 4,096-bit keys is 8 kB. */
export const mostPemCharacters = 65_536;
export const mostPfxBytes = 65_536;
const mostPassphraseCharacters = 1_024;

/** @throws provisioning.certificate.unreadable, provisioning.certificate.passphrase (caller) */
export function readUpload({ chainPem = "", keyPem = "", pfx, passphrase = "" }: Upload): Bundle {
  const isLarge = chainPem.length > mostPemCharacters || keyPem.length > mostPemCharacters;
  if (isLarge || (pfx?.length ?? 0) > mostPfxBytes || passphrase.length > mostPassphraseCharacters) {
    throw unreadable("it is larger than any certificate");
  }
  const fromFile = pfx === undefined ? { certificates: [], keys: [] } : readPkcs12(pfx, passphrase);
  const blocks = [...pemBlocks(chainPem), ...pemBlocks(keyPem)];
  const certificates = [
    ...fromFile.certificates,
    ...blocks.filter(({ label }) => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label)).map(({ text }) => text),
  ].map(certificateFrom);
  if (certificates.length === 0) throw unreadable("there is no certificate in it");
  if (certificates.length > mostCertificates) throw unreadable(`it holds more than ${mostCertificates} certificates`);
  const keys = [
    ...fromFile.keys.map((der) => keyFrom({ der })),
    ...blocks.filter(({ label }) => label.endsWith("PRIVATE KEY")).map(({ text }) => keyFrom({ text, passphrase })),
  ];
  const distinct = keys.filter((one, index) => keys.findIndex((other) => other.equals(one)) === index);
  if (distinct.length > 1) throw unreadable("it holds more than one private key");
  if (keyPem !== "" && distinct.length === 0) throw unreadable("the key cannot be read");
  return { certificates, key: distinct[0] };
}

function pemBlocks(text: string): { readonly label: string; readonly text: string }[] {
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----[^]*?-----END \1-----/g)].map(([block, label]) => ({
    label: label ?? "",
    text: block,
  }));
}

function certificateFrom(content: string | Uint8Array): X509Certificate {
  try {
    return new X509Certificate(content);
  } catch (cause) {
    throw unreadable("a certificate cannot be read", cause);
  }
}

function keyFrom(
  from: { readonly der: Uint8Array } | { readonly text: string; readonly passphrase: string },
): KeyObject {
  try {
    if ("der" in from) return createPrivateKey({ key: Buffer.from(from.der), format: "der", type: "pkcs8" });
    return createPrivateKey({ key: from.text, passphrase: from.passphrase });
  } catch {
    // Its message may quote the key.
    if (!("text" in from) || !/ENCRYPTED/.test(from.text)) throw unreadable("the key cannot be read");
    const reason = from.passphrase === "" ? "the key needs a passphrase" : "the passphrase does not open the key";
    throw fail("provisioning.certificate.passphrase", { details: { reason } });
  }
}

function unreadable(reason: string, cause?: unknown): Error {
  return fail("provisioning.certificate.unreadable", {
    details: { reason },
    ...(cause === undefined ? {} : { cause }),
  });
}

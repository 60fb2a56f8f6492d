import "reflect-metadata";
import { webcrypto } from "node:crypto";
import { Pkcs10CertificateRequest, type JsonGeneralNames } from "@peculiar/x509";
import { fail } from "../errors.ts";
import type { LeafContent } from "./authority.ts";
import type { NameConstraints } from "./name-constraints.ts";

const serverAuthentication = "1.3.6.1.5.5.7.3.1";
/** With it the device can prove itself to networks with 802.1X, too. */
export const clientAuthentication = "1.3.6.1.5.5.7.3.2";
/** Chosen: long enough that few renewals are due, short enough that a lost key ages out. */
export const deviceDays = 730;
/** The host name with its domain, if it is in one. */
export function fullNameOf({ hostName, domainName }: Pick<DeviceNames, "hostName" | "domainName">): string {
  return domainName === "" ? hostName : `${hostName}.${domainName}`;
}

/** The domain of the names that every certificate of ours bears beside those of the machine. */
const ownDomain = "vigil.internal";
/** X.520 bounds a common name. @source RFC 5280, appendix A, ub-common-name */
const mostCommonName = 64;

/** Who a device is, for its certificate. */
export interface DeviceNames {
  readonly uuid: string;
  readonly hostName: string;
  /** Empty when the device is in none. */
  readonly domainName: string;
  readonly address: string;
}

/**
 * The name that tells a device's certificate from every other one of ours, whatever host name and address it bears today:
 * what `connect` checks, so that a device which took over another's address is noticed before it sees a login.
 * The domain is the one that ICANN reserved for private use: nobody can register it.
 */
export function serverNameOf(uuid: string): string {
  return `${uuid}.${ownDomain}`;
}

/** What an authority has to be allowed to vouch for, whatever the devices are called. */
export const neededNames: readonly string[] = [`device.${ownDomain}`];

/**
 * What the certificate of a device says.
 * @param publicKey SubjectPublicKeyInfo, DER
 * @param constraints of the authority: names that it may not vouch for are left out
 */
export function deviceCertificate(
  publicKey: Uint8Array,
  names: DeviceNames,
  constraints: Pick<NameConstraints, "allowsHost" | "allowsAddress">,
): LeafContent {
  const { hostName, address } = names;
  const fullName = fullNameOf(names);
  const hosts = [...new Set([fullName, hostName, serverNameOf(names.uuid)])].filter((one) =>
    constraints.allowsHost(one),
  );
  const alternatives: JsonGeneralNames = [
    ...hosts.map((value) => ({ type: "dns" as const, value })),
    ...(looksLikeAddress(address) && constraints.allowsAddress(address)
      ? [{ type: "ip" as const, value: address }]
      : []),
  ];
  return {
    publicKey,
    // The request's own subject and attributes count for nothing: we know better who the device is.
    subject: [{ CN: [fullName.length > mostCommonName ? hostName : fullName] }, { O: ["Vigil"] }],
    usages: [serverAuthentication, clientAuthentication],
    names: alternatives,
    days: deviceDays,
  };
}

/**
 * The key that the request was signed with, which proves that the device holds it.
 * @param request PKCS#10, DER
 * @returns SubjectPublicKeyInfo, DER
 * @throws credentials.request.refused (device)
 */
export async function publicKeyOf(request: Uint8Array): Promise<Uint8Array> {
  let parsed: Pkcs10CertificateRequest;
  try {
    parsed = new Pkcs10CertificateRequest(Buffer.from(request));
  } catch (cause) {
    throw fail("credentials.request.refused", { details: { reason: "not a certificate request" }, cause });
  }
  const { publicKey } = parsed;
  const { name } = publicKey.algorithm;
  const bits = modulusBits(publicKey.algorithm);
  if (!name.startsWith("RSA") || bits < 2048 || bits > 4096) {
    throw fail("credentials.request.refused", { details: { reason: "not RSA of 2048 to 4096 bits", bits } });
  }
  if (!(await hasSigned(parsed))) {
    throw fail("credentials.request.refused", { details: { reason: "not signed with its own key" } });
  }
  return new Uint8Array(publicKey.rawData);
}

async function hasSigned(request: Pkcs10CertificateRequest): Promise<boolean> {
  try {
    return await request.verify(webcrypto);
  } catch {
    // An algorithm that is not known proves nothing.
    return false;
  }
}

function modulusBits(algorithm: object): number {
  return "modulusLength" in algorithm && typeof algorithm.modulusLength === "number" ? algorithm.modulusLength : 0;
}

function looksLikeAddress(text: string): boolean {
  return text.includes(":") || /^\d{1,3}(\.\d{1,3}){3}$/.test(text);
}

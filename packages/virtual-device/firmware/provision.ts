import { X509Certificate } from "node:crypto";
import { ha1 } from "@vigil/wire/digest.ts";
import type { Firmware } from "../firmware.ts";
import { issuedCertificate, type Issuer } from "./issuer.ts";
import { selfSignedCertificate } from "./setup-certificate.ts";

/** How a device is to be that somebody has set up already. */
export interface Provisioned {
  /** Of the admin. */
  readonly password: string;
  readonly hostName?: string;
  /** False: 16992 is closed. A release that speaks TLS alone closes it anyway. */
  readonly acceptsPlain: boolean;
  /** Who issued its certificate; absent: the device itself. */
  readonly issuer?: Issuer;
  /** "admin" unless said otherwise. */
  readonly controlMode?: "client" | "admin";
}

/** What a server gives out for one device that it has not met, to be put into it. */
export interface HandOver {
  readonly hostName: string;
  readonly domainName: string;
  /** MD5(admin:realm:password), lower-case hex. */
  readonly adminHa1: string;
  /** DER as base64: the device's own over its key, then its issuers. */
  readonly certificates: readonly string[];
  /** The key that the first is over. PKCS#8, PEM. */
  readonly privatePem: string;
}

/** Sets a device up without a server, as if it had been done long ago: TLS with a certificate of its own, clock right. */
export async function provision(firmware: Firmware, to: Provisioned): Promise<void> {
  if (firmware.mode === "post") return;
  const { identity, keys, random, digestRealm, state } = firmware;
  const privatePem = keys.next();
  const { issuer } = to;
  const pem = await (issuer === undefined
    ? selfSignedCertificate(identity, privatePem, random(8))
    : issuedCertificate(issuer, identity, privatePem));
  setUp(firmware, {
    hostName: to.hostName ?? "",
    domainName: state.domainName,
    adminHa1: ha1(state.adminName, digestRealm, to.password),
    certificates: [new X509Certificate(pem).raw.toString("base64")],
    privatePem,
    acceptsPlain: to.acceptsPlain,
    controlMode: to.controlMode ?? "admin",
  });
}

/** The same with what a server gave out, as Vigil's default profile has it: TLS past the network, too, and no web page. */
export function handOver(firmware: Firmware, what: HandOver): void {
  if (firmware.mode === "post") return;
  setUp(firmware, { ...what, acceptsPlain: false, controlMode: "admin" });
  firmware.change((state) => {
    state.tls.local = structuredClone(state.activeTls);
    state.isWebPageOpen = false;
  });
}

function setUp(
  firmware: Firmware,
  to: HandOver & { readonly acceptsPlain: boolean; readonly controlMode: "client" | "admin" },
): void {
  const tls = {
    enabled: true,
    mutual: false,
    acceptsPlain: to.acceptsPlain && !firmware.isTlsOnly,
    trustedNames: [],
  };
  firmware.change((state) => {
    state.mode = "post";
    state.controlMode = to.controlMode;
    state.adminHa1 = to.adminHa1;
    state.isMebxPasswordSet = true;
    state.hostName = to.hostName;
    state.domainName = to.domainName;
    state.keys.push({ handle: 0, privatePem: to.privatePem });
    state.certificates.push(...to.certificates.map((der, handle) => ({ handle, der, isTrustedRoot: false })));
    state.tlsCertificate = 0;
    state.tls.network = structuredClone(tls);
    state.activeTls = tls;
    state.clockOffsetMs = 0;
    state.isClockSet = true;
    state.provisioned = { at: firmware.clock.now(), rootHash: firmware.helloHashes[0]?.hash ?? "" };
  });
}

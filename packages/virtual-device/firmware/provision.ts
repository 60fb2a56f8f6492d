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

/** Sets a device up without a server, as if it had been done long ago: TLS with a certificate of its own, clock right. */
export async function provision(firmware: Firmware, to: Provisioned): Promise<void> {
  if (firmware.mode === "post") return;
  const { identity, keys, random, digestRealm } = firmware;
  const privatePem = keys.next();
  const { issuer } = to;
  const pem = await (issuer === undefined
    ? selfSignedCertificate(identity, privatePem, random(8))
    : issuedCertificate(issuer, identity, privatePem));
  const der = new X509Certificate(pem).raw.toString("base64");
  const tls = {
    enabled: true,
    mutual: false,
    acceptsPlain: to.acceptsPlain && !firmware.isTlsOnly,
    trustedNames: [],
  };
  firmware.change((state) => {
    state.mode = "post";
    state.controlMode = to.controlMode ?? "admin";
    state.adminHa1 = ha1(state.adminName, digestRealm, to.password);
    state.isMebxPasswordSet = true;
    state.hostName = to.hostName ?? "";
    state.keys.push({ handle: 0, privatePem });
    state.certificates.push({ handle: 0, der, isTrustedRoot: false });
    state.tlsCertificate = 0;
    state.tls.network = structuredClone(tls);
    state.activeTls = tls;
    state.clockOffsetMs = 0;
    state.isClockSet = true;
    state.provisioned = { at: firmware.clock.now(), rootHash: firmware.helloHashes[0]?.hash ?? "" };
  });
}

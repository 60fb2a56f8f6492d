import { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import { connect, type AmtDevice } from "@vigil/amt-client/device.ts";
import type { Dialer } from "@vigil/amt-client/dial/dialer.ts";
import { peerCertificateOf, secured } from "@vigil/amt-client/dial/tls.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Login } from "../credentials/credentials.ts";
import { fail } from "./errors.ts";

/** AMT's port with TLS, and the one without. */
const ports = { tls: 16_993, plain: 16_992 } as const;
/** How long one port may take to answer. Chosen: a person waits. */
const lookMs = 6_000;
/** How long one request may take. Chosen: firmware answers within seconds. */
const requestMs = 20_000;

/** How a visited device is reached. */
export interface Way {
  readonly host: string;
  /** SHA-256 of the certificate that it has to show, as Node writes it; undefined: without TLS. */
  readonly fingerprint: string | undefined;
}

/** Sees which ports answer. Nobody logs in, and nothing is believed. */
export async function lookAt(
  dialer: Dialer,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly certificate: X509Certificate | undefined; readonly hasPlain: boolean }> {
  const [tls, plain] = await Promise.allSettled([
    dialled(secured(dialer, anyCertificate), ports.tls, clock, signal),
    dialled(dialer, ports.plain, clock, signal),
  ]);
  signal.throwIfAborted();
  for (const one of [tls, plain]) if (one.status === "fulfilled") one.value.destroy();
  const der = tls.status === "fulfilled" ? peerCertificateOf(tls.value) : undefined;
  const certificate = der === undefined ? undefined : new X509Certificate(der);
  if (certificate === undefined && plain.status === "rejected") {
    const { cause, details } = reasonOf(plain.reason);
    throw fail("visits.nothing-there", { details: { ...details, host: dialer.host ?? "" }, cause });
  }
  return { certificate, hasPlain: plain.status === "fulfilled" };
}

/** Opens it. Over TLS nothing is said to a device that shows another certificate than the one that was agreed to. */
export function openWay(
  dialer: Dialer,
  { fingerprint }: Way,
  login: Login,
  options: { readonly clock: Clock; readonly signal: AbortSignal },
): AmtDevice {
  const isPlain = fingerprint === undefined;
  return connect({
    dialer: isPlain ? dialer : pinned(dialer, fingerprint),
    port: isPlain ? ports.plain : ports.tls,
    credential: login,
    timeoutMs: requestMs,
    ...options,
  });
}

/** Old firmware speaks old TLS. The certificate is checked by hand: by its fingerprint. */
const anyCertificate = { trust: "setup", oldest: "TLSv1" } as const;

function pinned(dialer: Dialer, fingerprint: string): Dialer {
  const any = secured(dialer, anyCertificate);
  const dial = async (port: number, signal: AbortSignal): Promise<Duplex> => {
    const stream = await any(port, signal);
    const der = peerCertificateOf(stream);
    const shown = der === undefined ? "none" : new X509Certificate(der).fingerprint256;
    if (shown === fingerprint) return stream;
    stream.on("error", () => {}).destroy();
    throw fail("visits.certificate.changed", { details: { host: dialer.host ?? "", expected: fingerprint, shown } });
  };
  return dialer.host === undefined ? dial : Object.assign(dial, { host: dialer.host });
}

async function dialled(dialer: Dialer, port: number, clock: Clock, signal: AbortSignal): Promise<Duplex> {
  const late = (): VigilError => fail("visits.nothing-there", { details: { port } });
  using limit = clock.deadline(lookMs, late, signal);
  return (await dialer(port, limit.signal)).on("error", () => {});
}

function reasonOf(reason: unknown): { readonly cause: unknown; readonly details: VigilError["details"] } {
  return { cause: reason, details: reason instanceof VigilError ? { ...reason.details, code: reason.code } : {} };
}

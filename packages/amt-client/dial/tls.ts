import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type TLSSocket,
  type ConnectionOptions,
  type SecureContext,
  type SecureVersion,
} from "node:tls";
import type { ErrorDetails } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import type { Dialer } from "./dialer.ts";
import { streamFailure } from "./failures.ts";

/** OpenSSL's words for a key or a signature below its security level; Node has no code for them. */
const tooWeak = / too weak$/;

/** How to secure a stream, and whom to believe. */
export interface TlsOptions {
  /**
   * The authorities that may have issued the device's certificate; or "setup": any certificate, because a device that is
   * being set up has one that it made itself and it is the device that checks us.
   */
  readonly trust: { readonly caPem: readonly string[] } | "setup";
  /** What we prove ourselves with: the chain from leaf to root, and the leaf's key. */
  readonly present?: { readonly chainPem: string; readonly keyPem: string };
  /** The name that the device's certificate must bear. Without it the authorities alone decide. */
  readonly serverName?: string;
  /**
   * The oldest version to speak, TLSv1.2 unless said otherwise. Below it OpenSSL's security level is 0 for these connections, and
   * for no others: old releases have keys, signatures and ciphers that are refused today.
   */
  readonly oldest?: SecureVersion;
  /** Where dialers find what they have in common with others; absent: each keeps its own. */
  readonly contexts?: TlsContexts;
}

/**
 * Wraps a dialer's streams in TLS.
 *
 * Sessions are resumed within one secured dialer, since the device closes the connection after each refusal to log in; not
 * when a certificate is presented, because a resumed session carries no chain for the device to check.
 * @throws amt.tls.untrusted, amt.tls.name-mismatch, amt.tls.refused, amt.tls.incompatible (device), amt.tls.failed (network)
 */
export function secured(dialer: Dialer, options: TlsOptions): Dialer {
  let context: SecureContext | undefined;
  let session: Buffer | undefined;
  let certificate: Uint8Array | undefined;
  const dial = async (port: number, signal: AbortSignal): Promise<Duplex> => {
    const plain = await dialer(port, signal);
    context ??= options.contexts?.of(options) ?? contextOf(options);
    const socket = connect({
      ...identityOf(options),
      socket: plain,
      secureContext: context,
      rejectUnauthorized: options.trust !== "setup",
      ...(session === undefined ? {} : { session }),
    });
    if (options.present === undefined) socket.on("session", (ticket) => (session = ownBytes(ticket)));
    try {
      const where = { port, ...(dialer.host === undefined ? {} : { host: dialer.host }) };
      await handshake(socket, signal, { ...where, oldestTls: oldestOf(options) });
      // Node can tell it once for each full handshake: it takes it off OpenSSL's chain, which a resumed session lacks.
      if (!socket.isSessionReused()) certificate = socket.getPeerX509Certificate()?.raw;
      return Object.assign(socket, { [shown]: certificate });
    } catch (cause) {
      session = undefined;
      socket.on("error", () => {}).destroy();
      plain.destroy();
      throw cause;
    }
  };
  return dialer.host === undefined ? dial : Object.assign(dial, { host: dialer.host });
}

/** Node's buffers are views of slabs that many share: one session of 2 KiB, kept for long, would keep 64 KiB. */
function ownBytes(bytes: Buffer): Buffer {
  return Buffer.from(Uint8Array.from(bytes).buffer);
}

/** Sets of trust remembered at once. Chosen: a server has one authority, and a few more while one follows another. */
const mostContexts = 16;

/**
 * OpenSSL's contexts, one for all devices that are trusted alike; each costs some 60 KiB, measured with one authority.
 * One with a key of ours is not kept here: it belongs to the dialer that presents it.
 */
export class TlsContexts {
  readonly #known = new Map<string, SecureContext>();

  of(options: TlsOptions): SecureContext {
    if (options.present !== undefined) return contextOf(options);
    const trust = options.trust === "setup" ? [] : options.trust.caPem;
    const name = [oldestOf(options), ...trust].join();
    const context = this.#known.get(name) ?? contextOf(options);
    this.#known.delete(name);
    this.#known.set(name, context);
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostContexts && oldest !== undefined) this.#known.delete(oldest);
    return context;
  }
}

/** Under this a secured stream bears the certificate that the device showed. */
const shown = Symbol("the certificate that the device showed");

/** The certificate that the device showed, DER, also when the session was resumed; undefined when the stream is not secured. */
export function peerCertificateOf(stream: Duplex & { readonly [shown]?: Uint8Array }): Uint8Array | undefined {
  return stream[shown];
}

function contextOf(options: TlsOptions): SecureContext {
  const minVersion = oldestOf(options);
  const isLegacy = minVersion === "TLSv1" || minVersion === "TLSv1.1";
  return createSecureContext({
    // An empty list keeps the public authorities out: none of them vouches for a device.
    ca: options.trust === "setup" ? [] : [...options.trust.caPem],
    minVersion,
    ...(isLegacy ? { ciphers: "DEFAULT@SECLEVEL=0" } : {}),
    ...(options.present === undefined ? {} : { cert: options.present.chainPem, key: options.present.keyPem }),
  });
}

function oldestOf({ oldest = "TLSv1.2" }: TlsOptions): SecureVersion {
  return oldest;
}

function identityOf({ serverName }: TlsOptions): Pick<ConnectionOptions, "servername" | "checkServerIdentity"> {
  if (serverName === undefined) return { checkServerIdentity: () => undefined };
  return {
    checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
    // An address must not be sent as a server name. @source RFC 6066, 3
    ...(isIP(serverName) === 0 ? { servername: serverName } : {}),
  };
}

/** Resolves when both sides have shaken hands. @throws as secured() */
export function handshake(socket: TLSSocket, signal: AbortSignal, details: ErrorDetails): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const done = (): void => {
      signal.removeEventListener("abort", onAbort);
      socket.off("error", onError).off("close", onClose).off("secureConnect", onSecure);
    };
    const onAbort = (): void => {
      done();
      reject(signal.reason);
    };
    const onError = (cause: Error): void => {
      done();
      reject(handshakeFailure(socket, cause, details));
    };
    const onClose = (): void => {
      done();
      reject(fail("amt.tls.failed", { details }));
    };
    const onSecure = (): void => {
      done();
      resolve();
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", onError).once("close", onClose).once("secureConnect", onSecure);
  });
}

function handshakeFailure(socket: TLSSocket, cause: Error, details: ErrorDetails): Error {
  const failure = streamFailure(cause, details);
  if (failure.code.startsWith("amt.tls.")) return failure;
  if (tooWeak.test(cause.message))
    return fail("amt.tls.incompatible", { details: { ...details, reason: cause.message }, cause });
  // The TLS layer's verdict about the certificate, e.g. DEPTH_ZERO_SELF_SIGNED_CERT; its type says Error, it is a code.
  const verdict: unknown = socket.authorizationError;
  if (verdict !== null && verdict !== undefined) {
    return fail("amt.tls.untrusted", { details: { ...details, reason: String(verdict) }, cause });
  }
  return fail("amt.tls.failed", { details: { ...details, reason: String(failure.details["reason"]) }, cause });
}

import { constants } from "node:crypto";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  createSecureContext,
  TLSSocket,
  type DetailedPeerCertificate,
  type SecureContext,
  type TlsOptions,
  type TLSSocketOptions,
} from "node:tls";
import type { Firmware } from "../firmware.ts";

/** Contexts kept ready; each holds some 50 KiB. */
const mostContexts = 1_000;
/** A handshake that takes longer is given up. */
const handshakeLimitMs = 15_000;
const longestChain = 8;

/** @source protocols C.8, UNVERIFIED which suites firmware has */
const keyCiphers = "PSK-AES128-CBC-SHA:@SECLEVEL=0";

/** A connection that has been secured, and how its manager proved itself. */
export interface SecuredStream {
  readonly stream: TLSSocket;
  readonly hasSetupCertificate: boolean;
  readonly hasSetupKey: boolean;
}

/** The TLS side of the devices of one fleet. */
export class TlsEndpoint {
  /** By version of the key material, least recently used first. */
  readonly #contexts = new Map<string, SecureContext>();

  /**
   * Takes a connection through its handshake. While the device is being set up it asks the manager for a certificate, and
   * ends the connection when that does not let it be set up. With mutual TLS it asks every client for one.
   * @returns undefined when there will be no connection
   */
  async accept(firmware: Firmware, socket: Duplex): Promise<SecuredStream | undefined> {
    if (firmware.setupKey !== undefined) return this.#acceptByKey(firmware, firmware.setupKey, socket);
    const context = await this.#contextOf(firmware);
    const wants = firmware.wantsCertificate;
    const stream = new TLSSocket(socket, {
      isServer: true,
      secureContext: context,
      requestCert: wants !== "none",
      // The device knows hashes of roots, not roots: it judges the chain itself, below.
      rejectUnauthorized: false,
    });
    const isSecure = await handshake(stream, firmware);
    if (!isSecure) {
      stream.destroy();
      return undefined;
    }
    const nameless = { stream, hasSetupCertificate: false, hasSetupKey: false };
    if (wants === "none") return nameless;
    const chain = chainOf(stream.getPeerCertificate(true));
    const isSetup = wants === "setup";
    if (isSetup && chain.length === 0) return nameless;
    const verdict = isSetup ? firmware.acceptsSetupChain(chain) : firmware.acceptsClientChain(chain);
    if (verdict.ok) return { ...nameless, hasSetupCertificate: isSetup };
    if (socket instanceof Socket) socket.resetAndDestroy();
    else socket.destroy();
    return undefined;
  }

  /** Who holds the key is let in; no certificate is shown or asked for. */
  async #acceptByKey(
    firmware: Firmware,
    { pid, pps }: { readonly pid: string; readonly pps: string },
    socket: Duplex,
  ): Promise<SecuredStream | undefined> {
    const { min, max } = firmware.manners.tls;
    // A socket takes what a server takes; the types say so of the server alone.
    const options: TLSSocketOptions & Pick<TlsOptions, "pskCallback"> = {
      isServer: true,
      secureContext: createSecureContext({ ciphers: keyCiphers, minVersion: min, maxVersion: max }),
      pskCallback: (_socket, identity) => (identity === pid ? Buffer.from(pps, "latin1") : null),
    };
    const stream = new TLSSocket(socket, options);
    if (await handshake(stream, firmware)) return { stream, hasSetupCertificate: false, hasSetupKey: true };
    stream.destroy();
    return undefined;
  }

  async #contextOf(firmware: Firmware): Promise<SecureContext> {
    const material = await firmware.tlsMaterial();
    const { tls } = firmware.manners;
    const known = this.#contexts.get(material.version);
    const context =
      known ??
      createSecureContext({
        cert: material.certificatePem,
        key: material.keyPem,
        minVersion: tls.min,
        maxVersion: tls.max,
        ciphers: tls.ciphers,
        honorCipherOrder: true,
        // Without tickets there is no resumption, which would hide the chain that the manager presented.
        secureOptions: constants.SSL_OP_NO_TICKET,
      });
    this.#contexts.delete(material.version);
    this.#contexts.set(material.version, context);
    const [oldest] = this.#contexts.keys();
    if (this.#contexts.size > mostContexts && oldest !== undefined) this.#contexts.delete(oldest);
    return context;
  }
}

function handshake(stream: TLSSocket, firmware: Firmware): Promise<boolean> {
  return new Promise((resolve) => {
    const cancel = firmware.clock.after(handshakeLimitMs, () => resolve(false));
    const end = (isSecure: boolean): void => {
      cancel();
      resolve(isSecure);
    };
    stream.once("secure", () => end(true));
    stream.once("error", () => end(false));
    stream.once("close", () => end(false));
  });
}

/** What the peer sent, leaf first. */
function chainOf(leaf: DetailedPeerCertificate): Uint8Array[] {
  const chain: Uint8Array[] = [];
  const seen = new Set<string>();
  for (let one: DetailedPeerCertificate | undefined = leaf; one?.raw !== undefined; one = one.issuerCertificate) {
    if (seen.has(one.fingerprint256) || chain.length >= longestChain) break;
    seen.add(one.fingerprint256);
    chain.push(one.raw);
  }
  return chain;
}

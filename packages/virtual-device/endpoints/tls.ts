import { constants } from "node:crypto";
import type { Socket } from "node:net";
import { createSecureContext, TLSSocket, type DetailedPeerCertificate, type SecureContext } from "node:tls";
import type { Firmware } from "../firmware.ts";

/** Contexts kept ready; each holds some 50 KiB. */
const mostContexts = 1_000;
/** A handshake that takes longer is given up. */
const handshakeLimitMs = 15_000;
const longestChain = 8;

/** The TLS side of the devices of one fleet. */
export class TlsEndpoint {
  /** By version of the key material, least recently used first. */
  readonly #contexts = new Map<string, SecureContext>();

  /**
   * Takes a connection through its handshake. While the device is being set up it asks the manager for a certificate, and
   * ends the connection when that does not let it be set up.
   * @returns undefined when there will be no connection
   */
  async accept(
    firmware: Firmware,
    socket: Socket,
  ): Promise<{ stream: TLSSocket; hasSetupCertificate: boolean } | undefined> {
    const context = await this.#contextOf(firmware);
    const wantsCertificate = firmware.wantsSetupCertificate;
    const stream = new TLSSocket(socket, {
      isServer: true,
      secureContext: context,
      requestCert: wantsCertificate,
      // The device knows hashes of roots, not roots: it judges the chain itself, below.
      rejectUnauthorized: false,
    });
    const isSecure = await handshake(stream, firmware);
    if (!isSecure) {
      stream.destroy();
      return undefined;
    }
    if (!wantsCertificate) return { stream, hasSetupCertificate: false };
    const chain = chainOf(stream.getPeerCertificate(true));
    if (chain.length === 0) return { stream, hasSetupCertificate: false };
    if (firmware.acceptsSetupChain(chain).ok) return { stream, hasSetupCertificate: true };
    socket.resetAndDestroy();
    return undefined;
  }

  async #contextOf(firmware: Firmware): Promise<SecureContext> {
    const material = await firmware.tlsMaterial();
    const known = this.#contexts.get(material.version);
    const context =
      known ??
      createSecureContext({
        cert: material.certificatePem,
        key: material.keyPem,
        minVersion: "TLSv1.2",
        // Releases before 16 speak TLS 1.2 at most. UNVERIFIED which release brought 1.3.
        maxVersion: Number(firmware.release.split(".")[0]) < 16 ? "TLSv1.2" : "TLSv1.3",
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

import type { Duplex } from "node:stream";
import { connect, createSecureContext, type SecureVersion } from "node:tls";
import type { PskPair } from "../pre-shared-key.ts";
import type { Dialer } from "./dialer.ts";
import { handshake } from "./tls.ts";

/** The one suite that firmware is known to have; OpenSSL hides it behind the security level, which is lowered for these connections. @source protocols C.8, UNVERIFIED */
const ciphers = "PSK-AES128-CBC-SHA:@SECLEVEL=0";

/**
 * Wraps a dialer's streams in TLS with a pre-shared key: without certificates, since whoever holds the key is believed by both sides.
 * AMT until release 10 is set up that way.
 * @param oldest TLS version to speak: such releases have TLS 1.0 alone
 * @throws amt.tls.psk-refused, amt.tls.incompatible (device), amt.tls.failed (network)
 */
export function securedByKey(dialer: Dialer, { pid, pps }: PskPair, oldest: SecureVersion = "TLSv1.2"): Dialer {
  const secureContext = createSecureContext({ ciphers, minVersion: oldest, maxVersion: "TLSv1.2" });
  const dial = async (port: number, signal: AbortSignal): Promise<Duplex> => {
    const plain = await dialer(port, signal);
    const socket = connect({
      socket: plain,
      secureContext,
      // There is no certificate whose name could be wrong.
      checkServerIdentity: () => undefined,
      pskCallback: () => ({ identity: pid, psk: Buffer.from(pps, "latin1") }),
    });
    try {
      const where = { port, ...(dialer.host === undefined ? {} : { host: dialer.host }) };
      await handshake(socket, signal, { ...where, oldestTls: oldest });
      return socket;
    } catch (cause) {
      socket.on("error", () => {}).destroy();
      plain.destroy();
      throw cause;
    }
  };
  return dialer.host === undefined ? dial : Object.assign(dial, { host: dialer.host });
}

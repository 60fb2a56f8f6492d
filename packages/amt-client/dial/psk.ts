import type { Duplex } from "node:stream";
import { connect, createSecureContext } from "node:tls";
import type { PskPair } from "../pre-shared-key.ts";
import type { Dialer } from "./dialer.ts";
import { handshake } from "./tls.ts";

/** The one suite that firmware is known to have; OpenSSL hides it, and TLS 1.0, behind the security level. @source protocols C.8, UNVERIFIED */
const ciphers = "PSK-AES128-CBC-SHA:@SECLEVEL=0";

/**
 * Wraps a dialer's streams in TLS with a pre-shared key: without certificates, since whoever holds the key is believed by both sides.
 * AMT until release 10 is set up that way.
 * @throws amt.tls.psk-refused, amt.tls.incompatible (device), amt.tls.failed (network)
 */
export function securedByKey(dialer: Dialer, { pid, pps }: PskPair): Dialer {
  const secureContext = createSecureContext({ ciphers, minVersion: "TLSv1", maxVersion: "TLSv1.2" });
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
      await handshake(socket, signal, { port, ...(dialer.host === undefined ? {} : { host: dialer.host }) });
      return socket;
    } catch (cause) {
      socket.on("error", () => {}).destroy();
      plain.destroy();
      throw cause;
    }
  };
  return dialer.host === undefined ? dial : Object.assign(dial, { host: dialer.host });
}

import { connect } from "node:net";
import type { Duplex } from "node:stream";
import type { Dialer } from "./dialer.ts";
import { streamFailure } from "./failures.ts";

/** Dials a device over TCP. @param options.host its name or address */
export function directDialer(options: { readonly host: string }): Dialer {
  const { host } = options;
  const dial = (port: number, signal: AbortSignal): Promise<Duplex> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      // Requests are small and each waits for its answer: Nagle's delay would only add to it.
      const socket = connect({ host, port, noDelay: true });
      const done = (): void => {
        signal.removeEventListener("abort", onAbort);
        socket.off("connect", onConnect).off("error", onError);
      };
      const giveUp = (reason: unknown): void => {
        done();
        // A destroyed socket may still report an error; nobody is interested any more.
        socket.on("error", () => {}).destroy();
        reject(reason);
      };
      const onAbort = (): void => giveUp(signal.reason);
      const onError = (cause: Error): void => giveUp(streamFailure(cause, { host, port }));
      const onConnect = (): void => {
        done();
        resolve(socket);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      socket.once("error", onError).once("connect", onConnect);
    });
  return Object.assign(dial, { host });
}

import { fail } from "../errors.ts";
import { failureOf } from "./failures.ts";
import { GssLibrary, type Context } from "./gss-library.ts";
import type { Negotiation, Negotiator } from "./negotiator.ts";

/**
 * Tokens from the system's Kerberos library and its ticket cache: `kinit` and KRB5CCNAME say who asks. The library is loaded with
 * the first token. Its calls, which may wait for a KDC, run beside the event loop; a call that nobody waits for any more ends by
 * itself, within the limits of krb5.conf.
 */
export function gssapiNegotiator(): Negotiator {
  let library: Promise<GssLibrary> | undefined;
  return async (serviceName, signal) => {
    signal.throwIfAborted();
    library ??= GssLibrary.load();
    const gss = await library;
    const context: Context = { handle: null };
    const begun = gss.step(serviceName, context);
    const started = await abortable(begun, signal, () => gss.release(context));
    if (!started.isGoing) {
      await gss.release(context);
      throw failureOf(started, serviceName);
    }
    return negotiation(gss, context, started.token, serviceName);
  };
}

function negotiation(gss: GssLibrary, context: Context, token: Uint8Array, serviceName: string): Negotiation {
  return {
    token,
    async prove(reply) {
      const { major, text } = await gss.step(serviceName, context, reply);
      if (major !== 0) throw fail("amt.kerberos.unproven", { details: { serviceName, reason: text } });
    },
    [Symbol.asyncDispose]: () => gss.release(context),
  };
}

/** Waits no longer than the signal allows. @param late tidies up after a call that ended when nobody waited any more */
function abortable<T>(call: Promise<T>, signal: AbortSignal, late: () => Promise<void>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason);
      call.then(late, () => {});
    };
    // It may have aborted while the library was loaded.
    if (signal.aborted) return onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

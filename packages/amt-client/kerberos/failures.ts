import type { VigilError } from "@vigil/base/errors.ts";
import { fail, type AmtErrorCode } from "../errors.ts";
import type { GssStatus } from "./gss-library.ts";

/** Where the numbers of MIT's Kerberos begin. @source krb5_err.et */
const ERROR_TABLE_BASE_krb5 = -1_765_328_384;

/** Numbers of the library's from there on. @source krb5_err.et; all but 154 and 220 seen with 1.20 */
const local: Readonly<Record<number, AmtErrorCode>> = {
  /** The KDC does not know the service. */
  7: "amt.kerberos.service-unknown",
  /** The ticket has ended. */
  32: "amt.kerberos.ticket-missing",
  /** No ticket in the cache; no cache. */
  141: "amt.kerberos.ticket-missing",
  195: "amt.kerberos.ticket-missing",
  /** Realm unknown, no KDC answers, its name has no address, no realm is set. */
  154: "amt.kerberos.kdc-unreachable",
  156: "amt.kerberos.kdc-unreachable",
  220: "amt.kerberos.kdc-unreachable",
  224: "amt.kerberos.kdc-unreachable",
};

/** Routine errors "no credentials" and "credentials expired". @source RFC 2744, 3.9.1 */
const noCredentials = [7 << 16, 11 << 16] as const;

/** Why there is no token. */
export function failureOf({ major, minor, text }: GssStatus, serviceName: string): VigilError {
  const known = local[minor - ERROR_TABLE_BASE_krb5];
  const code =
    known ?? (noCredentials.some((one) => one === major) ? "amt.kerberos.ticket-missing" : "amt.kerberos.failed");
  return fail(code, { details: { serviceName, reason: text } });
}

/** Numbers of the Kerberos protocol with which a device refuses. @source RFC 4120, 7.5.9 */
const remote: Readonly<Record<number, AmtErrorCode>> = {
  31: "amt.kerberos.wrong-key",
  37: "amt.kerberos.skew",
  41: "amt.kerberos.wrong-key",
  44: "amt.kerberos.wrong-key",
  45: "amt.kerberos.wrong-key",
};

/** Why the device refused. @param krbError as the device said; undefined when it did not @param isOffered whether it offers Kerberos at all */
export function deviceRefusal(krbError: number | undefined, isOffered: boolean, serviceName: string): VigilError {
  if (krbError !== undefined) {
    return fail(remote[krbError] ?? "amt.kerberos.rejected", { details: { serviceName, krbError } });
  }
  return fail(isOffered ? "amt.kerberos.unlisted" : "amt.kerberos.off", { details: { serviceName } });
}

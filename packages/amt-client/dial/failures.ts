import { VigilError, type ErrorDetails } from "@vigil/base/errors.ts";
import { fail, type AmtErrorCode } from "../errors.ts";

const connectCodes: Readonly<Record<string, AmtErrorCode>> = {
  ECONNREFUSED: "amt.connect.refused",
  ETIMEDOUT: "amt.connect.timeout",
  EHOSTUNREACH: "amt.connect.unreachable",
  ENETUNREACH: "amt.connect.unreachable",
  EHOSTDOWN: "amt.connect.unreachable",
  ENOTFOUND: "amt.connect.unresolved",
  EAI_AGAIN: "amt.connect.unresolved",
  ECONNRESET: "amt.connect.reset",
  EPIPE: "amt.connect.reset",
  ERR_TLS_CERT_ALTNAME_INVALID: "amt.tls.name-mismatch",
};

// OpenSSL's names of a peer's alert about our certificate: with TLS 1.3 it comes after the handshake, on the first read.
const refusal =
  /ALERT_(BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE|NO_CERTIFICATE)/;

/** Names the failure of a stream. An error of ours passes; others are told apart by the code that the system gave. */
export function streamFailure(cause: unknown, details: ErrorDetails): VigilError {
  if (cause instanceof VigilError) return cause;
  const system = codeOf(cause);
  if (/ALERT_(UNKNOWN_PSK_IDENTITY|DECRYPT_ERROR|BAD_RECORD_MAC)$/.test(system)) {
    return fail("amt.tls.psk-refused", { details: { ...details, reason: system }, cause });
  }
  if (system.startsWith("ERR_SSL_")) {
    const code = refusal.test(system) ? "amt.tls.refused" : "amt.tls.incompatible";
    return fail(code, { details: { ...details, reason: system }, cause });
  }
  return fail(connectCodes[system] ?? "amt.connect.failed", { details: { ...details, reason: system }, cause });
}

/** The system's code of an error; of several attempts (IPv6 and IPv4) that of the last. */
function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors.at(-1));
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return "unknown";
}

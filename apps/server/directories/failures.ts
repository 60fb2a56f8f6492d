import { ResultCodeError } from "ldapts";
import { VigilError, type ErrorDetails } from "@vigil/base/errors.ts";
import { fail, type DirectoryErrorCode } from "./errors.ts";

/** What was asked of the directory, so that its refusal can be named. */
export interface Asked {
  /** A right as an administrator grants it, e.g. "create computer objects". */
  readonly right: string;
  /** The object that it is needed on. */
  readonly on: string;
  /** Codes that a result means here and not elsewhere. */
  readonly codes?: Readonly<Partial<Record<number, DirectoryErrorCode>>>;
}

/** @source RFC 4511, A.1 */
export const results = {
  referral: 10,
  timeLimit: 3,
  sizeLimit: 4,
  adminLimit: 11,
  confidentialityRequired: 13,
  constraintViolation: 19,
  noSuchObject: 32,
  invalidDn: 34,
  invalidCredentials: 49,
  insufficientAccess: 50,
  busy: 51,
  unavailable: 52,
  unwilling: 53,
  alreadyExists: 68,
} as const;

const byResult: Readonly<Record<number, DirectoryErrorCode>> = {
  [results.timeLimit]: "directory.answer.timeout",
  [results.sizeLimit]: "directory.answer.too-large",
  [results.adminLimit]: "directory.busy",
  [results.referral]: "directory.referral",
  [results.noSuchObject]: "directory.unit.missing",
  [results.invalidDn]: "directory.unit.missing",
  [results.invalidCredentials]: "directory.login.refused",
  [results.insufficientAccess]: "directory.right.missing",
  [results.busy]: "directory.busy",
  [results.unavailable]: "directory.busy",
};

/** Names the failure of a request. */
export function failureOf(cause: unknown, { right, on, codes = {} }: Asked): VigilError {
  if (cause instanceof VigilError) return cause;
  if (!(cause instanceof ResultCodeError)) return connectionFailure(cause);
  const code = codes[cause.code] ?? byResult[cause.code] ?? "directory.refused";
  const said = saidIn(cause);
  return fail(code, { details: { right, on, result: cause.code, ...(said === "" ? {} : { said }) }, cause });
}

/** Why Active Directory refuses a login, from the number in its answer. @source Windows' system error codes, MS-ERREF 2.2 */
const loginReasons: Readonly<Record<string, string>> = {
  "525": "there is no such account",
  "52e": "the password is wrong",
  "530": "not at this time of day",
  "531": "not from this machine",
  "532": "the password is out of date",
  "533": "the account is disabled",
  "701": "the account is out of date",
  "773": "the password has to be changed first",
  "775": "the account is locked",
};

/** @param account whose login it was */
export function loginFailure(cause: unknown, account: string): VigilError {
  if (!(cause instanceof ResultCodeError) || cause.code !== results.invalidCredentials)
    return failureOf(cause, { right: "log in", on: account });
  const number = /\bdata ([0-9a-f]{3})\b/i.exec(cause.message)?.[1]?.toLowerCase() ?? "";
  const reason = loginReasons[number] ?? "the directory does not say";
  return fail("directory.login.refused", { details: { account, reason }, cause });
}

// OpenSSL's words for a chain that does not end in what is trusted, or is out of date.
const untrusted = /^(DEPTH_ZERO_|SELF_SIGNED|UNABLE_TO_|CERT_|HOSTNAME_MISMATCH|ERR_TLS_CERT_|INVALID_CA|PATH_LENGTH_)/;

/** Names why no connection came about, or why it ended. */
export function connectionFailure(cause: unknown, details: ErrorDetails = {}): VigilError {
  if (cause instanceof VigilError) return cause;
  const reason = reasonOf(cause);
  const code = codeOfReason(reason, cause);
  return fail(code, { details: { ...details, reason }, cause });
}

function codeOfReason(reason: string, cause: unknown): DirectoryErrorCode {
  if (untrusted.test(reason)) return "directory.tls.untrusted";
  if (/^(ERR_SSL_|ERR_TLS_|EPROTO)/.test(reason)) return "directory.tls.failed";
  if (cause instanceof Error && /timed out/i.test(cause.message)) return "directory.answer.timeout";
  return "directory.unreachable";
}

function reasonOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return reasonOf(cause.errors.at(-1));
  if (!(cause instanceof Error)) return "unknown";
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return /timeout|timed out/i.test(cause.message) ? "no answer in time" : "the connection ended";
}

const mostSaid = 300;

/** What the server said, on one line; its number stands in details by itself. */
function saidIn({ message }: ResultCodeError): string {
  const plain = message.replaceAll(/[\p{Cc}\s]+/gu, " ").replace(/ Code: 0x[0-9a-f]+$/, "");
  return plain.slice(0, mostSaid).trim();
}

import { VigilError, type ErrorDetails } from "@vigil/base/errors.ts";
import { fail, type AmtErrorCode } from "./errors.ts";

/** What AMT's own methods return, PT_STATUS, in words. @source protocols A.13 */
const amtStatus: Readonly<Record<number, string>> = {
  0: "success",
  1: "internal-error",
  2: "not-ready",
  3: "invalid-mode",
  4: "invalid-message-length",
  8: "not-registered",
  11: "not-enough-storage",
  12: "invalid-name",
  16: "not-permitted",
  17: "not-owner",
  20: "invalid-group-permissions",
  21: "group-does-not-exist",
  22: "invalid-member-count",
  23: "limit-reached",
  24: "invalid-authentication-type",
  25: "authentication-failed",
  26: "invalid-dhcp-mode",
  27: "invalid-address",
  28: "invalid-domain-name",
  29: "unsupported-version",
  30: "unexpected-request",
  32: "invalid-provisioning-state",
  33: "unsupported-object",
  34: "invalid-time",
  35: "invalid-index",
  36: "invalid-parameter",
  37: "invalid-netmask",
  38: "flash-write-limit-exceeded",
  47: "random-generation-in-progress",
  48: "random-not-ready",
  49: "certificate-not-ready",
  1024: "disabled-by-policy",
  2050: "unsupported-boot-option",
  2051: "invalid-command",
  2052: "invalid-special-command",
  2053: "invalid-handle",
  2054: "invalid-password",
  2055: "invalid-realm",
  2056: "entry-in-use",
  2057: "data-missing",
  2058: "duplicate",
  2059: "event-log-frozen",
  2060: "missing-keys",
  2061: "generating-keys",
  2062: "invalid-key",
  2063: "invalid-certificate",
  2064: "key-does-not-match",
  2065: "kerberos-domain-limit-reached",
  2066: "unsupported",
  2067: "invalid-priority",
  2068: "not-found",
  2069: "invalid-credentials",
  2070: "invalid-passphrase",
  2072: "no-association",
  2075: "audit-failed",
  2076: "blocking-component",
  2081: "user-consent-required",
  2082: "operation-in-progress",
};

/** What RequestStateChange and RequestPowerStateChange return. @source protocols A.13 */
const stateChangeStatus: Readonly<Record<number, string>> = {
  0: "done",
  1: "not-supported",
  2: "unknown-error",
  3: "timeout-impossible",
  4: "failed",
  5: "invalid-parameter",
  6: "in-use",
  4096: "started",
  4097: "invalid-state",
  4098: "timeout-not-supported",
  4099: "busy",
};

/** What the methods of the boot classes return. @source protocols A.13 */
const bootStatus: Readonly<Record<number, string>> = {
  0: "done",
  1: "not-supported",
  2: "unknown-error",
  3: "busy",
  4: "invalid-reference",
  5: "invalid-parameter",
  6: "access-denied",
};

/** What the event log's methods return. @source protocols B.9 */
const messageLogStatus: Readonly<Record<number, string>> = {
  0: "done",
  1: "not-supported",
  2: "invalid-record",
  3: "no-record",
};

/** What the consent methods return. @source protocols B.8; 3 and 4 UNVERIFIED, 2066 is what a manager in use takes it for */
const consentStatus: Readonly<Record<number, string>> = {
  1: "internal-error",
  2: "invalid-state",
  3: "blocked",
  4: "too-many-wrong-codes",
  2066: "wrong-code",
};

/** What AddWiFiSettings and its like return. @source protocols B.6 */
const wifiStatus: Readonly<Record<number, string>> = {
  1: "not-supported",
  2: "failed",
  3: "invalid-parameter",
  4: "invalid-reference",
};

/** What Setup, AdminSetup and their like return. @source protocols B.1 */
const hostSetupStatus: Readonly<Record<number, string>> = {
  1: "internal-error",
  2: "invalid-state",
  3: "invalid-parameter",
  4: "disabled",
  5: "authentication-failed",
  6: "flash-write-limit-exceeded",
};

/** What AddNextCertInChain returns. @source protocols B.1 */
const certificateChainStatus: Readonly<Record<number, string>> = {
  1: "invalid-parameter",
  2: "internal-error",
  3: "invalid-state",
  4: "verification-failed",
  5: "too-long",
};

const tables = {
  amt: amtStatus,
  "state-change": stateChangeStatus,
  boot: bootStatus,
  "message-log": messageLogStatus,
  consent: consentStatus,
  wifi: wifiStatus,
  "host-setup": hostSetupStatus,
  "certificate-chain": certificateChainStatus,
} as const;

/** Which table a method's ReturnValue belongs to. */
export type StatusFamily = keyof typeof tables;

/** Methods that CIM defines return AMT's own codes from here on. @source protocols A.12 */
const amtStatusBase = 0x8000;

/** The word for a ReturnValue: "invalid-parameter"; "status-99" for one that the tables lack. */
export function statusWord(family: StatusFamily, returnValue: number): string {
  const known = tables[family][returnValue] ?? amtStatus[returnValue];
  if (known !== undefined) return known;
  const inner = returnValue >= amtStatusBase ? amtStatus[returnValue - amtStatusBase] : undefined;
  return inner ?? `status-${returnValue}`;
}

/** Whatever was asked: its user has to agree first, which is an error of its own. */
const consentWord = "user-consent-required";

/** The error for a ReturnValue that is not 0: details say method, returnValue and status, the latter in a word. */
export function refusal(
  code: AmtErrorCode,
  call: {
    readonly family: StatusFamily;
    readonly method: string;
    readonly returnValue: number;
    readonly details: ErrorDetails;
  },
): VigilError {
  const { method, returnValue } = call;
  const status = statusWord(call.family, returnValue);
  return fail(status === consentWord ? "amt.consent.needed" : code, {
    details: { ...call.details, method, returnValue, status },
  });
}

/** The same for a Put that the firmware refused: details say status, in a word. Another failure stays as it is. */
export function refusalOf(code: AmtErrorCode, cause: unknown): unknown {
  if (!(cause instanceof VigilError) || cause.code !== "wsman.fault.internalError") return cause;
  const status = cause.details["amtStatus"];
  if (typeof status !== "number") return cause;
  const word = statusWord("amt", status);
  return fail(word === consentWord ? "amt.consent.needed" : code, {
    details: { ...cause.details, status: word },
    cause,
  });
}

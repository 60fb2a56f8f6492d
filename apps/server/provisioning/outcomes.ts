import { VigilError, type ErrorCatalogue, type ErrorKind } from "@vigil/base/errors.ts";
import { amtErrors } from "@vigil/amt-client/errors.ts";
import { workErrors } from "@vigil/work/errors.ts";
import { assignmentsErrors } from "../assignments/assignments.ts";
import { credentialErrors } from "../credentials/credentials.ts";
import { profilesErrors } from "../profiles/profiles.ts";
import { directoryErrors } from "../directories/directories.ts";
import { provisioningErrors } from "./errors.ts";

/** Where the cause of a failure lies. */
export type CauseGroup =
  | "reach"
  | "encryption"
  | "certificate"
  | "key"
  | "identity"
  | "login"
  | "one-time-password"
  | "profile"
  | "assignment"
  | "directory"
  | "answer"
  | "refusal"
  | "course"
  | "kind"
  | "server";

/** What happens elsewhere and makes another try worth while. A hello begins again from every code. */
export type Reopening =
  | "setup-certificate"
  | "dns-suffix"
  | "setup-key"
  | "profile"
  | "profile-secret"
  | "directory"
  | "known-address";

export interface Outcome {
  readonly group: CauseGroup;
  /** Trying again changes nothing: somebody has to do something first. All others are tried again by themselves, with pauses that grow. */
  readonly isFinal: boolean;
  /** What reopens it without anybody asking. */
  readonly reopenedBy: readonly Reopening[];
}

const tried = (group: CauseGroup, ...reopenedBy: Reopening[]): Outcome => ({ group, isFinal: false, reopenedBy });
const final = (group: CauseGroup, ...reopenedBy: Reopening[]): Outcome => ({ group, isFinal: true, reopenedBy });

/** Every code that an attempt can end with. What each means stands with its error. */
export const outcomes: Readonly<Record<string, Outcome>> = {
  "amt.connect.refused": tried("reach", "known-address"),
  "amt.connect.reset": tried("reach", "known-address"),
  "amt.connect.timeout": tried("reach", "known-address"),
  "amt.connect.unreachable": tried("reach", "known-address"),
  "amt.connect.unresolved": tried("reach", "known-address"),
  "amt.connect.failed": tried("reach", "known-address"),
  "amt.answer.timeout": tried("reach", "known-address"),
  "provisioning.step.timeout": tried("reach", "known-address"),
  "work.item.timeout": tried("reach", "known-address"),
  "amt.tls.failed": tried("encryption"),
  "amt.tls.refused": tried("encryption"),
  "amt.tls.name-mismatch": tried("encryption"),
  "amt.tls.untrusted": tried("encryption"),
  "amt.tls.incompatible": final("encryption", "profile"),
  "provisioning.certificate.untrusted": final("certificate", "setup-certificate"),
  "provisioning.certificate.wrong-domain": final("certificate", "setup-certificate", "dns-suffix", "profile"),
  "provisioning.certificate.release-unsupported": final("certificate", "setup-certificate"),
  "provisioning.certificate.expired": final("certificate", "setup-certificate"),
  "provisioning.certificate.refused": final("certificate", "setup-certificate", "dns-suffix"),
  "provisioning.psk.unknown": final("key", "setup-key"),
  "provisioning.psk.wrong": final("key", "setup-key"),
  "provisioning.identity.mismatch": final("identity"),
  "provisioning.hello.contradicted": final("identity"),
  "provisioning.login.lost": final("login"),
  "provisioning.device.foreign": final("login"),
  "provisioning.otp.missing": final("one-time-password", "profile"),
  "provisioning.otp.wrong": final("one-time-password", "profile"),
  "provisioning.otp.replayed": final("one-time-password", "profile"),
  "provisioning.otp.expired": final("one-time-password", "profile"),
  "credentials.login.paused": tried("login"),
  "amt.login.refused": tried("login"),
  "amt.login.unsupported": tried("login"),
  "provisioning.profile.unsupported": final("profile", "profile"),
  "provisioning.kerberos.no-directory": final("profile", "directory", "profile"),
  "profiles.secret.missing": final("profile", "profile-secret", "profile"),
  "profiles.unknown": final("profile", "profile"),
  "amt.release.lacking": final("profile", "profile"),
  "amt.platform.lacking": final("profile", "profile"),
  "amt.argument.invalid": final("profile", "profile"),
  "assignments.profile.unknown": final("assignment", "profile"),
  "assignments.host-name.invalid": final("assignment"),
  "assignments.host-name.taken": final("assignment"),
  "assignments.webhook.secret-missing": final("assignment"),
  "assignments.webhook.unreachable": tried("assignment"),
  "assignments.webhook.timeout": tried("assignment"),
  "assignments.webhook.status": tried("assignment"),
  "assignments.webhook.answer": tried("assignment"),
  "directory.encryption.old": final("directory", "directory"),
  "directory.name.invalid": final("directory", "directory"),
  "directory.name.taken": final("directory", "directory"),
  "directory.object.foreign": final("directory", "directory"),
  "directory.unknown": tried("directory", "directory"),
  "directory.settings.refused": tried("directory", "directory"),
  "directory.password.missing": tried("directory", "directory"),
  "directory.unreachable": tried("directory", "directory"),
  "directory.tls.untrusted": tried("directory", "directory"),
  "directory.tls.failed": tried("directory", "directory"),
  "directory.login.refused": tried("directory", "directory"),
  "directory.right.missing": tried("directory", "directory"),
  "directory.unit.missing": tried("directory", "directory"),
  "directory.password.refused": tried("directory", "directory"),
  "directory.referral": tried("directory", "directory"),
  "directory.answer.timeout": tried("directory", "directory"),
  "directory.answer.too-large": tried("directory", "directory"),
  "directory.busy": tried("directory", "directory"),
  "directory.refused": tried("directory", "directory"),
  "amt.answer.incomplete": tried("answer"),
  "amt.answer.invalid": tried("answer"),
  "amt.answer.mismatched": tried("answer"),
  "amt.answer.status": tried("answer"),
  "amt.answer.too-large": tried("answer"),
  "amt.outcome.unknown": tried("answer"),
  "amt.setup.refused": tried("refusal"),
  "amt.host-setup.refused": tried("refusal"),
  "amt.account.refused": tried("refusal", "profile"),
  "amt.certificate.refused": tried("refusal"),
  "amt.time.refused": tried("refusal"),
  "amt.general.refused": tried("refusal", "profile"),
  "amt.features.refused": tried("refusal", "profile"),
  "amt.network.refused": tried("refusal", "profile"),
  "amt.wifi.refused": tried("refusal", "profile"),
  "amt.remote-access.refused": tried("refusal", "profile"),
  "amt.defense.refused": tried("refusal", "profile"),
  "amt.events.refused": tried("refusal", "profile"),
  "amt.kerberos.refused": tried("refusal", "profile"),
  "amt.audit-log.refused": tried("refusal", "profile"),
  "amt.web-page.refused": tried("refusal", "profile"),
  "amt.consent.refused": tried("refusal", "profile"),
  "credentials.request.refused": tried("refusal"),
  "credentials.secret.damaged": final("server"),
  "provisioning.verify.unfinished": tried("course"),
  "provisioning.verify.plain-open": tried("course"),
  "provisioning.cut-over.rolled-back": tried("course"),
  "provisioning.kind.no-amt": final("kind"),
  "provisioning.kind.asf-only": final("kind"),
  "provisioning.kind.standard": final("kind"),
  "postgres.busy": tried("server"),
};

/** Faults have a code each; what a device meant by one stands in its runbook. */
const faultOutcome: Outcome = tried("answer", "profile");
/** Of what is in no list; a test looks that no attempt ends so. */
const unknownOutcome: Outcome = tried("server");

const catalogues: readonly ErrorCatalogue[] = [
  amtErrors,
  assignmentsErrors,
  directoryErrors,
  workErrors,
  credentialErrors,
  profilesErrors,
  provisioningErrors,
];

export function outcomeOf(code: string): Outcome {
  return outcomes[code] ?? (code.startsWith("wsman.fault.") ? faultOutcome : unknownOutcome);
}

/** Whether the code has a place in the catalogue. */
export function isKnownOutcome(code: string): boolean {
  return outcomes[code] !== undefined || code.startsWith("wsman.fault.");
}

export function isFinal(error: unknown): boolean {
  return error instanceof VigilError && outcomeOf(error.code).isFinal;
}

/** The codes from which that event begins again. @param ended codes that devices have ended with, for those that are in no list */
export function codesReopenedBy(event: Reopening): readonly string[] {
  return Object.keys(outcomes).filter((code) => outcomeOf(code).reopenedBy.includes(event));
}

/** What the code's catalogue says of it; undefined for a fault. */
export function kindOf(code: string): ErrorKind | undefined {
  return catalogues.map((one) => one[code]).find((one) => one !== undefined);
}

import type { Place } from "./vault.ts";

/**
 * What a secret opens: the digest login of the firmware's admin, its menu on the machine, the device's object in the directory, or the login of
 * an account that a profile names.
 */
export type SecretKind = "admin-password" | "mebx-password" | "directory-password" | `account/${string}`;

export function accountSecret(name: string): SecretKind {
  return `account/${name}`;
}

/** Whose login it opens. */
export function userOf(kind: Exclude<SecretKind, "directory-password">): string {
  return kind.startsWith("account/") ? kind.slice("account/".length) : adminUser;
}

/**
 * How far a secret has come.
 *
 * pending: stored, and the device may be told at any moment; whether it took it is not known.
 * applied: the device said that it took it, or let itself be opened with it while it was being set up.
 * confirmed: the device was opened with it over TLS with Vigil's own certificate. The one that `runtime` gives.
 * previous: the one confirmed before; kept until the next confirmation, for a device that went back.
 *
 * pending -> applied -> confirmed -> previous -> gone. A secret that is pending or applied is never replaced by another
 * one, since the device may already have it: the same one is set again. So a device has at most three secrets of a kind,
 * and at every instant one of them, or the factory's password, opens it.
 */
export type SecretState = "pending" | "applied" | "confirmed" | "previous";

/** The order in which a device that has Vigil's certificate is tried: the likeliest first, for wrong logins may lock it. */
export const likeliestFirst: readonly SecretState[] = ["applied", "pending", "confirmed", "previous"];

export function isOpen(state: SecretState): boolean {
  return state === "pending" || state === "applied";
}

/** Where it lies in the database. */
export function placeOfSecret(secret: {
  readonly id: string;
  readonly device: string;
  readonly kind: SecretKind;
}): Place {
  return { table: "device_secrets", row: `${secret.device}/${secret.kind}/${secret.id}` };
}

/** The digest user whose password Vigil sets. @source protocols B.11 */
export const adminUser = "admin";

/**
 * made: stored, and somebody may be about to give it to the device. proven: a device in setup named it; it may name it again until that
 * setup is through. used: the setup is through. replaced: another one was made for the device before that.
 *
 * made -> proven -> used; made | proven -> replaced. One that is used or replaced is good for nothing but to be recognized.
 */
export type OneTimeState = "made" | "proven" | "used" | "replaced";

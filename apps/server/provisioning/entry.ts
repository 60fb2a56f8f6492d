import { VigilError, type ErrorReport } from "@vigil/base/errors.ts";
import type { Hello } from "@vigil/amt-client/listen/hello.ts";
import type { TrustedHash } from "../credentials/credentials.ts";
import { fail } from "./errors.ts";

/**
 * waiting -> running when its turn has come -> done, or failed for a reason that trying again does not change, or waiting
 * again for the next try. A hello or an operator makes it waiting from any state but running.
 */
export type EntryState = "waiting" | "running" | "failed" | "done";

/** One device on its way from first sight to provisioned. */
export interface Entry {
  readonly uuid: string;
  /** Where the hello came from. */
  readonly address: string;
  /** Of the roots that the device believes. */
  readonly hashes: readonly TrustedHash[];
  readonly state: EntryState;
  /** The step under way, or the one that failed. */
  readonly step: string | null;
  readonly attempts: number;
  readonly error: ErrorReport | null;
  readonly updatedAt: Date;
}

/** Trying again changes nothing: somebody has to do something first. */
const finalCodes: ReadonlySet<string> = new Set([
  "provisioning.certificate.untrusted",
  "provisioning.certificate.wrong-domain",
  "provisioning.certificate.release-unsupported",
  "provisioning.certificate.expired",
  "provisioning.certificate.refused",
  "provisioning.login.lost",
  "provisioning.identity.mismatch",
  "provisioning.hello.contradicted",
]);

export function isFinal(error: unknown): boolean {
  return error instanceof VigilError && finalCodes.has(error.code);
}

/** A hello that a device can be set up by. */
export type UsefulHello = Extract<Hello, { readonly version: 3 }>;

/** @throws provisioning.hello.uuid-invalid, provisioning.hello.psk-unsupported (device) */
export function usefulHello(hello: Hello): UsefulHello {
  const { uuid } = hello;
  if (/^[0-]+$|^[f-]+$/.test(uuid)) throw fail("provisioning.hello.uuid-invalid", { details: { uuid } });
  if (hello.version !== 3)
    throw fail("provisioning.hello.psk-unsupported", { details: { uuid, version: hello.version } });
  return hello;
}

/** A hello that comes so soon after the end may be one that the device had sent before it. Chosen: firmware sends minutes apart. */
const echoMs = 30_000;

/** What tells one hello of a device from another. */
export interface HelloMark {
  readonly address: string;
  /** The device's retry counter: it begins at zero when the device begins to ask anew. */
  readonly retry: number;
  /** That of its hello before this one. */
  readonly retryBefore: number;
}

/** Whether a hello says nothing new about that entry. */
export function isEcho(entry: Entry | undefined, { address, retry, retryBefore }: HelloMark, now: number): boolean {
  if (entry === undefined) return false;
  if (entry.state === "waiting" || entry.state === "running") return true;
  if (retry <= retryBefore) return false;
  return entry.state === "done" && entry.address === address && now - entry.updatedAt.getTime() < echoMs;
}

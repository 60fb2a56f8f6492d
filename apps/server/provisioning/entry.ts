import type { ErrorReport } from "@vigil/base/errors.ts";
import type { Hello } from "@vigil/amt-client/listen/hello.ts";
import type { TrustedHash } from "../credentials/credentials.ts";
import type { SetupMethod } from "../devices/devices.ts";
import { fail } from "./errors.ts";

/**
 * waiting -> running when its turn has come -> done, or failed for a reason that trying again does not change, or waiting
 * again for the next try. A hello or an operator makes it waiting from any state but running.
 */
export type EntryState = "waiting" | "running" | "failed" | "done";

/**
 * Where an entry waits. "fast": what has just asked and is believed to answer, with short patience. "slow": what did not answer, or failed and is tried
 * again, with pauses that grow. Many of the latter never hold up one of the former.
 */
export type EntryLane = "fast" | "slow";

/**
 * Seconds until the next try, by the number of tries so far; after the last one somebody has to ask again. Chosen: 14 minutes in all, in few tries: what does
 * not answer is usually off, and thousands of tries a minute would take the server's time from devices that do.
 */
const pausesSeconds = [2, 8, 30, 60, 120, 240, 380] as const;

/** @returns undefined when it has been tried often enough */
export function pauseAfter(attempts: number): number | undefined {
  return pausesSeconds[attempts - 1];
}

/** What says that a device did not answer. The same words are for the database. */
export const slowCodes = String.raw`^amt\.(connect|answer\.timeout)|^provisioning\.step\.timeout`;

/** A device that did not answer is not believed to answer when it is asked again without having said anything. */
export function laneOf(error: ErrorReport | null): EntryLane {
  return error !== null && new RegExp(slowCodes).test(error.code) ? "slow" : "fast";
}

/** One device on its way from first sight to provisioned. */
export interface Entry {
  readonly uuid: string;
  /** Where the hello came from. */
  readonly address: string;
  /** Of the roots that the device believes. */
  readonly hashes: readonly TrustedHash[];
  /** By which way it is set up. */
  readonly method: SetupMethod;
  /** The name of its pre-shared key; null without one. */
  readonly pid: string | null;
  readonly state: EntryState;
  /** The step under way, or the one that failed. */
  readonly step: string | null;
  readonly attempts: number;
  readonly lane: EntryLane;
  /** While it waits in the slow lane. */
  readonly nextTryAt: Date | null;
  readonly error: ErrorReport | null;
  /** The place whose limit it keeps to; null outside any. */
  readonly site: string | null;
  /** False while it waits for room in its site, or there for its next try. */
  readonly isAdmitted: boolean;
  readonly updatedAt: Date;
}

/** A hello that a device can be set up by. */
export type UsefulHello =
  | Extract<Hello, { readonly version: 3 }>
  | (Omit<Extract<Hello, { readonly pid: string }>, "version"> & { readonly version: 2 });

/** @throws provisioning.hello.uuid-invalid, provisioning.hello.psk-unsupported (device) */
export function usefulHello(hello: Hello): UsefulHello {
  const { uuid } = hello;
  if (/^[0-]+$|^[f-]+$/.test(uuid)) throw fail("provisioning.hello.uuid-invalid", { details: { uuid } });
  const { version } = hello;
  if (version === 3) return hello;
  if (version === 2) return { ...hello, version };
  throw fail("provisioning.hello.psk-unsupported", { details: { uuid, version } });
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

/** Whether a hello says nothing new about that entry: another address always is news. */
export function isEcho(entry: Entry | undefined, { address, retry, retryBefore }: HelloMark, now: number): boolean {
  if (entry === undefined) return false;
  const isUnderWay = entry.state === "waiting" || entry.state === "running";
  if (isUnderWay) return entry.address === address;
  if (retry <= retryBefore) return false;
  return entry.state === "done" && entry.address === address && now - entry.updatedAt.getTime() < echoMs;
}

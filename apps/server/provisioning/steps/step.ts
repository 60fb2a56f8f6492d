import type { AmtDevice, CallOptions } from "@vigil/amt-client/device.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { Credentials, DeviceNames, SecretState } from "../../credentials/credentials.ts";
import type { Devices } from "../../devices/devices.ts";
import type { Profile } from "../../profiles/profiles.ts";

export type StepName =
  | "identify"
  | "admin-password"
  | "mebx-password"
  | "clock"
  | "host-name"
  | "tls-certificate"
  | "tls-settings"
  | "web-page"
  | "commit"
  | "verify"
  | "inventory";

/**
 * How Vigil got in: "setup" with its setup certificate, while the device shows a certificate of its own making; "runtime"
 * over TLS with a certificate that Vigil issued, which a device shows only after its setup was committed.
 */
export type Way = "setup" | "runtime";

/** Which password opened the device. */
export type OpenedWith = "factory" | SecretState;

/** What steps learn from the device and leave for later ones. */
export interface Notes {
  release: string;
  /** The device's name for the certificate that its TLS ports shall show. */
  certificateId: string | undefined;
  /** Something was written that CommitChanges puts into force. */
  needsCommit: boolean;
}

/** Where a step works: one device, met once. */
export interface Site {
  readonly names: DeviceNames;
  readonly way: Way;
  readonly openedWith: OpenedWith;
  /** Goes with every request: it ends them when the step is over its time. */
  readonly calls: CallOptions;
  readonly notes: Notes;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly devices: Devices;
  /** Commits before it resolves. */
  transaction<R>(work: (tx: Tx) => Promise<R>): Promise<R>;
  /** Whether anybody listens on the device's plain port. */
  isPlainPortOpen(): Promise<boolean>;
}

/** One idempotent part of provisioning. It may be interrupted anywhere, and is then begun anew with its check. */
export interface Step {
  readonly name: StepName;
  /** Steps that must have been done before, on the device if not in this meeting. */
  readonly needs: readonly StepName[];
  /** How long it may take. */
  readonly limitMs: number;
  /** True when the device already is as the profile wants it. Steps that look and tell, and change nothing, say false. */
  check(device: AmtDevice, profile: Profile, site: Site): Promise<boolean>;
  apply(device: AmtDevice, profile: Profile, site: Site): Promise<void>;
}

/** Chosen: a few requests that firmware answers within a second or two each, over a slow line. */
export const usualLimitMs = 45_000;

import type { StoredCertificate } from "@vigil/amt-client/capabilities/tls.ts";
import type { WifiPortState } from "@vigil/amt-client/capabilities/wifi.ts";
import type { AmtDevice, CallOptions } from "@vigil/amt-client/device.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { Credentials, DeviceNames, Sealed, SecretState } from "../../credentials/credentials.ts";
import type { Channel, Devices } from "../../devices/devices.ts";
import type { Profile } from "../../profiles/profiles.ts";
import type { KerberosKeys } from "../kerberos-keys.ts";

export type StepName =
  | "identify"
  | "fits-release"
  | "admin-password"
  | "mebx-password"
  | "clock"
  | "general"
  | "names"
  | "power-policy"
  | "trusted-roots"
  | "authority-roots"
  | "revocations"
  | "spare-roots"
  | "network"
  | "wired-8021x"
  | "wifi-profiles"
  | "wifi-port"
  | "wifi-sync"
  | "redirection"
  | "screen"
  | "consent"
  | "remote-access"
  | "home-domains"
  | "audit-log"
  | "audit-events"
  | "defense"
  | "alerts"
  | "kerberos"
  | "accounts"
  | "tls-certificate"
  | "tls-settings"
  | "web-page"
  | "commit"
  | "verify"
  | "inventory"
  | "one-time-password"
  | "unblocked"
  | "unprovision";

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
  /** Who rules the device, or will. */
  controlMode: "client" | "admin";
  /** The device's store, once a step has read it; who changes the store changes this. */
  certificates: readonly StoredCertificate[] | undefined;
  /** When the firmware uses its wireless port; undefined when there is none. From wifi-profiles on. */
  wifiPort: WifiPortState | number | undefined;
  /** The meeting takes place inside the device's own machine. */
  isAtHost: boolean;
  /** An operator lets the check of the one-time password be left out for a while. */
  isOneTimeIgnored: boolean;
  /** Something was written that CommitChanges puts into force. */
  needsCommit: boolean;
  /** Once it is committed, the device lets nobody in without a certificate. */
  demandsCertificate: boolean;
}

/** Where a step works: one device, met once. */
export interface Site {
  readonly names: DeviceNames;
  readonly way: Way;
  readonly channel: Channel;
  readonly openedWith: OpenedWith;
  /** Goes with every request: it ends them when the step is over its time. */
  readonly calls: CallOptions;
  readonly notes: Notes;
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly devices: Devices;
  /** The profile's password for all devices; undefined where each has its own. */
  readonly fixedPassword: Sealed<string> | undefined;
  /** What the profile had for all devices before; undefined when it never had, or has one now. */
  formerFixedPassword(): Promise<Sealed<string> | undefined>;
  /** A secret that the profile's settings call for. @throws profiles.secret.missing (caller) */
  secret(name: string): Promise<{ readonly value: Sealed<string>; readonly changedAt: Date }>;
  /** undefined where no directory is to be asked. */
  readonly kerberosKeys: KerberosKeys | undefined;
  /** When the device was last brought to its profile; null before the first time. */
  readonly appliedAt: Date | null;
  /** Commits before it resolves. */
  transaction<R>(work: (tx: Tx) => Promise<R>): Promise<R>;
  /** Whether anybody listens on the device's plain port. */
  isPlainPortOpen(): Promise<boolean>;
}

/** One setting that is not as the profile wants it. Never a secret: of one it says only that it was changed. */
export interface Difference {
  /** Dotted path in the profile: "general.domainName", or what the device alone has: "tls.certificate". */
  readonly setting: string;
  readonly found: string;
  readonly wanted: string;
}

/** What is to do: "due" when the step must be done though no setting differs. */
export type Comparison = readonly Difference[] | "due";

/** Whether a comparison found that setting, or one inside it. */
export function differs(found: Comparison, setting: string): boolean {
  if (found === "due") return false;
  return found.some((one) => one.setting === setting || one.setting.startsWith(`${setting}.`));
}

/** undefined when the device's release has no such thing. */
export async function unlessLacking<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof VigilError && error.code === "amt.release.lacking") return undefined;
    throw error;
  }
}

/** Nothing when both are the same, else that one difference. */
export function difference(setting: string, found: unknown, wanted: unknown): readonly Difference[] {
  const [one, other] = [found, wanted].map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  return one === other ? [] : [{ setting, found: one ?? "none", wanted: other ?? "none" }];
}

/**
 * Whether a secret of the profile's was set after the device was last brought to it. What the device has is never read back: such a secret counts
 * as different. @throws profiles.secret.missing (caller)
 */
export async function isNewer({ appliedAt, secret }: Site, name: string): Promise<boolean> {
  const { changedAt } = await secret(name);
  return appliedAt === null || changedAt > appliedAt;
}

/** The device's name with its domain, as DNS has it. */
export function fullNameOf({ names: { hostName, domainName } }: Pick<Site, "names">): string {
  return domainName === "" ? hostName : `${hostName}.${domainName}`;
}

/** One idempotent part of provisioning. It may be interrupted anywhere, and is then begun anew with its comparison. */
export interface Step {
  readonly name: StepName;
  /** Steps that must have been done before, on the device if not in this meeting. */
  readonly needs: readonly StepName[];
  /** How long it may take. */
  readonly limitMs: number;
  /** "setting": it makes the device as the profile says, and drift is looked for in it; "course": it is part of a setup's course. */
  readonly kind: "setting" | "course";
  /** What the device has otherwise than the profile wants. Changes nothing. Steps that look and tell say "due". */
  compare(device: AmtDevice, profile: Profile, site: Site): Promise<Comparison>;
  /** Makes it so, writing only what differs. @param found what `compare` has just said */
  apply(device: AmtDevice, profile: Profile, site: Site, found: Comparison): Promise<void>;
}

/** Chosen: a few requests that firmware answers within a second or two each, over a slow line. */
export const usualLimitMs = 45_000;

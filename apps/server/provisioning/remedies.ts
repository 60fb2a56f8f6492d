import type { Tx } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Devices } from "../devices/devices.ts";
import type { Gate } from "./gate.ts";
import { codesReopenedBy, outcomes, type Reopening } from "./outcomes.ts";
import type { ProvisioningStore, ReopenFilter } from "./provisioning.store.ts";

/** Something that makes another try worth while for devices that have failed. */
export type ReopenEvent =
  /** Added or renewed; it helps those that list its root. */
  | { readonly kind: "setup-certificate"; readonly rootHashes: readonly string[] }
  /** An operator says which suffix the device compares certificates with. */
  | { readonly kind: "dns-suffix"; readonly device: string }
  | { readonly kind: "setup-key"; readonly pids: readonly string[] }
  | { readonly kind: "profile" | "profile-secret"; readonly profile: string }
  | { readonly kind: "directory" }
  /** An operator asks for all that ended with that code. */
  | { readonly kind: "asked"; readonly code: string }
  /** The device answers at an address that is known of it. */
  | { readonly kind: "known-address"; readonly device: string; readonly address: string };

const reasons = {
  "setup-certificate": "a setup certificate was added",
  "dns-suffix": "its DNS suffix was told",
  "setup-key": "a pre-shared key was added",
  profile: "its profile was changed",
  "profile-secret": "a secret of its profile was set",
  directory: "a directory was added",
  asked: "it was asked for",
  "known-address": "it answers at an address that is known of it",
} as const satisfies Readonly<Record<ReopenEvent["kind"], string>>;

/** Begins again with the devices that failed for want of what has just come. @returns their uuids */
export async function reopen(
  tx: Tx,
  deps: {
    readonly store: ProvisioningStore;
    readonly gate: Gate;
    readonly devices: Devices;
    readonly audit: Audit;
  },
  event: ReopenEvent,
  { actor, at }: { readonly actor: string; readonly at: Date },
): Promise<readonly string[]> {
  const { store, gate, devices, audit } = deps;
  const found = await store.failedWith(tx, filterOf(event));
  const uuids = "profile" in event ? await devices.withProfile(tx, event.profile, found) : found;
  if (uuids.length === 0) return [];
  const reopened = await store.reopen(tx, uuids, at);
  if (event.kind === "known-address") await store.setAddress(tx, event.device, event.address);
  await devices.askedAgain(tx, uuids, actor);
  await gate.enter(tx, reopened);
  await audit.write(tx, {
    actor,
    action: "provisioning.reopened",
    summary: `Begins again with ${uuids.length} ${uuids.length === 1 ? "device" : "devices"}: ${reasons[event.kind]}`,
    details: { reason: event.kind, devices: uuids.slice(0, mostNamed) },
    ...(uuids.length === 1 && uuids[0] !== undefined ? { device: uuids[0] } : {}),
  });
  return uuids;
}

/** Devices named in one audit entry. */
const mostNamed = 20;

function filterOf(event: ReopenEvent): ReopenFilter {
  if (event.kind === "asked") return { codes: [event.code], hasFaults: false };
  const reopening: Reopening = event.kind;
  const base = { codes: codesReopenedBy(reopening), hasFaults: event.kind === "profile" };
  switch (event.kind) {
    case "setup-certificate":
      return { ...base, rootHashes: event.rootHashes };
    case "setup-key":
      return { ...base, pids: event.pids.map((pid) => pid.replaceAll("-", "")) };
    case "dns-suffix":
      return { ...base, uuid: event.device };
    case "known-address":
      // Whatever it failed with: it is there, and may have changed.
      return { codes: Object.keys(outcomes), hasFaults: true, uuid: event.device };
    case "profile":
    case "profile-secret":
    case "directory":
      return base;
    default:
      return event satisfies never;
  }
}

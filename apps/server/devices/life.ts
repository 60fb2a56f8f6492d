import type { LifeState } from "@vigil/api/resources/devices.ts";
import type { DeviceRecord } from "./device.ts";

/**
 * Where a device may go from where it stands; everything else is refused. Read it as: a device begins in factory state, comes into a control mode only
 * through a setup, is somebody else's only if it was never ours, and leaves retirement only by being readmitted.
 */
export const moves = {
  factory: ["in-setup", "degraded", "foreign-owned", "retired"],
  // Back to factory: it has asked anew. @see Provisioning.retry
  "in-setup": ["factory", "client-control", "admin-control", "degraded", "foreign-owned", "retired"],
  "client-control": ["factory", "in-setup", "admin-control", "degraded", "retired"],
  // No firmware goes from admin to client control without having been unprovisioned. @source protocols B.1
  "admin-control": ["factory", "in-setup", "degraded", "retired"],
  degraded: ["factory", "in-setup", "foreign-owned", "retired"],
  "foreign-owned": ["factory", "in-setup", "retired"],
  retired: ["factory"],
} as const satisfies Readonly<Record<LifeState, readonly LifeState[]>>;

export function mayMove(from: LifeState, to: LifeState): boolean {
  const allowed: readonly LifeState[] = moves[from];
  return from === to || allowed.includes(to);
}

/** What the registry's columns say of it. */
export function lifeOf({ state, controlMode }: Pick<DeviceRecord, "state" | "controlMode">): LifeState {
  switch (state) {
    case "factory":
    case "retired":
      return state;
    case "provisioning":
      return "in-setup";
    case "provisioned":
      return controlMode === "client" ? "client-control" : "admin-control";
    case "failed":
      return "degraded";
    case "foreign":
      return "foreign-owned";
    default:
      state satisfies never;
      return state;
  }
}

/** For sentences. */
export const lifeWords = {
  factory: "in factory state",
  "in-setup": "in setup",
  "client-control": "in client control mode",
  "admin-control": "in admin control mode",
  degraded: "degraded",
  "foreign-owned": "owned by somebody else",
  retired: "retired",
} as const satisfies Readonly<Record<LifeState, string>>;

/** One step in a device's life. */
export interface Transition {
  readonly at: Date;
  readonly from: LifeState;
  readonly to: LifeState;
  readonly actor: string;
  /** Of the error that led there; null without one. */
  readonly code: string | null;
}

import type { BootTarget as ClientTarget } from "@vigil/amt-client/capabilities/boot.ts";
import type { PowerAction, PowerState } from "@vigil/amt-client/capabilities/power.ts";
import { bootSource, type BootTarget, type bootOutcomes, type bootStates } from "@vigil/api/resources/boots.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";

export type { BootTarget } from "@vigil/api/resources/boots.ts";

/**
 * Where a boot stands.
 *
 * arranging -> telling -> waiting -> ended; from an image: arranging -> telling -> running -> returning -> ended. When it fails or is ended, it
 * goes from wherever it is to returning, and stays there until the device has been put right. Each state is written down before the device
 * is told what it stands for, so that whoever finds it open after a crash knows what may have been changed: "arranging" the boot options and
 * the switch of the disk, "telling" the power as well. Nothing is told a second time: it is looked at, or taken back.
 */
export type BootState = (typeof bootStates)[number];
export type BootOutcome = (typeof bootOutcomes)[number];

/** The image that a boot starts from, as it was when it began. */
export interface BootImage {
  readonly name: string;
  readonly kind: "cd" | "floppy";
  readonly bytes: number;
  readonly sha256: string;
}

/** One boot, and what of the device is to be put right. */
export interface BootRecord {
  readonly id: string;
  readonly device: string;
  readonly to: BootTarget;
  readonly image: BootImage | null;
  readonly showsOnSerial: boolean;
  readonly returns: boolean;
  /** It ends by itself when the machine, having read of the image, reads nothing for so long; null: somebody ends it. */
  readonly quietSeconds: number | null;
  /** The run that began it. */
  readonly run: string | null;
  readonly state: BootState;
  /** What it is returning for, until it has ended. */
  readonly outcome: BootOutcome | null;
  readonly error: ErrorReport | null;
  /** Whether the machine was on before; null: not read yet. */
  readonly wasOn: boolean | null;
  /** Redirection of the disk was off, and is switched on for this boot. */
  readonly switchedDiskOn: boolean;
  /** The machine may have been told to go back already. */
  readonly isReturnTold: boolean;
  readonly bytesRead: number;
  readonly askedBy: string;
  readonly askedAt: Date;
  /** When its power was told, or was about to be. */
  readonly toldAt: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

/** How long a machine that was told may take until it has read its boot options. Chosen: one that trains its memory anew takes minutes. */
export const startsWithinMs = 10 * 60_000;
/** The same when it is not known whether it was told: a boot that nobody waits for is rather taken back. Chosen. */
export const unknownForMs = 30_000;
/** A boot whose options cannot be seen is taken for started after this time. Chosen. */
export const unseenForMs = 120_000;

/** A machine that has started and reads nothing of its image has started from something else after this time. Chosen: longer than a BIOS waits. */
export const unreadForMs = 5 * 60_000;

/** Where a machine that was started from an image stands with it. */
export function readingOf(
  { bytesRead, quietMs }: { readonly bytesRead: number; readonly quietMs: number },
  { quietSeconds, sinceStartMs }: { readonly quietSeconds: number; readonly sinceStartMs: number },
): "reading" | "read" | "unread" {
  if (bytesRead === 0) return sinceStartMs < unreadForMs ? "reading" : "unread";
  return quietMs < quietSeconds * 1000 ? "reading" : "read";
}

/** In the client's words. */
export function clientTargetOf({ to, image }: Pick<BootRecord, "to" | "image">): ClientTarget {
  if (to === "image") return image?.kind === "floppy" ? "redirected-floppy" : "redirected-cd";
  return to;
}

/** Whether the firmware shows that the options wait: it does for those of AMT_BootSettingData, not for the order of sources. */
export function isSeen({ to, showsOnSerial }: Pick<BootRecord, "to" | "showsOnSerial">): boolean {
  return to === "bios-setup" || to === "image" || showsOnSerial;
}

/** What makes a machine start with the options: one that sleeps would wake instead. */
export function startFrom(power: PowerState): PowerAction {
  if (power === "off" || power === "hibernate") return "on";
  return power === "sleep" ? "cycle" : "reset";
}

/** What a machine is told afterwards, so that it is as it was before. One that has switched itself off cannot be reset. */
export function returnTo({ wasOn }: Pick<BootRecord, "wasOn">, power: PowerState): PowerAction {
  return wasOn === false ? "off" : startFrom(power);
}

/** For the audit trail and results. */
export function targetInWords({ to, image }: Pick<BootRecord, "to" | "image">): string {
  return image === null ? bootSource({ to, image }) : `the image ${image.name}`;
}

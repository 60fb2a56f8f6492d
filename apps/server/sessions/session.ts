import type { SessionKind } from "@vigil/api/resources/sessions.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";
import type { Caller } from "../access/access.ts";

/** What a ticket is for. */
export interface Grant {
  /** The session's name, from the ticket on. */
  readonly id: string;
  readonly caller: Caller;
  readonly device: string;
  readonly kind: SessionKind;
  readonly isViewOnly: boolean;
  readonly takesOver: boolean;
  /** Its page can go on when the connection was lost for a moment. */
  readonly isResumable: boolean;
  /** Goes on with the session of that name, of which so many bytes have come; absent: a new one. */
  readonly resumesFrom?: number;
}

/** How long and how many. */
export interface SessionLimits {
  /** Without anything that a person does; a disk is used when the device reads from it. */
  readonly idleMs: Readonly<Record<SessionKind, number>>;
  readonly totalMs: Readonly<Record<SessionKind, number>>;
  /** How long a page that was lost is waited for. */
  readonly lostMs: number;
  readonly mostOnServer: number;
  readonly mostOnDevice: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Chosen: a break ends no session, a forgotten tab does; an operating system is installed from a lent disk within a day. */
export const usualLimits: SessionLimits = {
  idleMs: { sol: 30 * minuteMs, ider: 60 * minuteMs, kvm: 30 * minuteMs },
  totalMs: { sol: 12 * hourMs, ider: 24 * hourMs, kvm: 12 * hourMs },
  // Chosen: a laptop changes its network within; a device that hears no heartbeat gives up after some more.
  lostMs: 15_000,
  mostOnServer: 300,
  // Firmware has one session of each kind.
  mostOnDevice: 3,
};

/** As people say it. */
export const kindWords: Readonly<Record<SessionKind, string>> = {
  sol: "serial line",
  ider: "disk",
  kvm: "screen",
};

/** The right that a session of that kind needs. */
export function permissionFor(kind: SessionKind): `session.${SessionKind}` {
  return `session.${kind}`;
}

/** Whether the caller may end, see or take over that one's session. */
export function hasPowerOver(caller: Caller, { actor }: { readonly actor: string }): boolean {
  return caller.actor === actor || caller.permissions.includes("session.manage");
}

/** How a session ended, in one sentence for the audit trail. */
export function endSummary(kind: SessionKind, seconds: number, error: ErrorReport | null): string {
  const how = error === null ? "closed by its user" : `${error.message} (${error.code})`;
  return `The session of the ${kindWords[kind]} was over after ${seconds} s: ${how}`;
}

import type { ErrorDetails, VigilError } from "@vigil/base/errors.ts";
import { fail as forbid } from "../errors.ts";
import { fail } from "./errors.ts";
import { hasPowerOver, kindWords, type Grant, type SessionLimits } from "./session.ts";

/** A session that has its place. */
export interface Held {
  readonly grant: Grant;
  readonly startedAt: Date;
}

/**
 * Who has the place that a session asks for, and is to end for it; undefined when there is room.
 * @throws sessions.busy, sessions.too-many, access.forbidden (caller) when there is none and none may be made
 */
export function holderFor<H extends Held>(grant: Grant, all: readonly H[], limits: SessionLimits): H | undefined {
  const { caller, device, kind, takesOver } = grant;
  const there = all.filter((one) => one.grant.device === device);
  const holder = there.find((one) => one.grant.kind === kind);
  if (holder !== undefined) {
    if (!takesOver) throw busyWith(holder);
    if (hasPowerOver(caller, holder.grant.caller)) return holder;
    throw forbid("access.forbidden", { details: { permission: "session.manage", ...detailsOf(holder) } });
  }
  const { mostOnDevice, mostOnServer } = limits;
  if (there.length >= mostOnDevice) throw fail("sessions.too-many", { details: { device, most: mostOnDevice } });
  if (all.length >= mostOnServer) throw fail("sessions.too-many", { details: { most: mostOnServer } });
  return undefined;
}

/** Why a session ended, when somebody did it. */
export function endedBy(code: "sessions.killed" | "sessions.taken-over", by: string): VigilError {
  const message = code === "sessions.killed" ? `${by} has ended the session` : `${by} has taken the session over`;
  return fail(code, { message, details: { by } });
}

function busyWith(holder: Held): VigilError {
  const { grant, startedAt } = holder;
  const message = `${grant.caller.actor} has had the device's ${kindWords[grant.kind]} since ${startedAt.toISOString()}`;
  return fail("sessions.busy", { message, details: detailsOf(holder) });
}

/** Who has it, and since when. */
function detailsOf({ grant, startedAt }: Held): ErrorDetails {
  const { id, caller, device, kind } = grant;
  return { device, kind, by: caller.actor, since: startedAt.toISOString(), session: id };
}

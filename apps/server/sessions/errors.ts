import { failWith, type ErrorCatalogue } from "@vigil/base/errors.ts";

/** Why a session does not come about, or ends. What the device says is amt.*. */
export const sessionErrors = {
  "sessions.ticket.invalid": {
    side: "caller",
    title: "The session's ticket has been used, is too old, or is another login's",
    next: "Open the session again; a ticket is good for 30 seconds, once, and for whoever asked for it",
    runbook: true,
  },
  "sessions.resume.gone": {
    side: "caller",
    title: "The session that was interrupted cannot go on",
    next: "Open it again; the device was waited for as long as it may be, or too much was missed meanwhile",
    runbook: true,
  },
  "sessions.busy": {
    side: "caller",
    title: "Somebody has a session of this kind with this device",
    next: "Ask them to end it, or take it over",
    runbook: true,
  },
  "sessions.too-many": {
    side: "caller",
    title: "As many sessions are open as may be",
    next: "End one that nobody needs: the list of sessions shows who has them, and for how long nothing was done",
    runbook: true,
  },
  "sessions.taken-over": {
    side: "caller",
    title: "Somebody else has taken the session over",
    next: "Ask the one that the details name",
    runbook: true,
  },
  "sessions.idle": {
    side: "caller",
    title: "The session was ended, as nothing was done in it for too long",
    next: "Open it again when you need it",
    runbook: true,
  },
  "sessions.limit": {
    side: "caller",
    title: "The session was ended, as it was open for as long as one may be",
    next: "Open it again if you still need it",
    runbook: true,
  },
  "sessions.killed": {
    side: "caller",
    title: "Somebody has ended the session",
    next: "Ask the one that the details name before you open it again",
    runbook: true,
  },
  "sessions.revoked": {
    side: "caller",
    title: "The session was ended, as the login that opened it is good no more",
    next: "Sign in again; a key that was removed needs a new one",
    runbook: true,
  },
  "sessions.stopped": {
    side: "ours",
    title: "The server stops, and has ended the session",
    next: "Open it again when the server is back",
    runbook: true,
  },
  "sessions.frame.unexpected": {
    side: "caller",
    title: "The session's socket carried what it may not",
    next: "Send binary frames only, and none before the session is open",
  },
  "sessions.unknown": {
    side: "caller",
    title: "There is no such session",
    next: "List the sessions; it may be over",
    runbook: true,
  },
  "sessions.recording.unknown": {
    side: "caller",
    title: "There is no such recording",
    next: "List the recordings; they are removed when they are too old",
    runbook: true,
  },
  "sessions.recording.open": {
    side: "caller",
    title: "The session is still being recorded",
    next: "End the session first",
    runbook: true,
  },
} as const satisfies ErrorCatalogue;

export const fail = failWith(sessionErrors);

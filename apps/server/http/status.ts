import type { ErrorReport } from "@vigil/base/errors.ts";

/** What a refused request's code says by its last word. */
export const byLastWord: Readonly<Record<string, number>> = {
  unknown: 404,
  "in-use": 409,
  busy: 409,
  duplicate: 409,
  known: 409,
  revoked: 409,
  stale: 409,
  state: 409,
  taken: 409,
};

/** Where a code says something else than its last word and its side. */
export const byCode: Readonly<Record<string, number>> = {
  "access.not-signed-in": 401,
  "access.link.invalid": 401,
  "access.forbidden": 403,
  "api.origin.refused": 403,
  "api.request.too-many": 429,
  "boots.nothing-lent": 409,
  "collections.built-in": 409,
  "credentials.secret.none": 409,
  "devices.account.changed": 409,
  "devices.account.not-foreign": 409,
  "devices.ambiguous": 409,
  "devices.state.wrong": 409,
  "postgres.busy": 503,
  "provisioning.certificate.own": 409,
  "provisioning.delayed.not-ignored": 404,
  "provisioning.hello.none": 409,
  "runs.approval.own": 409,
  "runs.retry.none": 409,
  "runs.state.wrong": 409,
  // A value that makes no sense, not a thing that Vigil keeps.
  "schedules.time-zone.unknown": 400,
  "sessions.recording.open": 409,
  "sessions.too-many": 409,
  "visits.adopt.account": 409,
  "visits.adopt.mode": 409,
  "visits.adopt.no-plain-port": 409,
  "visits.too-many": 429,
};
const bySide = { caller: 400, device: 502, network: 504, ours: 500 } as const;

/** The HTTP status of an error: the only place that knows statuses. */
export function statusOf({ code, side }: Pick<ErrorReport, "code" | "side">): number {
  const word = code.slice(code.lastIndexOf(".") + 1);
  return byCode[code] ?? (side === "caller" ? byLastWord[word] : undefined) ?? bySide[side];
}

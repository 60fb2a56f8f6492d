import type { ErrorReport } from "@vigil/base/errors.ts";

/** Where a code says more than its side. */
const byCode: Readonly<Record<string, number>> = {
  "access.not-signed-in": 401,
  "access.link.invalid": 401,
  "access.forbidden": 403,
  "api.origin.refused": 403,
  "api.route.unknown": 404,
  "access.key.unknown": 404,
  "devices.unknown": 404,
  "collections.unknown": 404,
  "assignments.rule.unknown": 404,
  "assignments.entry.unknown": 404,
  "runs.unknown": 404,
  "runs.result.unknown": 404,
  "runs.state.wrong": 409,
  "runs.approval.own": 409,
  "boots.unknown": 404,
  "boots.busy": 409,
  "images.unknown": 404,
  "images.taken": 409,
  "images.in-use": 409,
  "collections.taken": 409,
  "collections.built-in": 409,
  "assignments.rules.stale": 409,
  "assignments.host-name.taken": 409,
  "directory.unknown": 404,
  "directory.in-use": 409,
  "devices.ambiguous": 409,
  "devices.state.wrong": 409,
  "provisioning.hello.none": 409,
  "provisioning.site.unknown": 404,
  "provisioning.delayed.not-ignored": 404,
  "sessions.busy": 409,
  "sessions.recording.open": 409,
  "sessions.recording.unknown": 404,
  "sessions.too-many": 409,
  "sessions.unknown": 404,
  "visits.unknown": 404,
  "visits.adopt.known": 409,
  "visits.adopt.no-plain-port": 409,
  "visits.too-many": 429,
  "api.request.too-many": 429,
};
const bySide = { caller: 400, device: 502, network: 504, ours: 500 } as const;

/** The HTTP status of an error: the only place that knows statuses. */
export function statusOf(report: Pick<ErrorReport, "code" | "side">): number {
  return byCode[report.code] ?? bySide[report.side];
}

import { VigilError, type ErrorDetails, type Side } from "@vigil/base/errors.ts";

const sides: readonly string[] = ["caller", "device", "network", "ours"] satisfies readonly Side[];

/** The error in an answer `{ error: ErrorReport }`, or in a frame of a session; undefined when there is none that can be read. */
export function errorOf(answer: unknown): VigilError | undefined {
  const report = isRecord(answer) && isRecord(answer["error"]) ? answer["error"] : {};
  const { code, side, message, next, details } = report;
  const isReport = typeof code === "string" && typeof message === "string" && typeof next === "string" && isSide(side);
  return isReport ? new VigilError(code, { side, title: message, next }, { details: detailsOf(details) }) : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isSide(value: unknown): value is Side {
  return typeof value === "string" && sides.includes(value);
}

function detailsOf(value: unknown): ErrorDetails {
  const details: Record<string, ErrorDetails[string]> = {};
  for (const [name, one] of Object.entries(isRecord(value) ? value : {})) {
    if (one === null || typeof one === "string" || typeof one === "number" || typeof one === "boolean")
      details[name] = one;
    if (Array.isArray(one)) details[name] = one.map(String);
  }
  return details;
}

import type { VigilError } from "@vigil/base/errors.ts";
import { errorOf, isRecord } from "./report.ts";

/** What a text frame of a session's web socket says. */
export type SessionNews =
  | { readonly type: "opened" }
  /** It did not come about. */
  | { readonly type: "failed"; readonly error: VigilError }
  /** @param error why; null: this side closed it */
  | { readonly type: "ended"; readonly error: VigilError | null };

/** Reads a text frame. @returns undefined for what no server says */
export function sessionNewsIn(text: string): SessionNews | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(frame)) return undefined;
  const { type } = frame;
  if (type === "opened") return { type };
  const error = errorOf(frame);
  if (type === "failed") return error && { type, error };
  return type === "ended" ? { type, error: error ?? null } : undefined;
}

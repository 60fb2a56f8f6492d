import type { AuditFinding } from "@vigil/api/resources/audit.ts";
import { fail } from "../errors.ts";
import { atTheBeginning, type WalkState } from "./walk.ts";

/** A verification between two pages. It travels through whoever asks: forging it deceives nobody else. */
export interface Cursor {
  readonly walk: WalkState;
  /** The number of the last entry when it began, and its hash when that was sealed. */
  readonly total: number;
  readonly hash: Uint8Array | undefined;
  /** What was found before the first entry. */
  readonly findings: readonly AuditFinding[];
}

export const beginning: Cursor = { walk: atTheBeginning, total: 0, hash: undefined, findings: [] };

export function cursorOf({ walk, total, hash }: Cursor): string {
  const { at, proven, hasKeyed, doubtful } = walk;
  const doubts = doubtful === undefined ? [] : [doubtful.first, doubtful.last, hex(doubtful.borne), hex(doubtful.due)];
  const parts = [total, hex(hash), at, hex(proven), hasKeyed ? 1 : 0, ...doubts];
  return parts.join(".");
}

/** @throws api.request.invalid (caller) */
export function cursorIn(text: string): Cursor {
  const match = /^(\d+)\.([0-9a-f]*)\.(\d+)\.([0-9a-f]*)\.([01])(?:\.(\d+)\.(\d+)\.([0-9a-f]+)\.([0-9a-f]+))?$/.exec(
    text,
  );
  if (match === null) throw fail("api.request.invalid", { message: "The cursor is none that a page gave" });
  const [, total, hash, at, proven, hasKeyed, first, last, borne = "", due = ""] = match;
  const doubtful =
    first === undefined
      ? undefined
      : { first: Number(first), last: Number(last), borne: bytes(borne), due: bytes(due) };
  return {
    walk: { at: Number(at), proven: optional(proven), hasKeyed: hasKeyed === "1", doubtful },
    total: Number(total),
    hash: optional(hash),
    findings: [],
  };
}

function hex(value: Uint8Array | undefined): string {
  return value === undefined ? "" : Buffer.from(value).toString("hex");
}

function bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "hex"));
}

function optional(text: string | undefined): Uint8Array | undefined {
  return text === undefined || text === "" ? undefined : bytes(text);
}

import { fail } from "../errors.ts";

// A recording of a screen: a line of JSON, then pieces of both sides' bytes, each as it came. Numbers are big-endian.  @source protocols D.7
//
//   offset  size  field
//        0     4  milliseconds since the start
//        4     1  whose bytes: 0 the device's, 1 the viewer's
//        5     3  how many
//        8        the bytes
//
// The device's are everything from its version of RFB on. Of the viewer's only those are there that say how the picture is sent.

/** What the first line says. */
export interface RecordingHead {
  readonly format: typeof recordingFormat;
  readonly version: 1;
  /** When it began: milliseconds since 1970. */
  readonly startedAt: number;
  readonly device: string;
  readonly hostName: string | null;
}

export interface RecordedPiece {
  /** Milliseconds since the start. */
  readonly atMs: number;
  readonly side: "device" | "viewer";
  readonly bytes: Uint8Array;
}

export const recordingFormat = "vigil-screen";
const pieceHeadBytes = 8;
/** Of one piece: what its length can say. */
const mostPieceBytes = 0xff_ff_ff;
const mostHeadBytes = 4_096;
const newline = 0x0a;

export function encodeRecordingHead(head: Omit<RecordingHead, "format" | "version">): Uint8Array {
  const { startedAt, device, hostName } = head;
  return new TextEncoder().encode(
    `${JSON.stringify({ format: recordingFormat, version: 1, startedAt, device, hostName })}\n`,
  );
}

/** The head of a piece; its bytes follow as they are. @throws wire.kvm.value (caller) when it is too long */
export function encodePieceHead(atMs: number, side: RecordedPiece["side"], length: number): Uint8Array {
  if (length > mostPieceBytes) {
    throw fail("wire.kvm.value", { details: { field: "piece", expected: `at most ${mostPieceBytes}`, got: length } });
  }
  const bytes = new Uint8Array(pieceHeadBytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.min(atMs, 0xff_ff_ff_ff));
  view.setUint32(4, length);
  bytes[4] = side === "device" ? 0 : 1;
  return bytes;
}

/** @throws wire.kvm.malformed (caller) for what is no recording */
export function decodeRecordingHead(file: Uint8Array): { readonly head: RecordingHead; readonly bytes: number } {
  const end = file.subarray(0, mostHeadBytes).indexOf(newline);
  const text = new TextDecoder().decode(file.subarray(0, Math.max(end, 0)));
  const head = end < 0 ? undefined : headIn(text);
  if (head === undefined) throw malformed(0, "a line that says vigil-screen, version 1", text.slice(0, 40));
  return { head, bytes: end + 1 };
}

/**
 * The pieces of a recording, from behind its head. One that was cut off in its midst ends with its last whole piece.
 * @throws wire.kvm.malformed (caller)
 */
export function* recordedPieces(file: Uint8Array, from: number): Generator<RecordedPiece, void, undefined> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let offset = from;
  while (offset + pieceHeadBytes <= file.length) {
    const side = file[offset + 4];
    if (side !== 0 && side !== 1) throw malformed(offset + 4, "0 or 1", side ?? -1);
    const start = offset + pieceHeadBytes;
    const end = start + (view.getUint32(offset + 4) & mostPieceBytes);
    if (end > file.length) return;
    yield { atMs: view.getUint32(offset), side: side === 0 ? "device" : "viewer", bytes: file.subarray(start, end) };
    offset = end;
  }
}

function headIn(text: string): RecordingHead | undefined {
  let head: unknown;
  try {
    head = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof head !== "object" || head === null) return undefined;
  if (!("format" in head) || head.format !== recordingFormat || !("version" in head) || head.version !== 1)
    return undefined;
  if (!("startedAt" in head) || typeof head.startedAt !== "number") return undefined;
  if (!("device" in head) || typeof head.device !== "string") return undefined;
  const hostName = "hostName" in head && typeof head.hostName === "string" ? head.hostName : null;
  return { format: recordingFormat, version: 1, startedAt: head.startedAt, device: head.device, hostName };
}

function malformed(offset: number, expected: string, got: string | number): Error {
  return fail("wire.kvm.malformed", { details: { offset, expected, got } });
}

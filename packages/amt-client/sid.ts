import { fail } from "./errors.ts";

// A security identifier of Windows, as firmware keeps it.  @source protocols B.11
//
//   offset size field
//        0    1 revision, 1
//        1    1 count of parts
//        2    6 authority, big-endian
//        8  4*n parts, little-endian

/** Firmware takes 28 bytes at most: five parts. @source protocols B.11 */
const mostParts = 5;
const headBytes = 8;

/** "S-1-5-21-…"; hexadecimal digits when the bytes are no security identifier. */
export function textFromSid(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = buffer[1] ?? 0;
  if (buffer.length < headBytes || buffer.length !== headBytes + 4 * count) return buffer.toString("hex");
  const parts = Array.from({ length: count }, (_, index) => buffer.readUInt32LE(headBytes + 4 * index));
  return ["S", buffer[0], buffer.readUIntBE(2, 6), ...parts].join("-");
}

/** @throws amt.argument.invalid (caller) when it is none, or longer than firmware takes */
export function sidFromText(text: string): Uint8Array {
  const match = /^S-1-(\d{1,15})((?:-\d{1,10})+)$/.exec(text);
  const authority = Number(match?.[1]);
  const parts = (match?.[2] ?? "").split("-").slice(1).map(Number);
  const isWhole = match !== null && authority < 2 ** 48 && parts.every((one) => one < 2 ** 32);
  if (!isWhole || parts.length > mostParts) throw invalid(text);
  const bytes = Buffer.alloc(headBytes + 4 * parts.length);
  bytes.set([1, parts.length]);
  bytes.writeUIntBE(authority, 2, 6);
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, headBytes + 4 * index);
  return new Uint8Array(bytes);
}

function invalid(text: string): Error {
  const takes = `S-1-… with at most ${mostParts} numbers after the authority`;
  return fail("amt.argument.invalid", { details: { argument: "sid", takes, got: text.slice(0, 80) } });
}

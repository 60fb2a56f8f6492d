import { fail } from "./errors.ts";

// AMT writes a UUID as 16 bytes in the order of SMBIOS: the first three groups little-endian, the rest as written.
const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;
const form = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** 16 wire bytes as text, lower case with dashes. @throws wire.uuid.malformed */
export function uuidFromBytes(bytes: Uint8Array): string {
  if (bytes.length !== 16) throw fail("wire.uuid.malformed", { details: { bytes: bytes.length } });
  const hex = order.map((index) => (bytes[index] ?? 0).toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** Text as the 16 wire bytes. @throws wire.uuid.malformed (caller) */
export function bytesFromUuid(uuid: string): Uint8Array {
  if (!form.test(uuid)) throw fail("wire.uuid.malformed");
  const plain = Buffer.from(uuid.replaceAll("-", ""), "hex");
  // The permutation is its own inverse.
  return Uint8Array.from(order, (index) => plain[index] ?? 0);
}

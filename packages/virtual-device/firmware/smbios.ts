import type { Identity } from "../identity.ts";

// One SMBIOS structure: type u8, length u8, handle u16 (little-endian), fields, then strings, each ended by a zero, and one more
// zero.  @source DMTF DSP0134, 6.1.2

/** The tables of BIOS (0), system (1), board (2) and chassis (3), and the end (127). @param uuid 16 bytes in wire order */
export function smbiosTable(identity: Identity, uuid: Uint8Array): Uint8Array {
  const { manufacturer, model, serialNumber, biosVersion, boardModel, isMobile } = identity;
  return Buffer.concat([
    structure(0, 0, [1, 2, 0x00, 0xf0, 3, 0x0f, 0, 0, 0, 0, 0, 0, 0, 0], [manufacturer, biosVersion, "08/10/2023"]),
    structure(1, 1, [1, 2, 3, 4, ...uuid, 6, 0, 0], [manufacturer, model, "1.0", serialNumber]),
    structure(2, 2, [1, 2, 3, 4, 0], [manufacturer, boardModel, "1.0", `B${serialNumber}`]),
    structure(3, 3, [1, isMobile ? 10 : 3, 2, 3, 0, 3, 3, 3, 2], [manufacturer, "1.0", serialNumber]),
    structure(127, 127, [], []),
  ]);
}

function structure(type: number, handle: number, fields: readonly number[], strings: readonly string[]): Uint8Array {
  const head = Uint8Array.of(type, 4 + fields.length, handle & 0xff, handle >> 8, ...fields);
  const texts = strings.length === 0 ? "\0" : strings.map((one) => `${one}\0`).join("");
  return Buffer.concat([head, Buffer.from(`${texts}\0`, "latin1")]);
}

import { fail } from "./errors.ts";

// Parameters of a recovery boot or a platform erase, little-endian, one behind the other.  @source protocols B.4
//
//   offset size field
//        0    2 vendor, 0x8086
//        2    2 type
//        4    4 length of the value
//        8    n value

/** What a recovery boot over HTTPS is told. @source protocols B.4; types UNVERIFIED by a capture */
export const httpsBootParameters = {
  uri: 1,
  filePath: 2,
  devicePathLength: 3,
  imageSha256: 4,
  imageSha384: 5,
  imageSha512: 6,
  optionalData: 10,
  syncRootCa: 20,
  serverName: 21,
  serverNameVerifyMethod: 22,
  certificateSha256: 23,
  certificateSha384: 24,
  certificateSha512: 25,
  timeout: 30,
  username: 40,
  password: 41,
} as const;

/** What a platform erase is told: the same array with types of its own. @source protocols B.4 */
export const eraseParameters = { what: 1, psid: 10, drivePassword: 20, oem: 30 } as const;

export interface BootParameter {
  readonly type: number;
  readonly value: Uint8Array;
}

const intel = 0x8086;
const headBytes = 8;
/** The longest value that firmware knows is 500 bytes, and it knows 16 types; twice that is no boot parameter. */
const mostBytes = 16 * 1024;

export function encodeBootParameters(parameters: readonly BootParameter[]): Uint8Array {
  return Buffer.concat(
    parameters.flatMap(({ type, value }) => {
      const head = Buffer.alloc(headBytes);
      head.writeUInt16LE(intel, 0);
      head.writeUInt16LE(type, 2);
      head.writeUInt32LE(value.length, 4);
      return [head, value];
    }),
  );
}

/** @throws wire.boot-parameters.malformed (caller): details: offset */
export function decodeBootParameters(bytes: Uint8Array): BootParameter[] {
  if (bytes.length > mostBytes) throw malformed(0, `at most ${mostBytes} bytes`, `${bytes.length}`);
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parameters: BootParameter[] = [];
  for (let at = 0; at < buffer.length;) {
    if (buffer.length - at < headBytes) throw malformed(at, `${headBytes} bytes`, `${buffer.length - at}`);
    const vendor = buffer.readUInt16LE(at);
    if (vendor !== intel) throw malformed(at, "vendor 0x8086", `0x${vendor.toString(16)}`);
    const length = buffer.readUInt32LE(at + 4);
    const start = at + headBytes;
    if (length > buffer.length - start) throw malformed(at + 4, `at most ${buffer.length - start} bytes`, `${length}`);
    parameters.push({
      type: buffer.readUInt16LE(at + 2),
      value: new Uint8Array(buffer.subarray(start, start + length)),
    });
    at = start + length;
  }
  return parameters;
}

function malformed(offset: number, expected: string, got: string): Error {
  return fail("wire.boot-parameters.malformed", { details: { offset, expected, got } });
}

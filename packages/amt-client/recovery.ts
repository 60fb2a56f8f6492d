import {
  encodeBootParameters,
  eraseParameters,
  httpsBootParameters,
  type BootParameter,
} from "@vigil/wire/boot-parameters.ts";
import { fail } from "./errors.ts";

/** A boot of an image from a web server. */
export interface HttpsBoot {
  /** "https://…", at most 300 bytes. */
  readonly uri: string;
  /** SHA-256, SHA-384 or SHA-512 that the image must have. */
  readonly imageHash?: Uint8Array;
  /** SHA-256, SHA-384 or SHA-512 of the certificate that the server must show. */
  readonly certificateHash?: Uint8Array;
  /** The name that the server's certificate must have, whole or as a suffix. */
  readonly serverName?: string;
  readonly matchesNameBySuffix?: boolean;
  /** True: the BIOS also trusts the roots in the device's store. */
  readonly usesDeviceRoots?: boolean;
  readonly login?: { readonly username: string; readonly password: string };
  readonly timeoutSeconds?: number;
}

/** What a machine can be told to erase. @source protocols B.4 "PlatformErase capability bits" */
export const eraseBits = { drives: 2, tpm: 6, oem: 16, biosVariables: 25, biosSettings: 26 } as const;
export type EraseTarget = keyof typeof eraseBits;

export interface Erase {
  readonly what: readonly EraseTarget[];
  /** The number printed on a drive that encrypts itself, at most 64 characters. */
  readonly psid?: string;
  /** At most 64 characters. */
  readonly drivePassword?: string;
}

/** Whether erasing is there at all. @source protocols B.4 */
const erasingBit = 0;

/** How firmware takes parameters: how many they are, and all of them. */
export interface EncodedParameters {
  readonly UefiBootNumberOfParams: number;
  readonly UefiBootParametersArray: Uint8Array;
}

/** @throws amt.argument.invalid (caller) for a hash of another length */
export function httpsParametersOf(boot: HttpsBoot): EncodedParameters {
  const { uri, imageHash, certificateHash, serverName, usesDeviceRoots, login, timeoutSeconds } = boot;
  const { imageSha256, imageSha384, imageSha512, certificateSha256, certificateSha384, certificateSha512 } =
    httpsBootParameters;
  return encoded([
    { type: httpsBootParameters.uri, value: Buffer.from(uri) },
    ...hashed(imageHash, { 32: imageSha256, 48: imageSha384, 64: imageSha512 }),
    ...(usesDeviceRoots === undefined
      ? []
      : [{ type: httpsBootParameters.syncRootCa, value: Uint8Array.of(usesDeviceRoots ? 1 : 0) }]),
    ...(serverName === undefined
      ? []
      : [
          { type: httpsBootParameters.serverName, value: Buffer.from(serverName) },
          {
            type: httpsBootParameters.serverNameVerifyMethod,
            value: uint16(boot.matchesNameBySuffix === true ? 2 : 1),
          },
        ]),
    ...hashed(certificateHash, { 32: certificateSha256, 48: certificateSha384, 64: certificateSha512 }),
    ...(timeoutSeconds === undefined ? [] : [{ type: httpsBootParameters.timeout, value: uint16(timeoutSeconds) }]),
    ...(login === undefined
      ? []
      : [
          { type: httpsBootParameters.username, value: Buffer.from(login.username) },
          { type: httpsBootParameters.password, value: Buffer.from(login.password) },
        ]),
  ]);
}

/** The parameters of a boot entry that the BIOS names. @param path as the device gives it */
export function entryParametersOf(path: string): EncodedParameters {
  const value = Buffer.from(path);
  return encoded([
    { type: httpsBootParameters.filePath, value },
    { type: httpsBootParameters.devicePathLength, value: uint16(value.length) },
  ]);
}

export function eraseParametersOf({ what, psid, drivePassword }: Erase): EncodedParameters {
  const mask = Buffer.alloc(4);
  mask.writeUInt32LE(what.reduce((bits, one) => bits + 2 ** eraseBits[one], 0));
  return encoded([
    { type: eraseParameters.what, value: mask },
    ...(psid === undefined ? [] : [{ type: eraseParameters.psid, value: Buffer.from(psid) }]),
    ...(drivePassword === undefined
      ? []
      : [{ type: eraseParameters.drivePassword, value: Buffer.from(drivePassword) }]),
  ]);
}

/** What the bits of a capability say can be erased. */
export function erasableOf(capability: number): EraseTarget[] {
  if (!hasBit(capability, erasingBit)) return [];
  // The table's own keys.
  return (Object.keys(eraseBits) as EraseTarget[]).filter((one) => hasBit(capability, eraseBits[one]));
}

function hasBit(mask: number, bit: number): boolean {
  return Math.floor(mask / 2 ** bit) % 2 === 1;
}

function encoded(parameters: readonly BootParameter[]): EncodedParameters {
  return { UefiBootNumberOfParams: parameters.length, UefiBootParametersArray: encodeBootParameters(parameters) };
}

function hashed(hash: Uint8Array | undefined, types: Readonly<Record<number, number>>): BootParameter[] {
  if (hash === undefined) return [];
  const type = types[hash.length];
  if (type !== undefined) return [{ type, value: hash }];
  // Left out, it would not be checked at all.
  const takes = "32, 48 or 64 bytes";
  throw fail("amt.argument.invalid", { details: { argument: "hash", takes, got: `${hash.length} bytes` } });
}

function uint16(value: number): Uint8Array {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

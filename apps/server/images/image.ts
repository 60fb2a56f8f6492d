/** The drive that an image goes into. */
export type ImageKind = "cd" | "floppy";

/** An image of the library. Its content never changes: another content is another image. */
export interface ImageRecord {
  readonly name: string;
  readonly kind: ImageKind;
  readonly bytes: number;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Its file's name in the library's folder. */
  readonly file: string;
  readonly addedBy: string;
  readonly addedAt: Date;
}

/** Chosen: the largest installation media are below it; a disk from afar gives about 1.5 MB/s, so that nobody waits for more. */
export const mostImageBytes = 8 * 1024 ** 3;
/** A floppy's blocks. */
const floppyBlock = 512;
/** Chosen: what is more than a LS-120 no BIOS takes for a floppy. */
const mostFloppyBytes = 128 * 1024 ** 2;
/** Where an ISO 9660 image says what it is. @source ECMA-119, 8.1: the descriptor is block 16, its identifier follows one byte */
export const descriptorAt = 16 * 2048 + 1;
const descriptorWords = "CD001";

/**
 * Why an image cannot be what its kind says; undefined when it can.
 * @param descriptor five bytes from `descriptorAt` on, fewer when there are fewer
 */
export function faultOf(kind: ImageKind, bytes: number, descriptor: Uint8Array): string | undefined {
  if (kind === "cd") {
    const isIso = new TextDecoder("latin1").decode(descriptor) === descriptorWords;
    return isIso ? undefined : "no ISO 9660 descriptor";
  }
  if (bytes % floppyBlock !== 0) return `not a multiple of ${floppyBlock} bytes`;
  return bytes > mostFloppyBytes ? `more than ${mostFloppyBytes} bytes` : undefined;
}

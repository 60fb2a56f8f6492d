import { fail } from "../errors.ts";
import { decodePixelFormat, encodePixelFormat, pixelFormatBytes, type PixelFormat } from "./kvm-pixels.ts";
import { mostTileBytes, mostTileSide } from "./kvm-tile.ts";

// KVM. A redirection session opens it with eight bytes each way; what follows is RFB 3.8 as firmware speaks it, without frames.
// Numbers are big-endian.  @source protocols D.5, RFC 6143
//
//   greeting            firmware                               viewer
//   version             "RFB 003.008\n"                        "RFB 003.008\n"
//   security            count, types (1 none, 2 password)      the type
//   challenge           16 bytes, for type 2                   16 bytes
//   result              0, or 1 with a reason
//   initialisation      width, height, format, name            1 (shared)
//
//   viewer to firmware                                         first byte
//   SetPixelFormat             3 padding, format               0
//   SetEncodings               1 padding, count, 4 each        2
//   FramebufferUpdateRequest   incremental, x, y, w, h         3
//   KeyEvent                   down, 2 padding, keysym         4
//   PointerEvent               buttons, x, y                   5
//   ClientCutText              3 padding, length, text         6
//
//   firmware to viewer
//   FramebufferUpdate          1 padding, count, rectangles    0
//   Bell                                                       2
//   ServerCutText              3 padding, length, text         3
//
//   A rectangle is x, y, w, h, encoding; then, by encoding: 0 raw, every pixel; 16 a length of 4 bytes and that many, see
//   kvm-stream.ts; -223 nothing: the screen has the size w x h from now on.

/** What opens KVM in a redirection session, and what answers it. @source protocols D.5 */
export const kvmStart = Uint8Array.of(0x40, 0, 0, 0, 0, 0, 0, 0);
export const kvmStarted = Uint8Array.of(0x41, 0, 0, 0, 0, 0, 0, 0);

/** @source RFC 6143 7.7, protocols D.5 */
export const encodings = { raw: 0, rle: 16, desktopSize: -223, dataChannel: 1092 } as const;

export const securityTypes = { none: 1, password: 2 } as const;

export const versionText = "RFB 003.008\n";

/** Firmware ends a session whose picture would take more. @source protocols D.5 */
export const mostScreenBytes = 9_216_000;

/** Text in either direction; chosen, as no source says how much firmware takes. */
export const mostTextBytes = 64 * 1024;

/** Of names and reasons; chosen. */
export const mostNameBytes = 1_024;

/** Chosen: all that are registered would be fewer. */
export const mostEncodings = 256;

/** What a viewer says after the greeting. */
export type ViewerMessage =
  | { readonly kind: "format"; readonly format: PixelFormat }
  | { readonly kind: "encodings"; readonly encodings: readonly number[] }
  | ({ readonly kind: "request"; readonly isIncremental: boolean } & Rectangle)
  | { readonly kind: "key"; readonly isDown: boolean; readonly keysym: number }
  | { readonly kind: "pointer"; readonly buttons: number; readonly x: number; readonly y: number }
  | { readonly kind: "text"; readonly bytes: Uint8Array };

/** What firmware says after the greeting. An update is its head and then that many tiles and sizes. */
export type ScreenMessage =
  | { readonly kind: "update"; readonly rectangles: number }
  | Tile
  | { readonly kind: "size"; readonly width: number; readonly height: number }
  | { readonly kind: "bell" }
  | { readonly kind: "text"; readonly bytes: Uint8Array };

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A piece of the picture, still encoded. */
export interface Tile extends Rectangle {
  readonly kind: "tile";
  readonly encoding: "raw" | "rle";
  readonly bytes: Uint8Array;
}

/** What the firmware shows of itself at the end of the greeting. */
export interface ScreenInit {
  readonly width: number;
  readonly height: number;
  readonly format: PixelFormat;
  readonly name: string;
}

/** Compressed, a tile takes little more than as it is; 64 KiB are never needed. */
export const mostEncodedTileBytes = 2 * mostTileBytes;

/** @throws wire.kvm.value (caller) for a text or a list that is too long */
export function encodeViewerMessage(message: ViewerMessage): Uint8Array {
  switch (message.kind) {
    case "format": {
      const bytes = new Uint8Array(4 + pixelFormatBytes);
      bytes.set(encodePixelFormat(message.format), 4);
      return bytes;
    }
    case "encodings": {
      const { length } = message.encodings;
      atMost(length, mostEncodings, "encodings");
      const { bytes, view } = head(2, 4 + 4 * length);
      view.setUint16(2, length);
      message.encodings.forEach((one, index) => view.setInt32(4 + 4 * index, one));
      return bytes;
    }
    case "request": {
      const { bytes, view } = head(3, 10);
      view.setUint8(1, message.isIncremental ? 1 : 0);
      setRectangle(view, 2, message);
      return bytes;
    }
    case "key": {
      const { bytes, view } = head(4, 8);
      view.setUint8(1, message.isDown ? 1 : 0);
      view.setUint32(4, message.keysym);
      return bytes;
    }
    case "pointer": {
      const { bytes, view } = head(5, 6);
      view.setUint8(1, message.buttons);
      view.setUint16(2, message.x);
      view.setUint16(4, message.y);
      return bytes;
    }
    case "text":
      return encodeText(6, message.bytes);
    default:
      return message satisfies never;
  }
}

/** @throws wire.kvm.value (caller) for a text that is too long */
export function encodeScreenMessage(message: ScreenMessage): Uint8Array {
  switch (message.kind) {
    case "update": {
      const { bytes, view } = head(0, 4);
      view.setUint16(2, message.rectangles);
      return bytes;
    }
    case "tile": {
      const { bytes: content, encoding } = message;
      atMost(content.length, mostEncodedTileBytes, "tile");
      const from = encoding === "raw" ? 12 : 16;
      const { bytes, view } = head(0, from + content.length);
      setRectangle(view, 0, message);
      view.setInt32(8, encodings[encoding]);
      if (encoding === "rle") view.setUint32(12, content.length);
      bytes.set(content, from);
      return bytes;
    }
    case "size": {
      const { bytes, view } = head(0, 12);
      setRectangle(view, 0, { x: 0, y: 0, width: message.width, height: message.height });
      view.setInt32(8, encodings.desktopSize);
      return bytes;
    }
    case "bell":
      return Uint8Array.of(2);
    case "text":
      return encodeText(3, message.bytes);
    default:
      return message satisfies never;
  }
}

export function encodeScreenInit({ width, height, format, name }: ScreenInit): Uint8Array {
  const text = new TextEncoder().encode(name);
  atMost(text.length, mostNameBytes, "name");
  const { bytes, view } = head(0, 24 + text.length);
  view.setUint16(0, width);
  view.setUint16(2, height);
  bytes.set(encodePixelFormat(format), 4);
  view.setUint32(20, text.length);
  bytes.set(text, 24);
  return bytes;
}

/** @param reason why a viewer is not let in; absent when it is */
export function encodeSecurityResult(reason?: string): Uint8Array {
  if (reason === undefined) return new Uint8Array(4);
  const text = new TextEncoder().encode(reason);
  atMost(text.length, mostNameBytes, "reason");
  const { bytes, view } = head(0, 8 + text.length);
  view.setUint32(0, 1);
  view.setUint32(4, text.length);
  bytes.set(text, 8);
  return bytes;
}

/** @param view 24 bytes @returns what they say, and how long the name that follows is */
export function decodeScreenInit(view: DataView): Omit<ScreenInit, "name"> & { readonly nameBytes: number } {
  return {
    width: view.getUint16(0),
    height: view.getUint16(2),
    format: decodePixelFormat(view, 4),
    nameBytes: view.getUint32(20),
  };
}

/** @param view 8 bytes from `offset` on */
export function decodeRectangle(view: DataView, offset: number): Rectangle {
  return {
    x: view.getUint16(offset),
    y: view.getUint16(offset + 2),
    width: view.getUint16(offset + 4),
    height: view.getUint16(offset + 6),
  };
}

/** @throws wire.kvm.malformed (device) unless a tile has a size that tiles have */
export function checkTile({ width, height }: Rectangle): void {
  const isRight = width >= 1 && width <= mostTileSide && height >= 1 && height <= mostTileSide;
  if (!isRight) {
    const details = { expected: `a tile of at most ${mostTileSide} x ${mostTileSide}`, got: `${width} x ${height}` };
    throw fail("wire.kvm.malformed", { details });
  }
}

function encodeText(type: number, text: Uint8Array): Uint8Array {
  atMost(text.length, mostTextBytes, "text");
  const { bytes, view } = head(type, 8 + text.length);
  view.setUint32(4, text.length);
  bytes.set(text, 8);
  return bytes;
}

function head(type: number, length: number): { readonly bytes: Uint8Array; readonly view: DataView } {
  const bytes = new Uint8Array(length);
  bytes[0] = type;
  return { bytes, view: new DataView(bytes.buffer) };
}

function setRectangle(view: DataView, offset: number, { x, y, width, height }: Rectangle): void {
  view.setUint16(offset, x);
  view.setUint16(offset + 2, y);
  view.setUint16(offset + 4, width);
  view.setUint16(offset + 6, height);
}

function atMost(got: number, most: number, field: string): void {
  if (got > most) throw fail("wire.kvm.value", { details: { field, expected: `at most ${most}`, got } });
}

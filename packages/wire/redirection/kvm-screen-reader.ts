import { fail } from "../errors.ts";
import { ByteQueue } from "./byte-queue.ts";
import { malformed, takeVersion } from "./kvm-greeting.ts";
import {
  checkTile,
  decodeRectangle,
  decodeScreenInit,
  encodings,
  mostEncodedTileBytes,
  mostNameBytes,
  mostScreenBytes,
  mostTextBytes,
  type Rectangle,
  type ScreenInit,
  type ScreenMessage,
} from "./kvm.ts";
import { pixelBytesOf } from "./kvm-pixels.ts";

/** What comes from the firmware: its side of the greeting, then messages; `updated` follows the last rectangle of an update. */
export type ScreenEvent =
  | { readonly kind: "version"; readonly text: string }
  | { readonly kind: "security"; readonly types: readonly number[] }
  | { readonly kind: "challenge"; readonly bytes: Uint8Array }
  | { readonly kind: "admitted" }
  | { readonly kind: "refused"; readonly reason: string }
  | ({ readonly kind: "init" } & ScreenInit)
  | ScreenMessage
  | { readonly kind: "updated" };

/**
 * Reads what firmware sends, cut anywhere.
 *
 * States: version -> security -> challenge (with a password) -> result -> init -> messages; or refused after an empty list of
 * security types or a bad result, and then nothing more is read. It holds at most one tile, text or name, and nothing of one that
 * would be too large.
 */
export class ScreenReader {
  readonly #hasPassword: boolean;
  readonly #queue = new ByteQueue();
  #state: "version" | "security" | "challenge" | "result" | "init" | "messages" | "refused" = "version";
  #pixelBytes = 2;
  #rectanglesLeft = 0;
  #isUpdating = false;
  #width = 0;
  #height = 0;

  /** @param hasPassword whether the viewer will choose to log in with the screen's password */
  constructor(hasPassword: boolean) {
    this.#hasPassword = hasPassword;
  }

  /** Raw tiles have pixels of that many bytes from now on: the viewer has set another format. */
  setPixelBytes(count: 1 | 2): void {
    this.#pixelBytes = count;
  }

  /** @throws wire.kvm.malformed, wire.kvm.too-large, wire.kvm.unsupported (device); after that the connection is of no use */
  *push(bytes: Uint8Array): Generator<ScreenEvent, void, undefined> {
    if (this.#state === "refused") return;
    this.#queue.push(bytes);
    for (let event = this.#next(); event !== undefined; event = this.#next()) yield event;
  }

  #next(): ScreenEvent | undefined {
    switch (this.#state) {
      case "version": {
        const text = takeVersion(this.#queue);
        if (text === undefined) return undefined;
        this.#state = "security";
        return { kind: "version", text };
      }
      case "security":
        return this.#security();
      case "challenge": {
        const bytes = this.#queue.take(16);
        if (bytes === undefined) return undefined;
        this.#state = "result";
        return { kind: "challenge", bytes };
      }
      case "result": {
        const status = this.#queue.peek(4)?.getUint32(0);
        if (status === undefined) return undefined;
        if (status !== 0) return this.#refusal(4);
        this.#queue.skip(4);
        this.#state = "init";
        return { kind: "admitted" };
      }
      case "init":
        return this.#init();
      case "messages":
        return this.#isUpdating ? this.#rectangle() : this.#message();
      case "refused":
        return undefined;
      default:
        return this.#state satisfies never;
    }
  }

  #security(): ScreenEvent | undefined {
    const count = this.#queue.peek(1)?.getUint8(0);
    if (count === undefined) return undefined;
    if (count === 0) return this.#refusal(1);
    const bytes = this.#queue.take(1 + count);
    if (bytes === undefined) return undefined;
    this.#state = this.#hasPassword ? "challenge" : "result";
    return { kind: "security", types: [...bytes.subarray(1)] };
  }

  /** @param offset where the reason's length stands */
  #refusal(offset: number): ScreenEvent | undefined {
    const length = this.#queue.peek(offset + 4)?.getUint32(offset);
    if (length === undefined) return undefined;
    if (length > mostNameBytes) throw tooLarge("reason", mostNameBytes, length);
    const bytes = this.#queue.take(offset + 4 + length);
    if (bytes === undefined) return undefined;
    this.#state = "refused";
    return { kind: "refused", reason: new TextDecoder().decode(bytes.subarray(offset + 4)) };
  }

  #init(): ScreenEvent | undefined {
    const view = this.#queue.peek(24);
    if (view === undefined) return undefined;
    const { nameBytes, ...init } = decodeScreenInit(view);
    if (nameBytes > mostNameBytes) throw tooLarge("name", mostNameBytes, nameBytes);
    const bytes = this.#queue.take(24 + nameBytes);
    if (bytes === undefined) return undefined;
    this.#pixelBytes = pixelBytesOf(init.format);
    this.#resize(init.width, init.height);
    this.#state = "messages";
    return { kind: "init", ...init, name: new TextDecoder().decode(bytes.subarray(24)) };
  }

  #message(): ScreenEvent | undefined {
    const type = this.#queue.peek(1)?.getUint8(0);
    switch (type) {
      case undefined:
        return undefined;
      case 0: {
        const rectangles = this.#queue.peek(4)?.getUint16(2);
        if (rectangles === undefined) return undefined;
        this.#queue.skip(4);
        this.#isUpdating = true;
        this.#rectanglesLeft = rectangles;
        return { kind: "update", rectangles };
      }
      case 2:
        this.#queue.skip(1);
        return { kind: "bell" };
      case 3: {
        const length = this.#queue.peek(8)?.getUint32(4);
        if (length === undefined) return undefined;
        if (length > mostTextBytes) throw tooLarge("text", mostTextBytes, length);
        const bytes = this.#queue.take(8 + length);
        return bytes === undefined ? undefined : { kind: "text", bytes: bytes.subarray(8) };
      }
      default:
        throw malformed(0, "a message of the firmware: 0, 2 or 3", type);
    }
  }

  #rectangle(): ScreenEvent | undefined {
    if (this.#rectanglesLeft === 0) {
      this.#isUpdating = false;
      return { kind: "updated" };
    }
    const view = this.#queue.peek(12);
    if (view === undefined) return undefined;
    const area = decodeRectangle(view, 0);
    const encoding = view.getInt32(8);
    if (encoding === encodings.desktopSize) {
      this.#resize(area.width, area.height);
      this.#queue.skip(12);
      this.#rectanglesLeft -= 1;
      return { kind: "size", width: area.width, height: area.height };
    }
    if (encoding !== encodings.raw && encoding !== encodings.rle)
      throw malformed(8, "encoding 0, 16 or -223", encoding);
    return this.#tile(area, encoding === encodings.raw ? "raw" : "rle");
  }

  #tile(area: Rectangle, encoding: "raw" | "rle"): ScreenEvent | undefined {
    const { x, y, width, height } = area;
    checkTile(area);
    if (x + width > this.#width || y + height > this.#height) {
      throw malformed(0, `a tile inside ${this.#width} x ${this.#height}`, `${x}, ${y}, ${width} x ${height}`);
    }
    const from = encoding === "raw" ? 12 : 16;
    const length = encoding === "raw" ? width * height * this.#pixelBytes : this.#queue.peek(16)?.getUint32(12);
    if (length === undefined) return undefined;
    if (length > mostEncodedTileBytes) throw tooLarge("tile", mostEncodedTileBytes, length);
    const bytes = this.#queue.take(from + length);
    if (bytes === undefined) return undefined;
    this.#rectanglesLeft -= 1;
    return { kind: "tile", x, y, width, height, encoding, bytes: bytes.subarray(from) };
  }

  #resize(width: number, height: number): void {
    // By the smallest pixel, whatever the format is now: a viewer of a screen this large chooses one of eight bits.
    if (width * height > mostScreenBytes) throw tooLarge("screen", mostScreenBytes, width * height);
    this.#width = width;
    this.#height = height;
  }
}

function tooLarge(field: string, most: number, got: number): Error {
  return fail("wire.kvm.too-large", { details: { field, most, got } });
}

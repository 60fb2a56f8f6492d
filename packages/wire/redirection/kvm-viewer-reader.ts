import { fail } from "../errors.ts";
import { ByteQueue } from "./byte-queue.ts";
import { malformed, takeVersion } from "./kvm-greeting.ts";
import { decodeRectangle, mostEncodings, mostTextBytes, type ViewerMessage } from "./kvm.ts";
import { decodePixelFormat, pixelFormatBytes } from "./kvm-pixels.ts";

/** What comes from a viewer: its side of the greeting, then messages. */
export type ViewerEvent =
  | { readonly kind: "version"; readonly text: string }
  | { readonly kind: "security"; readonly type: number }
  | { readonly kind: "response"; readonly bytes: Uint8Array }
  | { readonly kind: "share"; readonly isShared: boolean }
  | ViewerMessage;

/**
 * Reads what a viewer sends, cut anywhere.
 *
 * States: version -> security -> response (with a password) -> share -> messages. It holds at most one message, and of a list or
 * text that would be too long nothing.
 */
export class ViewerReader {
  readonly #hasPassword: boolean;
  readonly #queue = new ByteQueue();
  #state: "version" | "security" | "response" | "share" | "messages" = "version";

  /** @param hasPassword whether a response to a challenge follows the choice of security */
  constructor(hasPassword: boolean) {
    this.#hasPassword = hasPassword;
  }

  /** @throws wire.kvm.malformed, wire.kvm.too-large (device); after that the connection is of no use */
  *push(bytes: Uint8Array): Generator<ViewerEvent, void, undefined> {
    this.#queue.push(bytes);
    for (let event = this.#next(); event !== undefined; event = this.#next()) yield event;
  }

  #next(): ViewerEvent | undefined {
    switch (this.#state) {
      case "version": {
        const text = takeVersion(this.#queue);
        if (text === undefined) return undefined;
        this.#state = "security";
        return { kind: "version", text };
      }
      case "security": {
        const [type] = this.#queue.take(1) ?? [];
        if (type === undefined) return undefined;
        this.#state = this.#hasPassword ? "response" : "share";
        return { kind: "security", type };
      }
      case "response": {
        const bytes = this.#queue.take(16);
        if (bytes === undefined) return undefined;
        this.#state = "share";
        return { kind: "response", bytes };
      }
      case "share": {
        const [flag] = this.#queue.take(1) ?? [];
        if (flag === undefined) return undefined;
        this.#state = "messages";
        return { kind: "share", isShared: flag !== 0 };
      }
      case "messages":
        return this.#message();
      default:
        return this.#state satisfies never;
    }
  }

  #message(): ViewerMessage | undefined {
    const type = this.#queue.peek(1)?.getUint8(0);
    switch (type) {
      case undefined:
        return undefined;
      case 0:
        return this.#fixed(4 + pixelFormatBytes, (view) => ({ kind: "format", format: decodePixelFormat(view, 4) }));
      case 2:
        return this.#encodings();
      case 3:
        return this.#fixed(10, (view) => ({
          kind: "request",
          isIncremental: view.getUint8(1) !== 0,
          ...decodeRectangle(view, 2),
        }));
      case 4:
        return this.#fixed(8, (view) => ({
          kind: "key",
          isDown: view.getUint8(1) !== 0,
          keysym: view.getUint32(4),
        }));
      case 5:
        return this.#fixed(6, (view) => ({
          kind: "pointer",
          buttons: view.getUint8(1),
          x: view.getUint16(2),
          y: view.getUint16(4),
        }));
      case 6:
        return this.#text();
      default:
        throw malformed(0, "a message of a viewer: 0, 2 to 6", type);
    }
  }

  #fixed(length: number, decode: (view: DataView) => ViewerMessage): ViewerMessage | undefined {
    const view = this.#queue.peek(length);
    if (view === undefined) return undefined;
    const message = decode(view);
    this.#queue.skip(length);
    return message;
  }

  #encodings(): ViewerMessage | undefined {
    const count = this.#queue.peek(4)?.getUint16(2);
    if (count === undefined) return undefined;
    if (count > mostEncodings) throw tooLarge("encodings", mostEncodings, count);
    return this.#fixed(4 + 4 * count, (view) => ({
      kind: "encodings",
      encodings: Array.from({ length: count }, (_, index) => view.getInt32(4 + 4 * index)),
    }));
  }

  #text(): ViewerMessage | undefined {
    const length = this.#queue.peek(8)?.getUint32(4);
    if (length === undefined) return undefined;
    if (length > mostTextBytes) throw tooLarge("text", mostTextBytes, length);
    const bytes = this.#queue.take(8 + length);
    return bytes === undefined ? undefined : { kind: "text", bytes: bytes.subarray(8) };
  }
}

function tooLarge(field: string, most: number, got: number): Error {
  return fail("wire.kvm.too-large", { details: { field, most, got } });
}

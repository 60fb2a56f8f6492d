/** How the messages of one side of one protocol are told apart and read. */
export interface Framing<T> {
  /**
   * How long the first message is that these bytes begin with; undefined while too few of them have come. Never more than the protocol's
   * maximum.
   * @throws wire.redirection.unknown, wire.redirection.too-large (device)
   */
  lengthOf(bytes: Uint8Array): number | undefined;
  /** Reads a message of exactly that length. @throws wire.redirection.malformed (device) */
  decode(message: Uint8Array): T;
}

/**
 * Cuts a stream into messages. What has come is pushed, messages are pulled, so that the bytes behind a message can be handed to
 * whoever speaks next.
 */
export class MessageReader<T> {
  readonly #framing: Framing<T>;
  #held: Uint8Array = new Uint8Array();

  constructor(framing: Framing<T>) {
    this.#framing = framing;
  }

  push(bytes: Uint8Array): void {
    this.#held = this.#held.length === 0 ? bytes : joined(this.#held, bytes);
  }

  /** The next message; undefined when it has not come as a whole. @throws wire.redirection.* (device) */
  next(): T | undefined {
    if (this.#held.length === 0) return undefined;
    const length = this.#framing.lengthOf(this.#held);
    if (length === undefined || this.#held.length < length) return undefined;
    const message = this.#held.subarray(0, length);
    this.#held = this.#held.subarray(length);
    return this.#framing.decode(message);
  }

  /** Bytes that were pushed and are of no message yet; they are no longer held. */
  rest(): Uint8Array {
    const rest = this.#held;
    this.#held = new Uint8Array();
    return rest;
  }
}

/** Bytes one after the other. They are joined by the language alone, so that a browser runs it: there is no Buffer in it. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Where numbers of several bytes are read and written. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A part of a message, as bytes of its own: the message's are another's, and may be overwritten. */
export function partOf(message: Uint8Array, from: number, to?: number): Uint8Array {
  return new Uint8Array(message.subarray(from, to));
}

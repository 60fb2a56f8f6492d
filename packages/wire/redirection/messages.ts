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
    this.#held = this.#held.length === 0 ? bytes : new Uint8Array(Buffer.concat([this.#held, bytes]));
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

/** A part of a message, as bytes of its own: the message's are another's, and may be overwritten. */
export function partOf(message: Uint8Array, from: number, to?: number): Uint8Array {
  return new Uint8Array(message.subarray(from, to));
}

/**
 * The host's serial port. What the host says while nobody has it redirected is lost, as on a line without a cable.
 */
export class SerialPort {
  #listener: ((bytes: Uint8Array) => void) | undefined;
  #program: (key: string) => void = () => {};

  /** The session that shows what the host says from now on. @returns lets go of it */
  attach(listener: (bytes: Uint8Array) => void): () => void {
    this.#listener = listener;
    return () => {
      if (this.#listener === listener) this.#listener = undefined;
    };
  }

  get isAttached(): boolean {
    return this.#listener !== undefined;
  }

  /** What runs on the host and is told of every key. */
  run(program: (key: string) => void): void {
    this.#program = program;
  }

  /** The host says something. Text is ASCII. */
  write(text: string): void {
    this.#listener?.(new Uint8Array(Buffer.from(text, "latin1")));
  }

  /** Keys come over the line, one character each. */
  type(bytes: Uint8Array): void {
    for (const byte of bytes) this.#program(String.fromCharCode(byte));
  }
}

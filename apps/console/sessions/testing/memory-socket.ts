import type { SessionFrame } from "@vigil/api/resources/sessions.ts";
import type { Socket } from "../session-socket.ts";

/** A web socket whose other end is the test. */
export class MemorySocket extends EventTarget implements Socket {
  binaryType: BinaryType = "blob";
  bufferedAmount = 0;
  closedWith: number | undefined;
  /** What was sent, until it was taken. */
  #sent: Uint8Array[] = [];

  send(data: string | BufferSource | Blob): void {
    if (data instanceof Uint8Array) this.#sent.push(data);
    else throw new TypeError("sessions send bytes");
  }

  close(code?: number): void {
    this.closedWith = code;
  }

  /** What was sent since the last call, as one run. */
  taken(): Uint8Array {
    const bytes = new Uint8Array(Buffer.concat(this.#sent));
    this.#sent = [];
    return bytes;
  }

  frame(frame: SessionFrame): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify(frame) }));
  }

  bytes(bytes: Uint8Array): void {
    this.dispatchEvent(new MessageEvent("message", { data: new Uint8Array(bytes).buffer }));
  }

  /** The connection goes. @param code 1006: without a word */
  drop(code: number): void {
    this.dispatchEvent(new CloseEvent("close", { code }));
  }
}

export const opened: SessionFrame = {
  type: "opened",
  session: "00000000-0000-0000-0000-000000000001",
  kind: "sol",
};

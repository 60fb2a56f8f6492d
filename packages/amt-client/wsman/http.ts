import type { Duplex } from "node:stream";
import { VigilError, type ErrorDetails } from "@vigil/base/errors.ts";
import { HttpReader, type HttpMessage } from "@vigil/wire/http.ts";
import { streamFailure } from "../dial/failures.ts";
import { fail } from "../errors.ts";

/** What an answer may cost; firmware's largest recorded one has 30 KiB. */
export const answerLimits = { maxHeadBytes: 16 * 1024, maxBodyBytes: 1024 * 1024 } as const;

interface Asking {
  readonly resolve: (answer: HttpMessage) => void;
  readonly reject: (failure: unknown) => void;
}

/**
 * HTTP/1.1 over one stream, one question at a time.
 *
 * States: open -> asking when a request is written -> open when the whole answer has come and the device keeps the connection
 * alive -> asking … Every other way leads to gone: the answer says Connection: close; the stream ends or fails; a byte comes
 * that nobody asked for; the answer is malformed or too large; the question's signal aborts. In gone the stream is destroyed,
 * nothing of the stream is listened to, and a question that was under way has failed. There is no way out of gone.
 */
export class HttpStream {
  readonly #stream: Duplex;
  readonly #reader = new HttpReader("response", answerLimits);
  readonly #details: ErrorDetails;
  #asking: Asking | undefined;
  #isGone = false;
  #hasAnswered = false;
  #hasAnswerBegun = false;

  /** Takes the stream over. @param details what errors say about where the stream leads */
  constructor(stream: Duplex, details: ErrorDetails) {
    this.#stream = stream;
    this.#details = details;
    stream.on("data", this.#onData).on("error", this.#onError).on("end", this.#onEnd).on("close", this.#onEnd);
  }

  get isOpen(): boolean {
    return !this.#isGone;
  }

  /** True once an answer came over this stream: the device may since have closed it for idleness. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  get stream(): Duplex {
    return this.#stream;
  }

  /**
   * Writes a request and waits for the whole answer.
   * @throws amt.connect.reset when no byte of an answer came, amt.answer.incomplete, amt.answer.invalid,
   *   amt.answer.too-large; the signal's reason
   */
  ask(request: string, signal: AbortSignal): Promise<HttpMessage> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const onAbort = (): void => this.#end(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#asking = {
        resolve: (answer) => {
          signal.removeEventListener("abort", onAbort);
          resolve(answer);
        },
        reject: (failure) => {
          signal.removeEventListener("abort", onAbort);
          reject(failure);
        },
      };
      this.#hasAnswerBegun = false;
      this.#stream.write(request, "utf8");
    });
  }

  destroy(): void {
    this.#end(fail("amt.connect.closed", { details: this.#details }));
  }

  // Fields, so that they can be taken off the stream again.
  readonly #onData = (bytes: Uint8Array): void => {
    if (this.#isGone) return;
    const asking = this.#asking;
    if (asking === undefined) return this.#end(undefined);
    this.#hasAnswerBegun = true;
    let messages: readonly HttpMessage[];
    try {
      messages = this.#reader.push(bytes);
    } catch (cause) {
      return this.#end(this.#unreadable(cause));
    }
    const [answer] = messages;
    if (answer === undefined) return;
    this.#asking = undefined;
    this.#hasAnswered = true;
    // More than was asked for: whatever it is, the next answer could not be told from it.
    if (!answer.keepsAlive || messages.length > 1 || !this.#reader.isIdle) this.#end(undefined);
    asking.resolve(answer);
  };

  readonly #onError = (cause: Error): void => this.#end(streamFailure(cause, this.#details));

  readonly #onEnd = (): void => {
    if (this.#isGone) return;
    if (this.#asking === undefined) return this.#end(undefined);
    if (!this.#hasAnswerBegun) return this.#end(fail("amt.connect.reset", { details: this.#details }));
    try {
      const answer = this.#reader.end();
      if (answer !== undefined) {
        this.#asking.resolve(answer);
        this.#asking = undefined;
        return this.#end(undefined);
      }
    } catch {
      // The reader can only say that it was cut off; which message was is known here.
    }
    this.#end(fail("amt.answer.incomplete", { details: this.#details }));
  };

  #unreadable(cause: unknown): unknown {
    if (!(cause instanceof VigilError)) return cause;
    const code = cause.code === "wire.http.too-large" ? "amt.answer.too-large" : "amt.answer.invalid";
    return fail(code, { details: { ...this.#details, ...cause.details, reason: cause.code }, cause });
  }

  #end(failure: unknown): void {
    if (this.#isGone) return;
    this.#isGone = true;
    const asking = this.#asking;
    this.#asking = undefined;
    const stream = this.#stream.off("data", this.#onData).off("end", this.#onEnd).off("close", this.#onEnd);
    // A destroyed stream may still report an error; nobody is interested any more.
    stream.off("error", this.#onError).on("error", () => {});
    stream.destroy();
    asking?.reject(failure);
  }
}

import type { OpenSession } from "@vigil/amt-client/redirection/session.ts";

/** Failures in a row before a device is taken for gone: one may be a busy moment. */
const mostFailures = 2;

/**
 * Notices a device that has vanished without a word. Told what moves, it looks for the device at each tick for which it was spoken to and said nothing:
 * a screen that stands still is no reason to, a pointer that nothing answers is.
 */
export class DeviceSilence {
  hasSpoken = false;
  wasAsked = false;
  readonly #session: OpenSession;
  readonly #onGone: (absence: Error) => void;
  #failures = 0;
  #isLooking = false;

  constructor(session: OpenSession, onGone: (absence: Error) => void) {
    this.#session = session;
    this.#onGone = onGone;
  }

  /** A while has gone by since the last. */
  tick(): void {
    if (this.hasSpoken) {
      this.hasSpoken = false;
      this.wasAsked = false;
      this.#failures = 0;
    }
    if (this.wasAsked && !this.#isLooking) void this.#look();
  }

  async #look(): Promise<void> {
    this.#isLooking = true;
    try {
      const absence = await this.#session.absence?.();
      this.#failures = absence === undefined ? 0 : this.#failures + 1;
      // Until it is spoken to again.
      if (absence === undefined) this.wasAsked = false;
      else if (this.#failures >= mostFailures && !this.hasSpoken) this.#onGone(absence);
    } finally {
      this.#isLooking = false;
    }
  }
}

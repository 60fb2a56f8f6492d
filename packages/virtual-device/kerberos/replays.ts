import { createHash } from "node:crypto";

/** Chosen: a manager's 25 requests a second for twice the tolerance, and 128 bytes each. */
const mostRemembered = 16_384;

/**
 * Remembers what has been shown, for as long as it could be shown again. Beyond its limit the oldest is forgotten; only
 * who holds a ticket can add to it.
 * @source RFC 4120, 3.2.3
 */
export class Replays {
  /** Until when each is remembered, oldest first. */
  readonly #seen = new Map<string, number>();

  get size(): number {
    return this.#seen.size;
  }

  /** @returns false when it has been shown before */
  isNew(authenticator: Uint8Array, nowMs: number, untilMs: number): boolean {
    for (const [name, until] of this.#seen) {
      if (until >= nowMs && this.#seen.size < mostRemembered) break;
      this.#seen.delete(name);
    }
    const name = createHash("sha256").update(authenticator).digest("base64");
    if (this.#seen.has(name)) return false;
    this.#seen.set(name, untilMs);
    return true;
  }
}

import { createHash, randomBytes } from "node:crypto";
import { ticketLifetimeMs } from "@vigil/api/resources/sessions.ts";
import type { Clock } from "@vigil/base/clock.ts";

/** Beyond that many unused ones the oldest are worth nothing. Chosen: no browser asks for more within half a minute. */
const mostTickets = 1_000;

/** Session tickets: each opens one thing, once, within half a minute. They live in memory, and only as hashes. */
export class Tickets<Grant> {
  readonly #clock: Clock;
  /** In the order in which they were given out. */
  readonly #grants = new Map<string, { readonly grant: Grant; readonly until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  give(grant: Grant): { readonly ticket: string; readonly expiresAt: Date } {
    const now = this.#clock.monotonic();
    for (const [hash, { until }] of this.#grants) {
      if (until > now && this.#grants.size < mostTickets) break;
      this.#grants.delete(hash);
    }
    const ticket = randomBytes(32).toString("base64url");
    this.#grants.set(hashOf(ticket), { grant, until: now + ticketLifetimeMs });
    return { ticket, expiresAt: new Date(this.#clock.now() + ticketLifetimeMs) };
  }

  /** Uses a ticket up. @returns undefined when it is none, or good no more */
  take(ticket: string): Grant | undefined {
    const hash = hashOf(ticket);
    const found = this.#grants.get(hash);
    this.#grants.delete(hash);
    return found === undefined || found.until <= this.#clock.monotonic() ? undefined : found.grant;
  }
}

function hashOf(ticket: string): string {
  // Nobody guesses 256 random bits, and whoever reads this memory finds nothing to open a session with.
  return createHash("sha256").update(ticket).digest("base64");
}

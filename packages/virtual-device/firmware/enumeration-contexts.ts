import type { Clock } from "@vigil/base/clock.ts";
import type { EnumerateBody } from "@vigil/wire/wsman/bodies.ts";

interface Context {
  readonly resourceUri: string;
  readonly asked: EnumerateBody;
  /** How many items have been handed out. */
  offset: number;
  expiresAtMs: number;
}

/** Contexts are few and global. UNVERIFIED: how many, and for how long. @source protocols A.11 */
const mostContexts = 8;
const lifetimeMs = 60_000;

/** The enumerations that managers have open on one device. */
export class EnumerationContexts {
  readonly #clock: Clock;
  readonly #open = new Map<string, Context>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Opens one; the oldest goes when there are too many. @returns e.g. "14000000-0000-0000-0000-000000000000" */
  open(resourceUri: string, asked: EnumerateBody): string {
    this.#count = (this.#count + 1) % 2 ** 32;
    const counter = Buffer.alloc(4);
    counter.writeUInt32LE(this.#count);
    const id = `${counter.toString("hex").toUpperCase()}-0000-0000-0000-000000000000`;
    const [oldest] = this.#open.keys();
    if (this.#open.size >= mostContexts && oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(id, { resourceUri, asked, offset: 0, expiresAtMs: this.#clock.now() + lifetimeMs });
    return id;
  }

  /** Where that enumeration stands; undefined when it is unknown, expired or of another class. */
  find(id: string, resourceUri: string): { readonly offset: number; readonly asked: EnumerateBody } | undefined {
    const context = this.#open.get(id);
    if (context === undefined || context.resourceUri !== resourceUri) return undefined;
    if (context.expiresAtMs >= this.#clock.now()) return context;
    this.#open.delete(id);
    return undefined;
  }

  /** Moves on, and keeps it open. */
  advance(id: string, offset: number): void {
    const context = this.#open.get(id);
    if (context === undefined) return;
    context.offset = offset;
    context.expiresAtMs = this.#clock.now() + lifetimeMs;
  }

  close(id: string): void {
    this.#open.delete(id);
  }

  clear(): void {
    this.#open.clear();
  }
}

import type { Write } from "@vigil/amt-client/device.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { reportOf, type ErrorReport } from "@vigil/base/errors.ts";
import type { Comparison, Difference } from "./steps/step.ts";

/** One part of an attempt: a meeting with the device, or a step. Holds no secret. */
export interface AttemptNote {
  readonly kind: "meeting" | "step";
  readonly name: string;
  /** ISO 8601. */
  readonly at: string;
  /** How long it took; null while it is under way. */
  readonly ms: number | null;
  /** "same": nothing differed, so nothing was written. */
  readonly outcome: "running" | "done" | "same" | "failed";
  /** Of a meeting: where, and what was shown and tried. */
  readonly facts: Readonly<Record<string, string>>;
  /** Of a step: what was not as wanted. */
  readonly compared: readonly Difference[];
  readonly wrote: readonly Write[];
  readonly error: ErrorReport | null;
}

/** Notes in one attempt. Chosen: three walks over all steps, and their meetings. */
const mostNotes = 150;
/** Requests kept of one step. Chosen: the longest, a table of accounts, writes some twenty. */
const mostWrites = 30;
const mostCompared = 30;

type Changing<T> = { -readonly [K in keyof T]: T[K] };
type OpenNote = Changing<AttemptNote> & { readonly wrote: Write[]; readonly facts: Record<string, string> };

/**
 * What is noted down of one attempt while it is under way. Each note is told to watchers as it begins and ends. After a step that wrote something
 * on the device all of them are to be kept, so that a killed server leaves behind what it did; nobody waits for that.
 */
export class Trail {
  readonly #clock: Clock;
  readonly #onNews: (index: number) => void;
  readonly #onWritten: () => void;
  readonly #notes: OpenNote[] = [];
  #open: OpenNote | undefined;
  #step: string | null = null;

  constructor(parts: {
    readonly clock: Clock;
    readonly onNews: (index: number) => void;
    /** A step has written something on the device. */
    readonly onWritten: () => void;
  }) {
    this.#clock = parts.clock;
    this.#onNews = parts.onNews;
    this.#onWritten = parts.onWritten;
  }

  get notes(): readonly AttemptNote[] {
    return this.#notes;
  }

  /** The step under way, or the last one. */
  get step(): string | null {
    return this.#step;
  }

  /** A meeting inside a meeting adds its facts to the outer one. */
  async meeting<R>(name: string, facts: Readonly<Record<string, string>>, meet: () => Promise<R>): Promise<R> {
    if (this.#open !== undefined) {
      for (const [fact, value] of Object.entries(facts)) this.fact(fact, value);
      return meet();
    }
    const note = this.#begin("meeting", name, facts);
    try {
      const met = await meet();
      this.#end(note, "done");
      return met;
    } catch (error) {
      this.#failed(note, error);
      throw error;
    }
  }

  /** @returns what was found, once it was applied */
  async walked(
    name: string,
    compare: () => Promise<Comparison>,
    apply: (found: Comparison) => Promise<void>,
  ): Promise<Comparison> {
    const note = this.#begin("step", name, {});
    this.#step = name;
    try {
      const found = await compare();
      if (found !== "due") note.compared = found.slice(0, mostCompared);
      if (found !== "due" && found.length === 0) {
        this.#end(note, "same");
        return found;
      }
      await apply(found);
      this.#end(note, "done");
      if (note.wrote.length > 0) this.#onWritten();
      return found;
    } catch (error) {
      this.#failed(note, error);
      throw error;
    }
  }

  /** Says more of the meeting under way. */
  fact(name: string, value: string): void {
    if (this.#open !== undefined) this.#open.facts[name] = value;
  }

  /** The device took a request that changes something. */
  wrote(write: Write): void {
    if (this.#open !== undefined && this.#open.wrote.length < mostWrites) this.#open.wrote.push(write);
  }

  #begin(kind: AttemptNote["kind"], name: string, facts: Readonly<Record<string, string>>): OpenNote {
    const at = new Date(this.#clock.now()).toISOString();
    const rest = { ms: null, compared: [], wrote: [], error: null };
    const note: OpenNote = { kind, name, at, outcome: "running", facts: { ...facts }, ...rest };
    this.#open = note;
    if (this.#notes.length < mostNotes) this.#notes.push(note);
    this.#tell(note);
    return note;
  }

  #end(note: OpenNote, outcome: AttemptNote["outcome"]): void {
    note.ms = Math.max(0, this.#clock.now() - Date.parse(note.at));
    note.outcome = outcome;
    if (this.#open === note) this.#open = undefined;
    this.#tell(note);
  }

  #failed(note: OpenNote, error: unknown): void {
    note.error = reportOf(error);
    this.#end(note, "failed");
  }

  #tell(note: OpenNote): void {
    const index = this.#notes.lastIndexOf(note);
    if (index >= 0) this.#onNews(index);
  }
}

/** Meets a device, and notes how where somebody keeps notes. */
export function metOn<R>(
  trail: Trail | undefined,
  name: string,
  facts: Readonly<Record<string, string>>,
  meet: () => Promise<R>,
): Promise<R> {
  return trail === undefined ? meet() : trail.meeting(name, facts, meet);
}

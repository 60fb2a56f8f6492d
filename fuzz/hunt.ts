import { createHash } from "node:crypto";
import { getHeapStatistics } from "node:v8";
import { VigilError } from "@vigil/base/errors.ts";
import type { Coverage } from "./coverage.ts";
import { some } from "./goldens.ts";
import { Mutator, Random, usualBytes } from "./mutate.ts";
import { shrink } from "./shrink.ts";
import { Disagreement, type FuzzTarget, type Session } from "./target.ts";

/** An input that did what no input may do. */
export interface Find {
  readonly kind: "exception" | "disagreement" | "memory" | "hang";
  /** What was thrown, with its stack; empty for a hang. */
  readonly message: string;
  readonly input: Uint8Array;
}

/** What came of throwing inputs at one fuzz target. */
export interface Tally {
  readonly executions: number;
  /** Error code to how often. */
  readonly refusals: ReadonlyMap<string, number>;
  readonly slowestMs: number;
  /** Highest growth of the heap, buffers included, since before the first input. */
  readonly heapBytes: number;
  /** Inputs worth mutating: the seeds, and those that reached new code. */
  readonly pool: number;
  readonly blocks: number;
  readonly finds: readonly Find[];
}

export interface HuntOptions {
  readonly target: FuzzTarget;
  readonly seed: number;
  /** Inputs, of which at most half are seeds; Infinity for no limit but time. */
  readonly count: number;
  /** These and no others. */
  readonly only?: readonly Uint8Array[];
  /** Says when to stop. */
  readonly isOver: () => boolean;
  /** Called with every input before it is taken: a hang leaves it behind. */
  readonly announce?: (input: Uint8Array) => void;
  readonly coverage?: Coverage;
  /** Called after every batch. */
  readonly onBatch?: (tally: Tally) => void;
  /** Whether a find is made as small as it goes. */
  readonly shrinks?: boolean;
}

/** What one input may make the heap grow by. Chosen: the largest has 1 MiB, and a tree of it takes some 30 times that. */
export const mostGrowthBytes = 64 * 1024 * 1024;
/** Inputs between two looks at what they reached. */
const batchSize = 256;
/** Of the time, for finding out which input reached something new. Measured: without a limit it was nine tenths where much is loaded. */
const lookingShare = 1 / 3;
/** The first of each kind is kept, and no more than these. */
const mostFinds = 20;

/** Throws seeds, mutated seeds and noise at one fuzz target. The same seed gives the same inputs, unless coverage guides it. */
export async function hunt(options: HuntOptions): Promise<Tally> {
  const seeds = await options.target.seeds();
  const session = await options.target.open();
  try {
    return await new Hunt(options, session, seeds).go();
  } finally {
    await session.close?.();
  }
}

class Hunt {
  readonly #options: HuntOptions;
  readonly #session: Session;
  readonly #pool: Uint8Array[];
  readonly #mutator: Mutator;
  readonly #refusals = new Map<string, number>();
  readonly #finds = new Map<string, Find>();
  readonly #startBytes: number;
  readonly #startedAt = performance.now();
  #lookedMs = 0;
  #executions = 0;
  #slowestMs = 0;
  #heapBytes = 0;

  constructor(options: HuntOptions, session: Session, seeds: readonly Uint8Array[]) {
    const { target, seed } = options;
    this.#options = options;
    this.#session = session;
    this.#pool = [...seeds];
    this.#mutator = new Mutator(new Random(seed), target.words);
    this.#startBytes = heapBytes();
  }

  async go(): Promise<Tally> {
    const { count, isOver, only, onBatch } = this.#options;
    const first = only ?? some(this.#pool, Math.max(1, Math.ceil((2 * this.#pool.length) / count)));
    for (let at = 0; at < first.length && !this.#isEnough() && !isOver(); at += batchSize) {
      await this.#batch(first.slice(at, at + batchSize));
    }
    if (only !== undefined) return this.#tally();
    while (this.#executions < count && !this.#isEnough() && !isOver()) {
      const left = Math.min(batchSize, count - this.#executions);
      const inputs = Array.from({ length: left }, () => this.#mutator.next(this.#pool));
      const coverage = this.#affordable();
      coverage?.forget();
      await this.#batch(inputs);
      if (coverage !== undefined) await this.#look(coverage, inputs);
      onBatch?.(this.#tally());
    }
    return this.#tally();
  }

  #isEnough(): boolean {
    return this.#finds.size >= mostFinds;
  }

  async #batch(inputs: readonly Uint8Array[]): Promise<void> {
    for (const input of inputs) {
      this.#executions += 1;
      const started = performance.now();
      const find = await this.#judge(input, true);
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - started);
      if (find !== undefined) await this.#note(find);
    }
    this.#heapBytes = Math.max(this.#heapBytes, heapBytes() - this.#startBytes);
    await this.#check();
  }

  /** Coverage, unless looking has taken more than its share. */
  #affordable(): Coverage | undefined {
    return this.#lookedMs < (performance.now() - this.#startedAt) * lookingShare ? this.#options.coverage : undefined;
  }

  async #look(coverage: Coverage, inputs: readonly Uint8Array[]): Promise<void> {
    const started = performance.now();
    if (coverage.isNew(inputs.length)) await this.#keepNew(coverage, inputs);
    this.#lookedMs += performance.now() - started;
  }

  /** These reached something new together: gives the halves once more, and so on, until those that did are found and kept. */
  async #keepNew(coverage: Coverage, inputs: readonly Uint8Array[]): Promise<void> {
    const half = Math.ceil(inputs.length / 2);
    for (const part of [inputs.slice(0, half), inputs.slice(half)]) {
      for (const input of part) await this.#judge(input, false);
      if (part.length === 0 || !coverage.isNew(part.length)) continue;
      const [input = none] = part;
      if (part.length > 1) await this.#keepNew(coverage, part);
      else if (input.length <= usualBytes) this.#pool.push(input);
    }
  }

  /** A check that fails is blamed on the last input. */
  async #check(): Promise<void> {
    try {
      await this.#session.check?.();
    } catch (error) {
      await this.#note({ kind: "exception", message: `check: ${stackOf(error)}`, input: this.#last });
    }
  }

  #last: Uint8Array = none;

  async #judge(input: Uint8Array, counts: boolean): Promise<Find | undefined> {
    this.#last = input;
    this.#options.announce?.(input);
    const before = heapBytes();
    try {
      const running = this.#session.run(input);
      if (running !== undefined) await running;
    } catch (error) {
      if (!(error instanceof VigilError) || !this.#options.target.refusals.some((one) => error.code.startsWith(one))) {
        return { kind: error instanceof Disagreement ? "disagreement" : "exception", message: stackOf(error), input };
      }
      if (counts) this.#refusals.set(error.code, (this.#refusals.get(error.code) ?? 0) + 1);
    }
    const growth = heapBytes() - before;
    if (growth <= mostGrowthBytes) return undefined;
    return { kind: "memory", message: `the heap grew by ${Math.round(growth / 2 ** 20)} MiB`, input };
  }

  async #note(find: Find): Promise<void> {
    const name = signatureOf(find);
    if (this.#finds.has(name) || this.#finds.size >= mostFinds) return;
    this.#finds.set(name, find);
    if (this.#options.shrinks !== true || find.message.startsWith("check:")) return;
    const isSame = async (input: Uint8Array): Promise<boolean> => {
      const found = await this.#judge(input, false);
      return found !== undefined && signatureOf(found) === name;
    };
    const small = await shrink(find.input, isSame);
    this.#finds.set(name, (await this.#judge(small, false)) ?? find);
  }

  #tally(): Tally {
    return {
      executions: this.#executions,
      refusals: this.#refusals,
      slowestMs: this.#slowestMs,
      heapBytes: this.#heapBytes,
      pool: this.#pool.length,
      blocks: this.#options.coverage?.blocks ?? 0,
      finds: [...this.#finds.values()],
    };
  }
}

const none = new Uint8Array();

function heapBytes(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Two finds with the same one have the same cause: what was thrown, where in our code. */
function signatureOf({ kind, message }: Find): string {
  const [first = ""] = message.split("\n");
  const where = /\/((?:packages|fuzz)\/[^:\n]+:\d+)/.exec(message)?.[1] ?? "";
  const name = kind === "exception" ? (/^[\w: ]+/.exec(first)?.[0] ?? "") : kind;
  return createHash("sha256").update(`${kind} ${name} ${where}`).digest("hex");
}

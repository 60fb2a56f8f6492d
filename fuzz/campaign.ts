import { Worker } from "node:worker_threads";
import type { Find, Tally } from "./hunt.ts";
import { shrink } from "./shrink.ts";
import { noticeHead, type Report, type Task } from "./task.ts";

export interface CampaignOptions {
  readonly target: string;
  readonly seconds: number;
  readonly seed: number;
  readonly isGuided: boolean;
  readonly onProgress: (tally: Tally) => void;
  /** How often what ended a worker is tried smaller; each try of a hang lasts a second. 30 unless said otherwise. */
  readonly tries?: number;
}

/** One input that computes for longer is a find: firmware's own limit for a whole request is a minute, and a reader needs milliseconds. */
const mostMs = 1_000;
/** It waits for something that does not come, or for a processor: a busy machine is given time. */
const mostWaitMs = 15_000;
const lookEvery = 100;
/** The heap of one worker; a find that needs more ends it. */
const heapMegabytes = 768;
/** Buffers are not on the heap: the whole process, of which the worker is all but 100 MB. */
const mostProcessBytes = 2 * 1024 * 1024 * 1024;
/** The longest input that is left behind by a hang. */
const noticeBytes = noticeHead + 2 * 1024 * 1024;
const usualTries = 30;

/** How one worker ended: with its last tally, or with the input at which it was ended. */
type Ending =
  | { readonly tally: Tally }
  | { readonly kind: Find["kind"]; readonly input: Uint8Array; readonly why: string };

/** Gives one fuzz target its time, in a worker that is ended when it hangs or grows, and begun anew. */
export async function campaign(options: CampaignOptions): Promise<Tally> {
  const { target, seconds, seed, isGuided, onProgress, tries = usualTries } = options;
  const until = performance.now() + seconds * 1_000;
  let sum: Tally = nothing;
  for (let round = 0; ; round += 1) {
    const milliseconds = until - performance.now();
    if (round > 0 && milliseconds < mostMs) return sum;
    let last: Tally = nothing;
    const task = { target, seed: seed + round, milliseconds, isGuided };
    const ending = await runWorker(task, (tally) => {
      last = tally;
      onProgress(added(sum, tally));
    });
    if ("tally" in ending) return added(sum, ending.tally);
    sum = added(sum, last);
    const find = await confirmed(target, ending, tries);
    const isNew = find !== undefined && !sum.finds.some((one) => Buffer.compare(one.input, find.input) === 0);
    if (isNew) sum = { ...sum, finds: [...sum.finds, find] };
  }
}

/** A busy machine can look like a hang: only what does it again counts. It is then made smaller, as far as seconds allow. */
async function confirmed(
  target: string,
  ending: Exclude<Ending, { tally: Tally }>,
  tries: number,
): Promise<Find | undefined> {
  const fails = async (only: Uint8Array): Promise<boolean> => {
    const again = await runWorker({ target, seed: 0, milliseconds: 2 * mostWaitMs, isGuided: false, only });
    return !("tally" in again);
  };
  if (!(await fails(ending.input))) return undefined;
  const input = await shrink(ending.input, fails, tries);
  return { kind: ending.kind, message: ending.why, input };
}

function runWorker(task: Omit<Task, "notice">, onProgress: (tally: Tally) => void = () => {}): Promise<Ending> {
  const notice = new SharedArrayBuffer(noticeBytes);
  const numbers = new Int32Array(notice, 0, 2);
  const worker = new Worker(new URL("worker.ts", import.meta.url), {
    workerData: { ...task, notice } satisfies Task,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
    stderr: false,
  });
  return new Promise((resolve) => {
    let seen = 0;
    let seenAt = performance.now();
    let computedMs: number | undefined;
    let isAsking = false;
    const input = (): Uint8Array => new Uint8Array(notice).slice(noticeHead, noticeHead + Atomics.load(numbers, 1));
    const end = (ending: Ending): void => {
      clearInterval(watch);
      void worker.terminate().then(() => resolve(ending));
    };
    const hang = (why: string): void => end({ kind: "hang", input: input(), why });
    const watch = setInterval(() => {
      if (process.memoryUsage.rss() > mostProcessBytes)
        return end({ kind: "memory", input: input(), why: "the process grew" });
      const now = Atomics.load(numbers, 0);
      if (now !== seen) {
        seen = now;
        seenAt = performance.now();
        computedMs = undefined;
      } else if (seen > 0) {
        // Before the first input it makes its seeds, which may take its time.
        if (performance.now() - seenAt > mostWaitMs) return hang(`no end after ${mostWaitMs} ms`);
        if (isAsking) return undefined;
        isAsking = true;
        void worker.cpuUsage().then(({ user, system }) => {
          isAsking = false;
          const ms = (user + system) / 1_000;
          computedMs ??= ms;
          if (Atomics.load(numbers, 0) === now && ms - computedMs > mostMs) hang(`computed for more than ${mostMs} ms`);
        }, ended);
      }
      return undefined;
    }, lookEvery);
    worker.on("message", ({ tally, isLast }: Report) => {
      if (isLast) end({ tally });
      else onProgress(tally);
    });
    worker.once("error", (error: Error & { code?: string }) => {
      const kind = error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "memory" : "exception";
      end({ kind, input: input(), why: error.stack ?? error.message });
    });
  });
}

/** A worker that has ended by itself says so in another way. */
const ended = (): void => {};

const nothing: Tally = {
  executions: 0,
  refusals: new Map(),
  slowestMs: 0,
  heapBytes: 0,
  pool: 0,
  blocks: 0,
  finds: [],
};

function added(one: Tally, other: Tally): Tally {
  const refusals = new Map(one.refusals);
  for (const [code, count] of other.refusals) refusals.set(code, (refusals.get(code) ?? 0) + count);
  return {
    executions: one.executions + other.executions,
    refusals,
    slowestMs: Math.max(one.slowestMs, other.slowestMs),
    heapBytes: Math.max(one.heapBytes, other.heapBytes),
    pool: other.pool,
    blocks: other.blocks,
    finds: [...one.finds, ...other.finds],
  };
}

import { parentPort, workerData } from "node:worker_threads";
import { Coverage } from "./coverage.ts";
import { hunt, type Tally } from "./hunt.ts";
import { targetNamed } from "./targets.ts";
import { noticeHead, type Report, type Task } from "./task.ts";

// The side of campaign.ts that may hang or run out of memory.

/** Milliseconds between two reports. */
const reportEvery = 200;

// campaign.ts alone starts this file, and gives it a task.
await work(workerData as Task);

async function work({ target: name, seed, milliseconds, isGuided, only, notice }: Task): Promise<void> {
  const known = await targetNamed(name);
  const numbers = new Int32Array(notice, 0, 2);
  const bytes = new Uint8Array(notice, noticeHead);
  let until: number | undefined;
  let reported = performance.now();
  const coverage = isGuided && only === undefined ? new Coverage() : undefined;
  const tell = (tally: Tally, isLast: boolean): void => parentPort?.postMessage({ tally, isLast } satisfies Report);
  const tally = await hunt({
    target: known,
    seed,
    count: Number.POSITIVE_INFINITY,
    // Its time begins when its seeds are made.
    isOver: () => performance.now() >= (until ??= performance.now() + milliseconds),
    shrinks: true,
    announce: (input) => {
      bytes.set(input.subarray(0, bytes.length));
      Atomics.store(numbers, 1, Math.min(input.length, bytes.length));
      Atomics.add(numbers, 0, 1);
    },
    onBatch: (now) => {
      if (performance.now() - reported < reportEvery) return;
      reported = performance.now();
      tell(now, false);
    },
    ...(coverage === undefined ? {} : { coverage }),
    ...(only === undefined ? {} : { only: [only] }),
  });
  coverage?.stop();
  tell(tally, true);
}

import { SingleBar } from "cli-progress";
import type { VigilClient } from "@vigil/api/client.ts";
import type { Run, RunResult } from "@vigil/api/resources/runs.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { standingOf } from "./run-standing.ts";

/** How often the run is asked for, in milliseconds: soon at first, so that a small run feels immediate. */
const firstPauseMs = 50;
const longestPauseMs = 1_000;
/** A server that is being restarted is waited for this long. */
const patienceMs = 60_000;

/**
 * Waits for a run's end, with a progress bar on a terminal. Says on stderr when the run stands and why, and when it goes on.
 * @throws what the server reports; the signal's reason
 */
export async function followRun(client: VigilClient, id: string, signal: AbortSignal): Promise<Run> {
  const clock = systemClock();
  using bar = progressBar();
  let pauseMs = firstPauseMs;
  let unreachableSince: number | undefined;
  let said: string | null = null;
  for (;;) {
    try {
      const run = await client.runs.show({ params: { id }, signal });
      unreachableSince = undefined;
      const standing = standingOf(run, clock.now());
      if (standing !== said) bar.say(standing ?? (run.finishedAt === null ? "It goes on" : "It has ended"));
      said = standing;
      const { waiting, running } = run.counts;
      bar.show(run.total, run.total - waiting - running, run.counts.failed + run.counts.unknown);
      if (run.finishedAt !== null || (run.state === "cancelled" && waiting + running === 0)) return run;
    } catch (error) {
      if (!(error instanceof VigilError) || error.side !== "network") throw error;
      unreachableSince ??= clock.monotonic();
      if (clock.monotonic() - unreachableSince > patienceMs) throw error;
    }
    await clock.sleep(pauseMs, signal);
    pauseMs = Math.min(longestPauseMs, pauseMs * 1.5);
  }
}

/** Every result of a run, page by page. */
export async function resultsOf(client: VigilClient, id: string, signal: AbortSignal): Promise<RunResult[]> {
  const limit = 5_000;
  const all: RunResult[] = [];
  for (;;) {
    const page = await client.runs.results({ params: { id }, query: { limit, offset: all.length }, signal });
    all.push(...page.items);
    if (page.items.length === 0 || all.length >= page.total) return all;
  }
}

interface Bar extends Disposable {
  /** A line of its own. */
  say(line: string): void;
  show(total: number, done: number, failed: number): void;
}

/** On stderr, so that stdout stays for results; nothing where nobody watches. */
function progressBar(): Bar {
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  if (!process.stderr.isTTY) return { say, show: () => {}, [Symbol.dispose]: () => {} };
  const bar = new SingleBar({
    stream: process.stderr,
    format: "{bar} {value}/{total}  {speed}/s  {eta_formatted} left  {failed} failed",
    hideCursor: true,
    clearOnComplete: true,
  });
  const clock = systemClock();
  const started = clock.monotonic();
  let isStarted = false;
  return {
    say(line) {
      if (isStarted) bar.stop();
      isStarted = false;
      say(line);
    },
    show(total, done, failed) {
      const seconds = Math.max(0.001, (clock.monotonic() - started) / 1000);
      const facts = { failed, speed: (done / seconds).toFixed(1) };
      if (isStarted) bar.update(done, facts);
      else bar.start(total, done, facts);
      isStarted = true;
    },
    [Symbol.dispose]() {
      if (isStarted) bar.stop();
    },
  };
}

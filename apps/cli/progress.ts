import { SingleBar } from "cli-progress";

/** A bar of bytes on the terminal. */
export interface BytesBar extends Disposable {
  /** @param secondsLeft null: not known */
  show(bytes: number, total: number, bytesPerSecond: number, secondsLeft: number | null): void;
}

/** On stderr, so that stdout stays for results; nothing where nobody watches. @param what e.g. "Uploading" */
export function bytesBar(what: string): BytesBar {
  if (!process.stderr.isTTY) return { show: () => {}, [Symbol.dispose]: () => {} };
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${what} {bar} {done} of {all}  {rate}/s  {left}`,
    hideCursor: true,
    clearOnComplete: true,
    // An interruption is ours to hear.
    gracefulExit: false,
  });
  let isStarted = false;
  return {
    show(bytes, total, bytesPerSecond, secondsLeft) {
      const left = secondsLeft === null ? "waiting" : `${durationOf(secondsLeft)} left`;
      const facts = { done: bytesInWords(bytes), all: bytesInWords(total), rate: bytesInWords(bytesPerSecond), left };
      // A machine may read a place twice.
      const value = Math.min(bytes, total);
      if (isStarted) bar.update(value, facts);
      else bar.start(total, value, facts);
      isStarted = true;
    },
    [Symbol.dispose]() {
      if (isStarted) bar.stop();
    },
  };
}

/** "52.4 MB", in steps of 1000. */
export function bytesInWords(bytes: number): string {
  const units = ["B", "kB", "MB", "GB"] as const;
  const step = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${step === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[step]}`;
}

/** "1 min 20 s" */
function durationOf(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

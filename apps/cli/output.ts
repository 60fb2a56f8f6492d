import { existsSync } from "node:fs";
import { join } from "node:path";
import { SingleBar } from "cli-progress";
import { reportOf, VigilError } from "@vigil/base/errors.ts";

/** 0 done, 1 some failed, 2 wrong usage, 3 not reachable or not signed in. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Prints one JSON document on stdout. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);
}

/** Prints rows under a heading, columns aligned; `-` stands for nothing. */
export function printTable(heading: readonly string[], rows: readonly (readonly (string | number | null)[])[]): void {
  const cells = [heading, ...rows.map((row) => row.map((cell) => (cell === null ? "-" : String(cell))))];
  const widths = heading.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? "").length)));
  for (const row of cells) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}

/** Prints facts, one a line. */
export function printFacts(facts: readonly (readonly [name: string, value: string | number | boolean | null])[]): void {
  const width = Math.max(...facts.map(([name]) => name.length));
  for (const [name, value] of facts) process.stdout.write(`${name.padEnd(width)}  ${value ?? "-"}\n`);
}

/** Tells what went wrong: on stderr for people, as `{ error }` on stdout for machines. @returns the exit code */
export function printError(error: unknown, isJson: boolean): ExitCode {
  const report = reportOf(error);
  if (isJson) printJson({ error: report });
  const page = `docs/runbooks/${report.code}.md`;
  const runbook = existsSync(join(import.meta.dirname, "../..", page)) ? `. Runbook: ${page}` : "";
  process.stderr.write(`${report.message}\n${report.next}\n${report.code} (${report.side})${runbook}\n`);
  if (!(error instanceof VigilError)) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  return exitCodeOf(report.code, report.side);
}

function exitCodeOf(code: string, side: string): ExitCode {
  // "Not reachable" invites to try again, which is the one thing not to do here.
  if (code === "amt.outcome.unknown") return 1;
  if (side === "network" || /^(access|cli\.account|cli\.secret|amt\.login)\./.test(code)) return 3;
  return side === "caller" ? 2 : 1;
}

/** "3 min ago" for people. @param nowMs milliseconds since 1970 UTC */
export function ageOf(moment: string | null, nowMs: number): string {
  if (moment === null) return "never";
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(moment)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86_400)} d ago`;
}

/** How far something has come: on stderr, so that stdout stays for results; nothing where nobody watches. */
export function progressBar(unit: string): Disposable & { show(total: number, done: number): void } {
  if (!process.stderr.isTTY) return { show: () => {}, [Symbol.dispose]: () => {} };
  const format = `{bar} {value}/{total} ${unit}  {eta_formatted} left`;
  const bar = new SingleBar({ stream: process.stderr, format, hideCursor: true, clearOnComplete: true });
  let isStarted = false;
  return {
    show(total, done) {
      if (isStarted) bar.update(done);
      else bar.start(total, done);
      isStarted = true;
    },
    [Symbol.dispose]() {
      if (isStarted) bar.stop();
    },
  };
}

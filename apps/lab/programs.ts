import { spawn, type ChildProcess } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { systemClock } from "@vigil/base/clock.ts";

const root = join(import.meta.dirname, "../..");

/** How long a program may take until its first line, in milliseconds. Chosen: a cold start with a new database is about 5 s. */
const readyLimitMs = 90_000;

/** A program of ours in a process of its own. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** The first line it printed, parsed. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to stop and waits until it has. @returns its exit code */
  stop(): Promise<number>;
  /** Asks it something over the channel between the two. Its answer has the question's number. */
  ask(question: { readonly number: number }): Promise<unknown>;
  /** Resident memory in bytes. */
  memoryBytes(): number;
}

export interface ProgramOptions {
  /** A file that gets everything that the program prints, from its first line on. */
  readonly transcript?: string;
  /** Answers what it asks this program. */
  readonly answer?: (question: unknown) => Promise<object>;
  /** How long it may take until its first line, in milliseconds. */
  readonly readyMs?: number;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `file` (from the repository's root) with `--json` and waits for its first line. */
export async function startProgram(
  file: string,
  args: readonly string[],
  { transcript, answer, readyMs = readyLimitMs }: ProgramOptions = {},
): Promise<Program> {
  const child = spawn(process.execPath, [join(root, file), ...args, "--json"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  if (transcript !== undefined) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (bytes: Uint8Array) => appendFileSync(transcript, bytes));
  }
  if (answer !== undefined) child.on("message", (question) => void answered(child, question, answer));
  const errors = tail(child);
  const ended = new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  const ready = await firstLine(child, errors, readyMs);
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${file} has no process`);
  const end = async (signal: NodeJS.Signals): Promise<number> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  return {
    pid,
    ready,
    ended,
    memoryBytes: () => residentBytes(pid),
    ask: (question) => answerTo(child, question),
    stop: () => end("SIGTERM"),
    async kill() {
      await end("SIGKILL");
    },
    async [Symbol.asyncDispose]() {
      await end("SIGTERM");
    },
  };
}

/** Runs `npx vigil …` to its end. @param heard is told of each thing that it says on stderr, as it says it */
export function runVigil(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  heard: (stderr: string) => void = () => {},
): Promise<Finished> {
  return run(process.execPath, [join(root, "apps/cli/bin/vigil.mjs"), ...args], env, heard);
}

/** Runs a program to its end. Its stdin is empty. @param heard is told of each thing that it says on stderr, as it says it */
export function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  heard: (stderr: string) => void = () => {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NODE_NO_WARNINGS: "1", ...env },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      heard(text);
    });
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
  });
}

/** Keeps the last of what a program says on stderr, so that a failed start can be explained. */
function tail(child: ChildProcess): () => string {
  const mostCharacters = 4000;
  let kept = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (kept = (kept + text).slice(-mostCharacters)));
  return () => kept;
}

function answerTo(child: ChildProcess, question: { readonly number: number }): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      child.off("message", hear).off("exit", gone);
    };
    const hear = (said: unknown): void => {
      const isMeant = typeof said === "object" && said !== null && "number" in said && said.number === question.number;
      if (!isMeant) return;
      end();
      resolve(said);
    };
    const gone = (): void => {
      end();
      reject(new Error("the program ended before it answered"));
    };
    child.on("message", hear).once("exit", gone);
    child.send(question);
  });
}

/** An answer that fails ends the program that waits for it. */
async function answered(
  child: ChildProcess,
  question: unknown,
  answer: (question: unknown) => Promise<object>,
): Promise<void> {
  try {
    const given = await answer(question);
    if (child.connected) child.send(given);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    child.kill();
  }
}

function firstLine(
  child: ChildProcess,
  errors: () => string,
  readyMs: number,
): Promise<Readonly<Record<string, unknown>>> {
  return new Promise((resolve, reject) => {
    const { stdout } = child;
    if (stdout === null) return reject(new Error("no stdout"));
    const cancel = systemClock().after(readyMs, () => {
      child.kill("SIGKILL");
      reject(new Error(`not ready within ${readyMs} ms: ${errors()}`));
    });
    child.once("exit", (code) => {
      cancel();
      reject(new Error(`exited with ${code} before it was ready: ${errors()}`));
    });
    const lines = createInterface({ input: stdout });
    lines.once("line", (line) => {
      cancel();
      try {
        const parsed: unknown = JSON.parse(line);
        if (typeof parsed !== "object" || parsed === null) throw new TypeError("not an object");
        resolve(Object.fromEntries(Object.entries(parsed)));
      } catch (cause) {
        reject(new Error(`the first line is not JSON: ${line.slice(0, 200)}`, { cause }));
      }
    });
  });
}

function residentBytes(pid: number): number {
  return statusOf(pid, /VmRSS:\s+(\d+) kB/);
}

/** The most that a process has had resident so far, in bytes. */
export function peakBytesOf(pid: number): number {
  return statusOf(pid, /VmHWM:\s+(\d+) kB/);
}

/** @source proc(5): /proc/PID/status, in kB */
function statusOf(pid: number, line: RegExp): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(line.exec(status)?.[1] ?? 0) * 1024;
}

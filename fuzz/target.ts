import { isDeepStrictEqual } from "node:util";

/** One codec or door that the fuzzer throws bytes at. */
export interface FuzzTarget {
  /** Right inputs, which are mutated. */
  readonly seeds: () => readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
  /** What its inputs are made of; one character is one byte. */
  readonly words: readonly string[];
  /** Beginnings of the codes with which it may refuse an input. Everything else that is thrown is a find. */
  readonly refusals: readonly string[];
  /** How many inputs the test suite gives it: those of all fuzz targets together take a few seconds. */
  readonly quick: number;
  open(): Session | Promise<Session>;
}

/** A fuzz target at work. */
export interface Session {
  /** Takes one input. Throws what a refusal throws, or what is found. */
  run(input: Uint8Array): void | Promise<void>;
  /** Whether it still works: a good input is still taken, nothing is left open. Called now and then, and at the end. */
  check?(): Promise<void>;
  close?(): Promise<void>;
}

/** Two ways to read the same bytes do not agree. */
export class Disagreement extends Error {
  override readonly name = "Disagreement";
}

/** @throws Disagreement that says both, cut short */
export function agree(what: string, one: unknown, other: unknown): void {
  if (isDeepStrictEqual(one, other)) return;
  throw new Disagreement(`${what}: ${shown(one)} is not ${shown(other)}`);
}

/** A codec whose values are written and read again: the second value must be the first. */
export function codec<T>(parts: {
  readonly seeds: () => readonly Uint8Array[];
  readonly words: readonly string[];
  readonly refusals: readonly string[];
  readonly quick?: number;
  readonly read: (input: Uint8Array) => T;
  readonly write: (value: T) => Uint8Array | string;
}): FuzzTarget {
  const { read, write, quick = 1_000, ...rest } = parts;
  const run = (input: Uint8Array): void => {
    const value = read(input);
    agree("read again", read(writtenBy(write, value)), value);
  };
  return { ...rest, quick, open: () => ({ run }) };
}

/** What was read can be written: a refusal here is none of the input. */
function writtenBy<T>(write: (value: T) => Uint8Array | string, value: T): Uint8Array {
  try {
    return Buffer.from(write(value));
  } catch (cause) {
    throw new Disagreement(`what was read cannot be written: ${String(cause)}`, { cause });
  }
}

function shown(value: unknown): string {
  const text =
    JSON.stringify(value, (_key, one: unknown) => (typeof one === "bigint" ? `${one}n` : one)) ?? "undefined";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

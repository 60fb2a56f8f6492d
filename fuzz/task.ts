import type { Tally } from "./hunt.ts";

// What campaign.ts and its worker say to each other.

/** What a worker is told. */
export interface Task {
  readonly target: string;
  readonly seed: number;
  readonly milliseconds: number;
  readonly isGuided: boolean;
  /** This one and no other: to see whether it really hangs. */
  readonly only?: Uint8Array;
  /** Two numbers, then the input that is being taken: how often it changed, and how long it is. */
  readonly notice: SharedArrayBuffer;
}

/** What a worker says. */
export interface Report {
  readonly tally: Tally;
  readonly isLast: boolean;
}

/** Bytes of the notice before its input. */
export const noticeHead = 8;

import type { Clock } from "@vigil/base/clock.ts";
import { hostStarted, systemBoots, type EventRecord } from "./event-record.ts";
import type { FirmwareState, PowerState } from "./state.ts";

/** What a manager can ask the host's power for, by AMT's number. @source protocols B.3 */
export const requestedPower = {
  on: 2,
  sleep: 4,
  cycleSoft: 5,
  offHard: 6,
  hibernate: 7,
  offSoft: 8,
  cycleHard: 9,
  reset: 10,
  nmi: 11,
} as const;

/** @source protocols A.13: 0 ok, 1 not supported, 2 unknown error, 4099 busy */
export type PowerAnswer = 0 | 1 | 2 | 4099;

/** The part of the firmware that the host's power needs. */
interface Board {
  readonly clock: Clock;
  readonly state: Readonly<FirmwareState>;
  change(write: (state: FirmwareState) => void): void;
  log(...records: readonly EventRecord[]): void;
}

interface Move {
  readonly afterMs: number;
  readonly to: PowerState;
  /** The host starts: it counts, it is logged, and boot options are used up. */
  readonly boots: boolean;
}

/** Moves that wait behind the one under way; more is "busy". UNVERIFIED: firmware's own limit. */
const mostMoves = 8;

/**
 * The host's power, which takes time.
 *
 * States: on, sleep, hibernate, off. A request is judged by the state that the moves before it will lead to, accepted at once,
 * and carried out on the clock, one move after the other. A cycle is two moves: off, then on.
 */
export class HostPower {
  readonly #board: Board;
  readonly #delayMs: number;
  #moves: Move[] = [];
  #cancel: (() => void) | undefined;

  /** @param delayMs from off to running; other moves take a quarter of it */
  constructor(board: Board, delayMs: number) {
    this.#board = board;
    this.#delayMs = delayMs;
  }

  /** What can be asked for now. @source protocols B.3: the recorded list of a running host */
  available(): readonly number[] {
    return isOn(this.#board.state.powerState) ? [10, 8, 5, 11, 4, 7, 14, 12] : [2];
  }

  /** True while something that was accepted is still to happen. */
  get isMoving(): boolean {
    return this.#moves.length > 0;
  }

  request(state: number): PowerAnswer {
    const expected = this.#moves.at(-1)?.to ?? this.#board.state.powerState;
    const moves = this.#movesFor(state, isOn(expected));
    if (typeof moves === "number") return moves;
    if (this.#moves.length + moves.length > mostMoves) return 4099;
    this.#moves.push(...moves);
    if (this.#cancel === undefined) this.#next();
    return 0;
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#moves = [];
  }

  #movesFor(state: number, isRunning: boolean): readonly Move[] | PowerAnswer {
    const quick = this.#delayMs / 4;
    const on: Move = { afterMs: this.#delayMs, to: 2, boots: true };
    switch (state) {
      case requestedPower.on:
        return isRunning ? 2 : [on];
      case requestedPower.offSoft:
      case requestedPower.offHard:
        return isRunning ? [{ afterMs: quick, to: 8, boots: false }] : 2;
      case requestedPower.cycleSoft:
      case requestedPower.cycleHard:
        return isRunning ? [{ afterMs: quick, to: 8, boots: false }, on] : 2;
      case requestedPower.reset:
        return isRunning ? [{ afterMs: quick, to: 2, boots: true }] : 2;
      case requestedPower.sleep:
        return isRunning ? [{ afterMs: quick, to: 4, boots: false }] : 2;
      case requestedPower.hibernate:
        return isRunning ? [{ afterMs: quick, to: 7, boots: false }] : 2;
      case requestedPower.nmi:
        return isRunning ? [] : 2;
      default:
        // Graceful ones need an agent in the operating system, which a virtual host has not.
        return 1;
    }
  }

  #next(): void {
    const move = this.#moves[0];
    if (move === undefined) return;
    this.#cancel = this.#board.clock.after(move.afterMs, () => {
      this.#cancel = undefined;
      this.#moves.shift();
      this.#board.change((state) => {
        state.powerState = move.to;
        if (!move.boots) return;
        state.bootCount += 1;
        state.boot = { settings: {}, source: null, isNext: false };
      });
      if (move.boots) this.#board.log(hostStarted, systemBoots);
      this.#next();
    });
  }
}

function isOn(state: PowerState): boolean {
  return state === 2;
}

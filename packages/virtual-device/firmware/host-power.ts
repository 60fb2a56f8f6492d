import type { Clock } from "@vigil/base/clock.ts";
import { eraseMaskOf } from "./boot-options.ts";
import {
  biosSetupEntered,
  hostStarted,
  noBootMedia,
  platformErased,
  systemBoots,
  type EventRecord,
} from "./event-record.ts";
import type { BootState, FirmwareState, LastBoot, PowerState } from "./state.ts";

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
  offSoftGraceful: 12,
  offHardGraceful: 13,
  resetGraceful: 14,
  cycleSoftGraceful: 15,
  cycleHardGraceful: 16,
} as const;

/** @source protocols A.13: 0 ok, 1 not supported, 2 unknown error, 4099 busy */
export type PowerAnswer = 0 | 1 | 2 | 4099;

/** The part of the firmware that the host's power needs. */
interface Board {
  readonly clock: Clock;
  readonly state: Readonly<FirmwareState>;
  change(write: (state: FirmwareState) => void): void;
  log(...records: readonly EventRecord[]): void;
  alert(messageId: string, argument: string): void;
  hostMoved(isOn: boolean): void;
  hostBooted(): void;
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
    const { powerState } = this.#board.state;
    if (isOn(powerState)) return [10, 8, 5, 11, 4, 7, 14, 12];
    return isAsleep(powerState) ? [2, 10, 8, 5] : [2];
  }

  /** True while something that was accepted is still to happen. */
  get isMoving(): boolean {
    return this.#moves.length > 0;
  }

  request(state: number): PowerAnswer {
    const expected = this.#moves.at(-1)?.to ?? this.#board.state.powerState;
    const moves = this.#movesFor(state, expected);
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

  /** How far the boot came. */
  #reached(): EventRecord {
    const { lastBoot, hasSystem } = this.#board.state;
    if (lastBoot.options["BIOSSetup"] === true) return biosSetupEntered;
    return hasSystem || isElsewhere(lastBoot) ? systemBoots : noBootMedia;
  }

  /** Graceful requests go through the agent in the host's operating system, which every virtual host has while it runs one. */
  #movesFor(state: number, from: PowerState): readonly Move[] | PowerAnswer {
    const isRunning = isOn(from);
    const hasAgent = isRunning && this.#board.state.hasSystem;
    // Whatever is not off has power that can be cut.
    const hasPower = isRunning || isAsleep(from);
    const quick = this.#delayMs / 4;
    const on: Move = { afterMs: this.#delayMs, to: 2, boots: true };
    switch (state) {
      case requestedPower.on:
        return isRunning ? 2 : [on];
      case requestedPower.offSoftGraceful:
      case requestedPower.offHardGraceful:
        return hasAgent ? [{ afterMs: quick, to: 8, boots: false }] : 2;
      case requestedPower.offSoft:
      case requestedPower.offHard:
        return hasPower ? [{ afterMs: quick, to: 8, boots: false }] : 2;
      case requestedPower.cycleSoftGraceful:
      case requestedPower.cycleHardGraceful:
        return hasAgent ? [{ afterMs: quick, to: 8, boots: false }, on] : 2;
      case requestedPower.cycleSoft:
      case requestedPower.cycleHard:
        return hasPower ? [{ afterMs: quick, to: 8, boots: false }, on] : 2;
      case requestedPower.resetGraceful:
        return hasAgent ? [{ afterMs: quick, to: 2, boots: true }] : 2;
      case requestedPower.reset:
        return hasPower ? [{ afterMs: quick, to: 2, boots: true }] : 2;
      case requestedPower.sleep:
        return isRunning ? [{ afterMs: quick, to: 4, boots: false }] : 2;
      case requestedPower.hibernate:
        return isRunning ? [{ afterMs: quick, to: 7, boots: false }] : 2;
      case requestedPower.nmi:
        return isRunning ? [] : 2;
      default:
        return 1;
    }
  }

  #next(): void {
    const move = this.#moves[0];
    if (move === undefined) return;
    this.#cancel = this.#board.clock.after(move.afterMs, () => {
      this.#cancel = undefined;
      this.#moves.shift();
      const { boot } = this.#board.state;
      this.#board.change((state) => {
        const from = state.powerState;
        state.powerState = move.to;
        if (!move.boots) return;
        state.lastBoot = { from: sleepStates[from], isRemote: true, ...obeyed(state.boot) };
        if (erasesDrives(state.boot)) state.hasSystem = false;
        if (erases(state.boot)) state.eraseStatus = [0, 0];
        if (state.screen.rebootsLeft > 0) state.screen.rebootsLeft -= 1;
        else state.screen.isBlank = false;
        state.bootCount += 1;
        state.boot = { settings: {}, source: null, isNext: false, parameters: [] };
      });
      this.#board.hostMoved(isOn(move.to));
      if (move.boots) this.#board.hostBooted();
      if (move.boots) this.#board.log(hostStarted, ...(erases(boot) ? [platformErased] : []), this.#reached());
      // Message and argument UNVERIFIED. @source protocols B.17 "0057"
      this.#board.alert("iAMT0057", String(move.to));
      this.#next();
    });
  }
}

/** What a boot heeds of what is arranged: nothing until the configuration has its role. UNVERIFIED */
function obeyed({ settings, source, isNext }: BootState): Pick<LastBoot, "source" | "options"> {
  return isNext ? { source, options: settings } : { source: null, options: {} };
}

function erases({ settings, isNext }: BootState): boolean {
  return isNext && (settings["PlatformErase"] === true || settings["SecureErase"] === true);
}

/** @source protocols B.4 "PlatformErase capability bits": 2 is all drives */
function erasesDrives(boot: BootState): boolean {
  if (!erases(boot)) return false;
  const parameters = boot.parameters.map(({ type, value }) => ({ type, value: Buffer.from(value, "base64") }));
  return boot.settings["SecureErase"] === true || (eraseMaskOf(parameters) & (2 ** 2)) !== 0;
}

/** True when the host does not start from its own drive. */
function isElsewhere({ source, options }: LastBoot): boolean {
  return options["UseIDER"] === true || (source !== null && /PXE|CD|HTTPS/.test(source));
}

/** The S-state of each power state. */
const sleepStates: Readonly<Record<PowerState, number>> = { 2: 0, 4: 3, 6: 5, 7: 4, 8: 5 };

function isAsleep(state: PowerState): boolean {
  return state === 4;
}

function isOn(state: PowerState): boolean {
  return state === 2;
}

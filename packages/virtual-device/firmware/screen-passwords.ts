import type { Clock } from "@vigil/base/clock.ts";
import type { AuditEventName } from "./audit-record.ts";

interface Board {
  readonly clock: Clock;
  audit(event: AuditEventName): void;
}

/** @source protocols D.6: after three bad passwords it is blocked */
const mostFailures = 3;
/** For how long is UNVERIFIED. */
const blockMs = 60_000;

/** Guards the plain screen port against who tries passwords. */
export class ScreenPasswords {
  readonly #board: Board;
  #failures = 0;
  #blockedUntilMs = Number.NEGATIVE_INFINITY;

  constructor(board: Board) {
    this.#board = board;
  }

  /** True while nobody is asked for a password. */
  get isBlocked(): boolean {
    return this.#board.clock.monotonic() < this.#blockedUntilMs;
  }

  /** A password was tried; the third wrong one in a row blocks, and is recorded. */
  noteTry(isRight: boolean): void {
    this.#failures = isRight ? 0 : this.#failures + 1;
    if (this.#failures < mostFailures) return;
    this.#failures = 0;
    this.#blockedUntilMs = this.#board.clock.monotonic() + blockMs;
    this.#board.audit("kvm.passwordFailed");
  }
}

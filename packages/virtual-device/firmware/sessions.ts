import type { Clock } from "@vigil/base/clock.ts";
import type { RedirectionKind } from "@vigil/wire/redirection/handshake.ts";
import { initiatorOf, type Caller } from "../caller.ts";
import type { AuditEventName } from "./audit-record.ts";
import type { AuditLog, Initiator } from "./audit-log.ts";
import type { Consent } from "./consent.ts";
import { sessionChanged, type EventRecord } from "./event-record.ts";
import { ScreenPasswords } from "./screen-passwords.ts";
import type { FirmwareState } from "./state.ts";

interface Board {
  readonly clock: Clock;
  readonly state: Readonly<FirmwareState>;
  readonly auditLog: AuditLog;
  readonly consent: Consent;
  initiator: Initiator;
  audit(event: AuditEventName): void;
  log(...records: readonly EventRecord[]): void;
}

/** A session that is open. */
export interface LiveSession {
  readonly kind: RedirectionKind;
  readonly caller: Caller;
  /** Ends it from the device's side. */
  end(): void;
}

/** Why there can be no session now. */
export type SessionRefusal = "off" | "busy" | "consent" | "unrecorded";

/** The open redirection sessions: one of each kind. They do not outlive the program. @source protocols B.7 "Busy/permission" */
export class Sessions {
  readonly screenPasswords: ScreenPasswords;
  readonly #board: Board;
  readonly #open = new Map<RedirectionKind, LiveSession>();

  constructor(board: Board) {
    this.#board = board;
    this.screenPasswords = new ScreenPasswords(board);
  }

  /** The open session of that kind. */
  of(kind: RedirectionKind): LiveSession | undefined {
    return this.#open.get(kind);
  }

  /** Whether a session of that kind can begin now. */
  refusalOf(kind: RedirectionKind): SessionRefusal | undefined {
    if (!this.#board.state.redirection[kind]) return "off";
    if (this.#board.consent.isMissingFor(kind === "kvm" ? "screen" : "machine")) return "consent";
    if (this.#open.has(kind)) return "busy";
    return this.#board.auditLog.denies(`${kind}.opened`) ? "unrecorded" : undefined;
  }

  /** A session has begun. Ask refusalOf first. */
  begin(session: LiveSession): void {
    this.#open.set(session.kind, session);
    this.#board.consent.taken();
    this.#note(session, true);
  }

  /** A session is over, whoever ended it. */
  finished(session: LiveSession): void {
    if (this.#open.get(session.kind) !== session) return;
    this.#open.delete(session.kind);
    this.#note(session, false);
    if (this.#open.size === 0) this.#board.consent.released();
  }

  /** Ends the session of that kind. @returns whether there was one */
  end(kind: RedirectionKind): boolean {
    const session = this.#open.get(kind);
    session?.end();
    return session !== undefined;
  }

  stop(): void {
    for (const session of this.#open.values()) session.end();
  }

  #note({ kind, caller }: LiveSession, isOpen: boolean): void {
    this.#board.initiator = initiatorOf(caller);
    this.#board.audit(isOpen ? `${kind}.opened` : `${kind}.closed`);
    if (kind !== "kvm") this.#board.log(sessionChanged(kind, isOpen));
  }
}

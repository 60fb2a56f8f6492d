import type { Caller, Firmware } from "../firmware.ts";

/** What one session has of its connection. */
export interface SessionLine {
  readonly firmware: Firmware;
  readonly caller: Caller;
  /** Bytes that were sent and that the manager has not taken yet: who produces many, waits. */
  readonly backlog: number;
  /** True until everything that was sent is out, and `drained` is called, once more was sent than the connection likes to hold. */
  readonly isFull: boolean;
  send(bytes: Uint8Array): void;
  /** Sends what is under way, then closes the connection. */
  end(): void;
}

/** One open session, as its connection sees it. */
export interface SessionEnd {
  /** Bytes of the session, as they came. @throws wire.redirection.* when they cannot be read: then the connection is cut */
  receive(bytes: Uint8Array): void;
  /** Everything that was sent is out. */
  drained?(): void;
  /** The connection is gone, or the device has ended it. Called once. */
  closed(): void;
}

/** Begins a session: the manager has been let in. */
export type SessionOpener = (line: SessionLine) => SessionEnd;

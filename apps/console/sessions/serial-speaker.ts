import type { Clock } from "@vigil/base/clock.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import {
  deviceSol,
  encodeManagerSol,
  mostKeys,
  serialLinesOf,
  solBeatMs,
  usualSolLimits,
  type DeviceSol,
} from "@vigil/wire/redirection/sol.ts";
import { fail } from "../errors.ts";
import { SessionSocket, type Reopen, type Socket } from "./session-socket.ts";
import type { FromSerial } from "./words.ts";

/** Chosen: twelve heartbeats of the device's. */
const silenceMs = 60_000;

/** Speaks for the serial line of a device over a web socket. */
export class SerialSpeaker {
  readonly #say: (message: FromSerial) => void;
  readonly #socket: SessionSocket;
  readonly #reader = new MessageReader(deviceSol);
  readonly #clock: Clock;
  #stopBeating = (): void => {};
  #sequence = 0;
  #heardAt: number;

  constructor(socket: Socket, clock: Clock, say: (message: FromSerial) => void, reopen?: Reopen) {
    this.#say = say;
    this.#clock = clock;
    this.#heardAt = clock.monotonic();
    this.#socket = new SessionSocket(
      socket,
      {
        onOpen: () => this.#begin(),
        onBytes: (bytes) => this.#take(bytes),
        onOver: (error) => {
          this.#stopBeating();
          say({ type: "over", error });
        },
        onBroken: (isBroken) => say({ type: "broken", isBroken }),
      },
      clock,
      reopen,
    );
  }

  keys(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += mostKeys) {
      const data = bytes.subarray(at, at + mostKeys);
      this.#send(encodeManagerSol({ type: "data", sequence: this.#next(), data }));
    }
  }

  close(): void {
    this.#send(encodeManagerSol({ type: "end", sequence: this.#next() }));
    this.#socket.close();
  }

  #begin(): void {
    this.#send(encodeManagerSol({ type: "start", sequence: 0, limits: usualSolLimits }));
    this.#heardAt = this.#clock.monotonic();
    this.#stopBeating = this.#clock.every(solBeatMs, () => this.#beat());
  }

  #beat(): void {
    if (this.#clock.monotonic() - this.#heardAt > silenceMs) {
      return this.#socket.close(reportOf(fail("console.session.silent")));
    }
    this.#send(encodeManagerSol({ type: "heartbeat", sequence: this.#next() }));
  }

  #take(bytes: Uint8Array): void {
    this.#heardAt = this.#clock.monotonic();
    try {
      this.#reader.push(bytes);
      for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next()) {
        this.#hear(message);
      }
    } catch (error) {
      this.#socket.close(reportOf(error));
    }
  }

  #hear(message: DeviceSol): void {
    switch (message.type) {
      case "started":
        if (message.status !== 0) throw fail("console.serial.refused", { details: { status: message.status } });
        return this.#say({ type: "open" });
      case "data":
        return this.#say({ type: "output", bytes: message.data });
      case "lines":
        return this.#say({ type: "lines", ...serialLinesOf(message.status) });
      case "ping":
        return this.#send(encodeManagerSol({ type: "pong", sequence: message.sequence }));
      case "ended":
        return this.#socket.close();
      case "pong":
      case "heartbeat":
        return;
      default:
        message satisfies never;
    }
  }

  /** When it cannot be sent, the end of the session is told anyway. */
  #send(bytes: Uint8Array): void {
    void this.#socket.send(bytes).catch(() => {});
  }

  #next(): number {
    return (this.#sequence = (this.#sequence + 1) % 2 ** 32);
  }
}

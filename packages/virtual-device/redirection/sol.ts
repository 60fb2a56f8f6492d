import type { Clock } from "@vigil/base/clock.ts";
import {
  controlLines,
  encodeDeviceSol,
  lineStatus,
  managerSol,
  type DeviceSol,
  type ManagerSol,
  type SolLimits,
} from "@vigil/wire/redirection/sol.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import type { SessionEnd, SessionLine } from "./session-line.ts";

/** amtterm throws away what comes in one packet with these: they are followed by a pause. @source protocols D.3 */
const pauseMs = 100;
const standAlone: ReadonlySet<DeviceSol["type"]> = new Set(["started", "lines"]);
/** Of the host's output, in one message. Chosen: what amtterm reads at once, less the head. */
const dataBytes = 48;
/** When a manager names none. UNVERIFIED */
const leastTransmitBytes = 256;

type Unnumbered<T> = T extends unknown ? Omit<T, "sequence"> : never;

/**
 * A session of the serial line.
 *
 * States: let in -> started by the manager's start, which is answered with the lines' state -> ended by the manager, by silence for as long as
 * its receive timeout, or with the connection. What the host says is held up to the manager's limit while the manager does not read;
 * what is more is lost, and said to be. @source protocols D.3
 */
export class SolEnd implements SessionEnd {
  readonly #line: SessionLine;
  readonly #clock: Clock;
  readonly #reader = new MessageReader(managerSol);
  readonly #waiting: { readonly bytes: Uint8Array; readonly isAlone: boolean }[] = [];
  readonly #stops: (() => void)[] = [];
  #waitingBytes = 0;
  #limits: SolLimits | undefined;
  #sequence = 0;
  #isOver = false;
  #isPaused = false;
  #isOverflowing = false;
  #isPoweredOn = false;
  #cancelSilence: () => void = () => {};

  constructor(line: SessionLine) {
    this.#line = line;
    this.#clock = line.firmware.clock;
  }

  receive(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next()) this.#take(message);
    this.#listen();
  }

  drained(): void {
    this.#flush();
  }

  closed(): void {
    this.#isOver = true;
    this.#cancelSilence();
    for (const stop of this.#stops) stop();
  }

  #take(message: ManagerSol): void {
    switch (message.type) {
      case "start":
        return this.#start(message.limits);
      case "data":
        if (this.#limits !== undefined) this.#line.firmware.machine.serial.type(message.data);
        return;
      case "ping":
        return this.#say({ type: "pong" });
      case "end":
        return this.#say({ type: "ended" });
      case "endSession":
        return this.#line.end();
      case "settings":
      case "pong":
      case "heartbeat":
        return;
      default:
        message satisfies never;
    }
  }

  #start(limits: SolLimits): void {
    if (this.#limits !== undefined) return;
    this.#limits = limits;
    const { firmware } = this.#line;
    // Firmware repeats the limits here; managers look at the status alone. @source protocols D.3
    this.#say({ type: "started", status: 0, data: new Uint8Array(15) });
    this.#isPoweredOn = this.#hasPower;
    this.#sayLines();
    this.#stops.push(firmware.machine.serial.attach((bytes) => this.#output(bytes)));
    this.#stops.push(firmware.onChange(() => this.#powerMayHaveChanged()));
    if (limits.heartbeatMs > 0) {
      this.#stops.push(this.#clock.every(limits.heartbeatMs, () => this.#say({ type: "heartbeat" })));
    }
  }

  /** Ends the session when nothing more comes. @source protocols D.3; UNVERIFIED whether firmware does so without heartbeats */
  #listen(): void {
    this.#cancelSilence();
    const { receiveTimeoutMs = 0 } = this.#limits ?? {};
    if (receiveTimeoutMs > 0 && !this.#isOver)
      this.#cancelSilence = this.#clock.after(receiveTimeoutMs, () => this.#line.end());
  }

  get #hasPower(): boolean {
    return this.#line.firmware.state.powerState === 2;
  }

  #powerMayHaveChanged(): void {
    if (this.#hasPower === this.#isPoweredOn) return;
    this.#isPoweredOn = this.#hasPower;
    this.#sayLines();
  }

  #sayLines(): void {
    const status = (this.#isPoweredOn ? lineStatus.poweredOn : 0) + (this.#isOverflowing ? lineStatus.overflow : 0);
    this.#say({ type: "lines", control: controlLines.rts + controlLines.dtr, status });
  }

  /** The host says something. */
  #output(bytes: Uint8Array): void {
    const most = Math.max(this.#limits?.transmitBytes ?? 0, leastTransmitBytes);
    const room = Math.max(0, most - this.#waitingBytes);
    for (let offset = 0; offset < Math.min(bytes.length, room); offset += dataBytes) {
      this.#say({ type: "data", data: bytes.subarray(offset, Math.min(offset + dataBytes, room)) });
    }
    if (bytes.length <= room || this.#isOverflowing) return;
    this.#isOverflowing = true;
    this.#sayLines();
  }

  #say(message: Unnumbered<DeviceSol>): void {
    const bytes = encodeDeviceSol({ ...message, sequence: this.#sequence });
    this.#sequence += 1;
    this.#waiting.push({ bytes, isAlone: standAlone.has(message.type) });
    this.#waitingBytes += bytes.length;
    this.#flush();
  }

  /** Sends what waits, and pauses behind what must stand alone. */
  #flush(): void {
    while (!this.#isPaused && !this.#line.isFull) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#waitingBytes -= next.bytes.length;
      this.#line.send(next.bytes);
      if (!next.isAlone) continue;
      this.#isPaused = true;
      this.#stops.push(
        this.#clock.after(pauseMs, () => {
          this.#isPaused = false;
          this.#flush();
        }),
      );
    }
    if (!this.#isOverflowing || this.#waiting.length > 0) return;
    this.#isOverflowing = false;
    this.#sayLines();
  }
}

import { connect } from "node:net";
import type { Clock } from "@vigil/base/clock.ts";
import { encodeHello } from "@vigil/wire/hello.ts";
import type { Faults } from "../faults.ts";
import type { Firmware } from "../firmware.ts";

/** Where hellos go. */
export interface HelloTarget {
  readonly host: string;
  readonly port: number;
}

/** Seconds between one hello and the next; the last gap repeats. UNVERIFIED: no source has the firmware's table. @source protocols C.3 */
const gapsSeconds = [2, 4, 8, 15, 30, 60, 120, 300, 600, 1_800, 3_600] as const;
/** @source protocols C.2 */
const highestRetry = 14;
const connectLimitMs = 5_000;
/** Hellos of one fleet that are under way at once. */
const mostAtOnce = 64;

/** Takes turns among the hellos of one fleet. */
export class HelloGate {
  #free = mostAtOnce;
  readonly #waiting: (() => void)[] = [];

  async through(send: () => Promise<void>): Promise<void> {
    if (this.#free === 0) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      await send();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

/**
 * Sends a device's hellos.
 *
 * States: stopped -> waiting (a timer runs) -> sending -> waiting …, until the device is provisioned or its window of 24 hours
 * has closed; both lead back to stopped. `start()` begins anew.
 */
export class HelloSender {
  readonly #firmware: Firmware;
  readonly #address: string;
  readonly #target: HelloTarget;
  readonly #gate: HelloGate;
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  readonly #onWindowClosed: () => void;
  readonly #faults: Faults;
  #cancel: (() => void) | undefined;
  #attempts = 0;

  constructor(deps: {
    readonly firmware: Firmware;
    readonly address: string;
    readonly target: HelloTarget;
    readonly gate: HelloGate;
    readonly faults: Faults;
    /** The device gives up: its ports close. */
    readonly onWindowClosed: () => void;
  }) {
    this.#onWindowClosed = deps.onWindowClosed;
    this.#firmware = deps.firmware;
    this.#address = deps.address;
    this.#target = deps.target;
    this.#gate = deps.gate;
    this.#faults = deps.faults;
    this.#clock = deps.firmware.clock;
  }

  /** @param afterMs until the first hello */
  start(afterMs = 0): void {
    this.#cancel?.();
    this.#attempts = 0;
    this.#cancel = this.#clock.after(afterMs, () => void this.#send());
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#stopped.abort();
  }

  async #send(): Promise<void> {
    if (!this.#mayContinue()) return;
    await this.#gate.through(() => this.#deliver());
    if (!this.#mayContinue()) return;
    const gapMs = (gapsSeconds[this.#attempts] ?? gapsSeconds.at(-1) ?? 3_600) * 1_000;
    this.#attempts += 1;
    this.#cancel = this.#clock.after(Math.min(gapMs, this.#firmware.helloWindowLeftMs), () => void this.#send());
  }

  #mayContinue(): boolean {
    if (this.#stopped.signal.aborted || this.#firmware.mode === "post") return false;
    if (this.#firmware.isHelloWindowOpen) return true;
    this.#onWindowClosed();
    return false;
  }

  /** One record, then the end of the connection. That nobody listens is everyday life. @source protocols C.1 */
  #deliver(): Promise<void> {
    const { uuid, state, helloHashes, setupKey } = this.#firmware;
    const retryCount = Math.min(highestRetry, state.hello.sent);
    const head = { hasAdminCredentials: true, retryCount, uuid };
    const bytes = encodeHello(
      setupKey === undefined
        ? { ...head, version: 3, rootHashes: helloHashes }
        : { ...head, version: 2, pid: setupKey.pid },
    );
    this.#firmware.helloSent();
    const fault = this.#faults.nextHello();
    if (fault === "nowhere") return Promise.resolve();
    return new Promise((resolve) => {
      const isLoopback = /^(127\.|localhost$)/.test(this.#target.host);
      const socket = connect({
        ...this.#target,
        ...(isLoopback ? { localAddress: fault?.address ?? this.#address } : {}),
      });
      const giveUp = this.#clock.after(connectLimitMs, () => socket.destroy());
      this.#stopped.signal.addEventListener("abort", () => socket.destroy(), { once: true });
      socket.once("connect", () => socket.end(bytes));
      socket.on("error", () => socket.destroy());
      socket.once("close", () => {
        giveUp();
        resolve();
      });
      socket.resume();
    });
  }
}

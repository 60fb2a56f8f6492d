import { connect } from "node:net";
import { systemClock } from "@vigil/base/clock.ts";

/** What was seen of devices that must stay reachable. */
export interface Samples {
  readonly samples: number;
  /** Addresses that answered on neither port, once for each sample. */
  readonly unreachable: readonly string[];
}

const ports = [16_992, 16_993] as const;
/** Chosen: on loopback a listener answers within a millisecond; a busy machine is given time. */
const answerMs = 10_000;

/** Asks every device twice a second whether it takes a connection on one of its ports, until it is stopped. */
export class Prober {
  readonly #addresses: readonly string[];
  readonly #lastPort = new Map<string, number>();
  readonly #unreachable: string[] = [];
  readonly #stopped = new AbortController();
  readonly #working: Promise<void>;
  #samples = 0;

  constructor(addresses: readonly string[]) {
    this.#addresses = addresses;
    this.#working = this.#work();
  }

  async stop(): Promise<Samples> {
    this.#stopped.abort();
    await this.#working;
    return { samples: this.#samples, unreachable: this.#unreachable };
  }

  async #work(): Promise<void> {
    const clock = systemClock();
    const halfSecond = 500;
    while (!this.#stopped.signal.aborted) {
      const started = clock.monotonic();
      await Promise.all(this.#addresses.map((address) => this.#sample(address)));
      const restMs = Math.max(0, halfSecond - (clock.monotonic() - started));
      await clock.sleep(restMs, this.#stopped.signal).catch(() => {});
    }
  }

  async #sample(address: string): Promise<void> {
    const last = this.#lastPort.get(address);
    const inOrder = last === undefined ? ports : [last, ...ports.filter((port) => port !== last)];
    this.#samples += 1;
    for (const port of inOrder) {
      if (!(await takesConnections(address, port))) continue;
      this.#lastPort.set(address, port);
      return;
    }
    this.#unreachable.push(address);
  }
}

function takesConnections(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: answerMs });
    const end = (isOpen: boolean): void => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => end(true));
    socket.once("timeout", () => end(false));
    socket.once("error", () => end(false));
  });
}

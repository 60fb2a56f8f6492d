import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import type { VigilClient } from "@vigil/api/client.ts";
import { Watched } from "../parts/watched.ts";
import { terminalTheme } from "./terminal-theme.ts";
import { WorkerSession, type Phase } from "./worker-session.ts";
import type { FromSerial, ToSerial } from "./words.ts";

export interface SerialState {
  readonly phase: Phase;
  /** True once it has been open: the terminal has something to show. */
  readonly wasOpen: boolean;
  /** Whether the host has power; undefined while the device has not said so. */
  readonly isPoweredOn: boolean | undefined;
  /** True: the host said more than the device kept, and some of it is lost. */
  readonly hasOverflowed: boolean;
}

const first = {
  phase: { name: "none" },
  wasOpen: false,
  isPoweredOn: undefined,
  hasOverflowed: false,
} as const satisfies SerialState;

/** The serial line of a device, with the terminal that shows it. Both stay when the tab goes. */
export class SerialSession {
  readonly state = new Watched<SerialState>(first);
  readonly terminal: Terminal;
  readonly fit = new FitAddon();
  readonly #device: string;
  readonly #bytes = new TextEncoder();
  #worker: WorkerSession<ToSerial, FromSerial> | undefined;

  constructor(device: string) {
    this.#device = device;
    this.terminal = new Terminal({
      ...terminalTheme(),
      scrollback: 5_000,
      // Its rows are then read aloud, too.
      screenReaderMode: true,
    });
    this.terminal.loadAddon(this.fit);
    this.terminal.onData((text) => this.#worker?.say({ type: "keys", bytes: this.#bytes.encode(text) }));
    // What is no text: reports of a mouse, one byte a letter.
    this.terminal.onBinary((text) => {
      const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
      this.#worker?.say({ type: "keys", bytes });
    });
  }

  open(server: VigilClient, takeOver = false): void {
    if (this.#worker !== undefined) return;
    this.#change({ ...first, wasOpen: this.state.get().wasOpen });
    const worker = new WorkerSession<ToSerial, FromSerial>({
      device: this.#device,
      worker: () => new Worker(new URL("./serial.worker.ts", import.meta.url), { type: "module" }),
      open: (address) => ({ message: { type: "open", address } }),
      close: { type: "close" },
      onPhase: (phase) => {
        if (phase.name === "over") this.#worker = undefined;
        this.#change({ phase });
      },
      onMessage: (message) => this.#hear(worker, message),
    });
    this.#worker = worker;
    void worker.start(server, { kind: "sol", takeOver });
  }

  close(): void {
    this.#worker?.close();
  }

  #hear(worker: WorkerSession<ToSerial, FromSerial>, message: FromSerial): void {
    switch (message.type) {
      case "open":
        this.#change({ wasOpen: true });
        return worker.opened();
      case "over":
        return worker.over(message.error);
      case "output":
        return this.terminal.write(message.bytes);
      case "lines": {
        const { isPoweredOn, hasOverflowed } = message;
        return this.#change({ isPoweredOn, hasOverflowed: hasOverflowed || this.state.get().hasOverflowed });
      }
      default:
        message satisfies never;
    }
  }

  #change(part: Partial<SerialState>): void {
    this.state.set({ ...this.state.get(), ...part });
  }
}

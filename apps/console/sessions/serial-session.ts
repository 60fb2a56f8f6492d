import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import type { VigilClient } from "@vigil/api/client.ts";
import { Watched } from "../parts/watched.ts";
import { terminalTheme } from "./terminal-theme.ts";
import { WorkerSession, type Phase } from "./worker-session.ts";
import type { SerialNews, ToSerial } from "./words.ts";

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
  #worker: WorkerSession<ToSerial, SerialNews> | undefined;

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
    if (this.#worker?.isOver === false) return;
    this.state.change({ ...first, wasOpen: this.state.get().wasOpen });
    this.#worker = new WorkerSession<ToSerial, SerialNews>({
      device: this.#device,
      worker: () => new Worker(new URL("./serial.worker.ts", import.meta.url), { type: "module" }),
      open: (address) => ({ message: { type: "open", address } }),
      close: { type: "close" },
      onPhase: (phase) => this.state.change(phase.name === "open" ? { phase, wasOpen: true } : { phase }),
      onNews: (news) => this.#hear(news),
    });
    void this.#worker.start(server, { kind: "sol", takeOver });
  }

  close(): void {
    this.#worker?.close();
  }

  #hear(news: SerialNews): void {
    switch (news.type) {
      case "output":
        return this.terminal.write(news.bytes);
      case "lines": {
        const { isPoweredOn, hasOverflowed } = news;
        return this.state.change({ isPoweredOn, hasOverflowed: hasOverflowed || this.state.get().hasOverflowed });
      }
      default:
        news satisfies never;
    }
  }
}

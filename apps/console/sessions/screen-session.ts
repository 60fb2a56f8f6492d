import type { VigilClient } from "@vigil/api/client.ts";
import { Watched } from "../parts/watched.ts";
import { WorkerSession, type Phase } from "./worker-session.ts";
import type { ScreenNews, ScreenRates, ToScreen } from "./words.ts";

export interface ScreenState {
  readonly phase: Phase;
  readonly width: number;
  readonly height: number;
  readonly rates: ScreenRates;
  /** Keys of a text that are still to be typed. */
  readonly typing: number;
  /** True: keys and pointer stay here. */
  readonly isViewOnly: boolean;
  /** True: the session was opened so, and the server keeps to it as well. */
  readonly mustViewOnly: boolean;
}

const first: ScreenState = {
  phase: { name: "none" },
  width: 0,
  height: 0,
  rates: { framesPerSecond: 0, bytesPerSecond: 0, busyMs: 0 },
  typing: 0,
  isViewOnly: false,
  mustViewOnly: false,
};

/** The screen of a device, with the canvas on which its worker draws. Both stay when the tab goes; then nothing is asked for. */
export class ScreenSession {
  readonly state = new Watched(first);
  /** Another one for each session: it cannot be taken back from the worker. */
  readonly canvas = new Watched<HTMLCanvasElement | undefined>(undefined);
  readonly #device: string;
  #worker: WorkerSession<ToScreen, ScreenNews> | undefined;

  constructor(device: string) {
    this.#device = device;
  }

  open(server: VigilClient, { takeOver = false, isViewOnly }: { takeOver?: boolean; isViewOnly: boolean }): void {
    if (this.#worker?.isOver === false) return;
    this.state.change({ ...first, isViewOnly, mustViewOnly: isViewOnly });
    this.#worker = new WorkerSession<ToScreen, ScreenNews>({
      device: this.#device,
      worker: () => new Worker(new URL("./screen.worker.ts", import.meta.url), { type: "module" }),
      open: (address) => {
        const element = document.createElement("canvas");
        const canvas = element.transferControlToOffscreen();
        this.canvas.set(element);
        return { message: { type: "open", address, canvas }, transfer: [canvas] };
      },
      close: { type: "close" },
      onPhase: (phase) => this.state.change({ phase }),
      onNews: (news) => this.#hear(news),
    });
    void this.#worker.start(server, { kind: "kvm", takeOver, isViewOnly });
  }

  close(): void {
    this.#worker?.close();
  }

  /** Keys and pointer; nothing goes out while it is for viewing only. */
  input(message: ToScreen & { readonly type: "key" | "pointer" | "press" | "type" }): void {
    if (!this.state.get().isViewOnly) this.#worker?.say(message);
  }

  /** Holds keys and pointer back, or lets them through again, as far as the session was opened for them. */
  viewOnly(isWanted: boolean): void {
    this.state.change({ isViewOnly: isWanted || this.state.get().mustViewOnly });
  }

  /** Keys go to the device again. */
  focus(): void {
    this.canvas.get()?.parentElement?.focus();
  }

  looking(isLooking: boolean): void {
    this.#worker?.say({ type: "looking", isLooking });
  }

  #hear(news: ScreenNews): void {
    switch (news.type) {
      case "size":
        return this.state.change({ width: news.width, height: news.height });
      case "rates": {
        const { framesPerSecond, bytesPerSecond, busyMs } = news;
        return this.state.change({ rates: { framesPerSecond, bytesPerSecond, busyMs } });
      }
      case "typing":
        return this.state.change({ typing: news.left });
      case "bell":
        return;
      default:
        news satisfies never;
    }
  }
}

import type { VigilClient } from "@vigil/api/client.ts";
import type { ErrorReport } from "@vigil/api/resources/common.ts";
import {
  sessionProtocol,
  sessionStreamPath,
  ticketProtocolPrefix,
  type SessionKind,
} from "@vigil/api/resources/sessions.ts";
import { failureOf } from "../queries.ts";
import type { FromWorker, SocketAddress } from "./words.ts";

/** How a session stands, as its tab shows it. */
export type Phase =
  | { readonly name: "none" }
  /** The server has been asked for a ticket, or the device to let us in. */
  | { readonly name: "opening" }
  /** Broken: the connection to the server is sought again, and nothing is missed if it comes back soon. */
  | { readonly name: "open"; readonly sinceMs: number; readonly isBroken: boolean }
  /** Without an error: it was ended from here. */
  | { readonly name: "over"; readonly error: ErrorReport | null };

export interface Opening {
  readonly kind: SessionKind;
  /** Ends the session of that kind that another has. */
  readonly takeOver?: boolean;
  readonly isViewOnly?: boolean;
}

/** What every worker says, beside what is of its kind. */
type PhaseWord = FromWorker<never>;

interface Parts<In, News> {
  readonly device: string;
  readonly worker: () => Worker;
  /** The first message of all, and what is handed over with it. */
  readonly open: (address: SocketAddress) => { readonly message: In; readonly transfer?: Transferable[] };
  readonly close: In;
  readonly onPhase: (phase: Phase) => void;
  /** What is of the kind; that it is open or over is a phase. */
  readonly onNews: (news: News) => void;
}

/**
 * One session of a device and the worker in which it lives.
 *
 * States: opening -> open, when the worker says so -> over; or over at once, when there is no ticket. The worker ends with the session.
 */
export class WorkerSession<In, News extends { readonly type: string }> {
  readonly #parts: Parts<In, News>;
  readonly #given = new AbortController();
  #worker: Worker | undefined;
  #openSinceMs = 0;
  #isOver = false;

  constructor(parts: Parts<In, News>) {
    this.#parts = parts;
  }

  /** Asks for a ticket and lets the worker use it; never throws: what goes wrong is a phase. */
  async start(server: VigilClient, { kind, takeOver, isViewOnly }: Opening): Promise<void> {
    const { device, onPhase } = this.#parts;
    const { signal } = this.#given;
    onPhase({ name: "opening" });
    try {
      const body = {
        kind,
        isResumable: true,
        ...(takeOver === true && { takeOver }),
        ...(isViewOnly === true && { isViewOnly }),
      };
      const { ticket } = await server.sessions.open({ params: { id: device }, body, signal });
      if (!this.#isOver)
        this.#begin({
          url: streamUrl(),
          protocol: sessionProtocol,
          ticketPrefix: ticketProtocolPrefix,
          ticket,
          device,
          kind,
        });
    } catch (error) {
      this.#over(signal.aborted ? null : failureOf(error));
    }
  }

  say(message: In): void {
    this.#worker?.postMessage(message);
  }

  /** Ends it from here. The worker tells when it is over; one that was not begun is over at once. */
  close(): void {
    this.#given.abort();
    if (this.#worker === undefined) this.#over(null);
    else this.say(this.#parts.close);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  #over(error: ErrorReport | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#parts.onPhase({ name: "over", error });
  }

  #hear(message: FromWorker<News>): void {
    if (!isPhaseWord(message)) return this.#parts.onNews(message);
    if (message.type === "over") return this.#over(message.error);
    if (message.type === "open") this.#openSinceMs = Date.now();
    const isBroken = message.type === "broken" && message.isBroken;
    this.#parts.onPhase({ name: "open", sinceMs: this.#openSinceMs, isBroken });
  }

  #begin(address: SocketAddress): void {
    const worker = this.#parts.worker();
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: { readonly data: FromWorker<News> }) => this.#hear(data));
    worker.addEventListener("error", () => this.#over(failureOf(new Error("the worker has failed"))));
    const { message, transfer = [] } = this.#parts.open(address);
    worker.postMessage(message, transfer);
  }
}

function isPhaseWord<News extends { readonly type: string }>(message: PhaseWord | News): message is PhaseWord {
  return message.type === "open" || message.type === "broken" || message.type === "over";
}

function streamUrl(): string {
  const url = new URL(sessionStreamPath, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

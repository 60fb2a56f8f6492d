import type { Writable } from "node:stream";
import { liveHeartbeatMs, type LiveEventName, type LiveEvents } from "@vigil/api/live.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Events, ServerEvent } from "../events.ts";

/** Looks up what moved. Ids of what is gone are left out. */
export interface LiveSources {
  devices(ids: readonly string[]): Promise<LiveEvents["devices"]["items"]>;
  runs(ids: readonly string[]): Promise<LiveEvents["runs"]["items"]>;
  /** @param moved devices, and the first note of each that moved */
  attempts(
    moved: readonly { readonly device: string; readonly note: number }[],
  ): Promise<LiveEvents["attempts"]["items"]>;
  results(run: string, devices: readonly string[]): Promise<LiveEvents["results"]["items"]>;
}

/** Messages are gathered for this long. */
const gatherMs = 250;
const mostWatchers = 200;
/** Items in one message. */
const mostItems = 500;
/** Bytes that may wait for a slow watcher; beyond that messages are left out and it is told so. */
const mostWaiting = 1024 * 1024;

interface Watcher {
  readonly stream: Writable;
  dropped: number;
}

/**
 * The live feed: gathers what moved, looks it up once, and sends it to everybody who watches. Nothing is looked up while
 * nobody does.
 */
export class LiveFeed {
  readonly #sources: LiveSources;
  readonly #log: Log;
  readonly #watchers = new Set<Watcher>();
  readonly #cancels: (() => void)[];
  #devices = new Set<string>();
  #runs = new Set<string>();
  #results = new Map<string, Set<string>>();
  /** By device: the first note that moved. */
  #attempts = new Map<string, number>();
  #isSending = false;

  constructor(deps: {
    readonly events: Events;
    readonly sources: LiveSources;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#sources = deps.sources;
    this.#log = deps.log;
    this.#cancels = [
      deps.events.subscribe((event) => this.#gather(event)),
      deps.clock.every(gatherMs, () => void this.#send()),
      deps.clock.every(liveHeartbeatMs, () => this.#broadcast(": still here\n\n")),
    ];
  }

  /** Adds a watcher; it leaves by closing. */
  join(stream: Writable): void {
    if (this.#watchers.size >= mostWatchers) return void stream.end();
    const watcher = { stream, dropped: 0 };
    this.#watchers.add(watcher);
    stream.on("error", () => stream.destroy());
    stream.once("close", () => this.#watchers.delete(watcher));
    stream.write(": welcome\n\n");
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel();
    for (const { stream } of this.#watchers) stream.end();
  }

  #gather(event: ServerEvent): void {
    if (this.#watchers.size === 0) return;
    if (event.kind === "device") this.#devices.add(event.id);
    if (event.kind === "run") this.#runs.add(event.id);
    if (event.kind === "attempt") {
      this.#attempts.set(event.device, Math.min(event.note, this.#attempts.get(event.device) ?? event.note));
    }
    if (event.kind !== "result") return;
    const devices = this.#results.get(event.run) ?? new Set();
    this.#results.set(event.run, devices.add(event.device));
  }

  async #send(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (const ids of pages(take(this.#devices))) this.#tell("devices", { items: await this.#sources.devices(ids) });
      const runs = take(this.#runs);
      if (runs.length > 0) this.#tell("runs", { items: await this.#sources.runs(runs) });
      const attempts = [...this.#attempts].map(([device, note]) => ({ device, note }));
      this.#attempts.clear();
      if (attempts.length > 0) this.#tell("attempts", { items: await this.#sources.attempts(attempts) });
      const results = [...this.#results];
      this.#results.clear();
      for (const [run, devices] of results) {
        for (const ids of pages([...devices])) {
          this.#tell("results", { run, items: await this.#sources.results(run, ids) });
        }
      }
    } catch (error) {
      // Lossy by design: watchers ask the routes again.
      this.#log.warn("the live feed left something out", { error });
      this.#tell("gap", { dropped: 1 });
    } finally {
      this.#isSending = false;
    }
  }

  #tell<Name extends LiveEventName>(name: Name, data: LiveEvents[Name]): void {
    this.#broadcast(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  #broadcast(text: string): void {
    for (const watcher of this.#watchers) {
      if (watcher.stream.writableLength > mostWaiting) {
        watcher.dropped += 1;
        continue;
      }
      if (watcher.dropped > 0) {
        watcher.stream.write(`event: gap\ndata: ${JSON.stringify({ dropped: watcher.dropped })}\n\n`);
        watcher.dropped = 0;
      }
      watcher.stream.write(text);
    }
  }
}

function take(set: Set<string>): string[] {
  const all = [...set];
  set.clear();
  return all;
}

function pages(ids: readonly string[]): string[][] {
  const all: string[][] = [];
  for (let from = 0; from < ids.length; from += mostItems) all.push(ids.slice(from, from + mostItems));
  return all;
}

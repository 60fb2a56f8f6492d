import { Duplex } from "node:stream";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import {
  deviceSol,
  encodeManagerSol,
  mostKeys,
  serialLinesOf,
  solBeatMs,
  usualSolLimits,
  type DeviceSol,
  type ManagerSol,
  type SerialLines,
} from "@vigil/wire/redirection/sol.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import { fail } from "../errors.ts";
import { openSession, type OpenSession, type SessionOptions } from "./session.ts";

export type { SerialLines } from "@vigil/wire/redirection/sol.ts";

/** How a line behaves, however its session comes about. */
interface LineOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** For how long a line that was lost is opened again; 0, and unless said otherwise, not at all. */
  readonly resumeForMs?: number;
  /** Told whenever the device says how its lines are. */
  readonly onLines?: (lines: SerialLines) => void;
  /** Told when the line was lost and is opened again, and when it is back. What was on the way is lost. */
  readonly onResume?: (state: "lost" | "back") => void;
}

export type SerialOptions = SessionOptions & LineOptions;

/** A line over a session that somebody else opens: a relay between here and the device. */
export interface RelayedLineOptions extends LineOptions {
  /** Opens the session, and another when the line was lost. */
  readonly open: (signal: AbortSignal | undefined) => Promise<OpenSession>;
}

/** Three heartbeats of the device's. */
const silenceMs = 15_000;
/** Between two tries to open a lost line. */
const retryMs = 1_000;
const startTimeoutMs = 10_000;

/**
 * The serial line of a device's host, as a stream: what is written are keys, what is read is the host's output, raw.
 * @throws as openSession, and amt.redirection.refused when the device does not start the line
 */
export function openSerialLine(options: SerialOptions): Promise<SerialLine> {
  const { signal: _, ...way } = options;
  const open = (signal?: AbortSignal): Promise<OpenSession> =>
    openSession("sol", { ...way, ...(signal === undefined ? {} : { signal }) });
  return openRelayedLine({ ...options, open });
}

/** The same over a session that `open` gives. @throws what `open` does, and amt.redirection.refused when the device does not start the line */
export async function openRelayedLine(options: RelayedLineOptions): Promise<SerialLine> {
  return new SerialLine(options, await startedLine(options));
}

/** A session with the line started. */
interface StartedLine {
  readonly session: OpenSession;
  readonly reader: MessageReader<DeviceSol>;
}

/**
 * States: open -> lost when the connection breaks or the device is silent, if it is to be resumed -> open again when a new session comes about,
 * or failed when none does in time -> closed by end() or destroy(): the device is told. A connection that the device ends in good order is not
 * resumed: somebody ended the session. While nobody reads, nothing is read from the device either, which then holds its host back.
 */
export class SerialLine extends Duplex {
  readonly #options: RelayedLineOptions;
  readonly #stop = new AbortController();
  readonly #cancelHeartbeat: () => void;
  #line: StartedLine | undefined;
  #sequence = 1;
  #isOver = false;
  #waiting: (() => void)[] = [];
  #wake: (() => void) | undefined;

  constructor(options: RelayedLineOptions, line: StartedLine) {
    super({ allowHalfOpen: false });
    this.#options = options;
    this.#line = line;
    const { clock, signal } = options;
    this.#cancelHeartbeat = clock.every(solBeatMs, () => this.#beat());
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    void this.#pump().catch((error: unknown) => this.destroy(asError(error)));
  }

  readonly #onAbort = (): void => void this.destroy(asError(this.#options.signal?.reason));

  override _read(): void {
    this.#wake?.();
    this.#wake = undefined;
  }

  override _write(keys: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    void this.#deliver(keys, done);
  }

  /** All keys are written: whoever ends the line wants no more of its output. */
  override _final(done: (error?: Error | null) => void): void {
    this.#release();
    this.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#release();
    done(error);
  }

  /** Tells the device, and lets go of everything. */
  #release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelHeartbeat();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#stop.abort(fail("amt.connect.closed"));
    const line = this.#line;
    this.#line = undefined;
    if (line !== undefined) {
      void line.session.stream.write(encodeManagerSol({ type: "end", sequence: this.#next() })).catch(() => {});
      line.session.close();
    }
    this.#settle();
  }

  /** Reads for as long as the line is there, and opens it anew when it was lost. */
  async #pump(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#listen();
        // The device has ended it.
        if (!this.#isOver) this.destroy(fail("amt.redirection.closed", { details: this.#details }));
      } catch (error) {
        if (this.#isOver) return;
        if (!isLoss(error)) throw error;
        await this.#resume(error);
      }
    }
  }

  get #details(): OpenSession["details"] {
    return this.#line?.session.details ?? { session: "sol" };
  }

  /** @returns when the device has ended the connection */
  async #listen(): Promise<void> {
    const line = this.#line;
    if (line === undefined) return;
    for (;;) {
      for (let message = line.reader.next(); message !== undefined; message = line.reader.next())
        await this.#take(message);
      const bytes = await this.#heard(line);
      if (bytes === undefined) return;
      line.reader.push(bytes);
    }
  }

  async #heard({ session }: StartedLine): Promise<Uint8Array | undefined> {
    const silent = (): Error => fail("amt.answer.timeout", { details: session.details });
    using deadline = this.#options.clock.deadline(silenceMs, silent, this.#stop.signal);
    return await session.stream.read(deadline.signal);
  }

  async #take(message: DeviceSol): Promise<void> {
    switch (message.type) {
      case "data":
        if (!this.#isOver && !this.push(message.data)) await this.#room();
        return;
      case "lines":
        return this.#options.onLines?.(serialLinesOf(message.status));
      case "ping":
        return this.#say({ type: "pong", sequence: message.sequence });
      case "started":
      case "ended":
      case "pong":
      case "heartbeat":
        return;
      default:
        message satisfies never;
    }
  }

  /** Resolves when somebody reads again. */
  #room(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isOver) return resolve();
      this.#wake = resolve;
    });
  }

  async #deliver(keys: Buffer, done: (error?: Error | null) => void): Promise<void> {
    let failure: Error | null = null;
    try {
      await this.#type(keys);
    } catch (error) {
      failure = asError(error);
    }
    done(failure);
  }

  async #type(keys: Buffer): Promise<void> {
    for (let offset = 0; offset < keys.length; offset += mostKeys) {
      while (this.#line === undefined && !this.#isOver) await this.#back();
      await this.#say({ type: "data", sequence: this.#next(), data: keys.subarray(offset, offset + mostKeys) });
    }
  }

  async #say(message: ManagerSol): Promise<void> {
    try {
      await this.#line?.session.stream.write(encodeManagerSol(message), this.#stop.signal);
    } catch (error) {
      // Whoever reads hears of a loss, too, and does what is to be done.
      if (!isLoss(error) && !this.#isOver) throw error;
    }
  }

  #beat(): void {
    void this.#say({ type: "heartbeat", sequence: this.#next() }).catch(() => {});
  }

  #next(): number {
    return (this.#sequence = (this.#sequence + 1) % 2 ** 32);
  }

  /** Opens the line anew. @throws the loss when it does not come about in time, or what the device refuses it with */
  async #resume(loss: unknown): Promise<void> {
    const { clock, resumeForMs = 0, onResume } = this.#options;
    this.#line?.session.stream.destroy();
    this.#line = undefined;
    const until = clock.monotonic() + resumeForMs;
    if (resumeForMs <= 0) throw lost(loss);
    onResume?.("lost");
    while (clock.monotonic() < until) {
      await clock.sleep(retryMs, this.#stop.signal);
      try {
        this.#line = await startedLine({ ...this.#options, signal: this.#stop.signal });
        onResume?.("back");
        return this.#settle();
      } catch (error) {
        // The device may not have noticed yet that the old one is gone.
        const isBusy = error instanceof VigilError && error.code === "amt.redirection.busy";
        if (!isBusy && !isLoss(error)) throw error;
      }
    }
    throw lost(loss);
  }

  #back(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Those that wait for the line, or for room, go on: it is back, or there will be none. */
  #settle(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one();
    if (this.#isOver) this.#wake?.();
  }
}

async function startedLine(options: RelayedLineOptions): Promise<StartedLine> {
  const session = await options.open(options.signal);
  const { stream, details } = session;
  try {
    using deadline = options.clock.deadline(
      startTimeoutMs,
      () => fail("amt.answer.timeout", { details }),
      options.signal,
    );
    const reader = new MessageReader(deviceSol);
    reader.push(session.rest);
    await stream.write(encodeManagerSol({ type: "start", sequence: 0, limits: usualSolLimits }), deadline.signal);
    for (;;) {
      const message = reader.next();
      if (message?.type === "started" && message.status === 0) return { session, reader };
      if (message?.type === "started")
        throw fail("amt.redirection.refused", { details: { ...details, status: message.status } });
      if (message !== undefined) continue;
      const bytes = await stream.read(deadline.signal);
      if (bytes === undefined) throw fail("amt.redirection.closed", { details });
      reader.push(bytes);
    }
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** True when the way to the device failed, not the device. */
function isLoss(error: unknown): boolean {
  return error instanceof VigilError && (error.side === "network" || error.code === "amt.redirection.closed");
}

function lost(cause: unknown): VigilError {
  return fail("amt.redirection.closed", { details: cause instanceof VigilError ? cause.details : {}, cause });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

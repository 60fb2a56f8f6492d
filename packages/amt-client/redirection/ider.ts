import { VigilError } from "@vigil/base/errors.ts";
import { decodePacket, senses } from "@vigil/wire/redirection/atapi.ts";
import {
  deviceIder,
  driveOf,
  encodeManagerIder,
  iderDrives,
  iderFeatures,
  iderToggle,
  maxIderData,
  type DeviceIder,
  type IderDrive,
  type ManagerIder,
  type Sense,
} from "@vigil/wire/redirection/ider.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import { fail } from "../errors.ts";
import { ReadAhead, type DiskSource } from "@vigil/wire/redirection/disk-image.ts";
import { Drive } from "@vigil/wire/redirection/drive.ts";
import { openSession, type OpenSession, type SessionOptions } from "./session.ts";

/** What is put into a drive. */
export interface DiskImage {
  /** For the allow list. */
  readonly name: string;
  readonly source: DiskSource;
  /** True: the host may write, if the source can. Only a floppy is written to. */
  readonly isWritable?: boolean;
}

export interface DiskOptions extends SessionOptions {
  readonly images: Readonly<Partial<Record<IderDrive, DiskImage>>>;
  /** Names of the images that may be shown to a device. */
  readonly allowed: ReadonlySet<string>;
  /** When the host sees the drives: at once, when it is done with others, or at its next start. */
  readonly begins: "now" | "gracefully" | "on-reboot";
  readonly onProgress?: (progress: DiskProgress) => void;
}

export interface DiskProgress {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly commands: number;
  /** Over the last second or so. */
  readonly bytesPerSecond: number;
}

/** @source protocols D.4 */
const timeouts = { receiveTimeoutMs: 30_000, transmitTimeoutMs: 0, heartbeatMs: 20_000, version: 1 } as const;
/** Below the receive timeout. @source protocols D.4 */
const heartbeatMs = 10_000;
/** Three heartbeats of the device's. */
const silenceMs = 60_000;
const startTimeoutMs = 15_000;
const progressMs = 500;
/** A device that takes nothing any more is not waited for. */
const closeMs = 2_000;
const begins = { now: iderToggle.now, gracefully: iderToggle.graceful, "on-reboot": iderToggle.onReboot } as const;

type Unnumbered<T> = T extends unknown ? Omit<T, "sequence"> : never;
type Command = DeviceIder & { readonly type: "command" };

/**
 * Puts images into the drives of a device's host.
 * @throws amt.redirection.image-refused (caller) for one that is not allowed; as openSession; amt.redirection.refused when the device does
 *   not switch its drives on, amt.answer.invalid when it wants to be spoken to in another way
 */
export async function openDisk(options: DiskOptions): Promise<DiskSession> {
  for (const image of Object.values(options.images)) {
    if (!options.allowed.has(image.name))
      throw fail("amt.redirection.image-refused", { details: { image: image.name } });
  }
  const disk = new DiskSession(options, await openSession("ider", options));
  try {
    await disk.start();
  } catch (error) {
    await disk.close();
    throw error;
  }
  return disk;
}

/**
 * A host's drives, with our images in them.
 *
 * States: opened -> on when the device has switched them on -> over: closed by us, or lost; see `done`. The device commands, one thing at a
 * time; a reset of the host gives up what is under way. Nothing is resumed: a host whose disk was away for a moment has lost it.
 */
export class DiskSession implements AsyncDisposable {
  /** Resolves when it is closed; rejects when it is lost. @throws amt.redirection.closed, amt.answer.*, wire.redirection.* */
  readonly done: Promise<void>;
  readonly #options: DiskOptions;
  readonly #session: OpenSession;
  readonly #reader = new MessageReader(deviceIder);
  readonly #over = new AbortController();
  readonly #drives: Readonly<Record<IderDrive, Drive>>;
  readonly #sources: Readonly<Partial<Record<IderDrive, ReadAhead>>>;
  readonly #finish = Promise.withResolvers<void>();
  readonly #cancelHeartbeat: () => void;
  #sent = 0;
  #heard = 0;
  #readBytes = maxIderData;
  #writeBytes = maxIderData;
  #command = new AbortController();
  #onData: ((data: Uint8Array) => void) | undefined;
  #working: Promise<void> = Promise.resolve();
  #sending: Promise<void> = Promise.resolve();
  #counts = { bytesRead: 0, bytesWritten: 0, commands: 0 };
  #window = { at: 0, bytes: 0, rate: 0 };

  constructor(options: DiskOptions, session: OpenSession) {
    this.#options = options;
    this.#session = session;
    this.done = this.#finish.promise;
    // Who does not wait for it is not to be surprised by it.
    this.done.catch(() => {});
    const { images, clock, signal } = options;
    const driveWith = (kind: IderDrive): Drive => {
      const image = images[kind];
      return new Drive(kind, image && { bytes: image.source.size, isWritable: this.#mayWrite(kind) });
    };
    this.#drives = { cd: driveWith("cd"), floppy: driveWith("floppy") };
    const sourceOf = (kind: IderDrive): ReadAhead | undefined =>
      images[kind] && new ReadAhead(images[kind].source, this.#over.signal);
    const [cd, floppy] = [sourceOf("cd"), sourceOf("floppy")];
    this.#sources = { ...(cd && { cd }), ...(floppy && { floppy }) };
    this.#window.at = clock.monotonic();
    this.#reader.push(session.rest);
    this.#cancelHeartbeat = clock.every(heartbeatMs, () => void this.#say({ type: "heartbeat" }).catch(() => {}));
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get progress(): DiskProgress {
    return { ...this.#counts, bytesPerSecond: Math.round(this.#window.rate) };
  }

  /** Agrees with the device, and has it switch the drives on. Called once, by openDisk. */
  async start(): Promise<void> {
    const { clock } = this.#options;
    const { details } = this.#session;
    using deadline = clock.deadline(startTimeoutMs, () => fail("amt.answer.timeout", { details }), this.#over.signal);
    await this.#say({ type: "open", ...timeouts });
    const opened = await this.#awaited("opened", deadline.signal);
    const isUsual = [opened.readBytes, opened.writeBytes].every((one) => one > 0 && one <= maxIderData);
    if (!isUsual || opened.protocol !== 0) {
      const { readBytes, writeBytes, protocol } = opened;
      throw fail("amt.answer.invalid", { details: { ...details, readBytes, writeBytes, protocol } });
    }
    this.#readBytes = opened.readBytes;
    this.#writeBytes = opened.writeBytes;
    const value = iderToggle.enable + begins[this.#options.begins];
    await this.#say({ type: "feature", feature: iderFeatures.toggle, value });
    const reply = await this.#awaited("featureReply", deadline.signal);
    if ((reply.value & 1) === 0)
      throw fail("amt.redirection.refused", { details: { ...details, status: reply.value } });
    void this.#serve();
  }

  /** Takes the images out and ends the session. What is under way is given up. */
  async close(): Promise<void> {
    if (this.#over.signal.aborted) return;
    // The device pulls the drives out by itself when the session ends; these are for good order.
    void this.#say({ type: "feature", feature: iderFeatures.toggle, value: iderToggle.now }).catch(() => {});
    void this.#say({ type: "close" }).catch(() => {});
    const patience = new AbortController();
    const limit = this.#options.clock.sleep(closeMs, patience.signal).catch(() => {});
    await Promise.race([this.#sending, limit]);
    patience.abort();
    this.#end(undefined);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly #onAbort = (): void => this.#end(this.#options.signal?.reason);

  #end(failure: unknown): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort(failure ?? fail("amt.connect.closed"));
    this.#cancelHeartbeat();
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#session.close();
    if (failure === undefined) this.#finish.resolve();
    else this.#finish.reject(failure);
  }

  async #serve(): Promise<void> {
    try {
      for (;;) this.#take(await this.#next(this.#over.signal));
    } catch (error) {
      this.#end(error);
    }
  }

  #take(message: DeviceIder): void {
    switch (message.type) {
      case "command":
        this.#working = this.#working.then(() => this.#perform(message));
        return;
      case "dataFromHost":
        return this.#onData?.(message.data);
      case "ping":
        return void this.#say({ type: "pong" }).catch(() => {});
      case "reset":
        this.#command.abort(new Error("the host has been reset"));
        this.#working = this.#working.then(() => this.#say({ type: "resetDone" }).catch(() => {}));
        return;
      case "error":
        throw fail("amt.redirection.closed", { details: { ...this.#session.details, deviceError: message.code } });
      case "opened":
      case "closed":
      case "featureReply":
      case "pong":
      case "heartbeat":
        return;
      default:
        message satisfies never;
    }
  }

  /** Carries one command out. Failures of the source are the drive's; those of the connection are heard by who reads. */
  async #perform(command: Command): Promise<void> {
    this.#command = new AbortController();
    const signal = AbortSignal.any([this.#command.signal, this.#over.signal]);
    const kind = driveOf(command.device);
    const packet = decodePacket(command.packet);
    const answer = this.#drives[kind].answer(packet);
    this.#counts.commands += 1;
    try {
      if (answer.kind === "done") await this.#finished(kind);
      else if (answer.kind === "sense") await this.#finished(kind, answer.sense);
      else if (answer.kind === "data") await this.#give(command, answer.data, true);
      else if (answer.kind === "read") await this.#read(command, answer, signal);
      else await this.#write(kind, answer, signal);
    } catch (error) {
      const isOurs = signal.aborted || error instanceof VigilError;
      if (!isOurs)
        await this.#finished(kind, answer.kind === "write" ? senses.writeFailed : senses.readFailed).catch(() => {});
    }
    this.#report();
  }

  async #read(
    command: Command,
    at: { readonly offset: number; readonly length: number },
    signal: AbortSignal,
  ): Promise<void> {
    const source = this.#sources[driveOf(command.device)];
    // A drive without a medium answers no read.
    if (source === undefined) return;
    for (let done = 0; done < at.length;) {
      const length = Math.min(this.#readBytes, at.length - done);
      const data = await source.read(at.offset + done, length);
      signal.throwIfAborted();
      done += length;
      await this.#give(command, data, done === at.length);
      this.#count(length, 0);
    }
  }

  async #write(
    kind: IderDrive,
    at: { readonly offset: number; readonly length: number },
    signal: AbortSignal,
  ): Promise<void> {
    const source = this.#options.images[kind]?.source;
    for (let done = 0; done < at.length;) {
      const wanted = Math.min(this.#writeBytes, at.length - done);
      const data = await this.#asked(kind, wanted, signal);
      // What stands behind the image's end is no part of it.
      const kept = data.subarray(0, Math.max(0, (source?.size ?? 0) - at.offset - done));
      await source?.write?.(at.offset + done, kept, signal);
      done += wanted;
      this.#count(0, wanted);
    }
    this.#sources[kind]?.forget();
    await this.#finished(kind);
  }

  /** Asks the host for what it writes. */
  async #asked(kind: IderDrive, bytes: number, signal: AbortSignal): Promise<Uint8Array> {
    const arrived = Promise.withResolvers<Uint8Array>();
    const parts: Uint8Array[] = [];
    let length = 0;
    this.#onData = (data) => {
      parts.push(data);
      length += data.length;
      if (length >= bytes) arrived.resolve(new Uint8Array(Buffer.concat(parts).subarray(0, bytes)));
    };
    const onAbort = (): void => arrived.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await this.#say({ type: "wantData", device: iderDrives[kind], bytes });
      return await arrived.promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
      this.#onData = undefined;
    }
  }

  #give({ device, isDma }: Command, data: Uint8Array, isLast: boolean): Promise<void> {
    return this.#say({ type: "dataToHost", device: iderDrives[driveOf(device)], isLast, isDma, data });
  }

  #finished(kind: IderDrive, sense?: Sense): Promise<void> {
    return this.#say({ type: "commandEnd", device: iderDrives[kind], ...(sense === undefined ? {} : { sense }) });
  }

  /** Messages leave in the order of their numbers; each waits until the device takes it. */
  #say(message: Unnumbered<Exclude<ManagerIder, { readonly type: "endSession" }>>): Promise<void> {
    const bytes = encodeManagerIder({ ...message, sequence: this.#sent });
    this.#sent += 1;
    const sent = this.#sending.then(() => this.#session.stream.write(bytes, this.#over.signal));
    this.#sending = sent.catch(() => {});
    return sent;
  }

  async #awaited<T extends DeviceIder["type"]>(
    type: T,
    signal: AbortSignal,
  ): Promise<Extract<DeviceIder, { readonly type: T }>> {
    for (;;) {
      const message = await this.#next(signal);
      if (isOf(message, type)) return message;
      this.#take(message);
    }
  }

  /** @throws amt.redirection.closed, amt.answer.timeout, amt.answer.invalid when a number is missing, wire.redirection.* */
  async #next(parent: AbortSignal): Promise<DeviceIder> {
    const { details, stream } = this.#session;
    using deadline = this.#options.clock.deadline(silenceMs, () => fail("amt.answer.timeout", { details }), parent);
    for (;;) {
      const message = this.#reader.next();
      if (message !== undefined) {
        const { sequence } = message;
        if (sequence !== this.#heard) {
          throw fail("amt.answer.invalid", { details: { ...details, expected: this.#heard, got: sequence } });
        }
        this.#heard += 1;
        return message;
      }
      const bytes = await stream.read(deadline.signal);
      if (bytes === undefined) throw fail("amt.redirection.closed", { details });
      this.#reader.push(bytes);
    }
  }

  #mayWrite(kind: IderDrive): boolean {
    const image = this.#options.images[kind];
    return kind === "floppy" && image?.isWritable === true && image.source.write !== undefined;
  }

  #count(read: number, written: number): void {
    this.#counts.bytesRead += read;
    this.#counts.bytesWritten += written;
    this.#window.bytes += read + written;
  }

  #report(): void {
    const now = this.#options.clock.monotonic();
    const elapsed = now - this.#window.at;
    if (elapsed < progressMs) return;
    this.#window = { at: now, bytes: 0, rate: (this.#window.bytes * 1000) / elapsed };
    this.#options.onProgress?.(this.progress);
  }
}

function isOf<T extends DeviceIder["type"]>(
  message: DeviceIder,
  type: T,
): message is Extract<DeviceIder, { readonly type: T }> {
  return message.type === type;
}

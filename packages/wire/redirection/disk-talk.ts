import { VigilError } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import { decodePacket, senses } from "./atapi.ts";
import { ReadAhead, type DiskSource } from "./disk-image.ts";
import { Drive } from "./drive.ts";
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
} from "./ider.ts";
import { joined, MessageReader } from "./messages.ts";

/** What is in a drive. */
export interface Medium {
  readonly source: DiskSource;
  /** True: the host may write, if the source can. Only a floppy is written to. */
  readonly isWritable?: boolean;
}

/** When the host sees the drives: at once, when it is done with others, or at its next start. */
export type DiskBeginning = "now" | "gracefully" | "on-reboot";

export interface DiskTalkOptions {
  readonly media: Readonly<Partial<Record<IderDrive, Medium>>>;
  readonly begins: DiskBeginning;
  /** Sends bytes to the device; resolves when there is room for more. */
  readonly send: (bytes: Uint8Array) => Promise<void>;
  /** Told after each command of the host. */
  readonly onCommand?: () => void;
}

export interface DiskCounts {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly commands: number;
}

/** How often to `beat`: below the receive timeout. @source protocols D.4 */
export const diskBeatMs = 10_000;
/** A device that was silent for so long is gone: three of its heartbeats. */
export const diskSilenceMs = 60_000;

/** @source protocols D.4 */
const timeouts = { receiveTimeoutMs: 30_000, transmitTimeoutMs: 0, heartbeatMs: 20_000, version: 1 } as const;
const toggles = { now: iderToggle.now, gracefully: iderToggle.graceful, "on-reboot": iderToggle.onReboot } as const;

type Unnumbered<T> = T extends unknown ? Omit<T, "sequence"> : never;
type Command = DeviceIder & { readonly type: "command" };
type Place = { readonly offset: number; readonly length: number };

/**
 * Our side of a disk's session, without a connection and without a clock: whoever has both pushes what comes, sends what it says, and beats.
 *
 * States: new -> asked, by start() -> opened -> on, see `on` -> over, by end(). The device commands, one thing at a time; a reset of the host
 * gives up what is under way. A failure of push() ends it: then end() is to be called.
 */
export class DiskTalk {
  /** Resolves when the device has switched its drives on. */
  readonly on: Promise<void>;
  readonly #options: DiskTalkOptions;
  readonly #reader = new MessageReader(deviceIder);
  readonly #over = new AbortController();
  readonly #drives: Readonly<Record<IderDrive, Drive>>;
  readonly #sources: Readonly<Partial<Record<IderDrive, ReadAhead>>>;
  readonly #isOn = Promise.withResolvers<void>();
  #state: "new" | "asked" | "opened" | "on" = "new";
  #sent = 0;
  #heard = 0;
  #readBytes = maxIderData;
  #writeBytes = maxIderData;
  #command = new AbortController();
  #onData: ((data: Uint8Array) => void) | undefined;
  #working: Promise<void> = Promise.resolve();
  #sending: Promise<void> = Promise.resolve();
  #counts = { bytesRead: 0, bytesWritten: 0, commands: 0 };

  constructor(options: DiskTalkOptions) {
    this.#options = options;
    this.on = this.#isOn.promise;
    // Who does not wait for it is not to be surprised by it.
    this.on.catch(() => {});
    const { media } = options;
    const driveWith = (kind: IderDrive): Drive => {
      const medium = media[kind];
      return new Drive(kind, medium && { bytes: medium.source.size, isWritable: this.#mayWrite(kind) });
    };
    this.#drives = { cd: driveWith("cd"), floppy: driveWith("floppy") };
    const sourceOf = (kind: IderDrive): ReadAhead | undefined =>
      media[kind] && new ReadAhead(media[kind].source, this.#over.signal);
    const [cd, floppy] = [sourceOf("cd"), sourceOf("floppy")];
    this.#sources = { ...(cd && { cd }), ...(floppy && { floppy }) };
  }

  get counts(): DiskCounts {
    return this.#counts;
  }

  /** Asks the device to open. */
  start(): void {
    this.#state = "asked";
    this.#tell({ type: "open", ...timeouts });
  }

  /**
   * Takes what has come, cut anywhere.
   * @throws wire.ider.refused, wire.ider.failed, wire.redirection.* (device)
   */
  push(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next()) {
      if (message.sequence !== this.#heard) throw malformed(4, `message ${this.#heard}`, message.sequence);
      this.#heard += 1;
      this.#take(message);
    }
  }

  /** Keeps the session open: to be called every `diskBeatMs`. */
  beat(): void {
    this.#tell({ type: "heartbeat" });
  }

  /** Takes the media out; resolves when all that was said is sent. end() is to follow. */
  async bye(): Promise<void> {
    // The device pulls the drives out by itself when the session ends; these are for good order.
    this.#tell({ type: "feature", feature: iderFeatures.toggle, value: iderToggle.now });
    this.#tell({ type: "close" });
    await this.#sending;
  }

  /** Gives up what is under way; nothing is said any more. */
  end(reason: unknown): void {
    this.#over.abort(reason);
    this.#isOn.reject(reason);
  }

  #take(message: DeviceIder): void {
    switch (message.type) {
      case "opened":
        return this.#opened(message);
      case "featureReply":
        return this.#toggled(message.value);
      case "command":
        this.#working = this.#working.then(() => this.#perform(message));
        return;
      case "dataFromHost":
        return this.#onData?.(message.data);
      case "ping":
        return this.#tell({ type: "pong" });
      case "reset":
        this.#command.abort(new Error("the host has been reset"));
        this.#working = this.#working.then(() => this.#tell({ type: "resetDone" }));
        return;
      case "error":
        throw fail("wire.ider.failed", { details: { deviceError: message.code } });
      case "closed":
      case "pong":
      case "heartbeat":
        return;
      default:
        message satisfies never;
    }
  }

  #opened({ readBytes, writeBytes, protocol }: DeviceIder & { readonly type: "opened" }): void {
    if (this.#state !== "asked") return;
    const isUsual = [readBytes, writeBytes].every((one) => one > 0 && one <= maxIderData);
    if (!isUsual) throw malformed(16, `pieces of 1 to ${maxIderData} bytes`, `${readBytes}, ${writeBytes}`);
    if (protocol !== 0) throw malformed(21, "protocol 0", protocol);
    this.#readBytes = readBytes;
    this.#writeBytes = writeBytes;
    this.#state = "opened";
    this.#tell({
      type: "feature",
      feature: iderFeatures.toggle,
      value: iderToggle.enable + toggles[this.#options.begins],
    });
  }

  #toggled(value: number): void {
    if (this.#state !== "opened") return;
    if ((value & 1) === 0) throw fail("wire.ider.refused", { details: { status: value } });
    this.#state = "on";
    this.#isOn.resolve();
  }

  /** Carries one command out. Failures of the source are the drive's; those of the connection are heard by who reads. */
  async #perform(command: Command): Promise<void> {
    this.#command = new AbortController();
    const signal = AbortSignal.any([this.#command.signal, this.#over.signal]);
    const kind = driveOf(command.device);
    const answer = this.#drives[kind].answer(decodePacket(command.packet));
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
    if (!this.#over.signal.aborted) this.#options.onCommand?.();
  }

  async #read(command: Command, at: Place, signal: AbortSignal): Promise<void> {
    const source = this.#sources[driveOf(command.device)];
    // A drive without a medium answers no read.
    if (source === undefined) return;
    for (let done = 0; done < at.length;) {
      const length = Math.min(this.#readBytes, at.length - done);
      const data = await source.read(at.offset + done, length);
      signal.throwIfAborted();
      done += length;
      await this.#give(command, data, done === at.length);
      this.#counts.bytesRead += length;
    }
  }

  async #write(kind: IderDrive, at: Place, signal: AbortSignal): Promise<void> {
    const source = this.#options.media[kind]?.source;
    for (let done = 0; done < at.length;) {
      const wanted = Math.min(this.#writeBytes, at.length - done);
      const data = await this.#asked(kind, wanted, signal);
      // What stands behind the image's end is no part of it.
      const kept = data.subarray(0, Math.max(0, (source?.size ?? 0) - at.offset - done));
      await source?.write?.(at.offset + done, kept, signal);
      done += wanted;
      this.#counts.bytesWritten += wanted;
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
      if (length >= bytes) arrived.resolve(joined(...parts).subarray(0, bytes));
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

  /** Whoever reads hears when it cannot be sent. */
  #tell(message: Unnumbered<Exclude<ManagerIder, { readonly type: "endSession" }>>): void {
    void this.#say(message).catch(() => {});
  }

  /** Messages leave in the order of their numbers; each waits until the device takes it. */
  #say(message: Unnumbered<Exclude<ManagerIder, { readonly type: "endSession" }>>): Promise<void> {
    const bytes = encodeManagerIder({ ...message, sequence: this.#sent });
    this.#sent += 1;
    const sent = this.#sending.then(() => {
      this.#over.signal.throwIfAborted();
      return this.#options.send(bytes);
    });
    this.#sending = sent.catch(() => {});
    return sent;
  }

  #mayWrite(kind: IderDrive): boolean {
    const medium = this.#options.media[kind];
    return kind === "floppy" && medium?.isWritable === true && medium.source.write !== undefined;
  }
}

function malformed(offset: number, expected: string, got: number | string): VigilError {
  return fail("wire.redirection.malformed", { details: { offset, expected, got } });
}

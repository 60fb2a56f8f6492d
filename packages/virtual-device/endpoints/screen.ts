import type { Duplex } from "node:stream";
import { VigilError } from "@vigil/base/errors.ts";
import type { Firmware } from "../firmware.ts";
import { kvmSettingsOf } from "../firmware/kvm-settings.ts";
import type { LiveSession, SessionRefusal } from "../firmware/sessions.ts";
import { KvmSession, type ScreenPort } from "../redirection/kvm.ts";
import { initiatorOf, type Caller } from "../caller.ts";

/** What one connection needs of its device. */
export interface ScreenDevice {
  readonly firmware: Firmware;
  save(): void;
}

/** What a viewer reads when it is not let in. In which words firmware says it is UNVERIFIED. */
const refusals: Readonly<Record<SessionRefusal, string>> = {
  off: "KVM is disabled",
  busy: "A KVM session is already active",
  consent: "User consent is required",
  unrecorded: "The audit log is full",
};

/**
 * The plain screen port's connection: KVM without a redirection session, for viewers of others. Its password is no account's, and the
 * session counts as soon as it has been right. @source protocols D.6
 */
export class ScreenConnection {
  readonly #device: ScreenDevice;
  readonly #stream: Duplex;
  readonly #caller: Caller;
  readonly #session: KvmSession;
  #live: LiveSession | undefined;

  constructor(device: ScreenDevice, stream: Duplex, via: Omit<Caller, "username">) {
    this.#device = device;
    this.#stream = stream;
    this.#caller = { ...via, username: "", isAtScreenPort: true };
    const { firmware } = device;
    const port: ScreenPort = {
      password: kvmSettingsOf(firmware.state).password,
      refusal: () => this.#refusal(),
      admit: (isRight) => this.#admit(isRight),
    };
    this.#session = new KvmSession(
      {
        firmware,
        caller: this.#caller,
        get backlog() {
          return stream.writableLength;
        },
        get isFull() {
          return stream.writableNeedDrain;
        },
        send: (bytes) => void (stream.writableEnded || stream.destroyed || stream.write(bytes)),
        end: () => this.#end(),
      },
      port,
    );
    stream.on("data", (bytes: Uint8Array) => this.#receive(bytes));
    stream.on("drain", () => this.#session.drained());
    stream.on("error", () => stream.destroy());
    stream.on("end", () => stream.end());
    stream.once("close", () => this.#close());
  }

  /** It keeps its own time. */
  get isBusy(): boolean {
    return true;
  }

  get lastActiveMs(): number {
    return this.#device.firmware.clock.monotonic();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#stream.writableEnded) return;
    try {
      this.#session.receive(bytes);
    } catch (error) {
      // Whoever sends what is none of the protocol is cut off.
      if (!(error instanceof VigilError)) throw error;
      this.#stream.destroy();
    }
  }

  #refusal(): string | undefined {
    const { firmware } = this.#device;
    if (firmware.sessions.screenPasswords.isBlocked) return "Too many wrong passwords";
    const refusal = firmware.sessions.refusalOf("kvm");
    return refusal === undefined ? undefined : refusals[refusal];
  }

  #admit(isRight: boolean): string | undefined {
    const { firmware } = this.#device;
    firmware.initiator = initiatorOf(this.#caller);
    firmware.sessions.screenPasswords.noteTry(isRight);
    this.#device.save();
    if (!isRight) return "The password is wrong";
    // Someone else may have been quicker since the greeting.
    const refusal = this.#refusal();
    if (refusal !== undefined) return refusal;
    this.#live = { kind: "kvm", caller: this.#caller, end: () => this.#end() };
    firmware.sessions.begin(this.#live);
    return undefined;
  }

  #end(): void {
    this.#close();
    this.#stream.end();
  }

  #close(): void {
    this.#session.closed();
    const live = this.#live;
    this.#live = undefined;
    if (live === undefined) return;
    this.#device.firmware.sessions.finished(live);
    this.#device.save();
  }
}

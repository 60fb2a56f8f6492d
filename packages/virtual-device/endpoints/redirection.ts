import type { Duplex } from "node:stream";
import { VigilError } from "@vigil/base/errors.ts";
import {
  encodeDeviceHandshake,
  kindOf,
  managerHandshake,
  startStatuses,
  type ManagerHandshake,
  type RedirectionKind,
  type Start,
} from "@vigil/wire/redirection/handshake.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import type { Faults } from "../faults.ts";
import type { Caller, Firmware } from "../firmware.ts";
import type { LiveSession, SessionRefusal } from "../firmware/sessions.ts";
import type { KerberosLogin } from "../kerberos/kerberos-login.ts";
import { sessionOpeners } from "../redirection/openers.ts";
import type { SessionEnd, SessionLine, SessionOpener } from "../redirection/session-line.ts";
import { RedirectionLogin } from "./redirection-login.ts";

/** What one connection needs of its device. */
export interface RedirectionDevice {
  readonly firmware: Firmware;
  readonly faults: Faults;
  readonly kerberos: KerberosLogin;
  save(): void;
}

/** Logins that one connection may try. UNVERIFIED */
const mostLogins = 4;

/**
 * How a device says that there is no session now. That one of a kind which is off is "unsupported", and one that lacks consent an
 * "error", is UNVERIFIED.
 */
const refusals: Readonly<Record<SessionRefusal, number>> = {
  off: startStatuses.unsupported,
  busy: startStatuses.busy,
  consent: startStatuses.error,
  unrecorded: startStatuses.error,
};

/**
 * A redirection port's connection.
 *
 * States: new -> started when a kind was asked for that can be had -> open when the manager is logged in -> closed when it says so, goes,
 * sends what cannot be read, or the device ends it. From then on the bytes are the session's own: see redirection/openers.ts.
 * @source protocols D.1, D.2
 */
export class RedirectionConnection {
  /** When something last came, on the monotonic clock. */
  lastActiveMs: number;
  readonly #device: RedirectionDevice;
  readonly #stream: Duplex;
  readonly #openers: Readonly<Partial<Record<RedirectionKind, SessionOpener>>>;
  readonly #login: RedirectionLogin;
  readonly #reader = new MessageReader(managerHandshake);
  #kind: RedirectionKind | undefined;
  #logins = 0;
  #live: LiveSession | undefined;
  #session: SessionEnd | undefined;
  #isClosed = false;
  #sendLeft = Number.POSITIVE_INFINITY;
  #delayMs = 0;
  #sending: Promise<void> = Promise.resolve();

  /** @param openers what answers in a session of each kind; a kind that is not there is unsupported */
  constructor(
    device: RedirectionDevice,
    stream: Duplex,
    via: Omit<Caller, "username">,
    openers: Readonly<Partial<Record<RedirectionKind, SessionOpener>>> = sessionOpeners,
  ) {
    this.#device = device;
    this.#openers = openers;
    this.#stream = stream;
    this.#login = new RedirectionLogin(device.firmware, via, device.kerberos);
    this.lastActiveMs = device.firmware.clock.monotonic();
    stream.on("data", (bytes: Uint8Array) => this.#receive(bytes));
    stream.on("drain", () => this.#session?.drained?.());
    stream.on("error", () => stream.destroy());
    stream.on("end", () => stream.end());
    stream.once("close", () => this.#close());
  }

  /** An open session keeps its own time. */
  get isBusy(): boolean {
    return this.#session !== undefined && !this.#isClosed;
  }

  destroy(): void {
    this.#stream.destroy();
  }

  #receive(bytes: Uint8Array): void {
    if (this.#isClosed || this.#stream.writableEnded) return;
    this.lastActiveMs = this.#device.firmware.clock.monotonic();
    try {
      if (this.#session === undefined) this.#shakeHands(bytes);
      else this.#session.receive(bytes);
    } catch (error) {
      // Whoever sends what is none of the protocol is cut off, as by firmware.
      if (!(error instanceof VigilError)) throw error;
      this.#stream.destroy();
    }
  }

  #shakeHands(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    while (this.#session === undefined && !this.#stream.writableEnded) {
      const message = this.#reader.next();
      if (message === undefined) return;
      this.#take(message);
    }
    const rest = this.#reader.rest();
    if (rest.length > 0) this.#session?.receive(rest);
  }

  #take(message: ManagerHandshake): void {
    if (message.type === "end") return void this.#stream.end();
    if (message.type === "start") return this.#start(message);
    if (this.#kind === undefined) return void this.#stream.destroy();
    const { reply, caller } = this.#login.take(message);
    this.#logins += 1;
    this.#stream.write(encodeDeviceHandshake(reply));
    this.#device.save();
    if (caller !== undefined) this.#open(this.#kind, caller);
    else if (this.#logins > mostLogins) this.#stream.end();
  }

  #start(message: Start): void {
    if (this.#kind !== undefined) return void this.#stream.destroy();
    const kind = kindOf(message);
    const status = kind === undefined ? startStatuses.unknownType : this.#statusOf(kind);
    if (status !== startStatuses.ok) {
      return void this.#stream.end(encodeDeviceHandshake({ type: "startReply", status }));
    }
    this.#kind = kind;
    // @source protocols D.1 "typically"; no maker's bytes, which amtterm would stumble over
    const version = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0);
    this.#stream.write(encodeDeviceHandshake({ type: "startReply", status, version, oem: new Uint8Array() }));
  }

  #statusOf(kind: RedirectionKind): number {
    if (this.#openers[kind] === undefined) return startStatuses.unsupported;
    const wrong = this.#device.faults.nextSession();
    if (wrong?.how === "busy") return startStatuses.busy;
    if (wrong?.how === "drop") this.#sendLeft = wrong.afterBytes;
    if (wrong?.how === "slow") this.#delayMs = wrong.ms;
    const refusal = this.#device.firmware.sessions.refusalOf(kind);
    return refusal === undefined ? startStatuses.ok : refusals[refusal];
  }

  #open(kind: RedirectionKind, caller: Caller): void {
    const { firmware } = this.#device;
    const opener = this.#openers[kind];
    // Someone else may have been quicker since the start.
    if (opener === undefined || firmware.sessions.refusalOf(kind) !== undefined) return void this.#stream.end();
    const live: LiveSession = { kind, caller, end: () => this.#end() };
    this.#live = live;
    firmware.sessions.begin(live);
    const connection = this.#stream;
    const line: SessionLine = {
      firmware,
      caller,
      get backlog() {
        return connection.writableLength;
      },
      get isFull() {
        return connection.writableNeedDrain;
      },
      send: (bytes) => this.#send(bytes),
      end: () => this.#end(),
    };
    this.#session = opener(line);
  }

  #send(bytes: Uint8Array): void {
    if (this.#delayMs === 0) return this.#write(bytes);
    const { clock } = this.#device.firmware;
    this.#sending = this.#sending.then(() => clock.sleep(this.#delayMs)).then(() => this.#write(bytes));
  }

  #write(bytes: Uint8Array): void {
    if (this.#stream.writableEnded || this.#stream.destroyed) return;
    this.#stream.write(bytes.subarray(0, Math.min(bytes.length, this.#sendLeft)));
    this.#sendLeft -= bytes.length;
    if (this.#sendLeft <= 0) this.#stream.destroy();
  }

  /** What is under way still goes; the session is over now. */
  #end(): void {
    this.#close();
    void this.#sending.then(() => this.#stream.end());
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#live === undefined) return;
    this.#session?.closed();
    this.#device.firmware.sessions.finished(this.#live);
    this.#device.save();
  }
}

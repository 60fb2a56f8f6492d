import { encodePacket, type Packet } from "@vigil/wire/redirection/atapi.ts";
import {
  encodeDeviceIder,
  iderFeatures,
  iderReplies,
  iderToggle,
  managerIder,
  maxIderData,
  type DeviceIder,
  type IderDrive,
  type ManagerIder,
  type Sense,
} from "@vigil/wire/redirection/ider.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import { DiskFailure } from "../host/block-device.ts";
import { RemoteDisk, type CommandResult } from "./remote-disk.ts";
import type { SessionEnd, SessionLine } from "./session-line.ts";

/** How the device byte of a command names the drives. @source protocols D.4 */
const deviceBytes: Readonly<Record<IderDrive, number>> = { floppy: 0x00, cd: 0x10 };
/** The largest answer to one command: 32 blocks of a CD. */
const mostAnswer = 32 * 2048;

type Unnumbered<T> = T extends unknown ? Omit<T, "sequence"> : never;

interface Running {
  readonly write: Uint8Array | undefined;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (failure: DiskFailure) => void;
  readonly parts: Uint8Array[];
  bytes: number;
  /** Bytes of `write` that are on their way. */
  written: number;
}

/**
 * A session of a disk: the drives of the host whose media the manager has.
 *
 * States: let in -> opened -> on when the manager switches the drives on (at once, or with the host's next start), and off again -> ended. While on,
 * the host's commands are carried one after the other. The manager's messages are counted; a gap ends the session. @source protocols D.4
 */
export class IderEnd implements SessionEnd {
  readonly #line: SessionLine;
  readonly #reader = new MessageReader(managerIder);
  readonly #stops: (() => void)[] = [];
  #unplug: (() => void) | undefined;
  #sent = 0;
  #heard = 0;
  #isOpen = false;
  #isPending = false;
  #isOver = false;
  #running: Running | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(line: SessionLine) {
    this.#line = line;
    this.#stops.push(line.firmware.machine.onBoot(() => this.#booted()));
  }

  receive(bytes: Uint8Array): void {
    this.#reader.push(bytes);
    for (let message = this.#reader.next(); message !== undefined; message = this.#reader.next()) this.#take(message);
  }

  closed(): void {
    this.#isOver = true;
    this.#switch(false);
    for (const stop of this.#stops) stop();
    this.#fail("the session is over");
  }

  #take(message: ManagerIder): void {
    if (message.type === "endSession") return this.#line.end();
    if (message.sequence !== this.#heard) return this.#line.end();
    this.#heard += 1;
    switch (message.type) {
      case "open":
        return this.#open(message.heartbeatMs);
      case "close":
        this.#switch(false);
        return this.#say({ type: "closed" });
      case "ping":
        return this.#say({ type: "pong" });
      case "feature":
        return this.#say({ type: "featureReply", feature: message.feature, value: this.#feature(message) });
      case "commandEnd":
        return this.#end(message.sense);
      case "wantData":
        return this.#give(message.bytes);
      case "dataToHost":
        return this.#collect(message.data, message.isLast);
      case "pong":
      case "heartbeat":
      case "resetDone":
        return;
      default:
        message satisfies never;
    }
  }

  #open(heartbeatMs: number): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    const { release } = this.#line.firmware;
    const [major = 0, minor = 0] = release.split(".").map(Number);
    this.#say({
      type: "opened",
      version: [1, 0],
      firmware: [major, minor],
      readBytes: maxIderData,
      writeBytes: maxIderData,
      protocol: 0,
      oem: new Uint8Array(),
    });
    if (heartbeatMs > 0) {
      this.#stops.push(this.#line.firmware.clock.every(heartbeatMs, () => this.#say({ type: "heartbeat" })));
    }
  }

  #feature({ feature, value }: { readonly feature: number; readonly value: number }): number {
    const isOn = this.#unplug !== undefined;
    if (feature === iderFeatures.registers) return iderReplies.isSupported;
    if (feature === iderFeatures.status) return isOn ? iderReplies.isEnabled : 0;
    if (feature !== iderFeatures.toggle || !this.#isOpen) return 0;
    const isWanted = (value & iderToggle.enable) !== 0;
    const when = value & iderToggle.now;
    // Gracefully: when the host does not use the drives. It is asked nothing here, so at once. UNVERIFIED
    this.#isPending = isWanted && when === iderToggle.onReboot;
    if (!this.#isPending) this.#switch(isWanted);
    return 1;
  }

  /** Plugs the drives in, or pulls them out. */
  #switch(isOn: boolean): void {
    if (isOn === (this.#unplug !== undefined)) return;
    this.#unplug?.();
    this.#unplug = undefined;
    if (!isOn) return this.#fail("the drive is gone");
    const { machine } = this.#line.firmware;
    const pulls = (["floppy", "cd"] as const).map((drive) =>
      machine.plugIn(drive, new RemoteDisk(drive, (which, packet, write) => this.#carry(which, packet, write))),
    );
    this.#unplug = () => pulls.forEach((pull) => pull());
  }

  #booted(): void {
    this.#fail("the host has been reset");
    // @source protocols D.4; which bits of the mask UNVERIFIED
    if (this.#isOpen) this.#say({ type: "reset", mask: 3 });
    if (!this.#isPending) return;
    this.#isPending = false;
    this.#switch(true);
  }

  #carry(drive: IderDrive, packet: Packet, write?: Uint8Array): Promise<CommandResult> {
    const turn = this.#last.then(
      () =>
        new Promise<CommandResult>((resolve, reject) => {
          if (this.#isOver || this.#unplug === undefined) return reject(new DiskFailure("the drive is gone"));
          this.#running = { write, resolve, reject, parts: [], bytes: 0, written: 0 };
          const device = deviceBytes[drive];
          this.#say({ type: "command", isDma: false, device, packet: encodePacket(packet) });
        }),
    );
    this.#last = turn.catch(() => {});
    return turn;
  }

  #collect(data: Uint8Array, isLast: boolean): void {
    const running = this.#running;
    if (running === undefined) return;
    running.parts.push(data);
    running.bytes += data.length;
    if (running.bytes > mostAnswer) return this.#fail("more data than was asked for");
    if (isLast) this.#end(undefined);
  }

  /** The manager wants data of the command that writes. */
  #give(bytes: number): void {
    const running = this.#running;
    if (running?.write === undefined) return;
    const until = Math.min(running.written + bytes, running.write.length);
    while (running.written < until) {
      const data = running.write.subarray(running.written, Math.min(until, running.written + maxIderData));
      running.written += data.length;
      this.#say({ type: "dataFromHost", data });
    }
  }

  #end(sense: Sense | undefined): void {
    const running = this.#running;
    this.#running = undefined;
    if (running === undefined) return;
    running.resolve({ data: new Uint8Array(Buffer.concat(running.parts)), ...(sense === undefined ? {} : { sense }) });
  }

  #fail(why: string): void {
    const running = this.#running;
    this.#running = undefined;
    running?.reject(new DiskFailure(why));
  }

  #say(message: Unnumbered<DeviceIder>): void {
    this.#line.send(encodeDeviceIder({ ...message, sequence: this.#sent }));
    this.#sent += 1;
  }
}

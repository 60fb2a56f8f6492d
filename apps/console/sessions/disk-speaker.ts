import type { Clock } from "@vigil/base/clock.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { diskBeatMs, diskSilenceMs, DiskTalk, type DiskBeginning } from "@vigil/wire/redirection/disk-talk.ts";
import type { IderDrive } from "@vigil/wire/redirection/ider.ts";
import { fail } from "../errors.ts";
import { PickedImage } from "./picked-image.ts";
import { SessionSocket, type Reopen, type Socket } from "./session-socket.ts";
import type { FromDisk } from "./words.ts";

export interface DiskWish {
  readonly drive: IderDrive;
  readonly file: Blob;
  readonly begins: DiskBeginning;
}

/** How often the page is told how far it is. Chosen: often enough to look alive. */
const progressMs = 500;
/** What is said last has this long to leave. */
const byeMs = 2_000;

/** Lends a file of this browser to a device as a disk, over a web socket. */
export class DiskSpeaker {
  readonly #say: (message: FromDisk) => void;
  readonly #clock: Clock;
  readonly #socket: SessionSocket;
  readonly #talk: DiskTalk;
  readonly #image: PickedImage;
  readonly #stops: (() => void)[] = [];
  #heardAt: number;
  #before = { at: 0, bytes: 0 };

  constructor(socket: Socket, clock: Clock, wish: DiskWish, say: (message: FromDisk) => void, reopen?: Reopen) {
    this.#say = say;
    this.#clock = clock;
    this.#heardAt = this.#before.at = clock.monotonic();
    this.#image = new PickedImage(wish.file);
    this.#talk = new DiskTalk({
      media: { [wish.drive]: { source: this.#image } },
      begins: wish.begins,
      send: (bytes) => this.#socket.send(bytes),
    });
    this.#talk.on.then(
      () => say({ type: "on" }),
      // Why it did not come about is told at the end.
      () => {},
    );
    this.#socket = new SessionSocket(
      socket,
      {
        onOpen: () => this.#begin(),
        onBytes: (bytes) => this.#take(bytes),
        onOver: (error) => {
          for (const stop of this.#stops) stop();
          this.#talk.end(error);
          this.#report();
          say({ type: "over", error });
        },
        onBroken: (isBroken) => say({ type: "broken", isBroken }),
      },
      clock,
      reopen,
    );
  }

  /** Takes the disk out of the machine. */
  async close(): Promise<void> {
    await Promise.race([this.#talk.bye(), this.#clock.sleep(byeMs)]);
    this.#socket.close();
  }

  #begin(): void {
    this.#say({ type: "open" });
    this.#heardAt = this.#clock.monotonic();
    this.#stops.push(
      this.#clock.every(diskBeatMs, () => this.#beat()),
      this.#clock.every(progressMs, () => this.#report()),
    );
    this.#talk.start();
  }

  #beat(): void {
    if (this.#clock.monotonic() - this.#heardAt <= diskSilenceMs) return this.#talk.beat();
    this.#socket.close(reportOf(fail("console.session.silent")));
  }

  #take(bytes: Uint8Array): void {
    this.#heardAt = this.#clock.monotonic();
    try {
      this.#talk.push(bytes);
    } catch (error) {
      this.#socket.close(reportOf(error));
    }
  }

  #report(): void {
    const { bytesRead, bytesWritten, commands } = this.#talk.counts;
    const at = this.#clock.monotonic();
    const seconds = Math.max(at - this.#before.at, 1) / 1_000;
    const bytesPerSecond = Math.round((bytesRead - this.#before.bytes) / seconds);
    this.#before = { at, bytes: bytesRead };
    const { bytesSeen } = this.#image;
    this.#say({ type: "progress", bytesRead, bytesWritten, commands, bytesSeen, bytesPerSecond });
  }
}

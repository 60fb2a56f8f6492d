import type { IderDrive } from "@vigil/wire/redirection/ider.ts";
import type { BlockDevice } from "./block-device.ts";
import { Desktop } from "./desktop.ts";
import { HostProgram, type Board } from "./host-program.ts";
import { SerialPort } from "./serial-port.ts";

/** The computer around the firmware: its serial port, its screen, its drives from afar, and what runs on it. */
export class Machine {
  readonly serial = new SerialPort();
  /** What KVM shows and moves. */
  readonly desktop = new Desktop();
  readonly #drives = new Map<IderDrive, BlockDevice>();
  readonly #witnesses = new Set<() => void>();
  readonly #board: Board;
  #program: HostProgram;

  constructor(board: Board) {
    this.#board = board;
    this.#program = new HostProgram(board, this.serial, () => this.bootDrive);
  }

  /** It has started anew. */
  booted(): void {
    this.#program.stop();
    for (const witness of this.#witnesses) witness();
    this.#program = new HostProgram(this.#board, this.serial, () => this.bootDrive);
    this.#program.boot();
  }

  /** Its power is gone, or it sleeps. */
  stop(): void {
    this.#program.stop();
  }

  /** Calls `witness` at every start, before anything runs. @returns cancels it */
  onBoot(witness: () => void): () => void {
    this.#witnesses.add(witness);
    return () => this.#witnesses.delete(witness);
  }

  /** Plugs a drive in. @returns pulls it out */
  plugIn(kind: IderDrive, drive: BlockDevice): () => void {
    this.#drives.set(kind, drive);
    return () => {
      if (this.#drives.get(kind) === drive) this.#drives.delete(kind);
    };
  }

  /** The drive from afar that the last boot was told to start from; undefined when there is none. */
  get bootDrive(): BlockDevice | undefined {
    const { options } = this.#board.state.lastBoot;
    return options["UseIDER"] === true
      ? this.#drives.get(options["IDERBootDevice"] === "cd" ? "cd" : "floppy")
      : undefined;
  }
}

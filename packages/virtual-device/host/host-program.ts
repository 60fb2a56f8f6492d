import { createHash } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { FirmwareState } from "../firmware/state.ts";
import { requestedPower } from "../firmware/host-power.ts";
import { DiskFailure, type BlockDevice } from "./block-device.ts";
import { readVolume } from "./iso9660.ts";
import type { SerialPort } from "./serial-port.ts";

/** What a host's program sees of its hardware. */
export interface Board {
  readonly clock: Clock;
  readonly identity: { readonly model: string };
  readonly state: Pick<FirmwareState, "powerState" | "hasSystem" | "lastBoot">;
  readonly power: { request(state: number): unknown };
}

/** How long it looks for a disk from afar that is not there yet. Chosen: a manager opens its session and reboots, in either order. */
const diskWaitMs = 30_000;
const lookEveryMs = 500;
/** Bytes that are read at once for a checksum. */
const readBytes = 64 * 1024;
/** What is kept of a line that is typed. */
const longestLine = 200;

/**
 * What runs on the host from one start to the next, and speaks over its serial port: a small BIOS, and what it starts.
 *
 * States: silent -> setup when the boot was told so, until Escape -> loading from the disk from afar, or from the host's own -> a prompt that echoes
 * what is typed and knows a few commands. The BIOS speaks over the line only when the boot was told so (UseSOL); what is started always does.
 */
export class HostProgram {
  readonly #board: Board;
  readonly #port: SerialPort;
  readonly #bootDrive: () => BlockDevice | undefined;
  readonly #ended = new AbortController();
  #onKey: (key: string) => void;
  #line = "";
  #source = "disk";

  constructor(board: Board, port: SerialPort, bootDrive: () => BlockDevice | undefined) {
    this.#board = board;
    this.#port = port;
    this.#bootDrive = bootDrive;
    // Until the next start, the system that was started once is there.
    this.#onKey = this.#atPrompt;
    port.run((key) => {
      if (board.state.powerState === requestedPower.on && !this.#ended.signal.aborted) this.#onKey(key);
    });
  }

  stop(): void {
    this.#ended.abort();
  }

  boot(): void {
    this.#onKey = () => {};
    const { options } = this.#board.state.lastBoot;
    this.#bios(`\u001b[2J\u001b[HVirtual BIOS of ${this.#board.identity.model}\r\n`);
    if (options["BIOSSetup"] === true) return this.#setup();
    if (options["BIOSPause"] === true) {
      this.#bios("Paused. Press a key to go on\r\n");
      this.#onKey = () => this.#start();
      return;
    }
    this.#start();
  }

  /** Only who redirected the boot sees what the BIOS shows. */
  #bios(text: string): void {
    if (this.#board.state.lastBoot.options["UseSOL"] === true) this.#port.write(text);
  }

  #setup(): void {
    const { lastBoot } = this.#board.state;
    const { model } = this.#board.identity;
    const pages: Readonly<Record<string, string>> = {
      "1": `Model            ${model}\r\n`,
      "2": `Boot source      ${lastBoot.source ?? "BIOS order"}\r\nDisk redirection ${lastBoot.options["UseIDER"] === true ? "on" : "off"}\r\n`,
    };
    const menu = "BIOS setup\r\n 1 Machine\r\n 2 Boot menu\r\n Esc Leave and start\r\n> ";
    this.#bios(menu);
    this.#onKey = (key) => {
      if (key === "\u001b") {
        this.#bios("\r\nLeaving setup\r\n");
        return this.#start();
      }
      const page = pages[key];
      this.#bios(page === undefined ? "\r\n> " : `${key}\r\n${page}> `);
    };
  }

  #start(): void {
    this.#onKey = () => {};
    void this.#load().then(
      (isLoaded) => isLoaded && this.#prompt(),
      (error: unknown) => {
        // Whatever else it is, is a fault of ours.
        if (!(error instanceof DiskFailure)) throw error;
        if (!this.#ended.signal.aborted) this.#port.write(`Disk error: ${error.message}\r\nNo boot device\r\n`);
      },
    );
  }

  /** @returns whether there is something to speak with */
  async #load(): Promise<boolean> {
    const { lastBoot, hasSystem } = this.#board.state;
    if (lastBoot.options["UseIDER"] !== true) {
      this.#port.write(hasSystem ? "Starting the operating system\r\n" : "No boot device\r\n");
      return hasSystem;
    }
    this.#port.write("Booting from the redirected disk\r\n");
    const disk = await this.#appearing();
    if (this.#ended.signal.aborted) return false;
    if (disk === undefined) {
      this.#port.write("No boot device\r\n");
      return false;
    }
    await disk.open();
    await this.#list(disk);
    this.#source = "cd";
    return !this.#ended.signal.aborted;
  }

  /** The disk from afar, which may be plugged in a little later. */
  async #appearing(): Promise<BlockDevice | undefined> {
    const { clock } = this.#board;
    const until = clock.monotonic() + diskWaitMs;
    while (this.#bootDrive() === undefined && clock.monotonic() < until && !this.#ended.signal.aborted) {
      await clock.sleep(lookEveryMs, this.#ended.signal).catch(() => {});
    }
    return this.#bootDrive();
  }

  async #list(disk: BlockDevice): Promise<void> {
    const volume = await readVolume(disk);
    const lines = volume.root.map(
      (one) => `  ${one.name.padEnd(20)} ${one.isFolder ? "<DIR>" : String(one.bytes)}\r\n`,
    );
    this.#port.write(`Volume ${volume.label}\r\n${lines.join("")}`);
  }

  #prompt(): void {
    this.#onKey = this.#atPrompt;
    this.#port.write(`${this.#source}> `);
  }

  readonly #atPrompt = (key: string): void => {
    if (key === "\r" || key === "\n") {
      const line = this.#line;
      this.#line = "";
      this.#port.write("\r\n");
      return this.#command(line.trim());
    }
    if (key === "\b" || key === "\u007f") {
      if (this.#line !== "") this.#port.write("\b \b");
      this.#line = this.#line.slice(0, -1);
      return;
    }
    if (key < " " || this.#line.length >= longestLine) return;
    this.#line += key;
    this.#port.write(key);
  };

  #command(line: string): void {
    const disk = this.#source === "cd" ? this.#bootDrive() : undefined;
    if (line === "reboot") return void this.#board.power.request(requestedPower.reset);
    if (line === "dir" && disk !== undefined) return this.#during(this.#list(disk));
    if (line === "sum" && disk !== undefined) return this.#during(this.#sum(disk));
    if (line === "help") this.#port.write("dir, sum, reboot\r\n");
    else if (line !== "") this.#port.write(`${line}: unknown\r\n`);
    this.#port.write(`${this.#source}> `);
  }

  /** No key is heard while a command works. */
  #during(work: Promise<void>): void {
    this.#onKey = () => {};
    void work
      .catch((error: unknown) => {
        if (!(error instanceof DiskFailure)) throw error;
        this.#port.write(`Disk error: ${error.message}\r\n`);
      })
      .then(() => this.#ended.signal.aborted || this.#prompt());
  }

  /** The checksum of all that the disk holds. */
  async #sum(disk: BlockDevice): Promise<void> {
    const { blocks, blockBytes } = await disk.open();
    const hash = createHash("sha256");
    const step = readBytes / blockBytes;
    for (let block = 0; block < blocks && !this.#ended.signal.aborted; block += step) {
      hash.update(await disk.read(block, Math.min(step, blocks - block)));
    }
    this.#port.write(`sha256 ${hash.digest("hex")} ${blocks * blockBytes}\r\n`);
  }
}

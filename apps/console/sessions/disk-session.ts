import type { VigilClient } from "@vigil/api/client.ts";
import type { DiskBeginning } from "@vigil/wire/redirection/disk-talk.ts";
import type { IderDrive } from "@vigil/wire/redirection/ider.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import { Watched } from "../parts/watched.ts";
import { WorkerSession, type Phase } from "./worker-session.ts";
import type { DiskProgress, DiskNews, ToDisk } from "./words.ts";

export interface LentImage {
  readonly file: File;
  readonly drive: IderDrive;
  readonly begins: DiskBeginning;
}

export interface DiskState {
  readonly phase: Phase;
  readonly image: LentImage | undefined;
  /** True: the host has the drive, or will have it at its next start. */
  readonly isOn: boolean;
  readonly progress: DiskProgress;
}

const nothing: DiskProgress = { bytesRead: 0, bytesWritten: 0, commands: 0, bytesSeen: 0, bytesPerSecond: 0 };
const first: DiskState = { phase: { name: "none" }, image: undefined, isOn: false, progress: nothing };

/** A file of this browser that a device has as a disk. It goes on when the tab goes. */
export class DiskSession {
  readonly state = new Watched(first);
  readonly #device: string;
  #worker: WorkerSession<ToDisk, DiskNews> | undefined;

  constructor(device: string) {
    this.#device = device;
  }

  open(server: VigilClient, image: LentImage, takeOver = false): void {
    if (this.#worker?.isOver === false) return;
    this.state.change({ ...first, image });
    if (!isUsable(image)) {
      const details = { file: image.file.name, bytes: image.file.size, drive: image.drive };
      return this.state.change({
        phase: { name: "over", error: reportOf(fail("console.image.unusable", { details })) },
      });
    }
    const { file, drive, begins } = image;
    this.#worker = new WorkerSession<ToDisk, DiskNews>({
      device: this.#device,
      worker: () => new Worker(new URL("./disk.worker.ts", import.meta.url), { type: "module" }),
      open: (address) => ({ message: { type: "open", address, drive, file, begins } }),
      close: { type: "close" },
      onPhase: (phase) => this.state.change({ phase }),
      onNews: (news) => this.#hear(news),
    });
    void this.#worker.start(server, { kind: "ider", takeOver });
  }

  close(): void {
    this.#worker?.close();
  }

  #hear(news: DiskNews): void {
    switch (news.type) {
      case "on":
        return this.state.change({ isOn: true });
      case "progress": {
        const { type: _, ...progress } = news;
        return this.state.change({ progress });
      }
      default:
        news satisfies never;
    }
  }
}

/** A floppy has whole sectors; a CD may end in the middle of a block, and is read as if zeros followed. */
function isUsable({ file, drive }: LentImage): boolean {
  return file.size > 0 && (drive === "cd" || file.size % 512 === 0);
}

import { closeSync, fdatasyncSync, fsyncSync, openSync } from "node:fs";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/** The stream of an open file inside PGlite's file system: `nfd` is Node's descriptor. */
interface OpenStream {
  readonly nfd?: number;
  readonly node: unknown;
}
interface FileSystem {
  readonly stream_ops: { fsync?: (stream: OpenStream) => number };
  realPath(node: unknown): string;
}

/**
 * A folder whose files reach the disk when PostgreSQL says so. PGlite's own file system ignores fsync.
 * It reaches into PGlite 0.5.16, which is why that version is pinned, and why every start checks that a commit syncs.
 */
export class DurableFolder extends NodeFS {
  /** How often something was synced. */
  syncs = 0;

  override async init(...args: Parameters<NodeFS["init"]>): ReturnType<NodeFS["init"]> {
    const result = await super.init(...args);
    result.emscriptenOpts.preRun?.push((module: unknown) => {
      // The module's NODEFS is not in PGlite's types.
      const { NODEFS } = module as { readonly NODEFS: FileSystem };
      NODEFS.stream_ops.fsync = (stream) => {
        this.#sync(NODEFS, stream);
        return 0;
      };
    });
    return result;
  }

  #sync(files: FileSystem, { nfd, node }: OpenStream): void {
    this.syncs += 1;
    if (nfd !== undefined) return fdatasyncSync(nfd);
    const descriptor = openSync(files.realPath(node), "r");
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }
}

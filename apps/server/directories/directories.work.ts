import type { LaneOptions, Work } from "@vigil/work/work.ts";
import type { Directories } from "./directories.ts";

const lane = "directory-clean-up";
const leaseSeconds = 120;

interface Payload {
  readonly device: string;
  /** Of the object's key, when it was given up. */
  readonly version: number;
}

/** Takes objects out of directories that may be away just then. */
export interface CleanUp {
  /** Takes the device's object out of its directory, whatever happens to this process in between; nothing when it has none. */
  later(device: string): Promise<void>;
}

export async function startCleanUp(work: Work, directories: Directories): Promise<CleanUp> {
  await work.define(lane, cleanUpItems(directories));
  return {
    async later(device) {
      const [object] = (await directories.objects({ device }, { limit: 1, offset: 0 })).items;
      if (object === undefined) return;
      await work.send(lane, { device, version: object.keyVersion }, { key: device });
    },
  };
}

/** Idempotent: an object that is gone, or is a later one, is left alone. */
function cleanUpItems(directories: Directories): LaneOptions<Payload> {
  return {
    concurrency: 2,
    leaseSeconds,
    // A directory may be away over a weekend; a right that is missing is granted within days.
    retry: { limit: 60, firstDelaySeconds: 60, maxDelaySeconds: 6 * 3_600 },
    isUnique: true,
    async handle({ payload: { device, version } }, signal) {
      await directories.removeObject("vigil", device, { signal, version });
    },
  };
}

import type { AmtDevice } from "@vigil/amt-client/device.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Images, OpenImage } from "../images/images.ts";
import { fail } from "./errors.ts";

/** An image in a drive of a device, as long as it is there. */
export interface Serving {
  /** How far the device has read. */
  progress(): ServingProgress;
  /** For how long nothing was read, as far as whoever asks from time to time can tell. */
  quietMs(): number;
  /** Resolves when it is taken away; rejects when it is lost, or was there for too long. */
  readonly done: Promise<void>;
  /** Takes it away. */
  close(): Promise<void>;
}

export interface ServingProgress {
  readonly bytesRead: number;
  /** Over the last second or so; 0 while nothing is read. */
  readonly bytesPerSecond: number;
  /** Until as much has been read as the image has; null while nothing is read. */
  readonly secondsLeft: number | null;
}

/** A rate older than this says nothing about now. */
const staleMs = 2_000;
/** How long an image is shown at most. Chosen: an installation is done within a working day; what is forgotten does not stay for ever. */
const limitMs = 12 * 3_600_000;

/**
 * Opens the image and shows it to the device from its next start on. Only what the library has is shown.
 * @throws images.unknown (caller), and what device.sessions.disk throws
 */
export async function serve(
  device: AmtDevice,
  name: string,
  { images, clock, signal }: { readonly images: Images; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Serving> {
  const image = await images.open(name);
  let last = { at: clock.monotonic(), rate: 0 };
  let seen = { at: clock.monotonic(), bytes: 0 };
  try {
    const opening = device.sessions.disk({
      images: { [image.kind]: { name: image.name, source: image } },
      allowed: new Set([image.name]),
      begins: "on-reboot",
      onProgress: ({ bytesPerSecond }) => {
        last = { at: clock.monotonic(), rate: bytesPerSecond };
      },
    });
    const disk = await abandonable(opening, signal);
    const over = Promise.withResolvers<void>();
    // Who does not wait for it is not to be surprised by it.
    over.promise.catch(() => {});
    const cancelLimit = clock.after(limitMs, () => {
      over.reject(fail("boots.limit", { details: { image: name, hours: limitMs / 3_600_000 } }));
      void disk.close();
    });
    void disk.done.then(over.resolve, over.reject).finally(() => {
      cancelLimit();
      void image.close();
    });
    return {
      done: over.promise,
      progress: () => {
        const isStale = clock.monotonic() - last.at > staleMs;
        return progressOf(image, disk.progress.bytesRead, isStale ? 0 : last.rate);
      },
      quietMs: () => {
        const { bytesRead: bytes } = disk.progress;
        if (bytes !== seen.bytes) seen = { at: clock.monotonic(), bytes };
        return clock.monotonic() - seen.at;
      },
      close: () => disk.close(),
    };
  } catch (error) {
    await image.close();
    throw error;
  }
}

/** The session outlives the request that opened it, so that the request's signal ends the waiting alone. */
async function abandonable<T extends { close(): Promise<void> }>(opening: Promise<T>, signal: AbortSignal): Promise<T> {
  const session = await opening;
  if (!signal.aborted) return session;
  await session.close();
  throw signal.reason;
}

function progressOf(image: OpenImage, bytesRead: number, bytesPerSecond: number): ServingProgress {
  const left = Math.max(0, image.size - bytesRead);
  return { bytesRead, bytesPerSecond, secondsLeft: bytesPerSecond === 0 ? null : Math.ceil(left / bytesPerSecond) };
}

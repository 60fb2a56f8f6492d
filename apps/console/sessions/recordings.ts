import { Picture } from "@vigil/wire/redirection/kvm-picture.ts";
import { pixelBytesOf, pixelFormats } from "@vigil/wire/redirection/kvm-pixels.ts";
import { ScreenReader, type ScreenEvent } from "@vigil/wire/redirection/kvm-screen-reader.ts";
import { ViewerReader } from "@vigil/wire/redirection/kvm-viewer-reader.ts";
import { PlainInflater } from "@vigil/wire/redirection/plain-inflater.ts";
import { decodeRecordingHead, recordedPieces, type RecordedPiece } from "@vigil/wire/redirection/screen-recording.ts";
import { fail } from "../errors.ts";

/** A recording that can be shown as it was at any time. Going back is to begin again, without waiting. */
export interface Recording {
  readonly lengthMs: number;
  showAt(ms: number): void;
}

/** What shows the output of a serial line. */
export interface Page {
  reset(): void;
  write(text: string): void;
}

/** What shows a screen. */
export interface Sheet {
  /** Of another size, and all black. */
  resize(width: number, height: number): void;
  draw(picture: Picture): void;
}

/**
 * Reads the recording of a serial line: an asciicast.
 * @throws console.recording.unreadable (ours)
 * @source https://docs.asciinema.org/manual/asciicast/v2/
 */
export function serialRecording(file: Uint8Array, page: Page): Recording {
  const [head = "", ...lines] = new TextDecoder().decode(file).split("\n");
  const { version } = readLine<{ readonly version?: unknown }>(head, 1);
  if (version !== 2) throw fail("console.recording.unreadable", { details: { line: 1, expected: "version 2" } });
  // The last line may have been cut off.
  const whole = lines.slice(0, lines.at(-1) === "" ? -1 : lines.length - 1);
  const outputs = whole.flatMap((line, index) => {
    const [seconds, kind, text] = readLine<readonly [number, string, string]>(line, index + 2);
    return kind === "o" ? [{ atMs: seconds * 1_000, text }] : [];
  });
  let next = 0;
  return {
    lengthMs: outputs.at(-1)?.atMs ?? 0,
    showAt(ms) {
      const shown = outputs[next - 1];
      if (shown !== undefined && shown.atMs > ms) {
        next = 0;
        page.reset();
      }
      for (let one = outputs[next]; one !== undefined && one.atMs <= ms; one = outputs[next]) {
        page.write(one.text);
        next += 1;
      }
    },
  };
}

function readLine<T>(text: string, line: number): T {
  try {
    // Border: the server has written it.
    return JSON.parse(text);
  } catch (cause) {
    throw fail("console.recording.unreadable", { details: { line, expected: "JSON" }, cause });
  }
}

/**
 * Reads the recording of a screen: see docs/protocol/screen-recording.md.
 * @throws wire.kvm.malformed and others of wire.kvm (device), also later, from showAt
 */
export function screenRecording(file: Uint8Array, sheet: Sheet): Recording {
  const { bytes } = decodeRecordingHead(file);
  let lengthMs = 0;
  for (const { atMs } of recordedPieces(file, bytes)) lengthMs = atMs;
  let playing = new ScreenPlaying(recordedPieces(file, bytes), sheet);
  return {
    lengthMs,
    showAt(ms) {
      if (playing.shownMs > ms) playing = new ScreenPlaying(recordedPieces(file, bytes), sheet);
      playing.goOnTo(ms);
    },
  };
}

/** One way through a recording, from its beginning on. */
class ScreenPlaying {
  shownMs = 0;
  readonly #pieces: Iterator<RecordedPiece, void, undefined>;
  readonly #sheet: Sheet;
  readonly #device = new ScreenReader(false);
  readonly #viewer = new ViewerReader(false);
  #picture: Picture | undefined;
  #size = { width: 0, height: 0 };
  #next: RecordedPiece | undefined;

  constructor(pieces: Iterator<RecordedPiece, void, undefined>, sheet: Sheet) {
    this.#pieces = pieces;
    this.#sheet = sheet;
    this.#next = pieces.next().value ?? undefined;
  }

  goOnTo(ms: number): void {
    let hasChanged = false;
    for (let piece = this.#next; piece !== undefined && piece.atMs <= ms; piece = this.#next) {
      this.shownMs = piece.atMs;
      if (piece.side === "viewer") this.#heard(piece.bytes);
      else for (const event of this.#device.push(piece.bytes)) hasChanged = this.#drawn(event) || hasChanged;
      this.#next = this.#pieces.next().value ?? undefined;
    }
    if (hasChanged && this.#picture !== undefined) this.#sheet.draw(this.#picture);
  }

  /** Of the viewer's words only the pixel format matters. */
  #heard(bytes: Uint8Array): void {
    for (const event of this.#viewer.push(bytes)) {
      if (event.kind !== "format") continue;
      this.#device.setPixelBytes(pixelBytesOf(event.format));
      this.#picture = new Picture(this.#size.width, this.#size.height, event.format, new PlainInflater());
    }
  }

  /** @returns whether the picture is another one */
  #drawn(event: ScreenEvent): boolean {
    if (event.kind === "init" || event.kind === "size") {
      this.#size = { width: event.width, height: event.height };
      if (this.#picture === undefined || event.kind === "init") {
        const format = event.kind === "init" ? event.format : pixelFormats.rgb565;
        this.#picture = new Picture(event.width, event.height, format, new PlainInflater());
      } else this.#picture.resize(event.width, event.height);
      this.#sheet.resize(event.width, event.height);
      return true;
    }
    if (event.kind !== "tile") return false;
    this.#picture?.draw(event);
    return true;
  }
}

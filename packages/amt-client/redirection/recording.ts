import { VigilError } from "@vigil/base/errors.ts";
import { kvmStarted } from "@vigil/wire/redirection/kvm.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import { encodePieceHead, encodeRecordingHead } from "@vigil/wire/redirection/screen-recording.ts";
import { deviceSol } from "@vigil/wire/redirection/sol.ts";
import { ViewOnly } from "./view-only.ts";

/** What a session is put down as. It is told both sides' bytes and gives those of a file; whoever has the file gives the time. */
export interface Recording {
  /** The first bytes of the file. */
  readonly head: Uint8Array;
  /** @param atMs since the start @returns what to append, in order */
  fromDevice(bytes: Uint8Array, atMs: number): readonly Uint8Array[];
  toDevice(bytes: Uint8Array, atMs: number): readonly Uint8Array[];
}

export interface RecordingAbout {
  readonly startedAt: Date;
  readonly device: string;
  readonly hostName: string | null;
}

const nothing: readonly Uint8Array[] = [];

/**
 * A serial line as an asciicast: what the host wrote, and not what was typed, which may be a password.
 * @source asciicast v2, docs.asciinema.org/manual/asciicast/v2
 */
export function serialLineRecording({ startedAt, hostName, device }: RecordingAbout): Recording {
  const reader = new MessageReader(deviceSol);
  // Bytes that are no UTF-8 become marks, and a character that is cut waits for its rest.
  const decoder = new TextDecoder();
  let isReadable = true;
  // Serial consoles do not say how large they are; most take this.
  const header = { version: 2, width: 80, height: 25, timestamp: Math.floor(startedAt.getTime() / 1000) };
  return {
    head: line({ ...header, title: hostName ?? device }),
    fromDevice(bytes, atMs) {
      if (!isReadable) return nothing;
      let text = "";
      try {
        reader.push(bytes);
        for (let message = reader.next(); message !== undefined; message = reader.next()) {
          if (message.type === "data") text += decoder.decode(message.data, { stream: true });
        }
      } catch (error) {
        if (!(error instanceof VigilError)) throw error;
        // The viewer cannot read on either.
        isReadable = false;
      }
      return text === "" ? nothing : [line([atMs / 1000, "o", text])];
    },
    toDevice: () => nothing,
  };
}

/** A screen as wire/redirection/screen-recording.ts has it: of the viewer's words those that show, so that no key is put down. */
export function screenRecording({ startedAt, device, hostName }: RecordingAbout): Recording {
  const shown = new ViewOnly();
  let isReadable = true;
  // What answers the start is not RFB's.
  let toSkip = kvmStarted.length;
  const piece = (side: "device" | "viewer", bytes: Uint8Array, atMs: number): readonly Uint8Array[] =>
    bytes.length === 0 ? nothing : [encodePieceHead(Math.round(atMs), side, bytes.length), bytes];
  let viewerToSkip = kvmStarted.length;
  return {
    head: encodeRecordingHead({ startedAt: startedAt.getTime(), device, hostName }),
    fromDevice(bytes, atMs) {
      const rest = bytes.subarray(toSkip);
      toSkip -= bytes.length - rest.length;
      return piece("device", rest, atMs);
    },
    toDevice(bytes, atMs) {
      if (!isReadable) return nothing;
      try {
        const passed = shown.pass(bytes);
        const rest = passed.subarray(viewerToSkip);
        viewerToSkip -= passed.length - rest.length;
        return piece("viewer", rest, atMs);
      } catch (error) {
        if (!(error instanceof VigilError)) throw error;
        isReadable = false;
        return nothing;
      }
    },
  };
}

function line(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}

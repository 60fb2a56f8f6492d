import { VigilError } from "@vigil/base/errors.ts";
import type { RedirectionKind } from "@vigil/wire/redirection/handshake.ts";
import { kvmStart } from "@vigil/wire/redirection/kvm.ts";
import { ViewerReader } from "@vigil/wire/redirection/kvm-viewer-reader.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import { managerSol } from "@vigil/wire/redirection/sol.ts";

/** Told what the manager's side says, piece by piece; true when a person did something, or the device used the disk. */
export type Activity = (bytes: Uint8Array) => boolean;

/** Beats of a disk are 8 bytes, and two may come together; whatever moves data is longer. @source protocols D.4 */
const mostBeatBytes = 24;

/** Tells what is done in a session from the beats and requests that keep it alive by themselves. What cannot be read is taken for something done. */
export function activityIn(kind: RedirectionKind): Activity {
  const read = readerOf(kind);
  let isReadable = true;
  return (bytes) => {
    if (!isReadable) return true;
    try {
      return read(bytes);
    } catch (error) {
      if (!(error instanceof VigilError)) throw error;
      // The device judges what it is told; here it only means that no reader will find the next message.
      isReadable = false;
      return true;
    }
  };
}

function readerOf(kind: RedirectionKind): Activity {
  switch (kind) {
    case "sol":
      return keysInSerialLine();
    case "kvm":
      return handsOnScreen();
    case "ider":
      return (bytes) => bytes.length > mostBeatBytes;
    default:
      return kind satisfies never;
  }
}

function keysInSerialLine(): Activity {
  const reader = new MessageReader(managerSol);
  return (bytes) => {
    let isActive = false;
    reader.push(bytes);
    for (let message = reader.next(); message !== undefined; message = reader.next()) {
      if (message.type === "data") isActive = true;
    }
    return isActive;
  };
}

function handsOnScreen(): Activity {
  const reader = new ViewerReader(false);
  let toSkip = kvmStart.length;
  return (bytes) => {
    const rest = bytes.subarray(toSkip);
    toSkip -= bytes.length - rest.length;
    let isActive = false;
    for (const { kind } of reader.push(rest)) {
      if (kind === "key" || kind === "pointer" || kind === "text") isActive = true;
    }
    return isActive;
  };
}

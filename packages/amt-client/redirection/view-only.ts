import { encodeViewerMessage, kvmStart } from "@vigil/wire/redirection/kvm.ts";
import { ViewerReader, type ViewerEvent } from "@vigil/wire/redirection/kvm-viewer-reader.ts";

/**
 * Lets of a viewer's bytes through what shows the screen, and nothing that a hand would do: no keys, no pointer, no text.
 *
 * What goes on is written anew from what was read, so that the device cannot read it otherwise than this did.
 */
export class ViewOnly {
  readonly #reader = new ViewerReader(false);
  #started = 0;

  /** @returns what goes on to the device, maybe nothing @throws wire.kvm.malformed, wire.kvm.too-large (device) */
  pass(bytes: Uint8Array): Uint8Array {
    const start = kvmStart.subarray(this.#started, this.#started + bytes.length);
    this.#started += start.length;
    const passed: Uint8Array[] = [start];
    for (const event of this.#reader.push(bytes.subarray(start.length))) {
      const one = shownBy(event);
      if (one !== undefined) passed.push(one);
    }
    return Buffer.concat(passed);
  }
}

function shownBy(event: ViewerEvent): Uint8Array | undefined {
  switch (event.kind) {
    case "version":
      return new TextEncoder().encode(event.text);
    case "security":
      return Uint8Array.of(event.type);
    case "share":
      return Uint8Array.of(event.isShared ? 1 : 0);
    case "format":
    case "encodings":
    case "request":
      return encodeViewerMessage(event);
    case "response":
    case "key":
    case "pointer":
    case "text":
      return undefined;
    default:
      return event satisfies never;
  }
}

import { systemClock } from "@vigil/base/clock.ts";
import { sessionSocket } from "./reopening.ts";
import { SerialSpeaker } from "./serial-speaker.ts";
import type { FromSerial, ToSerial } from "./words.ts";

// The serial line of a device, in a worker: timers of a page that nobody looks at are slowed down.

let speaker: SerialSpeaker | undefined;
const say = (message: FromSerial): void => self.postMessage(message);

self.addEventListener("message", ({ data: message }: { readonly data: ToSerial }) => {
  switch (message.type) {
    case "open": {
      const { socket, reopen } = sessionSocket(message.address);
      speaker = new SerialSpeaker(socket, systemClock(), say, reopen);
      return;
    }
    case "keys":
      return speaker?.keys(message.bytes);
    case "close":
      return speaker?.close();
    default:
      message satisfies never;
  }
});

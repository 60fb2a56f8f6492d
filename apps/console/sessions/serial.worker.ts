import { systemClock } from "@vigil/base/clock.ts";
import { SerialSpeaker } from "./serial-speaker.ts";
import type { FromSerial, ToSerial } from "./words.ts";

// The serial line of a device, in a worker: timers of a page that nobody looks at are slowed down.

let speaker: SerialSpeaker | undefined;
const say = (message: FromSerial): void => self.postMessage(message);

self.addEventListener("message", ({ data: message }: { readonly data: ToSerial }) => {
  switch (message.type) {
    case "open": {
      const { url, protocols } = message.address;
      speaker = new SerialSpeaker(new WebSocket(url, [...protocols]), systemClock(), say);
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

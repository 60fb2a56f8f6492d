import { systemClock } from "@vigil/base/clock.ts";
import { sessionSocket } from "./reopening.ts";
import { DiskSpeaker } from "./disk-speaker.ts";
import type { FromDisk, ToDisk } from "./words.ts";

// A disk that is lent to a device, in a worker: timers of a page that nobody looks at are slowed down, and a device that hears nothing gives up.

let speaker: DiskSpeaker | undefined;
const say = (message: FromDisk): void => self.postMessage(message);

self.addEventListener("message", ({ data: message }: { readonly data: ToDisk }) => {
  switch (message.type) {
    case "open": {
      const { socket, reopen } = sessionSocket(message.address);
      speaker = new DiskSpeaker(socket, systemClock(), message, say, reopen);
      return;
    }
    case "close":
      return void speaker?.close();
    default:
      message satisfies never;
  }
});

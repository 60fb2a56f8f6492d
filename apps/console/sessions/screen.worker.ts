import { systemClock } from "@vigil/base/clock.ts";
import { CanvasPaper } from "./canvas-paper.ts";
import { sessionSocket } from "./reopening.ts";
import { ScreenSpeaker } from "./screen-speaker.ts";
import type { FromScreen, ToScreen } from "./words.ts";

// The screen of a device, in a worker: what is decoded and drawn there does not hold the page up.

let speaker: ScreenSpeaker | undefined;
const say = (message: FromScreen): void => self.postMessage(message);

self.addEventListener("message", ({ data: message }: { readonly data: ToScreen }) => {
  switch (message.type) {
    case "open": {
      const { socket, reopen } = sessionSocket(message.address);
      const paper = new CanvasPaper(message.canvas);
      speaker = new ScreenSpeaker(socket, systemClock(), paper, say, reopen);
      return;
    }
    case "key":
      return speaker?.key(message.keysym, message.isDown);
    case "pointer":
      return speaker?.pointer(message.x, message.y, message.buttons);
    case "press":
      return speaker?.press(message.keys);
    case "type":
      return speaker?.type(message.keys);
    case "looking":
      return speaker?.looking(message.isLooking);
    case "close":
      return speaker?.close();
    default:
      message satisfies never;
  }
});

import type { BootTarget } from "@vigil/api/resources/boots.ts";

/** What a device can be started from, as a button says it. */
export const recipes = [
  {
    to: "bios-setup",
    verb: "Enter BIOS setup",
    what: "Stops in the BIOS's setup and waits for somebody at the screen or the serial line",
  },
  { to: "network", verb: "Start from the network", what: "Looks for a boot server by PXE" },
  { to: "disk", verb: "Start from its disk", what: "The first disk, whatever the BIOS's own order says" },
  { to: "cd", verb: "Start from its CD", what: "The CD or DVD that is in the machine" },
  {
    to: "image",
    verb: "Start from an image",
    what: "An image of the library, read over the network through the firmware",
  },
] as const satisfies readonly { readonly to: BootTarget; readonly verb: string; readonly what: string }[];
export type Recipe = (typeof recipes)[number];

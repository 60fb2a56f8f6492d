import type { Firmware } from "@vigil/virtual-device/firmware.ts";

/** Makes the device one that has been set up from its own operating system: its user rules it. */
export function inClientControl(firmware: Firmware): void {
  firmware.change((state) => {
    state.mode = "post";
    state.controlMode = "client";
  });
}

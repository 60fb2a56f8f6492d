import type { Firmware } from "../firmware.ts";
import { barHeight, blockSide, type Scene } from "./frame-buffer.ts";

/** Pixels that the block goes in one frame. */
const speed = { x: 8, y: 5 } as const;

/** What the virtual host shows now: the same at the same time, so that a test can know it. */
export function sceneOf(firmware: Firmware): Scene {
  const { state, machine } = firmware;
  const size = screenSizeOf(firmware);
  const nowMs = firmware.now();
  const { frameMs, isFilmOn } = machine.desktop;
  const frame = Math.floor(nowMs / frameMs);
  return {
    ...size,
    isOn: state.powerState === 2,
    title: state.hostName === "" ? "virtual host" : state.hostName,
    clock: new Date(nowMs).toISOString().slice(11, 19),
    lines: machine.desktop.lines,
    block: {
      x: toAndFro(frame * speed.x, size.width - blockSide),
      y: barHeight + toAndFro(frame * speed.y, size.height - barHeight - blockSide),
    },
    pointer: machine.desktop.pointer,
    ...(isFilmOn ? { film: frame } : {}),
  };
}

/** What the host's screen shows now: a firmware setup and a host without a system show less than a desktop. */
export function screenSizeOf({ state }: Firmware): { readonly width: number; readonly height: number } {
  const isDesktop = state.hasSystem && state.lastBoot.options["BIOSSetup"] !== true;
  return isDesktop ? { width: 1024, height: 768 } : { width: 800, height: 600 };
}

/** From 0 to `most`, back, and so on. */
function toAndFro(distance: number, most: number): number {
  const at = distance % (2 * most);
  return at <= most ? at : 2 * most - at;
}

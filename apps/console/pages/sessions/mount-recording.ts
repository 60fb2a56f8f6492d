import { Terminal } from "@xterm/xterm";
import { screenRecording, serialRecording, type Recording } from "../../sessions/recordings.ts";
import { terminalColours, terminalTheme } from "../../sessions/terminal-theme.ts";

/** A recording with what shows it, in its place on the page. */
export interface MountedRecording {
  readonly recording: Recording;
  /** The page has other colours now. */
  readonly recolour: () => void;
  readonly unmount: () => void;
}

/** @throws console.recording.unreadable, wire.kvm.* for what is no recording */
export function mountRecording(holder: HTMLElement, file: Uint8Array, kind: "sol" | "kvm"): MountedRecording {
  return kind === "sol" ? onTerminal(holder, file) : onCanvas(holder, file);
}

function onTerminal(holder: HTMLElement, file: Uint8Array): MountedRecording {
  const terminal = new Terminal({ ...terminalTheme(), disableStdin: true, screenReaderMode: true });
  terminal.open(holder);
  try {
    const recording = serialRecording(file, terminal);
    const recolour = (): void => {
      terminal.options.theme = terminalColours();
    };
    return { recording, recolour, unmount: () => terminal.dispose() };
  } catch (error) {
    terminal.dispose();
    throw error;
  }
}

function onCanvas(holder: HTMLElement, file: Uint8Array): MountedRecording {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { alpha: false });
  const recording = screenRecording(file, {
    resize(width, height) {
      canvas.width = width;
      canvas.height = height;
      holder.style.setProperty("--proportion", String(width / height));
    },
    draw({ rgba, width, height }) {
      if (width > 0 && height > 0) context?.putImageData(new ImageData(rgba, width, height), 0, 0);
    },
  });
  holder.append(canvas);
  return { recording, recolour: () => {}, unmount: () => canvas.remove() };
}

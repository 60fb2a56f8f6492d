import type { ITerminalOptions, ITheme } from "@xterm/xterm";

/** How terminals look here: with the page's letters and colours. */
export function terminalTheme(): ITerminalOptions {
  // A terminal measures its letters, so it wants the font itself and no variable.
  return { fontFamily: valueOf("--mono"), fontSize: 13, theme: terminalColours() };
}

export function terminalColours(): ITheme {
  return {
    background: valueOf("--sunken"),
    foreground: valueOf("--ink"),
    cursor: valueOf("--accent"),
    cursorAccent: valueOf("--sunken"),
    selectionBackground: valueOf("--accent-wash-strong"),
  };
}

function valueOf(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

import type { Cell } from "./csv.ts";
import type { LogEntry } from "./resources/readings.ts";

/** The columns of a device's exported log. */
export const logHeading = ["number", "at", "severity", "source", "text", "who", "from", "data"];

export function logRow({ number, at, severity, source, text, who, from, data }: LogEntry): readonly Cell[] {
  return [number, at, severity, source, text, who, from, data];
}

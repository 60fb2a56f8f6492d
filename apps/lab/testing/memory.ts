import { readFileSync } from "node:fs";

/** The most memory that this process has had resident, Node itself included. @source proc(5): VmHWM, in kB */
export function peakMemoryBytes(): number {
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) * 1024;
}

import { Check } from "typebox/value";
import { Hardware, LogState } from "./readings.ts";

/** Whether what was kept fits what is kept today. */
export function isHardware(value: unknown): value is Hardware {
  return Check(Hardware, value);
}

export function isLogState(value: unknown): value is LogState {
  return Check(LogState, value);
}

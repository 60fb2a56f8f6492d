import { fail } from "./errors.ts";

/** A number that somebody has typed, from 1 on. @param option as it is written: "--limit" @throws cli.usage.wrong (caller) */
export function wholeNumber(text: string, option: string, most = Infinity): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  const range = most === Infinity ? "from 1 on" : `from 1 to ${most}`;
  throw fail("cli.usage.wrong", { message: `${option} is a whole number ${range}, not ${text}` });
}

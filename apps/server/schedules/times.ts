import { CronExpressionParser } from "cron-parser";
import type { ScheduleTime, WindowSettings } from "@vigil/api/resources/schedules.ts";
import { weekdays } from "@vigil/api/resources/schedules.ts";
import { fail } from "./errors.ts";

// When schedules fire and windows are open: pure rules over moments in milliseconds since 1970. By the clock on the wall, so a day of 23 or 25 hours
// has its own: a time that does not exist that day is an hour later, one that exists twice is the first of the two.

const minuteMs = 60_000;
const dayMs = 86_400_000;

/** @throws schedules.cron.invalid, schedules.time-zone.unknown (caller) */
export function checkTime(at: ScheduleTime): void {
  if ("once" in at) return;
  checkZone(at.timeZone);
  cronAfter(at.cron, at.timeZone, 0);
}

/** @throws schedules.time-zone.unknown (caller) */
export function checkZone(timeZone: string): void {
  try {
    wallAt(timeZone, 0);
  } catch (cause) {
    throw fail("schedules.time-zone.unknown", { details: { timeZone }, cause });
  }
}

/** The first time after that moment at which it fires; what falls outside the window waits until that opens. Undefined: never again. */
export function nextFire(at: ScheduleTime, window: WindowSettings | undefined, afterMs: number): number | undefined {
  const wanted = nextWanted(at, afterMs);
  if (wanted === undefined || window === undefined || isOpen(window, wanted)) return wanted;
  return opensAfter(window, wanted);
}

/** All of them in a span, at most so many. */
export function firesIn(
  at: ScheduleTime,
  window: WindowSettings | undefined,
  { fromMs, toMs, most }: { readonly fromMs: number; readonly toMs: number; readonly most: number },
): number[] {
  const fires: number[] = [];
  // A moment before, so that one at the very beginning is among them.
  for (let after = fromMs - 1; fires.length < most;) {
    const next = nextFire(at, window, after);
    if (next === undefined || next >= toMs) break;
    fires.push(next);
    after = next;
  }
  return fires;
}

/** Whether one of the window's rules holds at that moment. */
export function isOpen({ timeZone, rules }: WindowSettings, atMs: number): boolean {
  const now = wallAt(timeZone, atMs);
  const before = wallAt(timeZone, atMs - now.minutes * minuteMs - dayMs / 2);
  return rules.some(({ days, from, to }) => {
    const [start, end] = [minutesOf(from), minutesOf(to)];
    const isToday = days.includes(now.day) && now.minutes >= start && (end <= start || now.minutes < end);
    return isToday || (end <= start && days.includes(before.day) && now.minutes < end);
  });
}

/** When it opens next after that moment. */
export function opensAfter({ timeZone, rules }: WindowSettings, afterMs: number): number {
  return Math.min(...rules.map(({ days, from }) => cronAfter(cronOf(days, from), timeZone, afterMs)));
}

/** The stretches of a span in which it is open. */
export function openingsIn(
  window: WindowSettings,
  { fromMs, toMs, most }: { readonly fromMs: number; readonly toMs: number; readonly most: number },
): { readonly from: number; readonly to: number }[] {
  const found: { from: number; to: number }[] = [];
  let at = isOpen(window, fromMs) ? fromMs : opensAfter(window, fromMs - 1);
  while (at < toMs && found.length < most) {
    const to = closesAfter(window, at);
    found.push({ from: at, to: Math.min(to, toMs) });
    at = opensAfter(window, to - 1);
  }
  return found;
}

/** When an open one closes: rules that touch or overlap are one stretch. */
function closesAfter(window: WindowSettings, atMs: number): number {
  const { timeZone, rules } = window;
  let at = atMs;
  // In a week each rule ends seven times at most.
  for (let tries = 0; tries <= 7 * rules.length; tries += 1) {
    at = Math.min(...rules.map(({ to }) => cronAfter(cronOf(weekdays, to), timeZone, at)));
    if (!isOpen(window, at)) return at;
  }
  // It is open all week long.
  return atMs + 7 * dayMs;
}

function nextWanted(at: ScheduleTime, afterMs: number): number | undefined {
  if ("cron" in at) return cronAfter(at.cron, at.timeZone, afterMs);
  const once = Date.parse(at.once);
  return once > afterMs ? once : undefined;
}

/** @throws schedules.cron.invalid (caller) */
function cronAfter(cron: string, tz: string, afterMs: number): number {
  // Six fields would have seconds, which is nobody's intention here.
  if (cron.trim().split(/\s+/).length !== 5) throw fail("schedules.cron.invalid", { details: { cron } });
  try {
    return CronExpressionParser.parse(cron, { currentDate: new Date(afterMs), tz })
      .next()
      .getTime();
  } catch (cause) {
    throw fail("schedules.cron.invalid", { details: { cron }, cause });
  }
}

function cronOf(days: readonly (typeof weekdays)[number][], time: string): string {
  const [hour = "0", minute = "0"] = time.split(":");
  return `${Number(minute)} ${Number(hour)} * * ${days.join(",")}`;
}

function wallAt(timeZone: string, atMs: number): { readonly day: (typeof weekdays)[number]; readonly minutes: number } {
  const options = { timeZone, weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const parts = new Intl.DateTimeFormat("en-GB", options).formatToParts(new Date(atMs));
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? "";
  const day = weekdays.find((one) => one === of("weekday").toLowerCase());
  if (day === undefined) throw new Error(`no weekday in ${timeZone}`);
  return { day, minutes: Number(of("hour")) * 60 + Number(of("minute")) };
}

function minutesOf(time: string): number {
  const [hours = "0", minutes = "0"] = time.split(":");
  return Number(hours) * 60 + Number(minutes);
}

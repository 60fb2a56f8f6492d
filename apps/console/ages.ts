const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago, as people say it: "4 min ago". A moment slightly ahead of us (clocks differ) is "now". */
export function ageOf(iso: string, nowMs: number): string {
  const ms = nowMs - Date.parse(iso);
  if (Number.isNaN(ms)) return "unknown";
  return ms < 5 * second ? "now" : `${spanOf(ms)} ago`;
}

/** A span in its largest unit: "12 s", "4 min", "3 h", "2 d". */
export function spanOf(ms: number): string {
  if (ms < minute) return `${Math.max(0, Math.floor(ms / second))} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min`;
  if (ms < 2 * day) return `${Math.floor(ms / hour)} h`;
  return `${Math.floor(ms / day)} d`;
}

/** A duration with the detail that a person waiting wants: "8 s", "3 min 20 s", "2 h 5 min". */
export function durationOf(ms: number): string {
  if (ms < 10 * second) return `${(Math.max(0, ms) / second).toFixed(1)} s`;
  if (ms < minute) return `${Math.round(ms / second)} s`;
  if (ms < hour) return `${Math.floor(ms / minute)} min ${Math.floor((ms % minute) / second)} s`;
  return `${Math.floor(ms / hour)} h ${Math.floor((ms % hour) / minute)} min`;
}

/** A moment in the reader's own time, with its zone. */
export function momentOf(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
}

/** A moment in a list: the time alone when it is today. */
export function shortMomentOf(iso: string, nowMs: number): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const isToday = at.toDateString() === new Date(nowMs).toDateString();
  const time = at.toLocaleTimeString(undefined, {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });
  return isToday ? time : `${at.toLocaleDateString(undefined, { month: "short", day: "numeric" })} ${time}`;
}

/** "1,204". */
export function countOf(value: number): string {
  return value.toLocaleString("en");
}

/** "1 device", "1,204 devices". */
export function devicesOf(count: number): string {
  return `${countOf(count)} ${count === 1 ? "device" : "devices"}`;
}

/** e.g. "2026-06-01", by the clock of whoever looks. */
export function dateOf(day: Date): string {
  return `${String(day.getFullYear()).padStart(4, "0")}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** e.g. "22:05", by the clock of whoever looks. */
export function wallTimeOf(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

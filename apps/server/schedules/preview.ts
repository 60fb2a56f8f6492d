import type { ClockChange, ScheduleTime, TimePreview, WindowSettings } from "@vigil/api/resources/schedules.ts";
import { firesIn, isOpen, nextFire } from "./times.ts";

/** Chosen: five show the rhythm of anything by the day or the week. */
const mostStarts = 5;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** A year and a month: the next two changes of any zone that changes its clocks. */
const changesMs = 396 * dayMs;

/** When a time starts next, and what changes of the clocks in its zone do to it. Pure: it looks at about 400 days, and at no more than five starts. */
export function previewOf(at: ScheduleTime, window: WindowSettings | undefined, nowMs: number): TimePreview {
  const starts: { at: string; wantedAt: string | null }[] = [];
  for (let after = nowMs; starts.length < mostStarts;) {
    const next = nextFire(at, window, after);
    if (next === undefined) break;
    const wanted = nextFire(at, undefined, after) ?? next;
    starts.push({ at: iso(next), wantedAt: wanted === next ? null : iso(wanted) });
    after = next;
  }
  if ("once" in at) return { starts, clockChanges: [] };
  const clockChanges = changesIn(at.timeZone, nowMs, nowMs + changesMs).map((change) => effectOf(change, at, window));
  return { starts, clockChanges };
}

/** The clock on the wall, as milliseconds ahead of UTC, before and after a moment at which it is changed. */
interface Change {
  readonly atMs: number;
  readonly beforeMs: number;
  readonly afterMs: number;
}

/**
 * The times on the wall that are skipped, or are twice, are asked for as if they were in a zone without changes; only one that stands alone there is
 * told: what goes by the hour or the minute goes on by it, and nobody counts.
 */
function effectOf(
  { atMs, beforeMs, afterMs }: Change,
  at: Extract<ScheduleTime, { cron: string }>,
  window: WindowSettings | undefined,
): ClockChange {
  const isForward = afterMs > beforeMs;
  const [kind, none] = [isForward ? ("forward" as const) : ("back" as const), { wall: null, starts: [] }];
  const lengthMs = Math.abs(afterMs - beforeMs);
  const fromMs = atMs + Math.min(beforeMs, afterMs);
  const walls = (from: number): number[] =>
    firesIn({ cron: at.cron, timeZone: "UTC" }, undefined, { fromMs: from, toMs: from + lengthMs, most: 2 });
  const [wall, second] = walls(fromMs);
  const isByTheHour = walls(fromMs - lengthMs).length > 0 && walls(fromMs + lengthMs).length > 0;
  if (wall === undefined || second !== undefined || isByTheHour) return { at: iso(atMs), kind, ...none };
  const span = { fromMs: isForward ? atMs : atMs - lengthMs, toMs: atMs + lengthMs, most: 3 };
  const starts = firesIn(at, undefined, span);
  // Where the window puts them off anyway, what the clocks do is not seen.
  if (window !== undefined && !starts.every((one) => isOpen(window, one))) return { at: iso(atMs), kind, ...none };
  return { at: iso(atMs), kind, wall: iso(wall).slice(11, 16), starts: starts.map(iso) };
}

/** When a zone's clocks are changed: found by the day, then by halves. */
function changesIn(timeZone: string, fromMs: number, toMs: number): Change[] {
  const aheadAt = clockOf(timeZone);
  const found: Change[] = [];
  // Changes are at whole minutes.
  for (let at = Math.floor(fromMs / 60_000) * 60_000; at < toMs; at += dayMs) {
    const [beforeMs, afterMs] = [aheadAt(at), aheadAt(at + dayMs)];
    if (beforeMs === afterMs) continue;
    let [low, high] = [at, at + dayMs];
    while (high - low > 60_000) {
      const middle = low + Math.floor((high - low) / 120_000) * 60_000;
      if (aheadAt(middle) === beforeMs) low = middle;
      else high = middle;
    }
    found.push({ atMs: high, beforeMs, afterMs });
  }
  return found;
}

/** How far the clock on the wall is ahead of UTC at a moment, in milliseconds. */
function clockOf(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (atMs) => {
    const parts = format.formatToParts(atMs);
    const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value);
    const wallMs = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"));
    return wallMs - Math.floor(atMs / 60_000) * 60_000;
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

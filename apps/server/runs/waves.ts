import type { BlastRadius } from "@vigil/api/resources/job-definition.ts";
import type { Run } from "./run.ts";

// The blast radius of a run: how far it may reach at once, and what stops it. Pure.

/** How the devices of one wave stand. */
export interface WaveCounts {
  readonly wave: number;
  readonly total: number;
  /** Of those that wait: how many are in the queue. */
  readonly queued: number;
  readonly waiting: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly unknown: number;
  readonly cancelled: number;
}

/** Ended devices before a share says anything, unless the limits say. */
const usualStopAfter = 10;
/** Devices that wait in the queue at once: enough for every hand of the lanes for seconds, and few enough to be called back soon. */
export const mostQueued = 1_000;
/** Devices that are queued in one transaction, which everybody else waits for; when nobody is under way yet, so few that the first answer comes soon. */
export const mostFed = 500;
export const firstFed = 128;

/** How many devices each wave has; the last is the rest. */
export function waveSizes(total: number, { waves = [100] }: BlastRadius): readonly number[] {
  let before = 0;
  const sizes = waves.map((share, index) => {
    // A first wave of a share of few devices is one device, not none.
    const upTo =
      index === waves.length - 1 ? total : Math.min(total, Math.max(before, Math.ceil((total * share) / 100)));
    const size = upTo - before;
    before = upTo;
    return size;
  });
  const filled = sizes.filter((size) => size > 0);
  return filled.length === 0 ? [0] : filled;
}

export function hasEnded({ waiting, running }: WaveCounts): boolean {
  return waiting + running === 0;
}

/** Why the run has to stop by itself; null when it has not. */
export function whyStop(wave: WaveCounts, { stopAtFailurePercent, stopAfter }: BlastRadius): string | null {
  if (stopAtFailurePercent === undefined || stopAtFailurePercent === "never") return null;
  const wrong = wave.failed + wave.unknown;
  const ended = wrong + wave.succeeded;
  // What has ended whole says all that it will ever say.
  const isEnough = ended >= (stopAfter ?? usualStopAfter) || hasEnded(wave);
  if (!isEnough || wrong === 0 || (wrong / ended) * 100 <= stopAtFailurePercent) return null;
  return `${wrong} of ${ended} in wave ${wave.wave} failed: more than ${stopAtFailurePercent} %`;
}

/** How many devices may be sent now, and when the next may begin after that. */
export function roomFor(
  run: { readonly limits: BlastRadius; readonly wave: number; readonly nextBeginAt: Date | null },
  waves: readonly WaveCounts[],
  now: number,
): { readonly count: number; readonly nextBeginAt: Date | null } {
  const { atOnce = Infinity, perSecond } = run.limits;
  const current = waves.find(({ wave }) => wave === run.wave);
  if (current === undefined) return { count: 0, nextBeginAt: run.nextBeginAt };
  const queued = waves.reduce((sum, one) => sum + one.queued, 0);
  const running = waves.reduce((sum, one) => sum + one.running, 0);
  const portion = running + queued === 0 ? firstFed : mostFed;
  const room = Math.min(atOnce - running - queued, mostQueued - queued, portion, current.waiting - current.queued);
  const most = Math.max(0, room);
  if (perSecond === undefined) return { count: most, nextBeginAt: null };
  const from = run.nextBeginAt?.getTime() ?? now;
  const gapMs = 1000 / perSecond;
  // What was not begun while it could have been is not made up for beyond a second.
  const earliest = Math.max(from, now - 1000);
  const count = earliest > now ? 0 : Math.min(most, Math.floor((now - earliest) / gapMs) + 1);
  return { count, nextBeginAt: new Date(count === 0 ? from : earliest + count * gapMs) };
}

/** Whether news of this wave leaves something to be done for the run. */
export function wantsFeed(run: Pick<Run, "limits">, wave: WaveCounts, hasEndedSome: boolean): boolean {
  if (hasEnded(wave) || whyStop(wave, run.limits) !== null) return true;
  if (wave.waiting === wave.queued) return false;
  const { atOnce, atOncePerSite } = run.limits;
  return (hasEndedSome && (atOnce ?? atOncePerSite) !== undefined) || wave.queued < mostQueued / 2;
}

import { useEffect, useState } from "react";
import type { Outcome, Run } from "@vigil/api/resources/runs.ts";
import { countOf, durationOf, momentOf } from "../../ages.ts";
import { doneOf } from "../../live-merge.ts";

const parts: readonly Outcome[] = ["succeeded", "unknown", "failed", "cancelled"];
const tickMs = 500;

/** A bar by outcome, with rate and time left. */
export function RunProgress({ run }: { readonly run: Run }) {
  const now = useTicking(run.finishedAt === null);
  const done = doneOf(run);
  return (
    <div className="progress">
      <div
        className="progress-bar"
        role="progressbar"
        aria-label="Progress of the run"
        aria-valuemin={0}
        aria-valuemax={run.total}
        aria-valuenow={done}
      >
        {parts.map((one) => (
          <span
            key={one}
            data-outcome={one}
            style={{ width: `${run.total === 0 ? 0 : (run.counts[one] / run.total) * 100}%` }}
          />
        ))}
      </div>
      <p className="dim">{wordsFor(run, now)}</p>
    </div>
  );
}

/** "312 of 5,000 done in 4 min 2 s · 3.2 a second · 24 min left", as far as it is known. */
function wordsFor(run: Run, now: number): string {
  const done = doneOf(run);
  const begins = run.startsAt === null ? undefined : Date.parse(run.startsAt);
  if (begins !== undefined && begins > now) return `Begins ${momentOf(run.startsAt ?? "")}`;
  const from = begins ?? Date.parse(run.createdAt);
  const elapsedMs = Math.max(0, (run.finishedAt === null ? now : Date.parse(run.finishedAt)) - from);
  const perSecond = run.finishedAt === null ? run.rate : elapsedMs === 0 ? null : done / (elapsedMs / 1000);
  const words = [
    `${countOf(done)} of ${countOf(run.total)} done`,
    elapsedMs === 0 ? "" : `in ${durationOf(elapsedMs)}`,
    perSecond !== null && perSecond > 0 ? `· ${perSecond.toFixed(perSecond < 10 ? 1 : 0)} a second` : "",
    run.secondsLeft !== null && run.state === "running" ? `· ${durationOf(run.secondsLeft * 1000)} left` : "",
  ];
  return words.filter((word) => word !== "").join(" ");
}

function useTicking(isTicking: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isTicking) return;
    const timer = setInterval(() => setNow(Date.now()), tickMs);
    return () => clearInterval(timer);
  }, [isTicking]);
  return now;
}

import { useEffect, useState } from "react";
import type { Outcome, Run } from "@vigil/api/resources/runs.ts";
import { countOf, durationOf } from "../ages.ts";
import { doneOf } from "../live-merge.ts";

const parts: readonly Outcome[] = ["succeeded", "unknown", "failed", "cancelled"];
const tickMs = 500;

/** A bar by outcome, with rate and time left. */
export function RunProgress({ run }: { readonly run: Run }) {
  const now = useTicking(run.state === "running" && run.finishedAt === null);
  const done = doneOf(run);
  const ended = run.finishedAt === null ? now : Date.parse(run.finishedAt);
  const elapsedMs = Math.max(0, ended - Date.parse(run.createdAt));
  const perSecond = elapsedMs === 0 ? 0 : done / (elapsedMs / 1000);
  const left = run.total - done;
  const words = [
    `${countOf(done)} of ${countOf(run.total)} done`,
    elapsedMs === 0 ? "" : `in ${durationOf(elapsedMs)}`,
    perSecond > 0 ? `· ${perSecond.toFixed(perSecond < 10 ? 1 : 0)} a second` : "",
    left > 0 && perSecond > 0 && run.state === "running" ? `· ${durationOf((left / perSecond) * 1000)} left` : "",
  ];
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
      <p className="dim">{words.filter((word) => word !== "").join(" ")}</p>
    </div>
  );
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

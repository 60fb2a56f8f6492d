import { durationOf } from "../ages.ts";
import { bytesOf } from "../sizes.ts";

interface BytesProgressProps {
  /** For who cannot see it. */
  readonly label: string;
  readonly bytes: number;
  readonly total: number;
  readonly bytesPerSecond: number;
  /** Absent or null: not known, as nothing moves. */
  readonly secondsLeft?: number | null;
}

/** How far bytes are on their way, how fast, and how long it will take. */
export function BytesProgress({ label, bytes, total, bytesPerSecond, secondsLeft }: BytesProgressProps) {
  // A machine may read a place twice.
  const done = Math.min(bytes, total);
  const rate = bytesPerSecond > 0 ? ` · ${bytesOf(bytesPerSecond)} a second` : " · waiting";
  const left = typeof secondsLeft === "number" && secondsLeft > 0 ? ` · ${durationOf(secondsLeft * 1000)} left` : "";
  return (
    <div className="progress">
      <div
        className="progress-bar"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
      >
        <span data-outcome="succeeded" style={{ width: `${total === 0 ? 0 : (done / total) * 100}%` }} />
      </div>
      <p className="dim">
        {bytesOf(bytes)} of {bytesOf(total)}
        {rate}
        {left}
      </p>
    </div>
  );
}

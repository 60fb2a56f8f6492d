import type { Run } from "@vigil/api/resources/runs.ts";

/** Why a run does not go on by itself now, and the command that lets it; null while it goes on, or has ended. */
export function standingOf(run: Run, now: number): string | null {
  const { id, state, pausedBecause, approval, startedBy, startsAt, counts, leavesPower } = run;
  if (run.finishedAt !== null) return null;
  if (state === "paused") {
    return `Paused: ${pausedBecause ?? "somebody paused it"}. Go on: vigil run resume ${id}; stop it: vigil run cancel ${id}`;
  }
  if (approval !== null) {
    const where = approval.step === null ? "" : ` Devices wait at ${approval.step}.`;
    return `Waits for a second person, who is not ${startedBy}: ${approval.asked}${where} Let it go on: vigil run approve ${id}`;
  }
  if (state === "cancelled") {
    const back = leavesPower
      ? ""
      : `, or get back the power that they had. Leave them as they are: vigil run cancel ${id} --leave-power`;
    return counts.running === 0 ? null : `Cancelled: ${counts.running} still finish the step that they are at${back}`;
  }
  if (startsAt !== null && Date.parse(startsAt) > now && counts.running === 0) return `Begins at ${startsAt}`;
  return null;
}

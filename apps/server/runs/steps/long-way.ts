import { reportOf } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import type { LongWay, ShareOfStep, Task } from "../operations.ts";
import type { StepDeps, StepEnd } from "./step.ts";

/** Seconds until a step that goes on has failed, unless its definition says. Chosen: a repair takes hours at most, and its turn may be late. */
const usualLimitSeconds = 8 * 3_600;

/**
 * Begins what goes on in the machine's own time, or sees how far it is. It is never told twice: the room below knows what it has begun.
 * @returns null while it goes on
 */
export async function goOn(
  deps: StepDeps,
  binding: LongWay,
  what: { readonly task: Task; readonly share: ShareOfStep; readonly limitSeconds: number | undefined },
  signal: AbortSignal,
): Promise<StepEnd | "untold" | null> {
  const { task, share, limitSeconds: seconds = usualLimitSeconds } = what;
  const { device, since } = share;
  try {
    const ended = await binding.goOn(deps, share, signal, task);
    if (ended !== null) {
      const { outcome, words, error } = ended;
      return { outcome, answer: words, error, movesPower: outcome !== "failed" };
    }
    if (deps.clock.now() - since.getTime() < seconds * 1000) return null;
    await binding.giveUp(deps, share, task);
    const error = reportOf(fail("runs.step.limit", { details: { device, seconds } }));
    return { outcome: "failed", answer: null, error, movesPower: false };
  } catch (cause) {
    // Who is stopped looks again at the next start: what was begun is known below.
    if (signal.aborted) return null;
    const error = reportOf(cause);
    if (error.code === "base.unexpected")
      deps.log.error("an operation failed in an unforeseen way", { device, error: cause });
    return { outcome: "failed", answer: null, error, movesPower: false };
  }
}

/** Ends what goes on, since the run was cancelled. @returns null while somebody else has it in hand */
export async function callBack(
  deps: StepDeps,
  binding: LongWay,
  { task, share }: { readonly task: Task; readonly share: ShareOfStep },
): Promise<StepEnd | null> {
  try {
    await binding.giveUp(deps, share, task);
    return { outcome: "failed", answer: "Cancelled", error: null, movesPower: true };
  } catch (cause) {
    const error = reportOf(cause);
    return error.code === "boots.busy" ? null : { outcome: "failed", answer: null, error, movesPower: true };
  }
}

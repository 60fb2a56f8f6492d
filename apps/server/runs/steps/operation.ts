import { operations } from "@vigil/api/operations.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import { operationBindings, type Task } from "../operations.ts";
import { readBack } from "./reading.ts";
import type { StepDeps, StepEnd, Told } from "./step.ts";

/** What was told may have been done. */
const unknownCodes: ReadonlySet<string> = new Set(["amt.outcome.unknown", "provisioning.unprovision.unknown"]);

/**
 * Carries one operation out. The step is stored as running before.
 * @param signals `lease` ends when the server stops, `signal` also when the step has had its time
 */
export async function carryOut(
  deps: StepDeps,
  task: Task,
  device: string,
  { signal, lease }: { readonly signal: AbortSignal; readonly lease: AbortSignal },
): Promise<Told> {
  const { operation } = task;
  const binding = operationBindings[operation];
  if (typeof binding !== "function" && "goOn" in binding) throw new RangeError(`${operation} has a way of its own`);
  try {
    const { words, power, isGone } =
      typeof binding === "function"
        ? await deps.devices.using(device, { signal }, (open) => binding(open, signal))
        : await binding.ownWay(deps, device, signal, task);
    if (power !== undefined) await deps.devices.notePower(device, power);
    else if (isGone !== true) await deps.devices.noteReachable(device, true);
    const movesPower = operation.startsWith("power.") && operation !== "power.state";
    return { outcome: "succeeded", answer: words, error: null, movesPower };
  } catch (cause) {
    const error = reportOf(cause);
    if (error.code === "work.stopped") return "untold";
    if (error.code === "base.unexpected")
      deps.log.error("an operation failed in an unforeseen way", { device, error: cause });
    if (!unknownCodes.has(error.code)) return { outcome: "failed", answer: null, error, movesPower: false };
    // Who opens a device for itself has looked already what came of it.
    const answer = typeof binding === "function" ? await readBack(deps, device, lease) : null;
    return { outcome: "unknown", answer, error, movesPower: false };
  }
}

/** Whether a step that somebody had begun may be carried out again from its beginning. */
export function mayBeginAgain({ operation }: Pick<Task, "operation">): boolean {
  return operations[operation].afterInterruption === "again";
}

/** The device may have been told, and is not told again. */
export async function interrupted(deps: StepDeps, device: string, signal: AbortSignal): Promise<StepEnd> {
  const answer = await readBack(deps, device, signal);
  const error = reportOf(fail("runs.item.interrupted", { details: { device } }));
  return { outcome: "unknown", answer, error, movesPower: false };
}

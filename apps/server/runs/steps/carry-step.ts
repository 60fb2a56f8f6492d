import type { JobStep } from "@vigil/api/resources/job-definition.ts";
import type { PowerState } from "../../devices/devices.ts";
import { fail } from "../errors.ts";
import { operationBindings, type Task } from "../operations.ts";
import { chosen } from "../run.ts";
import { carryOut, interrupted, mayBeginAgain } from "./operation.ts";
import { callBack, goOn } from "./long-way.ts";
import { restorePower } from "./restore.ts";
import type { StepDeps, StepEnd, Told } from "./step.ts";
import { look } from "./wait-for.ts";

/** One step on one device, and how it came to it. */
export interface StepOnDevice {
  readonly run: string;
  readonly step: JobStep;
  readonly device: string;
  readonly startedBy: string;
  readonly reason: string | null;
  readonly powerBefore: PowerState | null;
  /** When it was begun on this device. */
  readonly since: Date;
  /** Somebody had begun it and did not come back. */
  readonly wasBegun: boolean;
  /** Its run was cancelled since. */
  readonly isCalledBack: boolean;
}

/** Whether a step that somebody had begun is told to the device anew, rather than only looked after. */
export function isToldAgain(step: JobStep): boolean {
  return "do" in step && mayBeginAgain({ operation: step.do });
}

/** Asks or tells the device. @returns null when what is waited for is not yet so, or goes on */
export async function carryStep(deps: StepDeps, what: StepOnDevice, lease: AbortSignal): Promise<Told | null> {
  const { run, step, device, startedBy, reason, powerBefore, since, wasBegun } = what;
  if ("waitFor" in step) return look(deps, step, { device, since }, lease);
  if ("restore" in step) return restorePower(deps, { device, before: powerBefore, wasBegun, startedBy }, lease);
  if (!("do" in step)) throw new RangeError(`nothing is asked of a device in "${step.name}"`);
  const task: Task = { operation: step.do, parameters: step.with ?? {}, startedBy, reason };
  const binding = operationBindings[step.do];
  if (typeof binding !== "function" && "goOn" in binding) {
    const whole = { ...task, parameters: chosen(step.do, task.parameters) };
    if (what.isCalledBack) return callBack(deps, binding, { task: whole, share: { run, device, since } });
    return goOn(deps, binding, { task: whole, share: { run, device, since }, limitSeconds: step.limitSeconds }, lease);
  }
  if (wasBegun && !mayBeginAgain(task)) return interrupted(deps, device, lease);
  return step.limitSeconds === undefined
    ? carryOut(deps, task, device, { signal: lease, lease })
    : within(deps, step.limitSeconds, (signal) => carryOut(deps, task, device, { signal, lease }), { device, lease });
}

async function within(
  { clock }: StepDeps,
  seconds: number,
  work: (signal: AbortSignal) => Promise<Told>,
  { device, lease }: { readonly device: string; readonly lease: AbortSignal },
): Promise<StepEnd | "untold"> {
  using limit = clock.deadline(seconds * 1000, () => fail("runs.step.limit", { details: { device, seconds } }), lease);
  return work(limit.signal);
}

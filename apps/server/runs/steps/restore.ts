import { reportOf } from "@vigil/base/errors.ts";
import type { PowerState } from "../../devices/devices.ts";
import { fail } from "../errors.ts";
import { carryOut, interrupted } from "./operation.ts";
import { readPower } from "./reading.ts";
import { lookAgainMs } from "./wait-for.ts";
import { succeeded, type StepDeps, type Told } from "./step.ts";

/** Which operation brings a machine back; sleep is left to its operating system. */
const waysBack = { on: "power.on", off: "power.off", hibernate: "power.off" } as const;

/** Chosen: a machine is through its switch by then. */
const mostLooks = 3;

/**
 * Gives the machine the power state that it had before the first step.
 * @param wasBegun somebody began it before a crash: then the machine is only looked at
 */
export async function restorePower(
  deps: StepDeps,
  what: {
    readonly device: string;
    readonly before: PowerState | null;
    readonly wasBegun: boolean;
    readonly startedBy: string;
  },
  signal: AbortSignal,
): Promise<Told> {
  const { device, before, wasBegun, startedBy } = what;
  let now: PowerState;
  try {
    now = await readPower(deps, device, signal);
  } catch (cause) {
    const error = reportOf(cause);
    if (error.code === "work.stopped") return "untold";
    if (wasBegun) return interrupted(deps, device, signal);
    return { outcome: "failed", answer: null, error, movesPower: false };
  }
  if (now === before) return succeeded(`Is ${now}, as before`);
  if (wasBegun) return interrupted(deps, device, signal);
  if (before !== "on" && before !== "off" && before !== "hibernate") {
    const error = reportOf(fail("runs.restore.impossible", { details: { device, before, now } }));
    return { outcome: "failed", answer: `Power is ${now}`, error, movesPower: false };
  }
  const task = { operation: waysBack[before], parameters: {}, startedBy, reason: null };
  const end = await carryOut(deps, task, device, { signal, lease: signal });
  if (end !== "untold" && end.outcome === "unknown" && (await isAsBefore(deps, device, before, signal)))
    return succeeded(`Is ${before}, as before; was ${now}`);
  if (end === "untold" || end.outcome !== "succeeded") return end;
  return succeeded(`Told to be ${before === "on" ? "on" : "off"} again; was ${now}`, true);
}

/** The answer was lost, but what the machine is can be seen: the command names a state, not a change. */
async function isAsBefore(deps: StepDeps, device: string, before: PowerState, signal: AbortSignal): Promise<boolean> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    await deps.clock.sleep(lookAgainMs, signal);
    if ((await readPower(deps, device, signal).catch(() => undefined)) === before) return true;
  }
  return false;
}

import type { LaneOptions } from "@vigil/work/work.ts";
import type { PowerState } from "../../devices/devices.ts";
import type { StepDeps } from "./step.ts";

/** When the power is read after a command. Chosen: machines are through their switch by then. */
export const readingDelaySeconds = 6;
/** How long a device may take to say what its power is. */
const readingLimitMs = 15_000;

export const readingsLane = "power-readings";

export async function readPower({ devices }: StepDeps, device: string, signal: AbortSignal): Promise<PowerState> {
  const options = { signal, timeoutMs: readingLimitMs };
  const { power } = await devices.using(device, options, (open) => open.power.state({ signal }));
  await devices.notePower(device, power);
  return power;
}

/** What the device says of itself after a command of unknown outcome. Null when it does not answer. */
export async function readBack(deps: StepDeps, device: string, signal: AbortSignal): Promise<string | null> {
  try {
    const power = await readPower(deps, device, signal);
    return `Power is ${power} now; whether by this command is not known`;
  } catch (error) {
    if (signal.aborted) throw error;
    return null;
  }
}

/** Reads the power of a device that has just been told to change it. Idempotent: it only reads. */
export function readingLane(deps: StepDeps): LaneOptions<{ readonly device: string }> {
  return {
    concurrency: 16,
    leaseSeconds: 60,
    retry: { limit: 2, firstDelaySeconds: 10, maxDelaySeconds: 30 },
    isUnique: true,
    handle: async ({ payload }, signal) => void (await readPower(deps, payload.device, signal)),
  };
}

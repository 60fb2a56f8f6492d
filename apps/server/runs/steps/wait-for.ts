import type { WaitForStep } from "@vigil/api/resources/job-definition.ts";
import { reportOf } from "@vigil/base/errors.ts";
import { fail } from "../errors.ts";
import { readPower } from "./reading.ts";
import { succeeded, type StepDeps, type StepEnd } from "./step.ts";

/** When a machine that is not yet as it shall be is looked at again. Chosen: a start takes half a minute. */
export const lookAgainMs = 3_000;
/** And at the latest, however long it has waited. */
export const longestLookMs = 15_000;
/** How long one look may take. */
const lookLimitMs = 10_000;
/** Seconds until the step has failed, unless its definition says. */
const usualLimitSeconds = 300;

/** Looks once whether the machine is as the step wants it. @returns null when it is not, and the time is not over */
export async function look(
  deps: StepDeps,
  step: WaitForStep,
  what: { readonly device: string; readonly since: Date },
  signal: AbortSignal,
): Promise<StepEnd | "untold" | null> {
  const { device, since } = what;
  const { clock } = deps;
  let found: string;
  try {
    const seen = await see(deps, step, device, signal);
    if (seen.isSo) return succeeded(seen.words);
    found = seen.words;
  } catch (cause) {
    const error = reportOf(cause);
    if (error.code === "work.stopped") return "untold";
    found = `${error.code}: ${error.message}`;
  }
  const limitSeconds = step.limitSeconds ?? usualLimitSeconds;
  if (clock.now() - since.getTime() < limitSeconds * 1000) return null;
  const error = reportOf(fail("runs.wait.over", { details: { device, seconds: limitSeconds, found } }));
  return { outcome: "failed", answer: found, error, movesPower: false };
}

async function see(
  deps: StepDeps,
  { waitFor: { power, agent, port } }: WaitForStep,
  device: string,
  signal: AbortSignal,
): Promise<{ readonly isSo: boolean; readonly words: string }> {
  if (power !== undefined) {
    const now = await readPower(deps, device, signal);
    return { isSo: now === power, words: `Power is ${now}` };
  }
  if (agent !== undefined) {
    const all = await deps.devices.using(device, { signal }, (open) => open.agentPresence.list({ signal }));
    const isPresent = all.some(({ state }) => state === "running");
    return {
      isSo: isPresent === (agent === "present"),
      words: isPresent ? "An agent is present" : "No agent is present",
    };
  }
  const { address } = await deps.devices.get(device);
  const over = (): Error => fail("runs.wait.over", { details: { device, seconds: lookLimitMs / 1000 } });
  using limit = deps.clock.deadline(lookLimitMs, over, signal);
  const stream = await deps.dialerTo(address)(port ?? 0, limit.signal);
  stream.on("error", () => {}).destroy();
  return { isSo: true, words: `Port ${port} answers` };
}

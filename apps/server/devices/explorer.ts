import type { Exploration, Explored } from "@vigil/api/resources/explorer.ts";
import { explore, planOf, type Plan } from "@vigil/amt-client/explorer.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { reportOf, type ErrorDetails } from "@vigil/base/errors.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Caller } from "../access/access.ts";
import type { Audit } from "../audit/audit.ts";
import { fail } from "../errors.ts";
import type { Devices } from "./devices.ts";

export interface ExplorerDeps {
  readonly devices: Devices;
  readonly audit: Audit;
  readonly postgres: Postgres;
  readonly clock: Clock;
}

/** For one question, be it many requests. Chosen: firmware takes up to a minute to make a key pair, and the client waits for 90 s. */
const limitMs = 75_000;

/**
 * Asks a device anything of the model. An invoke needs a right of its own and is written down before it is sent and again
 * when it has ended: whatever happens to the server in between, somebody can see that it may have been carried out. What is
 * written names the arguments and never their values.
 * @throws amt.explore.*, devices.*, access.forbidden (caller), and what the device and the way to it throw
 */
export async function exploreDevice(
  deps: ExplorerDeps,
  uuid: string,
  asked: Exploration,
  caller: Caller,
  signal: AbortSignal,
): Promise<Explored> {
  const { devices, clock } = deps;
  const { reason, selectors = {}, input = {}, ...rest } = asked;
  if (asked.verb === "invoke" && !caller.permissions.includes("device.invoke")) {
    throw fail("access.forbidden", { details: { permission: "device.invoke" } });
  }
  const request = { ...rest, selectors, input };
  const plan = planOf(request);
  return devices.using(uuid, { signal, timeoutMs: limitMs }, async (device) => {
    const ask = async (): Promise<Explored> => {
      const at = new Date(clock.now()).toISOString();
      const started = clock.monotonic();
      const { classes = [], unknown, unreadable, ...answer } = await explore(device.wsman, request, { limitMs });
      const tookMs = Math.round(clock.monotonic() - started);
      return { ...answer, classes: [...classes], unknown: [...unknown], unreadable: [...unreadable], at, tookMs };
    };
    if (plan.verb !== "invoke") return ask();
    return noted(deps, { uuid, actor: caller.actor, details: detailsOf(plan, input, reason) }, plan, ask);
  });
}

/** Carries out an invoke between two audit entries. */
async function noted(
  { audit, postgres }: ExplorerDeps,
  about: { readonly uuid: string; readonly actor: string; readonly details: ErrorDetails },
  plan: Plan,
  ask: () => Promise<Explored>,
): Promise<Explored> {
  const { uuid: device, actor, details } = about;
  const name = `${plan.definition.name}.${plan.method}`;
  const note = (action: string, summary: string, more: ErrorDetails = {}): Promise<void> =>
    postgres.transaction((tx) => audit.write(tx, { actor, action, device, summary, details: { ...details, ...more } }));
  await note("explorer.called", `Called ${name}`);
  let answer: Explored;
  try {
    answer = await ask();
  } catch (error) {
    const { code, message } = reportOf(error);
    const isUnknown = code === "amt.outcome.unknown";
    const summary = isUnknown ? `The outcome of ${name} is unknown` : `${name} failed: ${message}`;
    await note(isUnknown ? "explorer.unknown" : "explorer.failed", summary, { code });
    throw error;
  }
  const returned = returnValueOf(answer.value);
  await note("explorer.answered", `${name} answered ${returned ?? "without a ReturnValue"}`, { returned });
  return answer;
}

/** What an audit entry may say: which instance and which arguments, but no value that somebody typed into a form. */
function detailsOf(plan: Plan, input: object, reason: string | undefined): ErrorDetails {
  const { definition, method, selectors } = plan;
  const keys = Object.entries(selectors).flatMap(([name, value]) =>
    definition.properties[name]?.traits.key === true && typeof value === "string" ? [`${name}=${value}`] : [name],
  );
  return {
    class: definition.name,
    method,
    arguments: Object.keys(input),
    ...(keys.length === 0 ? {} : { selectors: keys }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function returnValueOf(value: unknown): number | null {
  if (typeof value !== "object" || value === null || !("ReturnValue" in value)) return null;
  return typeof value.ReturnValue === "number" ? value.ReturnValue : null;
}

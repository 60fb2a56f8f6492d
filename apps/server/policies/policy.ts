import { operations } from "@vigil/api/operations.ts";
import type { Finding, Policy, PolicyRound, PolicySettings, Standing } from "@vigil/api/resources/policies.ts";
import type { ErrorReport } from "@vigil/api/resources/common.ts";

export type { Finding, Policy, PolicyRound, PolicySettings, Standing };

/** How many devices stand how. */
export type Counts = Policy["counts"];

/** How one device was found in a round. */
export interface Judged {
  readonly device: string;
  readonly standing: Standing;
  readonly error: ErrorReport | null;
}

export function countsOf(judged: readonly Judged[]): Counts {
  const counts = { compliant: 0, deviating: 0, unknown: 0 };
  for (const { standing } of judged) counts[standing] += 1;
  return counts;
}

/** Why the remedy is not given although the policy has one; empty when it is. */
export function withheldBecause(
  { remedy, isEnforced, mostRemediedPercent }: PolicySettings,
  { compliant, deviating, unknown }: Counts,
): string {
  if (deviating === 0 || remedy === null) return "";
  if (!isEnforced) return "The policy only reports";
  const share = (100 * deviating) / (compliant + deviating + unknown);
  // One device of a few is always a large share.
  if (deviating <= fewDevices || share <= mostRemediedPercent) return "";
  return `${Math.round(share)} % of the devices deviate, and at most ${mostRemediedPercent} % are remedied at once`;
}

/** Chosen: so many may always be remedied. */
const fewDevices = 3;

/** What a policy does, in a sentence. */
export function remedyInWords({ remedy, isEnforced }: PolicySettings): string {
  if (remedy === null) return "Nothing: the policy has no remedy";
  const { verb } = operations[remedy.operation];
  return isEnforced ? `${verb} on each deviating device` : `Nothing; "${verb}" once the policy is enforced`;
}

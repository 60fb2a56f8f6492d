import type { Clock } from "@vigil/base/clock.ts";
import type { Credentials } from "../credentials/credentials.ts";
import type { Devices } from "../devices/devices.ts";
import type { Profiles } from "../profiles/profiles.ts";
import { coverageOf, type Coverage } from "./coverage.ts";
import { knowledgeOf } from "./device-knowledge.ts";
import { domainsOf } from "./domains.ts";
import type { ProvisioningStore } from "./provisioning.store.ts";

/** Which setup certificate sets up how many devices, and why none does for the rest. */
export async function coverageOfFleet(
  deps: {
    readonly devices: Devices;
    readonly profiles: Profiles;
    readonly credentials: Credentials;
    readonly clock: Clock;
    readonly domainSuffix: string;
  },
  store: ProvisioningStore,
): Promise<Coverage> {
  const { devices, profiles, credentials, clock, domainSuffix } = deps;
  const [kinds, rootSets, domains] = await Promise.all([devices.setupKinds(), store.rootSets(), domainsOf(profiles)]);
  const known = kinds.map((kind) => {
    const { release, dnsSuffix, rootSet, devices: count, example } = kind;
    const hashes = rootSet === null ? undefined : rootSets.get(rootSet);
    const entry = hashes === undefined ? undefined : { hashes };
    // The moment is not asked for: it would tell apart devices of which the same was said.
    const device = { release, dnsSuffix: dnsSuffix === null ? null : { suffix: dnsSuffix, at: null } };
    const domainName = domains(kind.profile);
    return { knowledge: knowledgeOf({ entry, device, domainName, domainSuffix }), devices: count, example };
  });
  const judged = await credentials.setup.judgeAll(known.map(({ knowledge }) => knowledge));
  const rows = known.map((kind, index) => ({ kind, judged: judged[index] ?? [] }));
  return coverageOf(rows, clock.now());
}

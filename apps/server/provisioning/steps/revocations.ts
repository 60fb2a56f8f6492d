import type { Revocations } from "@vigil/amt-client/capabilities/tls.ts";
import { revocationListFolder } from "../../credentials/credentials.ts";
import { difference, usualLimitMs, type Site, type Step } from "./step.ts";

/** Of one list. Chosen: firmware takes few, and a manager's certificate is replaced every two years. UNVERIFIED how many fit */
const mostSerials = 32;

/** Tells a device with mutual TLS which of Vigil's own certificates it must not believe any more. Lists of others stay. */
export const revocations: Step = {
  name: "revocations",
  needs: ["tls-settings"],
  limitMs: usualLimitMs,
  kind: "setting",
  async compare(device, profile, site) {
    if (profile.tls.mode !== "mutual") return [];
    const found = (await device.tls.revocations(site.calls)).filter(isOurs);
    return difference("tls.revokedManagers", found.map(textOf), (await wantedFor(site)).map(textOf));
  },
  async apply(device, _profile, site) {
    const others = (await device.tls.revocations(site.calls)).filter((one) => !isOurs(one));
    await device.tls.setRevocations([...others, ...(await wantedFor(site))], site.calls);
  },
};

async function wantedFor({ credentials, names }: Site): Promise<readonly Revocations[]> {
  const all = await credentials.issued.revokedManagersFor(names.uuid);
  return all.map(({ url, serialNumbers }) => ({ url, serialNumbers: serialNumbers.slice(0, mostSerials) }));
}

function isOurs({ url }: Revocations): boolean {
  return url.includes(revocationListFolder);
}

function textOf({ url, serialNumbers }: Revocations): string {
  return `${url}: ${serialNumbers
    .map((one) => one.toLowerCase())
    .toSorted()
    .join(" ")}`;
}

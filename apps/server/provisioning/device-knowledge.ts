import type { DeviceKnowledge, KnownSuffix } from "../credentials/credentials.ts";
import type { DeviceRecord } from "../devices/devices.ts";
import type { Entry } from "./entry.ts";

/** Where what is known of a device stands. */
export interface KnowledgeSources {
  /** Absent: it has never said hello. */
  readonly entry: Pick<Entry, "hashes"> | undefined;
  readonly device: Pick<DeviceRecord, "release"> & {
    readonly dnsSuffix: { readonly suffix: string; readonly at: Date | null } | null;
  };
  /** Of its profile. */
  readonly domainName: string;
  /** When the profile was changed last. */
  readonly domainAt?: Date;
  /** The server's `--domain`. */
  readonly domainSuffix: string;
}

/** What is known of a device that decides whether it accepts a setup certificate. */
export function knowledgeOf(sources: KnowledgeSources): DeviceKnowledge {
  const { entry, device, domainName, domainAt = null, domainSuffix } = sources;
  const { release, dnsSuffix } = device;
  const suffixes: KnownSuffix[] = [
    ...(dnsSuffix === null ? [] : [{ ...dnsSuffix, source: "device" as const }]),
    ...(domainName === "" ? [] : [{ suffix: domainName, source: "profile" as const, at: domainAt }]),
    { suffix: domainSuffix, source: "server", at: null },
  ];
  return { rootHashes: entry?.hashes ?? null, suffixes, release };
}

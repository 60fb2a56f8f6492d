import type { DeviceState, PowerState, SetupMethod } from "@vigil/api/resources/devices.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";

export type { DeviceState, PowerState, SetupMethod };

/**
 * How a provisioned device is reached. "plain" is written down before the device leaves TLS, and "tls" only after it was met there:
 * so "tls" is never answered with a login in the clear, and "plain" allows both.
 */
export type Channel = "plain" | "tls" | "mutual";

/** What the registry holds of one device. */
export interface DeviceRecord {
  readonly uuid: string;
  readonly address: string;
  readonly hostName: string | null;
  readonly state: DeviceState;
  readonly step: string | null;
  readonly error: ErrorReport | null;
  readonly release: string | null;
  readonly model: string | null;
  readonly manufacturer: string | null;
  readonly serialNumber: string | null;
  readonly biosVersion: string | null;
  readonly controlMode: "none" | "client" | "admin";
  readonly profile: string | null;
  /** The version of it that the device was last brought to; null before the first time. */
  readonly profileVersion: number | null;
  readonly channel: Channel;
  /** By which way it was set up; null before that. */
  readonly setupMethod: SetupMethod | null;
  /** When. */
  readonly profileAppliedAt: Date | null;
  /** When its clock and certificate were last seen to; null before the first time. */
  readonly maintainedAt: Date | null;
  readonly certificate: StoredCertificate | null;
  readonly hello: HelloNote | null;
  /** A digest of the roots that it lists: the same for all devices that list the same. Null without a hello that counted. */
  readonly rootSet: string | null;
  /** What an operator said that its DNS suffix is: DHCP's option 15, or what its MEBx holds. No hello tells it. */
  readonly dnsSuffix: { readonly suffix: string; readonly at: Date } | null;
  readonly power: PowerState;
  readonly powerAt: Date | null;
  readonly isReachable: boolean;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly provisionedAt: Date | null;
  readonly inventoryAt: Date | null;
}

/** The certificate that the device shows on 16993. */
export interface StoredCertificate {
  readonly subject: string;
  /** SHA-256, lower-case hex. */
  readonly fingerprint: string;
  readonly expiresAt: string;
}

/** What is known of a device's hellos. */
export interface HelloNote {
  readonly receivedAt: string;
  readonly count: number;
  readonly retry: number;
  readonly hashes: number;
}

/** Evidence that a device exists. */
export interface Sighting {
  readonly uuid: string;
  readonly address: string;
  readonly at: Date;
  readonly hello?: { readonly retry: number; readonly hashes: number };
}

/** What a device told about itself; what is left out stays as it was. */
export interface Facts {
  readonly address?: string;
  readonly release?: string;
  readonly hostName?: string;
  readonly model?: string;
  readonly manufacturer?: string;
  readonly serialNumber?: string;
  readonly biosVersion?: string;
  readonly controlMode?: DeviceRecord["controlMode"];
  readonly profile?: string;
  readonly profileVersion?: number | null;
  readonly channel?: Channel;
  readonly setupMethod?: SetupMethod;
  readonly profileAppliedAt?: Date;
  readonly maintainedAt?: Date;
  readonly certificate?: StoredCertificate;
  readonly rootSet?: string;
  /** Set when hardware was read. */
  readonly inventoryAt?: Date;
}

/** Which devices: all conditions hold; none given means all devices. */
export interface DeviceFilter {
  readonly search?: string;
  readonly states?: readonly DeviceState[];
  readonly powers?: readonly PowerState[];
  /** Start of the release. */
  readonly release?: string;
  readonly isReachable?: boolean;
  /** Failed, or not reachable. */
  readonly needsAttention?: boolean;
  readonly uuids?: readonly string[];
}

/** Whether the filter holds for the device; the store says the same in SQL. */
export function matches(device: DeviceRecord, filter: DeviceFilter): boolean {
  const { search, states, powers, release, isReachable, uuids } = filter;
  const { hostName, address, release: has, model } = device;
  const text = [hostName, address, device.uuid, has, model].filter((one) => one !== null).join(" ");
  return (
    (search === undefined || text.toLowerCase().includes(search.toLowerCase())) &&
    (states === undefined || states.includes(device.state)) &&
    (powers === undefined || powers.includes(device.power)) &&
    (release === undefined || device.release?.startsWith(release) === true) &&
    (isReachable === undefined || device.isReachable === isReachable) &&
    (filter.needsAttention !== true || device.state === "failed" || !device.isReachable) &&
    (uuids === undefined || uuids.includes(device.uuid))
  );
}

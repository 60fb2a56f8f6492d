import type { DeviceState, Isolation, PowerState, RetiredBecause, SetupMethod } from "@vigil/api/resources/devices.ts";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { holds, type FilterFacts } from "@vigil/api/filter/evaluate.ts";
import type { Expression } from "@vigil/api/filter/expression.ts";

export type { DeviceState, PowerState, RetiredBecause, SetupMethod };

/**
 * How a provisioned device is reached. "plain" is written down before the device leaves TLS, and "tls" only after it was met there:
 * so "tls" is never answered with a login in the clear, and "plain" allows both.
 */
export type Channel = "plain" | "tls" | "mutual";

/** Who a device is, and no more. */
export type DeviceName = Pick<DeviceRecord, "uuid" | "hostName" | "address">;

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
  /** Of the wired port: six groups with colons, lower case; null until somebody asked. */
  readonly macAddress: string | null;
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
  /** What operators call it by; sorted. */
  readonly tags: readonly string[];
  /** Null in a machine whose network is as it was. */
  readonly isolation: IsolationNote | null;
  readonly power: PowerState;
  readonly powerAt: Date | null;
  readonly isReachable: boolean;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly provisionedAt: Date | null;
  readonly inventoryAt: Date | null;
  /** Since when it stands where it stands in its life; null in one that has never moved. */
  readonly lifeSince: Date | null;
  /** Null in a device that is not retired. */
  readonly retired: { readonly because: RetiredBecause; readonly secretsUntil: Date | null } | null;
}

/** What is known of a machine's isolation; written before the device is told. */
export interface IsolationNote extends Isolation {
  /** Names of the policies that were in force before, by the port's DeviceID. */
  readonly before: Readonly<Record<string, string>>;
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
  readonly macAddress?: string;
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

/**
 * Which devices: all of it holds; nothing given means all. Retired ones are among them only where `where` asks for a state, or `uuids` names them.
 */
export interface DeviceFilter {
  readonly where?: Expression;
  /** The name of the profile that it is for. */
  readonly profile?: string;
  /** It has its profile in a version older than this. */
  readonly profileBefore?: number;
  readonly uuids?: readonly string[];
}

/**
 * Whether the filter holds for the device; the store says the same in SQL.
 * @param now in milliseconds @param facts the device's, for who asks many filters about it
 */
export function matches(device: DeviceRecord, filter: DeviceFilter, now: number, facts = factsOf(device)): boolean {
  const { where, uuids, profile, profileBefore } = filter;
  if (profile !== undefined && device.profile !== profile) return false;
  if (profileBefore !== undefined && (device.profileVersion ?? profileBefore) >= profileBefore) return false;
  if (uuids === undefined ? hidesRetired(where) && device.state === "retired" : !uuids.includes(device.uuid))
    return false;
  return where === undefined || holds(where, facts, now);
}

/** Whether a filter that names no devices leaves out retired ones: unless it asks for a state. */
export function hidesRetired(where: Expression | undefined): boolean {
  return where === undefined || !asksForState(where);
}

function asksForState(where: Expression): boolean {
  if (where.kind === "and" || where.kind === "or") return where.of.some(asksForState);
  if (where.kind === "not") return asksForState(where.of);
  return "field" in where && where.field === "state";
}

/** What the filter language asks of a device. The collections that hold it are not among that: their names are resolved before. */
export function factsOf(device: DeviceRecord): FilterFacts {
  const isoOf = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    hostName: device.hostName,
    address: device.address,
    uuid: device.uuid,
    state: device.state,
    error: device.error?.code ?? null,
    power: device.power,
    reachable: device.isReachable,
    release: device.release,
    manufacturer: device.manufacturer,
    model: device.model,
    serial: device.serialNumber,
    bios: device.biosVersion,
    controlMode: device.controlMode,
    profile: device.profile,
    channel: device.channel,
    setupMethod: device.setupMethod,
    collection: [],
    isolated: device.isolation !== null,
    tag: device.tags,
    firstSeen: isoOf(device.firstSeenAt),
    lastSeen: isoOf(device.lastSeenAt),
    provisioned: isoOf(device.provisionedAt),
    inventoried: isoOf(device.inventoryAt),
    maintained: isoOf(device.maintainedAt),
    certificateExpires: device.certificate?.expiresAt ?? null,
  };
}

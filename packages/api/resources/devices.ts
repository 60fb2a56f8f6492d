import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";

export const DeviceState = Type.Union([
  Type.Literal("factory"),
  Type.Literal("provisioning"),
  Type.Literal("provisioned"),
  Type.Literal("failed"),
  Type.Literal("foreign"),
  Type.Literal("retired"),
]);
export type DeviceState = Static<typeof DeviceState>;

/**
 * Where a device stands in its life. "degraded": Vigil could not bring it to where it should be; "foreign-owned": somebody else has set it up;
 * "retired": no longer trusted, and refused when it asks to be set up.
 */
export const LifeState = Type.Union([
  Type.Literal("factory"),
  Type.Literal("in-setup"),
  Type.Literal("client-control"),
  Type.Literal("admin-control"),
  Type.Literal("degraded"),
  Type.Literal("foreign-owned"),
  Type.Literal("retired"),
]);
export type LifeState = Static<typeof LifeState>;

/** Why a device was retired. */
export const RetiredBecause = Type.Union([
  Type.Literal("gone"),
  Type.Literal("stolen"),
  Type.Literal("renamed"),
  Type.Literal("unprovisioned"),
]);
export type RetiredBecause = Static<typeof RetiredBecause>;

export const PowerState = Type.Union([
  Type.Literal("on"),
  Type.Literal("sleep"),
  Type.Literal("hibernate"),
  Type.Literal("off"),
  Type.Literal("unknown"),
]);
export type PowerState = Static<typeof PowerState>;

/** A word that operators call devices by. */
export const Tag = Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\s"\\u0000-\\u001f]+$' });
/** Tags of one device. */
export const mostTags = 50;

/** Since when and why a machine is cut off from the network by its firmware, as the registry has it. */
export const Isolation = Type.Object({
  /** "wanted": written down, and the device may not have been told yet; "on": it has confirmed it; "releasing": it is to end. */
  state: Type.Union([Type.Literal("wanted"), Type.Literal("on"), Type.Literal("releasing")]),
  since: Moment,
  by: Type.String(),
  reason: Type.String(),
  /** What the machine may still speak with. */
  addresses: Type.Array(Type.String()),
  allowsDns: Type.Boolean(),
});
export type Isolation = Static<typeof Isolation>;

/** A row of the device list. Values that nobody has asked the device for yet are null. */
export const DeviceSummary = Type.Object({
  uuid: DeviceId,
  hostName: Type.Union([Type.String(), Type.Null()]),
  address: Type.String(),
  state: DeviceState,
  /** Firmware release, e.g. "16.1.25". */
  release: Type.Union([Type.String(), Type.Null()]),
  model: Type.Union([Type.String(), Type.Null()]),
  power: PowerState,
  /** When `power` was read from the device. */
  powerAt: Type.Union([Moment, Type.Null()]),
  lastSeenAt: Moment,
  isReachable: Type.Boolean(),
  /** The provisioning step under way or failed at; null when there is none. */
  step: Type.Union([Type.String(), Type.Null()]),
  error: Type.Union([ErrorReport, Type.Null()]),
  isolation: Type.Union([Isolation, Type.Null()]),
  tags: Type.Array(Type.String()),
  collections: Type.Array(Type.String()),
});
export type DeviceSummary = Static<typeof DeviceSummary>;

/**
 * By which way a device is set up: a hello whose roots one of the setup certificates has, a hello that names a pre-shared key, typed in or from
 * a stick, or from inside its operating system, into client or admin control mode.
 */
export const SetupMethod = Type.Union([
  Type.Literal("certificate"),
  Type.Literal("pre-shared-key"),
  Type.Literal("usb"),
  Type.Literal("host-client"),
  Type.Literal("host-admin"),
]);
export type SetupMethod = Static<typeof SetupMethod>;

/** What the device page shows. */
export const Device = Type.Object({
  ...DeviceSummary.properties,
  life: LifeState,
  /** Null in a device that has never moved from where it began. */
  lifeSince: Type.Union([Moment, Type.Null()]),
  /** Of a retired device: why, and until when its secrets are kept for an emergency. */
  retired: Type.Union([
    Type.Object({ because: RetiredBecause, secretsUntil: Type.Union([Moment, Type.Null()]) }),
    Type.Null(),
  ]),
  profile: Type.Union([Type.String(), Type.Null()]),
  /** The version of it that the device was last brought to. */
  profileVersion: Type.Union([Type.Integer(), Type.Null()]),
  /** "plain": its profile has TLS off, and everything but the login's digest crosses the network in the clear. */
  channel: Type.Union([Type.Literal("plain"), Type.Literal("tls"), Type.Literal("mutual")]),
  /** Null before it was set up. */
  setupMethod: Type.Union([SetupMethod, Type.Null()]),
  firstSeenAt: Moment,
  provisionedAt: Type.Union([Moment, Type.Null()]),
  controlMode: Type.Union([Type.Literal("none"), Type.Literal("client"), Type.Literal("admin")]),
  manufacturer: Type.Union([Type.String(), Type.Null()]),
  serialNumber: Type.Union([Type.String(), Type.Null()]),
  biosVersion: Type.Union([Type.String(), Type.Null()]),
  inventoryAt: Type.Union([Moment, Type.Null()]),
  certificate: Type.Union([
    Type.Object({ subject: Type.String(), fingerprint: Type.String(), expiresAt: Moment }),
    Type.Null(),
  ]),
  hello: Type.Union([
    Type.Object({ receivedAt: Moment, count: Type.Integer(), retry: Type.Integer(), hashes: Type.Integer() }),
    Type.Null(),
  ]),
});
export type Device = Static<typeof Device>;

/** One thing that happened to a device, human or machine. */
export const TimelineEntry = Type.Object({
  at: Moment,
  actor: Type.String(),
  action: Type.String(),
  /** "succeeded", "failed", "unknown" or null where there is no outcome. */
  outcome: Type.Union([Type.String(), Type.Null()]),
  summary: Type.String(),
  error: Type.Union([ErrorReport, Type.Null()]),
});
export type TimelineEntry = Static<typeof TimelineEntry>;

export const sortableColumns = ["hostName", "address", "state", "release", "power", "lastSeenAt", "model"] as const;

const byId = Type.Object({ id: DeviceId });
/** Shown in the audit trail. */
const Reason = Type.String({ minLength: 3, maxLength: 500 });

export const devices = {
  list: route({
    method: "GET",
    path: "/devices",
    summary: "Lists devices, filtered and sorted",
    permission: "device.read",
    query: Type.Object({
      /** Part of a host name, address, uuid, release or model. */
      search: Type.Optional(Type.String({ maxLength: 200 })),
      state: Type.Optional(DeviceState),
      power: Type.Optional(PowerState),
      /** "true": those that failed or cannot be reached. */
      attention: Type.Optional(Type.Boolean()),
      reachable: Type.Optional(Type.Boolean()),
      /** In the filter language, e.g. `release >= 16 and not tag = kiosk`. */
      filter: Type.Optional(Type.String({ maxLength: 20_000 })),
      /** A collection's name. */
      collection: Type.Optional(Type.String({ maxLength: 100 })),
      /** The name of the profile that they are for. */
      profile: Type.Optional(Type.String({ maxLength: 60 })),
      /** They have their profile in a version older than this. */
      profileBefore: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
      sort: Type.Optional(Type.Enum(sortableColumns)),
      order: Type.Optional(Type.Union([Type.Literal("asc"), Type.Literal("desc")])),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000, default: 200 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000, default: 0 })),
    }),
    reply: Type.Object({ items: Type.Array(DeviceSummary), total: Type.Integer() }),
  }),
  summary: route({
    method: "GET",
    path: "/fleet",
    summary: "Counts of the fleet: the figures above the device list",
    permission: "device.read",
    reply: Type.Object({
      total: Type.Integer(),
      reachable: Type.Integer(),
      attention: Type.Integer(),
      factory: Type.Integer(),
      provisioning: Type.Integer(),
      provisioned: Type.Integer(),
      failed: Type.Integer(),
      /** Set up by somebody else. */
      foreign: Type.Integer(),
      /** Not in the total. */
      retired: Type.Integer(),
      runningRuns: Type.Integer(),
    }),
  }),
  show: route({
    method: "GET",
    path: "/devices/{id}",
    summary: "One device, as stored",
    permission: "device.read",
    params: byId,
    reply: Device,
  }),
  timeline: route({
    method: "GET",
    path: "/devices/{id}/timeline",
    summary: "What happened to a device, newest first",
    permission: "device.read",
    params: byId,
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })) }),
    reply: Type.Object({ items: Type.Array(TimelineEntry) }),
  }),
  refresh: route({
    method: "POST",
    path: "/devices/{id}/refresh",
    summary: "Asks the device for its power state and inventory now",
    permission: "device.read",
    params: byId,
    reply: Device,
  }),
  tag: route({
    method: "POST",
    path: "/devices/tags",
    summary: "Gives tags to devices and takes tags from them, all or none",
    permission: "collection.write",
    body: Type.Object(
      {
        devices: Type.Array(DeviceId, { minItems: 1, maxItems: 20_000 }),
        add: Type.Optional(Type.Array(Tag, { maxItems: mostTags })),
        remove: Type.Optional(Type.Array(Tag, { maxItems: mostTags })),
      },
      { additionalProperties: false },
    ),
    reply: Type.Object({ changed: Type.Integer() }),
  }),
  provision: route({
    method: "POST",
    path: "/devices/{id}/provision",
    summary: "Provisions a device again, from the first step that is not done",
    permission: "provisioning.run",
    params: byId,
    reply: Device,
    status: 202,
  }),
  retire: route({
    method: "POST",
    path: "/devices/{id}/retire",
    summary: "Takes all trust from a device that is gone, stolen or renamed, without asking it",
    permission: "device.retire",
    params: byId,
    body: Type.Object(
      {
        because: Type.Union([Type.Literal("gone"), Type.Literal("stolen"), Type.Literal("renamed")]),
        reason: Reason,
        /** How long its secrets are kept sealed for an emergency; the server's policy when absent. */
        keepSecretsDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_650 })),
      },
      { additionalProperties: false },
    ),
    reply: Device,
  }),
  readmit: route({
    method: "POST",
    path: "/devices/{id}/readmit",
    summary: "Lets a retired device be set up again when it says hello",
    permission: "device.retire",
    params: byId,
    body: Type.Object({ reason: Reason }, { additionalProperties: false }),
    reply: Device,
  }),
  purge: route({
    method: "POST",
    path: "/devices/{id}/purge",
    summary: "Forgets a retired device and its secrets for good; the audit trail stays",
    permission: "device.retire",
    params: byId,
    body: Type.Object({ reason: Reason }, { additionalProperties: false }),
    reply: Type.Object({}),
  }),
};

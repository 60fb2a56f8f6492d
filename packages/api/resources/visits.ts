import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, Moment } from "./common.ts";
import { deviceLogs, Hardware, LogEntry, LogState } from "./readings.ts";
import { PowerState } from "./devices.ts";

/** A name or an address. */
export const VisitHost = Type.String({ pattern: "^[A-Za-z0-9.:_-]{1,253}$" });

const Fingerprint = Type.String({ pattern: "^[0-9A-F]{2}(:[0-9A-F]{2}){31}$" });

/** The certificate that a device shows. */
export const ShownCertificate = Type.Object({
  subject: Type.String(),
  issuer: Type.String(),
  /** SHA-256. */
  fingerprint: Fingerprint,
  expiresAt: Moment,
  /** Vigil has issued it. */
  isOurs: Type.Boolean(),
});
export type ShownCertificate = Static<typeof ShownCertificate>;

/** What answers at an address, before anybody logs in. */
export const Sight = Type.Object({
  host: Type.String(),
  /** Null: nothing speaks TLS there. */
  certificate: Type.Union([ShownCertificate, Type.Null()]),
  /** Whether it answers without TLS. */
  hasPlain: Type.Boolean(),
});
export type Sight = Static<typeof Sight>;

/** Who a device says it is. Texts that it does not know are empty. */
export const VisitedDevice = Type.Object({
  uuid: Type.String(),
  hostName: Type.String(),
  release: Type.String(),
  controlMode: Type.Union([Type.Literal("none"), Type.Literal("client"), Type.Literal("admin")]),
  manufacturer: Type.String(),
  model: Type.String(),
  serialNumber: Type.String(),
  power: PowerState,
  /** When it said all this. */
  readAt: Moment,
});
export type VisitedDevice = Static<typeof VisitedDevice>;

/** A device that somebody manages by its address for a while. */
export const Visit = Type.Object({
  id: Type.String(),
  host: Type.String(),
  username: Type.String(),
  over: Type.Union([Type.Literal("tls"), Type.Literal("plain")]),
  openedAt: Moment,
  /** It ends then, unless something is asked of the device before. */
  endsAt: Moment,
  device: VisitedDevice,
  /** In the registry under that uuid. */
  isKnown: Type.Boolean(),
});
export type Visit = Static<typeof Visit>;

export const visitPowerActions = ["on", "off", "cycle", "reset"] as const;
export type VisitPowerAction = (typeof visitPowerActions)[number];

const ofVisit = Type.Object({ id: Type.String({ format: "uuid" }) });
const Reason = Type.String({ minLength: 3, maxLength: 500 });
const readLimitMs = 180_000;

/** Managing a device by its address, without the registry. The password stays in memory, sealed, until the visit ends. */
export const visits = {
  look: route({
    method: "POST",
    path: "/manage/look",
    summary: "Sees what answers at an address: which ports, and which certificate; nobody logs in",
    permission: "visit.open",
    body: Type.Object({ host: VisitHost }, { additionalProperties: false }),
    reply: Sight,
  }),
  open: route({
    method: "POST",
    path: "/manage",
    summary: "Logs in to a device by its address; the password is kept in memory until the visit ends",
    permission: "visit.open",
    body: Type.Object(
      {
        host: VisitHost,
        username: Type.String({ minLength: 1, maxLength: 64 }),
        password: Type.String({ maxLength: 128 }),
        /** Of the certificate that it has to show; absent: without TLS. */
        fingerprint: Type.Optional(Fingerprint),
      },
      { additionalProperties: false },
    ),
    reply: Visit,
    status: 201,
  }),
  list: route({
    method: "GET",
    path: "/manage",
    summary: "The caller's own visits",
    permission: "visit.open",
    reply: Type.Object({ items: Type.Array(Visit) }),
  }),
  show: route({
    method: "GET",
    path: "/manage/{id}",
    summary: "One visit, with what the device said last",
    permission: "visit.open",
    params: ofVisit,
    reply: Visit,
  }),
  refresh: route({
    method: "POST",
    path: "/manage/{id}/refresh",
    summary: "Asks the device again who it is and what its power is",
    permission: "visit.open",
    params: ofVisit,
    reply: Visit,
  }),
  log: route({
    method: "POST",
    path: "/manage/{id}/logs/{log}/read",
    summary: "Reads the device's own log; it is kept nowhere",
    permission: "visit.open",
    params: Type.Object({ ...ofVisit.properties, log: Type.Enum(deviceLogs) }),
    reply: Type.Object({ readAt: Moment, state: LogState, items: Type.Array(LogEntry) }),
    limitMs: readLimitMs,
  }),
  hardware: route({
    method: "POST",
    path: "/manage/{id}/hardware/read",
    summary: "Asks the device what the machine is made of; it is kept nowhere",
    permission: "visit.open",
    params: ofVisit,
    reply: Type.Object({ readAt: Moment, hardware: Hardware }),
    limitMs: readLimitMs,
  }),
  power: route({
    method: "POST",
    path: "/manage/{id}/power",
    summary: "Switches the machine's power",
    permission: "device.power",
    params: ofVisit,
    body: Type.Object(
      { action: Type.Enum(visitPowerActions), reason: Type.Optional(Reason) },
      { additionalProperties: false },
    ),
    reply: Type.Object({
      /** "started": the device has taken it and is not through yet. */
      result: Type.Union([Type.Literal("done"), Type.Literal("started")]),
    }),
  }),
  adopt: route({
    method: "POST",
    path: "/manage/{id}/adopt",
    summary: "Takes the device into the registry, with the password of the visit as its own",
    permission: "provisioning.run",
    params: ofVisit,
    body: Type.Object({ reason: Type.Optional(Reason) }, { additionalProperties: false }),
    reply: Type.Object({ device: DeviceId }),
  }),
  close: route({
    method: "DELETE",
    path: "/manage/{id}",
    summary: "Ends a visit: the password is forgotten",
    permission: "visit.open",
    params: ofVisit,
    reply: Type.Object({}),
  }),
};

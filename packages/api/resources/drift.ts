import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, Moment } from "./common.ts";

/** One setting that a device has otherwise than its profile. */
export const Difference = Type.Object({
  /** Dotted path in the profile: "general.domainName", or what the device alone has: "tls.certificate". */
  setting: Type.String(),
  found: Type.String(),
  wanted: Type.String(),
});
export type Difference = Static<typeof Difference>;

/** What was found when a device was last compared with its profile. */
export const Drift = Type.Object({
  uuid: DeviceId,
  profile: Type.String(),
  version: Type.Integer(),
  differences: Type.Array(Difference),
  lookedAt: Moment,
});
export type Drift = Static<typeof Drift>;

/** A row of the list: the same with what people call the device. */
export const DriftRow = Type.Object({
  ...Drift.properties,
  hostName: Type.Union([Type.String(), Type.Null()]),
  address: Type.String(),
});
export type DriftRow = Static<typeof DriftRow>;

const byId = Type.Object({ id: DeviceId });

export const drift = {
  list: route({
    method: "GET",
    path: "/drift",
    summary: "Devices that differ from their profile, the latest finding first",
    permission: "device.read",
    query: Type.Object({
      /** Only those that differ in this setting. */
      setting: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000, default: 200 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000, default: 0 })),
    }),
    reply: Type.Object({ items: Type.Array(DriftRow), total: Type.Integer() }),
  }),
  settings: route({
    method: "GET",
    path: "/drift/settings",
    summary: "In which settings devices differ from their profiles, and how many in each, the most frequent first",
    permission: "device.read",
    reply: Type.Object({
      items: Type.Array(Type.Object({ setting: Type.String(), devices: Type.Integer() })),
      /** Devices that differ at all, and those that were as their profile says. */
      differing: Type.Integer(),
      alike: Type.Integer(),
    }),
  }),
  show: route({
    method: "GET",
    path: "/devices/{id}/drift",
    summary: "What was found when the device was last compared with its profile; null before the first time",
    permission: "device.read",
    params: byId,
    reply: Type.Object({ drift: Type.Union([Drift, Type.Null()]) }),
  }),
  look: route({
    method: "POST",
    path: "/devices/{id}/drift",
    summary: "Compares the device with its profile now; changes nothing on it",
    permission: "device.read",
    params: byId,
    reply: Drift,
  }),
};

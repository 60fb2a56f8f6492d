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

const byId = Type.Object({ id: DeviceId });

export const drift = {
  list: route({
    method: "GET",
    path: "/drift",
    summary: "Devices that differ from their profile, the latest finding first",
    permission: "device.read",
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 200 })) }),
    reply: Type.Object({ items: Type.Array(Drift), total: Type.Integer() }),
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

import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, Moment } from "./common.ts";

/** Who did what. */
export const AuditEntry = Type.Object({
  id: Type.Integer(),
  at: Moment,
  actor: Type.String(),
  action: Type.String(),
  device: Type.Union([DeviceId, Type.Null()]),
  summary: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
});
export type AuditEntry = Static<typeof AuditEntry>;

export const audit = {
  list: route({
    method: "GET",
    path: "/audit",
    summary: "Lists audit entries, newest first",
    permission: "audit.read",
    query: Type.Object({
      device: Type.Optional(DeviceId),
      search: Type.Optional(Type.String({ maxLength: 200 })),
      before: Type.Optional(Type.Integer({ minimum: 1 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    }),
    reply: Type.Object({ items: Type.Array(AuditEntry) }),
  }),
};

import { Type, type Static } from "typebox";
import { route } from "../route.ts";

/** Desired configuration of a device. */
export const Profile = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  isDefault: Type.Boolean(),
  /** `{uuid8}` stands for the first eight digits of the uuid. */
  hostNameRule: Type.String(),
  domainName: Type.String(),
  adminPassword: Type.Literal("random per device"),
  tls: Type.Literal("server"),
  isPlainPortOpen: Type.Boolean(),
  isWebPageOpen: Type.Boolean(),
});
export type Profile = Static<typeof Profile>;

export const profiles = {
  list: route({
    method: "GET",
    path: "/profiles",
    summary: "Lists profiles",
    permission: "profile.read",
    reply: Type.Object({ items: Type.Array(Profile) }),
  }),
};

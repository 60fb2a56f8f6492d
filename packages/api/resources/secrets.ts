import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, Moment } from "./common.ts";

/** "admin-password" opens the firmware over the network, "mebx-password" its menu on the machine, "account/NAME" an account of its profile's. */
export const SecretKind = Type.Union([
  Type.Literal("admin-password"),
  Type.Literal("mebx-password"),
  Type.Unsafe<`account/${string}`>(Type.String({ pattern: "^account/.{1,16}$" })),
]);
export type SecretKind = Static<typeof SecretKind>;

/** What can be listed and never shown: "directory-password" is that of the device's object in the directory, of which its Kerberos key is made. */
const HiddenKind = Type.Literal("directory-password");

/** A secret of a device, without its value. */
export const DeviceSecret = Type.Object({
  kind: Type.Union([...SecretKind.anyOf, HiddenKind]),
  /** How far it has come: a device has at most three of a kind. */
  state: Type.Union([
    Type.Literal("pending"),
    Type.Literal("applied"),
    Type.Literal("confirmed"),
    Type.Literal("previous"),
  ]),
  madeAt: Moment,
  changedAt: Moment,
});
export type DeviceSecret = Static<typeof DeviceSecret>;

const byId = Type.Object({ id: DeviceId });

export const secrets = {
  list: route({
    method: "GET",
    path: "/devices/{id}/secrets",
    summary: "A device's secrets: what there is and how old it is, never a value",
    permission: "device.read",
    params: byId,
    reply: Type.Object({ items: Type.Array(DeviceSecret) }),
  }),
  reveal: route({
    method: "POST",
    path: "/devices/{id}/secrets/reveal",
    summary:
      "Shows a secret to a person, for an emergency: audited, and replaced afterwards by itself where the firmware can",
    permission: "secret.reveal",
    params: byId,
    body: Type.Object(
      {
        kind: SecretKind,
        /** Why: shown in the audit trail. */
        reason: Type.String({ minLength: 3, maxLength: 500 }),
        /** Until it is replaced. */
        minutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_440, default: 60 })),
      },
      { additionalProperties: false },
    ),
    reply: Type.Object({
      username: Type.String(),
      value: Type.String(),
      /** When it is replaced; null where it cannot be from afar. */
      replacedAt: Type.Union([Moment, Type.Null()]),
    }),
  }),
  oneTime: route({
    method: "POST",
    path: "/devices/{id}/one-time-password",
    summary:
      "Makes a one-time password for a device, known or not yet, for its agent to give to its firmware before it asks to be set up",
    permission: "provisioning.run",
    params: byId,
    reply: Type.Object({
      /** 24 characters; no login: it proves that the agent, the device and Vigil belong together. */
      value: Type.String(),
      expiresAt: Moment,
    }),
    status: 201,
  }),
};

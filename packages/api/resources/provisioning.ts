import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";

/** A certificate with which the server proves itself to devices that are being set up. Its key never leaves the server. */
export const SetupCertificate = Type.Object({
  id: Type.String(),
  subject: Type.String(),
  rootSubject: Type.String(),
  /** SHA-256 of the root certificate, lower-case hex: what a device lists in its hello. */
  rootHash: Type.String(),
  expiresAt: Moment,
});
export type SetupCertificate = Static<typeof SetupCertificate>;

/** One device on its way from first sight to provisioned. */
export const ProvisioningEntry = Type.Object({
  uuid: DeviceId,
  address: Type.String(),
  state: Type.Union([Type.Literal("waiting"), Type.Literal("running"), Type.Literal("failed"), Type.Literal("done")]),
  step: Type.Union([Type.String(), Type.Null()]),
  attempts: Type.Integer(),
  error: Type.Union([ErrorReport, Type.Null()]),
  updatedAt: Moment,
});
export type ProvisioningEntry = Static<typeof ProvisioningEntry>;

export const provisioning = {
  list: route({
    method: "GET",
    path: "/provisioning",
    summary: "Devices being provisioned or failed, most recent first, and how many there are of each",
    permission: "provisioning.read",
    query: Type.Object({
      state: Type.Optional(ProvisioningEntry.properties.state),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    }),
    reply: Type.Object({
      items: Type.Array(ProvisioningEntry),
      counts: Type.Object({
        waiting: Type.Integer(),
        running: Type.Integer(),
        failed: Type.Integer(),
        done: Type.Integer(),
      }),
      /** Hellos that were refused since the server started, by error code. */
      refused: Type.Record(Type.String(), Type.Integer()),
    }),
  }),
  setupCertificates: route({
    method: "GET",
    path: "/setup-certificates",
    summary: "Lists the setup certificates",
    permission: "provisioning.read",
    reply: Type.Object({ items: Type.Array(SetupCertificate) }),
  }),
  addSetupCertificate: route({
    method: "POST",
    path: "/setup-certificates",
    summary: "Adds a setup certificate: PEM of the leaf, its chain up to the root, and the leaf's private key",
    permission: "setup.manage",
    body: Type.Object(
      { chainPem: Type.String({ maxLength: 65_536 }), keyPem: Type.String({ maxLength: 16_384 }) },
      { additionalProperties: false },
    ),
    reply: SetupCertificate,
    status: 201,
  }),
};

import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { SetupMethod } from "./devices.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";

/** One device on its way from first sight to provisioned. */
export const ProvisioningEntry = Type.Object({
  uuid: DeviceId,
  address: Type.String(),
  state: Type.Union([Type.Literal("waiting"), Type.Literal("running"), Type.Literal("failed"), Type.Literal("done")]),
  step: Type.Union([Type.String(), Type.Null()]),
  attempts: Type.Integer(),
  /** By which way it is set up: chosen by what its hello says. */
  method: SetupMethod,
  /** "slow": it did not answer, or failed and is tried again. */
  lane: Type.Union([Type.Literal("fast"), Type.Literal("slow")]),
  /** While it waits in the slow lane; the error says why. */
  nextTryAt: Type.Union([Moment, Type.Null()]),
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
      /** True: devices under way end as they will, and no other is begun. */
      isHeld: Type.Boolean(),
    }),
  }),
  hold: route({
    method: "PUT",
    path: "/provisioning/queue",
    summary: "Holds the queue or lets it go on; survives a restart",
    permission: "provisioning.run",
    body: Type.Object({ isHeld: Type.Boolean() }, { additionalProperties: false }),
    reply: Type.Object({ isHeld: Type.Boolean(), running: Type.Integer() }),
  }),
};

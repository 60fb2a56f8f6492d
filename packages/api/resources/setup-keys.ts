import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, Moment } from "./common.ts";

const Batch = Type.String({ minLength: 1, maxLength: 64, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });
const Count = Type.Integer({ minimum: 1, maximum: 1_000 });
const Reason = Type.String({ minLength: 1, maxLength: 200 });

/** A pre-shared key without its secret part. */
export const SetupKey = Type.Object({
  pid: Type.String(),
  batch: Type.String(),
  medium: Type.Union([Type.Literal("list"), Type.Literal("usb")]),
  madeAt: Moment,
  /** The device that was set up by it. */
  device: Type.Union([DeviceId, Type.Null()]),
  usedAt: Type.Union([Moment, Type.Null()]),
});
export type SetupKey = Static<typeof SetupKey>;

/** A pair as it is printed: with dashes. */
export const PrintedPair = Type.Object({ pid: Type.String(), pps: Type.String() });

/** Pre-shared keys, by which devices until AMT 10 are set up: a PID, which is no secret, and a PPS, which is. */
export const setupKeys = {
  list: route({
    method: "GET",
    path: "/setup-keys",
    summary: "Lists the pre-shared keys for setup; never their secret part",
    permission: "provisioning.read",
    query: Type.Object({ batch: Type.Optional(Batch) }),
    reply: Type.Object({ items: Type.Array(SetupKey) }),
  }),
  make: route({
    method: "POST",
    path: "/setup-keys",
    summary: "Makes new pre-shared keys, to be printed or handed to whoever stages the machines",
    permission: "setup.manage",
    body: Type.Object({ batch: Batch, count: Count }, { additionalProperties: false }),
    reply: Type.Object({ items: Type.Array(PrintedPair) }),
    status: 201,
  }),
  add: route({
    method: "POST",
    path: "/setup-keys/add",
    summary: "Takes pre-shared keys that the machines have already: a maker's list",
    permission: "setup.manage",
    body: Type.Object(
      {
        batch: Batch,
        pairs: Type.Array(Type.Object({ pid: Type.String(), pps: Type.String() }, { additionalProperties: false }), {
          minItems: 1,
          maxItems: 1_000,
        }),
      },
      { additionalProperties: false },
    ),
    reply: Type.Object({ added: Type.Integer() }),
    status: 201,
  }),
  print: route({
    method: "POST",
    path: "/setup-keys/print",
    summary: "Shows the pre-shared keys of a batch again; audited",
    permission: "setup.manage",
    body: Type.Object({ batch: Batch, reason: Reason }, { additionalProperties: false }),
    reply: Type.Object({ items: Type.Array(PrintedPair) }),
  }),
  remove: route({
    method: "POST",
    path: "/setup-keys/remove",
    summary: "Forgets pre-shared keys: a machine that holds one and is not set up yet cannot be by it any more",
    permission: "setup.manage",
    body: Type.Object(
      { pids: Type.Array(Type.String({ minLength: 1, maxLength: 20 }), { minItems: 1, maxItems: 20_000 }) },
      { additionalProperties: false },
    ),
    reply: Type.Object({ removed: Type.Integer() }),
  }),
  file: route({
    method: "POST",
    path: "/setup-keys/file",
    summary: "Makes a setup.bin for that many machines, with a pre-shared key and a menu password for each",
    permission: "setup.manage",
    body: Type.Object(
      {
        batch: Batch,
        count: Count,
        version: Type.Optional(Type.Integer({ minimum: 1, maximum: 4 })),
        isScrambled: Type.Optional(Type.Boolean()),
        /** The one that the machines have now: the factory's unless said otherwise. */
        currentMebxPassword: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
        /** One for each machine, in the order in which they take their records. */
        hostNames: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 63 }), { maxItems: 1_000 })),
        domainName: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      },
      { additionalProperties: false },
    ),
    /** The file's bytes as base64. It holds secrets. */
    reply: Type.Object({ pids: Type.Array(Type.String()), file: Type.String() }),
    status: 201,
  }),
};

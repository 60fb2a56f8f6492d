import { Type, type Static } from "typebox";
import { operationNames } from "../operations.ts";
import { route } from "../route.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";

/** "unknown": the command may or may not have reached the device; it was not repeated. */
export const Outcome = Type.Union([
  Type.Literal("waiting"),
  Type.Literal("running"),
  Type.Literal("succeeded"),
  Type.Literal("failed"),
  Type.Literal("unknown"),
  Type.Literal("cancelled"),
]);
export type Outcome = Static<typeof Outcome>;

export const Target = Type.Object(
  {
    /** uuids, host names or addresses. */
    devices: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 20_000 }),
    ),
    /** A collection's name. */
    collection: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  },
  { additionalProperties: false },
);
export type Target = Static<typeof Target>;

export const Run = Type.Object({
  id: Type.String(),
  title: Type.String(),
  operation: Type.Enum(operationNames),
  /** What was chosen, by the parameter's name. */
  parameters: Type.Record(Type.String(), Type.String()),
  target: Type.String(),
  startedBy: Type.String(),
  state: Type.Union([Type.Literal("running"), Type.Literal("finished"), Type.Literal("cancelled")]),
  createdAt: Moment,
  finishedAt: Type.Union([Moment, Type.Null()]),
  total: Type.Integer(),
  counts: Type.Object({
    waiting: Type.Integer(),
    running: Type.Integer(),
    succeeded: Type.Integer(),
    failed: Type.Integer(),
    unknown: Type.Integer(),
    cancelled: Type.Integer(),
  }),
});
export type Run = Static<typeof Run>;

export const RunResult = Type.Object({
  uuid: DeviceId,
  hostName: Type.Union([Type.String(), Type.Null()]),
  address: Type.String(),
  outcome: Outcome,
  /** What the device answered, in words; null before it did. */
  answer: Type.Union([Type.String(), Type.Null()]),
  error: Type.Union([ErrorReport, Type.Null()]),
  startedAt: Type.Union([Moment, Type.Null()]),
  finishedAt: Type.Union([Moment, Type.Null()]),
});
export type RunResult = Static<typeof RunResult>;

const byId = Type.Object({ id: Type.String({ maxLength: 60 }) });

export const runs = {
  start: route({
    method: "POST",
    path: "/runs",
    summary: "Starts a job now: one operation on every device of the target",
    permission: "job.run",
    body: Type.Object(
      {
        title: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
        operation: Type.Enum(operationNames),
        target: Target,
        /** The operation's choices; those that are left out are as usual. */
        parameters: Type.Optional(
          Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 100 }), { maxProperties: 20 }),
        ),
        /** Why: shown in the audit trail. A dangerous operation needs one. */
        reason: Type.Optional(Type.String({ maxLength: 500 })),
      },
      { additionalProperties: false },
    ),
    reply: Run,
    status: 201,
  }),
  list: route({
    method: "GET",
    path: "/runs",
    summary: "Lists runs, newest first",
    permission: "job.read",
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 100 })) }),
    reply: Type.Object({ items: Type.Array(Run), total: Type.Integer() }),
  }),
  show: route({
    method: "GET",
    path: "/runs/{id}",
    summary: "One run with its counts",
    permission: "job.read",
    params: byId,
    reply: Run,
  }),
  results: route({
    method: "GET",
    path: "/runs/{id}/results",
    summary: "A run's result for each device, failures first",
    permission: "job.read",
    params: byId,
    query: Type.Object({
      outcome: Type.Optional(Outcome),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000, default: 1000 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000, default: 0 })),
    }),
    reply: Type.Object({ items: Type.Array(RunResult), total: Type.Integer() }),
  }),
  cancel: route({
    method: "POST",
    path: "/runs/{id}/cancel",
    summary: "Stops a run: devices not yet asked are left alone",
    permission: "job.run",
    params: byId,
    reply: Run,
  }),
};

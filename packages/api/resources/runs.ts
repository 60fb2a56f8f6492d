import { Type, type Static, type TSchema } from "typebox";
import { operationNames } from "../operations.ts";
import { route } from "../route.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";
import { BlastRadius, JobDefinition } from "./job-definition.ts";

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

/** Exactly one of the three. */
export const Target = Type.Object(
  {
    /** uuids, host names or addresses. */
    devices: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { minItems: 1, maxItems: 20_000 }),
    ),
    /** A collection's name. */
    collection: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    /** Those for which it holds, in the filter language. Too long a one is refused by the language itself, with a reason. */
    filter: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);
export type Target = Static<typeof Target>;

/**
 * "approval": a second person must say yes before it goes on. "paused": by a person, or by itself since too many failed; nothing new is begun.
 */
export const runStates = ["running", "paused", "approval", "finished", "cancelled"] as const;

const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);

const Counts = Type.Object({
  waiting: Type.Integer(),
  running: Type.Integer(),
  succeeded: Type.Integer(),
  failed: Type.Integer(),
  unknown: Type.Integer(),
  cancelled: Type.Integer(),
});

/** What came of giving machines their power back after a run was cancelled, in devices. */
export const PutBack = Type.Object({
  succeeded: Type.Integer(),
  failed: Type.Integer(),
  unknown: Type.Integer(),
});
export type PutBack = Static<typeof PutBack>;

export const Run = Type.Object({
  id: Type.String(),
  title: Type.String(),
  /** The one operation that it carries out; null where there is more than one step. */
  operation: orNull(Type.Enum(operationNames)),
  /** What was chosen, by the parameter's name. */
  parameters: orNull(Type.Record(Type.String(), Type.String())),
  /** The job of that name, at that version; null where it was started without one. */
  job: orNull(Type.String()),
  jobVersion: orNull(Type.Integer()),
  /** What it does on each device, as it was when the run was started. */
  definition: JobDefinition,
  /** Those that hold: the definition's, the run's own, and what is usual where neither says. */
  limits: BlastRadius,
  target: Type.String(),
  startedBy: Type.String(),
  /** The run whose failed devices it takes up. */
  retryOf: orNull(Type.String()),
  state: Type.Enum(runStates),
  pausedBecause: orNull(Type.String()),
  /** The wave that it is in, from 1. */
  wave: Type.Integer(),
  /** How many devices each wave has. */
  waves: Type.Array(Type.Integer()),
  /** What a second person is asked; `step` is null before anything has begun. */
  approval: orNull(Type.Object({ step: orNull(Type.String()), asked: Type.String() })),
  /** It was cancelled, and machines stay as they are. */
  leavesPower: Type.Boolean(),
  /**
   * What came of giving machines their power back after it was cancelled. Until its end those are still counted as running; null where
   * nothing was to be put back.
   */
  putBack: orNull(PutBack),
  /** Devices ended in a second, lately; null while nobody knows. */
  rate: orNull(Type.Number()),
  secondsLeft: orNull(Type.Integer()),
  createdAt: Moment,
  /** Nothing begins before. */
  startsAt: orNull(Moment),
  finishedAt: orNull(Moment),
  total: Type.Integer(),
  counts: Counts,
});
export type Run = Static<typeof Run>;

export const RunResult = Type.Object({
  uuid: DeviceId,
  hostName: orNull(Type.String()),
  address: Type.String(),
  outcome: Outcome,
  /** Where it stands, or where it went wrong: "2. Patch / otherwise / 1. Wake". */
  step: orNull(Type.String()),
  /** What the machine's power was before the first step, where a step needs to know. */
  powerBefore: orNull(Type.String()),
  /** What the device answered, in words; null before it did. */
  answer: orNull(Type.String()),
  error: orNull(ErrorReport),
  startedAt: orNull(Moment),
  finishedAt: orNull(Moment),
});
export type RunResult = Static<typeof RunResult>;

export const trailOutcomes = ["waiting", "running", "succeeded", "failed", "unknown", "skipped"] as const;

/** One try of one step on one device. */
export const TrailEntry = Type.Object({
  /** "2. Patch / otherwise / 1. Wake" */
  path: Type.String(),
  name: Type.String(),
  /** From 1. */
  attempt: Type.Integer(),
  outcome: Type.Enum(trailOutcomes),
  answer: orNull(Type.String()),
  error: orNull(ErrorReport),
  startedAt: orNull(Moment),
  finishedAt: orNull(Moment),
});
export type TrailEntry = Static<typeof TrailEntry>;

/** How many devices stand at a step, by the outcome of its last try there; "waiting" has not come to it. */
export const StepCounts = Type.Object({
  /** "2. Patch / otherwise / 1. Wake" */
  path: Type.String(),
  counts: Type.Object({
    waiting: Type.Integer(),
    running: Type.Integer(),
    succeeded: Type.Integer(),
    failed: Type.Integer(),
    unknown: Type.Integer(),
    skipped: Type.Integer(),
  }),
});
export type StepCounts = Static<typeof StepCounts>;

/** What a run would be. */
export const RunPlan = Type.Object({
  total: Type.Integer(),
  waves: Type.Array(Type.Integer()),
  /** Those that hold: the definition's, the run's own, and what is usual where neither says. */
  limits: BlastRadius,
  /** Whether a second person would be asked before anything begins. */
  needsApproval: Type.Boolean(),
  steps: Type.Array(
    Type.Object({
      path: Type.String(),
      name: Type.String(),
      /** What is asked of each device that comes to it, in words. */
      calls: Type.Array(Type.String()),
      /** What decides whether a device comes to it; null: all do. */
      when: orNull(Type.String()),
    }),
  ),
  /** The first thousand. */
  devices: Type.Array(
    Type.Object({ uuid: DeviceId, hostName: orNull(Type.String()), address: Type.String(), wave: Type.Integer() }),
  ),
});
export type RunPlan = Static<typeof RunPlan>;

const byId = Type.Object({ id: Type.String({ maxLength: 60 }) });

/** What is to be run: exactly one of `operation`, `job` and `definition`. */
export const NewRun = Type.Object(
  {
    title: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
    /** One operation of the catalogue. */
    operation: Type.Optional(Type.Enum(operationNames)),
    /** The operation's choices; those that are left out are as usual. */
    parameters: Type.Optional(
      Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 100 }), { maxProperties: 20 }),
    ),
    /** A job's name. */
    job: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    /** Its newest unless said otherwise. */
    version: Type.Optional(Type.Integer({ minimum: 1 })),
    /** Checked by the room itself: a union of seven kinds of steps has no error that helps. */
    definition: Type.Optional(Type.Unsafe<JobDefinition>(Type.Object({}))),
    target: Target,
    /** In place of the definition's own, limit by limit. */
    limits: Type.Optional(BlastRadius),
    startsAt: Type.Optional(Moment),
    /** Why: shown in the audit trail. Some operations need one. */
    reason: Type.Optional(Type.String({ maxLength: 500 })),
  },
  { additionalProperties: false },
);
export type NewRun = Static<typeof NewRun>;

export const runs = {
  start: route({
    method: "POST",
    path: "/runs",
    summary: "Starts a run: one operation, a job or a definition, on every device of the target",
    permission: "job.run",
    body: NewRun,
    reply: Run,
    status: 201,
    limitMs: 60_000,
  }),
  plan: route({
    method: "POST",
    path: "/runs/plan",
    summary: "Says what a run would do to which devices, without asking any of them",
    permission: "job.read",
    body: NewRun,
    reply: RunPlan,
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
  trail: route({
    method: "GET",
    path: "/runs/{id}/results/{device}",
    summary: "What a run did to one device, step by step",
    permission: "job.read",
    params: Type.Object({ id: Type.String({ maxLength: 60 }), device: DeviceId }),
    reply: Type.Object({ result: RunResult, items: Type.Array(TrailEntry) }),
  }),
  steps: route({
    method: "GET",
    path: "/runs/{id}/steps",
    summary: "How many devices stand at each step of a run, and how it ended for the others",
    permission: "job.read",
    params: byId,
    reply: Type.Object({ items: Type.Array(StepCounts) }),
  }),
  export: route({
    method: "GET",
    path: "/runs/{id}/export",
    summary: "A run's results as comma-separated values",
    permission: "job.read",
    params: byId,
    reply: Type.Object({ name: Type.String(), csv: Type.String() }),
    limitMs: 60_000,
  }),
  pause: route({
    method: "POST",
    path: "/runs/{id}/pause",
    summary: "Holds a run: steps under way end, nothing new begins until it is resumed",
    permission: "job.run",
    params: byId,
    reply: Run,
  }),
  resume: route({
    method: "POST",
    path: "/runs/{id}/resume",
    summary: "Lets a paused run go on",
    permission: "job.run",
    params: byId,
    reply: Run,
  }),
  cancel: route({
    method: "POST",
    path: "/runs/{id}/cancel",
    summary:
      "Stops a run: devices not yet asked are left alone, and no further step begins. Where the definition puts power back, machines that the run has switched still get theirs",
    permission: "job.run",
    params: byId,
    query: Type.Object({
      /** "leave": machines stay as they are. Once they are left, they stay so. "put-back" unless said otherwise. */
      power: Type.Optional(Type.Enum(["put-back", "leave"] as const)),
    }),
    reply: Run,
  }),
  approve: route({
    method: "POST",
    path: "/runs/{id}/approve",
    summary: "Lets a run go on that asks for a second person, who may not be its starter",
    permission: "job.run",
    params: byId,
    reply: Run,
  }),
  retry: route({
    method: "POST",
    path: "/runs/{id}/retry",
    summary: "Starts the same again on those devices of an ended run that failed",
    permission: "job.run",
    params: byId,
    query: Type.Object({
      /** Failed ones unless said otherwise. */
      outcome: Type.Optional(Type.Enum(["failed", "unknown", "cancelled"] as const)),
    }),
    reply: Run,
    status: 201,
  }),
};

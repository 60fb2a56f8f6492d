import { Type, type Static } from "typebox";
import { operationNames } from "../operations.ts";
import { route } from "../route.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";

const only = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 100, pattern: "^[^\\u0000-\\u001f]+$" });

/** What should be true of a device. Exactly one of the two. */
export const Desired = Type.Object(
  {
    /** In the filter language: of each device of the collection it should hold. */
    filter: Type.Optional(Type.String({ minLength: 1, maxLength: 20_000 })),
    /** The device is as its profile says. */
    asProfile: Type.Optional(Type.Literal(true)),
  },
  { ...only, minProperties: 1, maxProperties: 1 },
);
export type Desired = Static<typeof Desired>;

/** What makes a device as it should be. */
export const Remedy = Type.Object(
  {
    operation: Type.Enum(operationNames),
    parameters: Type.Optional(
      Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 100 }), { maxProperties: 20 }),
    ),
  },
  only,
);
export type Remedy = Static<typeof Remedy>;

export const PolicySettings = Type.Object(
  {
    description: Type.String({ maxLength: 2_000 }),
    /** A collection's name. */
    collection: Type.String({ minLength: 1, maxLength: 100 }),
    desired: Desired,
    /** An operation that reads, carried out first so that what is judged is fresh; null: what is stored is judged. */
    look: Type.Union([Type.Enum(operationNames), Type.Null()]),
    remedy: Type.Union([Remedy, Type.Null()]),
    /** False: who is not as it should be is reported and left alone. */
    isEnforced: Type.Boolean(),
    /** Hours from one round to the next; null: by hand only. */
    everyHours: Type.Union([Type.Integer({ minimum: 1, maximum: 720 }), Type.Null()]),
    /** A maintenance window: remedies are given while it is open. A round that finds it shut is followed by one when it opens. */
    window: Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Null()]),
    /** The remedy is not given to more than this share of the collection, in percent: then something else is wrong. */
    mostRemediedPercent: Type.Number({ exclusiveMinimum: 0, maximum: 100 }),
  },
  only,
);
export type PolicySettings = Static<typeof PolicySettings>;

/** "unknown": the device was asked and did not answer. */
export const Standing = Type.Union([Type.Literal("compliant"), Type.Literal("deviating"), Type.Literal("unknown")]);
export type Standing = Static<typeof Standing>;

const Counts = Type.Object({ compliant: Type.Integer(), deviating: Type.Integer(), unknown: Type.Integer() });

/** One look at all devices of a policy. */
export const PolicyRound = Type.Object({
  id: Type.String(),
  state: Type.Union([
    Type.Literal("looking"),
    Type.Literal("remedying"),
    Type.Literal("looking-again"),
    Type.Literal("done"),
  ]),
  startedBy: Type.String(),
  startedAt: Moment,
  endedAt: Type.Union([Moment, Type.Null()]),
  /** Runs of it, each null while there is none. */
  lookRun: Type.Union([Type.String(), Type.Null()]),
  remedyRun: Type.Union([Type.String(), Type.Null()]),
  /** As they were judged first; null before. */
  found: Type.Union([Counts, Type.Null()]),
  /** At the end; null before. */
  left: Type.Union([Counts, Type.Null()]),
  /** Why no remedy was given although there were devices for it; empty otherwise. */
  withheld: Type.String(),
});
export type PolicyRound = Static<typeof PolicyRound>;

export const Policy = Type.Object({
  name: Type.String(),
  ...PolicySettings.properties,
  /** Of the last look at each device that is in the collection now. */
  counts: Counts,
  /** Devices of the collection that were never looked at. */
  fresh: Type.Integer(),
  round: Type.Union([PolicyRound, Type.Null()]),
  nextAt: Type.Union([Moment, Type.Null()]),
  changedAt: Moment,
  changedBy: Type.String(),
});
export type Policy = Static<typeof Policy>;

/** How one device stands. */
export const Finding = Type.Object({
  uuid: DeviceId,
  hostName: Type.Union([Type.String(), Type.Null()]),
  address: Type.String(),
  standing: Standing,
  /** Since when it has stood so. */
  since: Moment,
  lookedAt: Moment,
  /** Of an unknown one: why it could not be asked. */
  error: Type.Union([ErrorReport, Type.Null()]),
});
export type Finding = Static<typeof Finding>;

const byName = Type.Object({ name: Name });

export const policies = {
  list: route({
    method: "GET",
    path: "/policies",
    summary: "Lists policies with the compliance of each: how many devices are as they should be",
    permission: "job.read",
    reply: Type.Object({ items: Type.Array(Policy) }),
  }),
  show: route({
    method: "GET",
    path: "/policies/{name}",
    summary: "One policy",
    permission: "job.read",
    params: byName,
    reply: Policy,
  }),
  create: route({
    method: "POST",
    path: "/policies",
    summary: "Makes a policy; its first round begins when it is due",
    permission: "policy.write",
    body: Type.Object({ name: Name, settings: PolicySettings }, only),
    reply: Policy,
    status: 201,
  }),
  change: route({
    method: "PUT",
    path: "/policies/{name}",
    summary:
      "Gives a policy other settings; what was found by the old ones is forgotten where it no longer says anything",
    permission: "policy.write",
    params: byName,
    body: PolicySettings,
    reply: Policy,
  }),
  remove: route({
    method: "DELETE",
    path: "/policies/{name}",
    summary: "Removes a policy and what it found; devices stay as they are",
    permission: "policy.write",
    params: byName,
    reply: Type.Null(),
    status: 204,
  }),
  plan: route({
    method: "POST",
    path: "/policies/plan",
    summary: "What a policy would find and do now by what is stored; no device is asked",
    permission: "job.read",
    body: PolicySettings,
    reply: Type.Object({
      counts: Counts,
      /** The first of those that the remedy would be given to. */
      deviating: Type.Array(
        Type.Object({ uuid: DeviceId, hostName: Type.Union([Type.String(), Type.Null()]), address: Type.String() }),
      ),
      /** What would be done, in a sentence. */
      remedy: Type.String(),
    }),
  }),
  run: route({
    method: "POST",
    path: "/policies/{name}/rounds",
    summary: "Begins a round now; one that is under way is joined",
    permission: "job.run",
    params: byName,
    reply: Policy,
  }),
  rounds: route({
    method: "GET",
    path: "/policies/{name}/rounds",
    summary: "A policy's rounds, newest first",
    permission: "job.read",
    params: byName,
    query: Type.Object({ limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 30 })) }),
    reply: Type.Object({ items: Type.Array(PolicyRound) }),
  }),
  findings: route({
    method: "GET",
    path: "/policies/{name}/findings",
    summary: "How each device stands, the deviating first",
    permission: "job.read",
    params: byName,
    query: Type.Object({
      standing: Type.Optional(Standing),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000, default: 1_000 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000, default: 0 })),
    }),
    reply: Type.Object({ items: Type.Array(Finding), total: Type.Integer() }),
  }),
};

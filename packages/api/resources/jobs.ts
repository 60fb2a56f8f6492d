import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { Moment } from "./common.ts";
import { JobDefinition } from "./job-definition.ts";

/** Chosen: fifty steps with twenty in each branch, with room to spare. */
const mostJobCharacters = 200_000;

/** Names that are addresses below /jobs, and so cannot be jobs. */
export const JobName = Type.String({
  minLength: 1,
  maxLength: 60,
  pattern: "^(?!(?:schema|check|gallery)$)[^/\\u0000-\\u001f]+$",
});
const Comment = Type.Optional(Type.String({ maxLength: 500 }));
const Version = Type.Integer({ minimum: 1, maximum: 1_000_000 });

/** One version of a job, which is never changed. */
export const JobVersion = Type.Object({
  version: Type.Integer(),
  definition: JobDefinition,
  changedAt: Moment,
  changedBy: Type.String(),
  comment: Type.Union([Type.String(), Type.Null()]),
});
export type JobVersion = Static<typeof JobVersion>;

/** A job in its newest version. */
export const Job = Type.Object({
  name: Type.String(),
  ...JobVersion.properties,
  /** The rights that whoever starts it needs. */
  permissions: Type.Array(Type.String()),
  needsReason: Type.Boolean(),
});
export type Job = Static<typeof Job>;

/** A definition's problem, and the line of the text that it is in. */
export const JobProblem = Type.Object({
  path: Type.String(),
  step: Type.Union([Type.String(), Type.Null()]),
  line: Type.Union([Type.Integer(), Type.Null()]),
  text: Type.String(),
  next: Type.String(),
});

/** What a file of a job is found to say. */
export const CheckedJob = Type.Object({
  name: Type.Union([Type.String(), Type.Null()]),
  /** Null when there are problems. */
  definition: Type.Union([JobDefinition, Type.Null()]),
  problems: Type.Array(JobProblem),
  permissions: Type.Array(Type.String()),
  /** Those of them that whoever asks has not. */
  missing: Type.Array(Type.String()),
  needsReason: Type.Boolean(),
});
export type CheckedJob = Static<typeof CheckedJob>;

/** A ready job to make one's own of. */
export const GalleryJob = Type.Object({
  name: Type.String(),
  /** What it is good for, in a sentence or two. */
  about: Type.String(),
  definition: JobDefinition,
  /** What must hold for a device, and of how many devices of the target it does. */
  checks: Type.Array(
    Type.Object({ text: Type.String(), filter: Type.String(), holds: Type.Integer(), total: Type.Integer() }),
  ),
});
export type GalleryJob = Static<typeof GalleryJob>;

const byName = Type.Object({ name: JobName });

export const jobs = {
  list: route({
    method: "GET",
    path: "/jobs",
    summary: "Lists jobs, each in its newest version",
    permission: "job.read",
    reply: Type.Object({ items: Type.Array(Job) }),
  }),
  gallery: route({
    method: "GET",
    path: "/jobs/gallery",
    summary: "Ready jobs to start from, with what must hold for them and for how many devices it does",
    permission: "job.read",
    query: Type.Object({ collection: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })) }),
    reply: Type.Object({ items: Type.Array(GalleryJob) }),
  }),
  schema: route({
    method: "GET",
    path: "/jobs/schema",
    summary: "The JSON Schema of a job's file, for editors",
    permission: "public",
    reply: Type.Unknown(),
    isConstant: true,
  }),
  show: route({
    method: "GET",
    path: "/jobs/{name}",
    summary: "One job",
    permission: "job.read",
    params: byName,
    reply: Job,
  }),
  versions: route({
    method: "GET",
    path: "/jobs/{name}/versions",
    summary: "All versions of a job, newest first",
    permission: "job.read",
    params: byName,
    reply: Type.Object({ items: Type.Array(JobVersion) }),
  }),
  check: route({
    method: "POST",
    path: "/jobs/check",
    summary: "What is wrong with a job's file, step by step; nothing is stored",
    permission: "job.read",
    body: Type.Object({ text: Type.String({ maxLength: mostJobCharacters }) }, { additionalProperties: false }),
    reply: CheckedJob,
  }),
  create: route({
    method: "POST",
    path: "/jobs",
    summary: "Makes a job",
    permission: "job.write",
    // The room checks the definition itself: a union of seven kinds of steps has no error that helps.
    body: Type.Object(
      { name: JobName, definition: Type.Unsafe<JobDefinition>(Type.Object({})), comment: Comment },
      { additionalProperties: false },
    ),
    reply: Job,
    status: 201,
  }),
  change: route({
    method: "PUT",
    path: "/jobs/{name}",
    summary: "Stores a new version; refused when somebody else has stored one since `basedOn`",
    permission: "job.write",
    params: byName,
    body: Type.Object(
      { basedOn: Version, definition: Type.Unsafe<JobDefinition>(Type.Object({})), comment: Comment },
      { additionalProperties: false },
    ),
    reply: Job,
  }),
  rollBack: route({
    method: "POST",
    path: "/jobs/{name}/roll-back",
    summary: "Makes an older version the newest again, as a new version",
    permission: "job.write",
    params: byName,
    body: Type.Object({ to: Version, comment: Comment }, { additionalProperties: false }),
    reply: Job,
  }),
  remove: route({
    method: "DELETE",
    path: "/jobs/{name}",
    summary: "Removes a job; its runs stay",
    permission: "job.write",
    params: byName,
    reply: Type.Null(),
    status: 204,
  }),
};

import type { Static, TSchema } from "typebox";

/** Every right that a route or an operation can ask for. Only the owner role exists yet; it has them all. */
export const permissions = [
  "public",
  "access.manage",
  "assignment.read",
  "assignment.write",
  "audit.read",
  "authority.manage",
  "authority.read",
  "collection.read",
  "collection.write",
  "device.boot",
  "device.invoke",
  "device.isolate",
  "device.power",
  "device.read",
  "device.retire",
  "image.read",
  "image.write",
  "job.read",
  "job.run",
  "job.write",
  "policy.write",
  "profile.read",
  "profile.write",
  "provisioning.read",
  "provisioning.run",
  "schedule.write",
  "secret.reveal",
  "secret.rotate",
  "session.consent",
  "session.ider",
  "session.kvm",
  "session.manage",
  "session.sol",
  "setup.manage",
  "visit.open",
] as const;
export type Permission = (typeof permissions)[number];

/** One route of the HTTP contract. Server, typed client, CLI and OpenAPI are derived from it. */
export interface Route<
  Params extends TSchema = TSchema,
  Query extends TSchema = TSchema,
  Body extends TSchema = TSchema,
  Answer extends TSchema = TSchema,
> {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Below `/api`, parameters in braces: `/devices/{id}`. */
  readonly path: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  readonly permission: Permission;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly reply: Answer;
  /** 200 unless said otherwise. */
  readonly status?: 200 | 201 | 202 | 204;
  /** The answer changes with the server's version only: it bears an ETag, so that it is sent once. */
  readonly isConstant?: true;
  /** The body is bytes as they are, not JSON: `body` is `Bytes`. */
  readonly takesBytes?: true;
  /** How large the body may be, where that is more than usual. */
  readonly bodyBytes?: number;
  /** How long the answer may take, where that is longer than usual: the client waits that long. */
  readonly limitMs?: number;
}

export function route<
  const P extends TSchema = never,
  const Q extends TSchema = never,
  const B extends TSchema = never,
  const R extends TSchema = TSchema,
>(declaration: Route<P, Q, B, R>): Route<P, Q, B, R> {
  return declaration;
}

type Part<S> = [S] extends [never] ? undefined : S extends TSchema ? Static<S> : undefined;

/** What a caller hands over for a route. */
export type Request<R> =
  R extends Route<infer P, infer Q, infer B, TSchema>
    ? { readonly params: Part<P>; readonly query: Part<Q>; readonly body: Part<B> }
    : never;
/** What a route answers. */
export type Reply<R> = R extends Route<TSchema, TSchema, TSchema, infer S> ? Static<S> : never;

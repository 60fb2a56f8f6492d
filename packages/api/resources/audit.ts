import { Type, type Static } from "typebox";
import { route } from "../route.ts";
import { DeviceId, Moment } from "./common.ts";

/**
 * How it was asked for: in the console, on the command line, by a script with an API key, as part of a job that somebody started before; or by nobody:
 * Vigil did it by itself.
 */
export const auditPaths = ["console", "cli", "api", "job", "vigil"] as const;
export type AuditPath = (typeof auditPaths)[number];

/** Who did what, to which device, over which path. */
export const AuditEntry = Type.Object({
  id: Type.Integer(),
  at: Moment,
  actor: Type.String(),
  action: Type.String(),
  device: Type.Union([DeviceId, Type.Null()]),
  summary: Type.String(),
  details: Type.Record(Type.String(), Type.Unknown()),
  /** Null in entries that are older than paths. */
  path: Type.Union([Type.Enum(auditPaths), Type.Null()]),
});
export type AuditEntry = Static<typeof AuditEntry>;

/** An entry in the list: with what people call the device, as long as it is known. */
export const ListedEntry = Type.Object({
  ...AuditEntry.properties,
  deviceName: Type.Union([Type.String(), Type.Null()]),
});
export type ListedEntry = Static<typeof ListedEntry>;

/**
 * What somebody did to the log itself, in the database: entries from `first` to `last` were edited, inserted or deleted; or the end of the chain was
 * changed, so that nobody knows whether entries after the last one are gone.
 */
export const AuditFinding = Type.Union([
  Type.Object({
    kind: Type.Union([Type.Literal("edited"), Type.Literal("inserted"), Type.Literal("deleted")]),
    first: Type.Integer(),
    last: Type.Integer(),
  }),
  Type.Object({ kind: Type.Literal("end-changed") }),
]);
export type AuditFinding = Static<typeof AuditFinding>;

export const audit = {
  list: route({
    method: "GET",
    path: "/audit",
    summary: "Lists audit entries, newest first",
    permission: "audit.read",
    query: Type.Object({
      /** A uuid, host name or address. */
      device: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      actor: Type.Optional(Type.String({ maxLength: 200 })),
      /** "run.started", or "job" for all that begin with "job.". */
      action: Type.Optional(Type.String({ maxLength: 100 })),
      path: Type.Optional(Type.Enum(auditPaths)),
      search: Type.Optional(Type.String({ maxLength: 200 })),
      since: Type.Optional(Moment),
      until: Type.Optional(Moment),
      before: Type.Optional(Type.Integer({ minimum: 1 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    }),
    reply: Type.Object({ items: Type.Array(ListedEntry) }),
  }),
  choices: route({
    method: "GET",
    path: "/audit/choices",
    summary: "Which actors and actions the activity log knows",
    permission: "audit.read",
    reply: Type.Object({ actors: Type.Array(Type.String()), actions: Type.Array(Type.String()) }),
  }),
  verify: route({
    method: "GET",
    path: "/audit/verify",
    summary: "Checks a page of the activity log's chain; the cursor leads to the next one",
    permission: "audit.read",
    query: Type.Object({
      cursor: Type.Optional(Type.String({ maxLength: 500 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 20_000, default: 5_000 })),
    }),
    reply: Type.Object({
      findings: Type.Array(AuditFinding),
      /** Entries that have been checked since the beginning, of how many there were then. */
      checked: Type.Integer(),
      total: Type.Integer(),
      cursor: Type.Union([Type.String(), Type.Null()]),
    }),
  }),
};

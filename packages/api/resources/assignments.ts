import { Type, type Static, type TSchema } from "typebox";
import { route } from "../route.ts";
import { DeviceId, ErrorReport, Moment } from "./common.ts";

/** What a condition looks at. */
export const conditionKinds = ["uuid", "mac", "serial", "subnet", "dnsSuffix", "release", "fact"] as const;
/** What a rule can say about a device. */
export const assignedFields = ["profile", "hostName", "domainName", "organizationalUnit"] as const;
export type AssignedField = (typeof assignedFields)[number];

/** A key of an agent's fact: "os.hostname". */
const FactKey = Type.String({ pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" });
const FactValue = Type.String({ minLength: 1, maxLength: 512, pattern: "^[^\\u0000-\\u001f\\u007f]+$" });
/** At most this many facts are kept of one device. */
export const mostFacts = 64;

const orNull = <S extends TSchema>(schema: S) => Type.Union([schema, Type.Null()]);
const exact = { additionalProperties: false } as const;

/** Holds when what is known of the device fits one of the values. */
export const Condition = Type.Object(
  {
    on: Type.Enum(conditionKinds),
    /** Which fact; with `on: "fact"` only. */
    fact: Type.Optional(FactKey),
    /**
     * uuid, mac: the whole of it. serial, fact: `*` stands for any text, `?` for one character. subnet: "10.2.0.0/16", "2001:db8::/48". dnsSuffix:
     * that domain and what is below it. release: "16" and "16.1" fit what begins so; ">=15" and "<16.1" compare.
     */
    values: Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 100 }),
  },
  exact,
);
export type Condition = Static<typeof Condition>;

/** What a rule or an entry says; what it leaves out is left to the next. */
export const AssignmentOutcome = Type.Object(
  {
    profile: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
    /** May have {uuid}, {uuid8}, {serial}, {mac} and {fact:KEY} in it. */
    hostName: Type.Optional(Type.String({ minLength: 1, maxLength: 200, pattern: "^[A-Za-z0-9{}:._-]+$" })),
    domainName: Type.Optional(Type.String({ minLength: 1, maxLength: 190, pattern: "^[A-Za-z0-9.-]+$" })),
    /** A distinguished name: "OU=Desks,DC=example,DC=com". */
    organizationalUnit: Type.Optional(Type.String({ minLength: 1, maxLength: 512, pattern: "^[^\\u0000-\\u001f]+$" })),
  },
  exact,
);
export type AssignmentOutcome = Static<typeof AssignmentOutcome>;

/** Whom a rule asks. What the answer says comes before what the rule itself says. */
export const Webhook = Type.Object(
  {
    url: Type.String({ minLength: 8, maxLength: 500, pattern: "^https?://" }),
    timeoutSeconds: Type.Integer({ minimum: 1, maximum: 30 }),
    /** "fail": the device fails with a code and is tried again; "next": the rule says nothing. */
    onFailure: Type.Union([Type.Literal("fail"), Type.Literal("next")]),
  },
  exact,
);
export type Webhook = Static<typeof Webhook>;

const RuleName = Type.String({ minLength: 1, maxLength: 80, pattern: "^[^\\u0000-\\u001f]+$" });
const RuleId = Type.String({ pattern: "^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$" });
const ruleProperties = {
  name: RuleName,
  isOn: Type.Boolean(),
  /** All of them must hold; none holds always. */
  conditions: Type.Array(Condition, { maxItems: 10 }),
  outcome: AssignmentOutcome,
  webhook: orNull(Webhook),
};

export const AssignmentRule = Type.Object({
  id: RuleId,
  ...ruleProperties,
  /** Whether the webhook's secret is set; it is never shown. */
  hasSecret: Type.Boolean(),
});
export type AssignmentRule = Static<typeof AssignmentRule>;

/** A rule as it is stored: without an id it is the one of that name, or a new one. */
export const WantedRule = Type.Object({ id: Type.Optional(RuleId), ...ruleProperties }, exact);
export type WantedRule = Static<typeof WantedRule>;

/** All rules, in the order in which they are asked. */
export const RuleList = Type.Object({
  version: Type.Integer(),
  rules: Type.Array(AssignmentRule),
  changedAt: orNull(Moment),
  changedBy: orNull(Type.String()),
});
export type RuleList = Static<typeof RuleList>;

/** One device of an imported list: it is known by what of uuid, mac and serialNumber is there. */
export const AssignmentEntry = Type.Object({
  id: Type.Integer(),
  uuid: orNull(Type.String()),
  mac: orNull(Type.String()),
  serialNumber: orNull(Type.String()),
  profile: orNull(Type.String()),
  hostName: orNull(Type.String()),
  domainName: orNull(Type.String()),
  organizationalUnit: orNull(Type.String()),
});
export type AssignmentEntry = Static<typeof AssignmentEntry>;

/** Why one line of a list cannot be taken. */
export const ImportProblem = Type.Object({
  line: Type.Integer(),
  column: orNull(Type.String()),
  found: Type.String(),
  problem: Type.String(),
  /** What to do about it. */
  next: Type.String(),
});
export type ImportProblem = Static<typeof ImportProblem>;

export const ImportReport = Type.Object({
  /** False in a dry run, and when there is a problem: then nothing at all was stored. */
  isStored: Type.Boolean(),
  rows: Type.Integer(),
  added: Type.Integer(),
  changed: Type.Integer(),
  unchanged: Type.Integer(),
  removed: Type.Integer(),
  /** The first hundred. */
  problems: Type.Array(ImportProblem),
  problemCount: Type.Integer(),
  /** The first rows as they were understood. */
  sample: Type.Array(Type.Omit(AssignmentEntry, ["id"])),
});
export type ImportReport = Static<typeof ImportReport>;

/** What is known of a device that rules look at. */
export const Evidence = Type.Object({
  uuid: orNull(Type.String()),
  address: orNull(Type.String()),
  mac: orNull(Type.String()),
  serialNumber: orNull(Type.String()),
  release: orNull(Type.String()),
  dnsSuffix: orNull(Type.String()),
  facts: Type.Record(Type.String(), Type.String()),
});
export type Evidence = Static<typeof Evidence>;

export const ConditionVerdict = Type.Object({
  on: Type.Enum(conditionKinds),
  fact: orNull(Type.String()),
  /** What it asks for, shortened. */
  wanted: Type.String(),
  /** What is known of the device; null when nothing is. */
  found: orNull(Type.String()),
  verdict: Type.Union([Type.Literal("holds"), Type.Literal("fails"), Type.Literal("unknown")]),
});
export type ConditionVerdict = Static<typeof ConditionVerdict>;

/** One rule or entry, and what came of it. */
export const Considered = Type.Object({
  source: Type.Union([Type.Literal("entry"), Type.Literal("rule")]),
  name: Type.String(),
  /** "unknown": nothing fails, and something of the device is not known. */
  verdict: Type.Union([Type.Literal("matches"), Type.Literal("differs"), Type.Literal("unknown"), Type.Literal("off")]),
  conditions: Type.Array(ConditionVerdict),
  webhook: orNull(
    Type.Object({
      url: Type.String(),
      result: Type.Union([Type.Literal("answered"), Type.Literal("failed"), Type.Literal("not-asked")]),
      error: orNull(ErrorReport),
    }),
  ),
  says: AssignmentOutcome,
  /** What its host name is made of and nobody knows: "serial". Then it gives none. */
  lacks: Type.Array(Type.String()),
  /** What of it is what the device gets: nothing before has said anything about it. */
  gives: Type.Array(Type.Enum(assignedFields)),
});
export type Considered = Static<typeof Considered>;

const Given = Type.Object({
  value: Type.String(),
  /** "entry 17", "rule Branch offices", "profile Desks" or "default". */
  from: Type.String(),
});

/** What a device gets, and why. */
export const Explanation = Type.Object({
  evidence: Evidence,
  outcome: Type.Object({
    profile: Given,
    hostName: Given,
    domainName: Given,
    organizationalUnit: Given,
  }),
  considered: Type.Array(Considered),
  rulesVersion: Type.Integer(),
  /** Why the device could not be given this. */
  problem: orNull(ErrorReport),
});
export type Explanation = Static<typeof Explanation>;

/** A name that a device has or had. */
export const HostName = Type.Object({
  hostName: Type.String(),
  domainName: Type.String(),
  since: Moment,
  /** Null: it is the one that it is to have now. */
  until: orNull(Moment),
  /** When the device was found to bear it; null: not yet. */
  writtenAt: orNull(Moment),
});
export type HostName = Static<typeof HostName>;

/** What was decided for a device. */
export const Assignment = Type.Object({
  device: DeviceId,
  decidedAt: orNull(Moment),
  decision: orNull(Explanation),
  facts: Type.Record(Type.String(), Type.String()),
  hostNames: Type.Array(HostName),
});
export type Assignment = Static<typeof Assignment>;

const byDevice = Type.Object({ id: DeviceId });
/** Larger than thousands of rows. Chosen: 50,000 rows of 160 characters. */
export const mostCsvBytes = 8 * 1024 * 1024;

/** Which host name, organizational unit and profile a device gets, decided by what is known of it. */
export const assignments = {
  rules: route({
    method: "GET",
    path: "/assignment-rules",
    summary: "The rules, in the order in which they are asked",
    permission: "assignment.read",
    reply: RuleList,
  }),
  change: route({
    method: "PUT",
    path: "/assignment-rules",
    summary: "Stores the whole list of rules; refused when somebody else has stored one since `basedOn`",
    permission: "assignment.write",
    body: Type.Object(
      { basedOn: Type.Integer({ minimum: 0 }), rules: Type.Array(WantedRule, { maxItems: 100 }) },
      exact,
    ),
    reply: RuleList,
  }),
  setSecret: route({
    method: "PUT",
    path: "/assignment-rules/{id}/secret",
    summary: "Sets the secret with which a rule's webhook is signed; it is never read back",
    permission: "assignment.write",
    params: Type.Object({ id: RuleId }),
    body: Type.Object({ value: Type.String({ minLength: 16, maxLength: 256 }) }, exact),
    reply: RuleList,
  }),
  entries: route({
    method: "GET",
    path: "/assignment-entries",
    summary: "Imported entries",
    permission: "assignment.read",
    query: Type.Object({
      search: Type.Optional(Type.String({ maxLength: 200 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000, default: 200 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 })),
    }),
    reply: Type.Object({ items: Type.Array(AssignmentEntry), total: Type.Integer() }),
  }),
  importEntries: route({
    method: "POST",
    path: "/assignment-entries/import",
    summary: "Takes a list of devices as comma-separated values: all of it or, with one wrong line, nothing",
    permission: "assignment.write",
    body: Type.Object(
      {
        csv: Type.String({ minLength: 1, maxLength: mostCsvBytes }),
        /** "merge": a row takes the place of the entry with the same uuid, mac or serial number; "replace": of all entries. */
        mode: Type.Union([Type.Literal("merge"), Type.Literal("replace")]),
        isDryRun: Type.Boolean(),
      },
      exact,
    ),
    reply: ImportReport,
    bodyBytes: mostCsvBytes + 65_536,
    limitMs: 120_000,
  }),
  exportEntries: route({
    method: "GET",
    path: "/assignment-entries/export",
    summary: "All entries as comma-separated values, as they can be imported again",
    permission: "assignment.read",
    reply: Type.Object({ csv: Type.String() }),
  }),
  removeEntry: route({
    method: "DELETE",
    path: "/assignment-entries/{id}",
    summary: "Removes one entry",
    permission: "assignment.write",
    params: Type.Object({ id: Type.Integer({ minimum: 1 }) }),
    reply: Type.Null(),
    status: 204,
  }),
  explain: route({
    method: "POST",
    path: "/assignments/explain",
    summary: "What a device would get, and why; also for a made-up one. Nothing is stored",
    permission: "assignment.read",
    body: Type.Object(
      {
        device: Type.Optional(DeviceId),
        /** Takes the place of what is known of the device. */
        evidence: Type.Optional(
          Type.Object(
            {
              uuid: Type.Optional(DeviceId),
              address: Type.Optional(Type.String({ maxLength: 60 })),
              mac: Type.Optional(Type.String({ maxLength: 20 })),
              serialNumber: Type.Optional(Type.String({ maxLength: 200 })),
              release: Type.Optional(Type.String({ maxLength: 40 })),
              dnsSuffix: Type.Optional(Type.String({ maxLength: 255 })),
              facts: Type.Optional(Type.Record(FactKey, FactValue, { maxProperties: mostFacts })),
            },
            exact,
          ),
        ),
      },
      exact,
    ),
    reply: Explanation,
    limitMs: 120_000,
  }),
  show: route({
    method: "GET",
    path: "/devices/{id}/assignment",
    summary: "What was decided for a device and why, what its agent has told, and the names that it has had",
    permission: "assignment.read",
    params: byDevice,
    reply: Assignment,
  }),
  decide: route({
    method: "POST",
    path: "/devices/{id}/assignment",
    summary: "Decides anew what a device gets; a new name is written to it, with a certificate for it",
    permission: "provisioning.run",
    params: byDevice,
    reply: Assignment,
    limitMs: 120_000,
  }),
  release: route({
    method: "DELETE",
    path: "/devices/{id}/assignment",
    summary: "Takes back what was decided for a device, so that its name is free for another",
    permission: "assignment.write",
    params: byDevice,
    reply: Type.Null(),
    status: 204,
  }),
  setFacts: route({
    method: "PUT",
    path: "/devices/{id}/facts",
    summary:
      "Tells facts about a device, from inside its machine; null takes one back. What they change is decided anew",
    permission: "assignment.write",
    params: byDevice,
    body: Type.Object(
      { facts: Type.Record(FactKey, orNull(FactValue), { minProperties: 1, maxProperties: mostFacts }) },
      exact,
    ),
    reply: Type.Object({ facts: Type.Record(Type.String(), Type.String()) }),
  }),
};

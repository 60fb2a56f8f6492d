import { sql, type RawBuilder, type SqlBool } from "kysely";
import { momentOf } from "@vigil/api/filter/evaluate.ts";
import { lowered } from "@vigil/api/filter/like.ts";
import type { Condition, Expression } from "@vigil/api/filter/expression.ts";
import { fieldOf, type FieldName } from "@vigil/api/filter/fields.ts";

// The filter language in SQL. It answers as `holds` of the language does, for every device: devices.store.test.ts compares the two. An
// operator's text only ever travels as a parameter.

type Sql = RawBuilder<SqlBool>;

/** Where each field lies. A collection is none of these: its name is resolved before. */
const columns = {
  hostName: sql`host_name`,
  address: sql`address`,
  uuid: sql`uuid::text`,
  state: sql`state`,
  error: sql`(error->>'code')`,
  power: sql`power`,
  reachable: sql`is_reachable`,
  release: sql`release`,
  manufacturer: sql`manufacturer`,
  model: sql`model`,
  serial: sql`serial_number`,
  bios: sql`bios_version`,
  controlMode: sql`control_mode`,
  profile: sql`profile`,
  channel: sql`channel`,
  setupMethod: sql`setup_method`,
  isolated: sql`(isolation is not null)`,
  tag: sql`tags`,
  firstSeen: sql`first_seen_at`,
  lastSeen: sql`last_seen_at`,
  provisioned: sql`provisioned_at`,
  inventoried: sql`inventory_at`,
  maintained: sql`maintained_at`,
  certificateExpires: sql`(certificate->>'expiresAt')::timestamptz`,
} as const satisfies Readonly<Record<Exclude<FieldName, "collection">, unknown>>;

/** Their columns cannot be null. */
const alwaysKnown: ReadonlySet<FieldName> = new Set([
  "uuid",
  "address",
  "state",
  "power",
  "reachable",
  "controlMode",
  "channel",
  "isolated",
  "tag",
  "firstSeen",
  "lastSeen",
]);

const orders = { "=": sql`=`, "<": sql`<`, "<=": sql`<=`, ">": sql`>`, ">=": sql`>=` } as const;

/** @param now in milliseconds */
export function whereOf(filter: Expression, now: number): Sql {
  switch (filter.kind) {
    case "and":
      return joined(filter.of, now, sql` and `, sql`true`);
    case "or":
      return joined(filter.of, now, sql` or `, sql`false`);
    case "not":
      return sql`not ${whereOf(filter.of, now)}`;
    default:
      // What is unknown fails a condition, so that `not` may turn it round.
      return isSure(filter) ? sql`(${conditionOf(filter, now)})` : sql`coalesce(${conditionOf(filter, now)}, false)`;
  }
}

/** Whether it says yes or no of every device: then an index may serve it. */
function isSure(condition: Condition): boolean {
  return condition.kind !== "search" && condition.kind !== "inside" && alwaysKnown.has(condition.field);
}

function joined(all: readonly Expression[], now: number, by: RawBuilder<unknown>, none: Sql): Sql {
  return all.length === 0
    ? none
    : sql`(${sql.join(
        all.map((one) => whereOf(one, now)),
        by,
      )})`;
}

function conditionOf(condition: Condition, now: number): Sql {
  if (condition.kind === "search") {
    return sql`position(${lowered(condition.text)}::text in search_text) > 0`;
  }
  const { field } = condition;
  // A collection that was not resolved holds nothing.
  if (field === "collection") return sql`false`;
  const column = columns[field];
  switch (condition.kind) {
    case "known":
      return field === "tag" ? sql`cardinality(${column}) > 0` : sql`${column} is not null`;
    case "oneOf": {
      const values = sql`any(${condition.values.map(lowered)}::text[])`;
      if (field === "tag") return someTag(sql`${low(sql`tag`)} = ${values}`);
      // Choices are words of our own, all in lower case.
      return fieldOf(field).kind === "choice" ? sql`${column} = ${values}` : sql`${low(column)} = ${values}`;
    }
    case "like": {
      const pattern = likeOf(lowered(condition.pattern));
      return field === "tag" ? someTag(sql`${low(sql`tag`)} like ${pattern}`) : sql`${low(column)} like ${pattern}`;
    }
    case "release":
      return releaseMeets(condition);
    case "moment":
      return sql`${column} ${orders[condition.order]} ${new Date(momentOf(condition.when, now))}::timestamptz`;
    case "flag":
      return sql`${column} = ${condition.is}`;
    case "inside":
      return sql`address_number <<= ${condition.network}::inet`;
  }
}

/** A to Z only, whatever the database's language is. */
function low(text: RawBuilder<unknown>): RawBuilder<string> {
  return sql`lower((${text}) collate "C")`;
}

function someTag(condition: Sql): Sql {
  // Most devices have none, and a look costs more than the count.
  return sql`cardinality(tags) > 0 and exists (select from unnest(tags) as tag where ${condition})`;
}

/** `*` and `?` as `%` and `_`, and what LIKE would take for those as it is. */
function likeOf(pattern: string): string {
  const escaped = pattern.replaceAll(/[\\%_]/g, String.raw`\$&`);
  return escaped.replaceAll("*", "%").replaceAll("?", "_");
}

/** Numbers compare as lists do; all of 16.* is neither below nor above 16. */
function releaseMeets({ order, parts }: Extract<Condition, { kind: "release" }>): Sql {
  const numbers = sql`release_numbers`;
  const wanted = sql`${[...parts]}::int[]`;
  const isWithin = sql<SqlBool>`(${numbers})[1:${parts.length}::int] = ${wanted}`;
  const isBeyond = sql<SqlBool>`${numbers} ${orders[order]} ${wanted}`;
  const answers = {
    "=": isWithin,
    "<": sql<SqlBool>`${isBeyond} and not ${isWithin}`,
    "<=": sql<SqlBool>`(${isBeyond} or ${isWithin})`,
    ">": sql<SqlBool>`${isBeyond} and not ${isWithin}`,
    ">=": sql<SqlBool>`(${isBeyond} or ${isWithin})`,
  } as const;
  return answers[order];
}

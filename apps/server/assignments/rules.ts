import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { RuleList, WantedRule } from "@vigil/api/resources/assignments.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import type { Credentials } from "../credentials/credentials.ts";
import type { Profiles } from "../profiles/profiles.ts";
import { problemWithRule, type Rule } from "./assignment.ts";
import type { AssignmentsStore } from "./assignments.store.ts";
import { fail } from "./errors.ts";

export interface RulesDeps {
  readonly postgres: Postgres;
  readonly store: AssignmentsStore;
  readonly audit: Audit;
  readonly credentials: Credentials;
  readonly profiles: Profiles;
  readonly clock: Clock;
}

/** Names in one audit entry. */
const mostNamed = 20;

/**
 * The list of rules. It is changed as a whole, since the order is half of what it says, and a change names the version that it was made from, so that
 * of two people who edit at once the second is told. Old versions are kept.
 */
export class Rules {
  readonly #deps: RulesDeps;

  constructor(deps: RulesDeps) {
    this.#deps = deps;
  }

  async list(): Promise<RuleList> {
    const { store, credentials } = this.#deps;
    const [row, withSecret] = await Promise.all([store.rules(), credentials.webhooks.rules()]);
    return {
      version: row.version,
      rules: row.rules.map((rule) => ({ ...rule, hasSecret: withSecret.has(rule.id) })),
      changedAt: row.changedAt?.toISOString() ?? null,
      changedBy: row.changedBy,
    };
  }

  /** @throws assignments.rules.stale, assignments.rule.refused, assignments.profile.unknown (caller) */
  async change(
    actor: string,
    { basedOn, rules: wanted }: { readonly basedOn: number; readonly rules: readonly WantedRule[] },
  ): Promise<void> {
    const { postgres, store, audit, credentials, profiles, clock } = this.#deps;
    const known = new Set((await profiles.list()).map(({ name }) => name));
    await postgres.transaction(async (tx) => {
      const now = await store.rules(tx);
      if (now.version !== basedOn) throw stale(basedOn, now.version);
      const rules = wanted.map((one) => ruleOf(one, now.rules));
      refuse(rules);
      refuseUnknownProfiles(rules, known);
      // The database keeps what is in a rule, not in which order it was written.
      if (isDeepStrictEqual(rules, now.rules)) return;
      const version = basedOn + 1;
      const row = { version, rules, changedAt: new Date(clock.now()), changedBy: actor };
      if (!(await store.insertRules(tx, row))) throw stale(basedOn, version);
      const asking = rules.filter(({ webhook }) => webhook !== null).map(({ id }) => id);
      await credentials.webhooks.keep(tx, asking);
      await audit.write(tx, {
        actor,
        action: "assignment.rules.changed",
        summary: `Changed the assignment rules to version ${version}: ${rules.length} rules`,
        details: { version, ...changesBetween(now.rules, rules) },
      });
    });
  }

  /** @throws assignments.rule.unknown (caller) */
  async setSecret(actor: string, id: string, value: string): Promise<void> {
    const { postgres, store, audit, credentials } = this.#deps;
    await postgres.transaction(async (tx) => {
      const rule = (await store.rules(tx)).rules.find((one) => one.id === id);
      if (rule === undefined || rule.webhook === null)
        throw fail("assignments.rule.unknown", { details: { rule: id } });
      await credentials.webhooks.set(tx, id, value);
      const summary = `Set the webhook secret of the assignment rule ${rule.name}`;
      await audit.write(tx, { actor, action: "assignment.secret", summary, details: { rule: rule.name } });
    });
  }
}

/** A rule without an id is the one of that name, so that a list from a file keeps its secrets. */
function ruleOf(wanted: WantedRule, before: readonly Rule[]): Rule {
  const { name, isOn, conditions, outcome, webhook } = wanted;
  const id = wanted.id ?? before.find((one) => one.name === name)?.id ?? randomUUID();
  return { id, name, isOn, conditions, outcome, webhook };
}

/** @throws assignments.rule.refused (caller) */
function refuse(rules: readonly Rule[]): void {
  const seen = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const details = { rule: rule.name, position: index + 1 };
    const problem = problemWithRule(rule);
    if (problem !== undefined) {
      throw fail("assignments.rule.refused", { message: `Rule ${index + 1}, ${rule.name}: ${problem}`, details });
    }
    for (const mark of [rule.id, rule.name.toLowerCase()]) {
      if (seen.has(mark)) {
        const message = `Rule ${index + 1}, ${rule.name}: another rule before has the same name`;
        throw fail("assignments.rule.refused", { message, details });
      }
      seen.add(mark);
    }
  }
}

/** @throws assignments.profile.unknown (caller) */
function refuseUnknownProfiles(rules: readonly Rule[], known: ReadonlySet<string>): void {
  for (const { name, outcome } of rules) {
    if (outcome.profile === undefined || known.has(outcome.profile)) continue;
    throw fail("assignments.profile.unknown", { details: { rule: name, profile: outcome.profile } });
  }
}

/** What an audit entry says of a change: names only, the versions have the rest. */
function changesBetween(before: readonly Rule[], after: readonly Rule[]) {
  const old = new Map(before.map((rule) => [rule.id, rule]));
  const kept = new Set(after.map(({ id }) => id));
  const added = after.filter(({ id }) => !old.has(id));
  const changed = after.filter((rule) => old.has(rule.id) && !isDeepStrictEqual(old.get(rule.id), rule));
  const removed = before.filter(({ id }) => !kept.has(id));
  const names = (rules: readonly Rule[]): string[] => rules.slice(0, mostNamed).map(({ name }) => name);
  return { added: names(added), changed: names(changed), removed: names(removed) };
}

function stale(basedOn: number, newest: number): Error {
  return fail("assignments.rules.stale", { details: { basedOn, newest } });
}

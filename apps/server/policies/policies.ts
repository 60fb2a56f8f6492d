import { randomUUID } from "node:crypto";
import { needsReasonFor, operationNames, operations, type OperationDeclaration } from "@vigil/api/operations.ts";
import { parseFilter } from "@vigil/api/filter/parse.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { Caller } from "../access/access.ts";
import type { Audit } from "../audit/audit.ts";
import { fail as forbidden } from "../errors.ts";
import { fail } from "./errors.ts";
import { judgeStored } from "./judge.ts";
import { countsOf, remedyInWords, type Finding, type Policy, type PolicyRound, type PolicySettings } from "./policy.ts";
import { PoliciesStore, type PolicyRow, type RoundRow } from "./policies.store.ts";
import { roundLane, roundsLane, type RoundDeps } from "./policies.work.ts";

export interface PoliciesDeps extends RoundDeps {
  readonly audit: Audit;
  readonly log: Log;
}

/** How often it is looked which policies are due. Chosen: a policy's hours are never shorter. */
const lookMs = 60_000;
const hourMs = 3_600_000;
/** For how long ended rounds are kept. Chosen: a quarter's report and some. */
const keptMs = 120 * 24 * hourMs;
/** Devices that a plan names. */
const mostNamed = 100;

/** Who wants it, as far as a policy asks. */
type Person = Pick<Caller, "actor" | "permissions">;

/**
 * What should be true of the devices of a collection: looked at round by round, shown, and made so where the policy is enforced.
 *
 * A round: looking -> done, or looking -> remedying -> looking-again -> done. Each move is stored before what follows it begins, and the
 * runs of a round have their ids before they exist: so a round goes on after a restart where it was, and starts nothing twice.
 */
export class Policies {
  readonly #deps: PoliciesDeps;
  readonly #store: PoliciesStore;

  constructor(deps: PoliciesDeps) {
    this.#deps = deps;
    this.#store = new PoliciesStore(deps.postgres);
  }

  async prepare(): Promise<void> {
    await this.#deps.work.define(roundsLane, roundLane(this.#deps, this.#store));
  }

  /** Begins rounds as they are due. @returns ends that */
  maintain(): () => void {
    const { clock, log } = this.#deps;
    return clock.every(lookMs, () => {
      this.beginDue().catch((error: unknown) => log.error("the rounds that are due cannot be begun", { error }));
    });
  }

  async beginDue(): Promise<void> {
    const now = this.#deps.clock.now();
    for (const name of await this.#store.due(new Date(now))) await this.#begin(name, "vigil", true);
    await this.#store.removeRounds(new Date(now - keptMs));
  }

  async list(): Promise<Policy[]> {
    const counts = await this.#store.counts();
    return Promise.all((await this.#store.list()).map((row) => this.#shown(row, counts)));
  }

  /** @throws policies.unknown (caller) */
  async show(name: string): Promise<Policy> {
    const row = await this.#row(name);
    return this.#shown(row, await this.#store.counts(row.name));
  }

  /** @throws policies.*, collections.unknown, filter.*, runs.parameter.invalid, access.forbidden (caller) */
  async create(person: Person, name: string, settings: PolicySettings): Promise<Policy> {
    await this.#check(person, settings);
    const { postgres, audit, clock } = this.#deps;
    const at = new Date(clock.now());
    const row = { name, settings, changed_at: at, changed_by: person.actor, next_at: firstAt(settings, at) };
    await postgres.transaction(async (tx) => {
      if (!(await this.#store.insert(tx, row))) throw fail("policies.taken", { details: { name } });
      const details = { policy: name, ...said(settings) };
      await audit.write(tx, {
        actor: person.actor,
        action: "policy.created",
        summary: `Made policy "${name}"`,
        details,
      });
    });
    await this.#begin(name, "vigil", true);
    return this.show(name);
  }

  /** @throws as create(), policies.busy (caller) */
  async change(person: Person, name: string, settings: PolicySettings): Promise<Policy> {
    await this.#check(person, settings);
    const { postgres, audit, clock } = this.#deps;
    const at = new Date(clock.now());
    await postgres.transaction(async (tx) => {
      const before = await this.#idle(tx, name);
      const change = { settings, changed_at: at, changed_by: person.actor, next_at: firstAt(settings, at) };
      await this.#store.change(tx, before.name, change);
      const isSame = JSON.stringify(before.settings.desired) === JSON.stringify(settings.desired);
      if (!isSame || before.settings.collection !== settings.collection) {
        await this.#store.removeFindings(tx, before.name);
      }
      const summary = `Changed policy "${before.name}"`;
      const details = { policy: before.name, ...said(settings) };
      await audit.write(tx, { actor: person.actor, action: "policy.changed", summary, details });
    });
    await this.#begin(name, "vigil", true);
    return this.show(name);
  }

  /** @throws policies.unknown, policies.busy (caller) */
  async remove(actor: string, name: string): Promise<void> {
    const { postgres, audit } = this.#deps;
    await postgres.transaction(async (tx) => {
      const row = await this.#idle(tx, name);
      await this.#store.remove(tx, row.name);
      const details = { policy: row.name };
      await audit.write(tx, { actor, action: "policy.removed", summary: `Removed policy "${row.name}"`, details });
    });
  }

  /** By what is stored, asking no device. @throws as create() */
  async plan(
    person: Person,
    settings: PolicySettings,
  ): Promise<{
    readonly counts: Policy["counts"];
    readonly deviating: { readonly uuid: string; readonly hostName: string | null; readonly address: string }[];
    readonly remedy: string;
  }> {
    await this.#check(person, settings);
    const { devices, judged } = await judgeStored(this.#deps, settings);
    const deviating = new Set(judged.filter(({ standing }) => standing === "deviating").map(({ device }) => device));
    const named = devices.filter(({ uuid }) => deviating.has(uuid)).slice(0, mostNamed);
    return {
      counts: countsOf(judged),
      deviating: named.map(({ uuid, hostName, address }) => ({ uuid, hostName, address })),
      remedy: remedyInWords(settings),
    };
  }

  /** Begins a round now; one that is under way is joined. @throws policies.unknown (caller) */
  async run(actor: string, name: string): Promise<Policy> {
    await this.#begin((await this.#row(name)).name, actor, false);
    return this.show(name);
  }

  /** Newest first. @throws policies.unknown (caller) */
  async rounds(name: string, limit: number): Promise<PolicyRound[]> {
    return (await this.#store.rounds((await this.#row(name)).name, limit)).map(roundOf);
  }

  /** @throws policies.unknown (caller) */
  async findings(
    name: string,
    page: Parameters<PoliciesStore["findings"]>[1],
  ): Promise<{ readonly items: Finding[]; readonly total: number }> {
    return this.#store.findings((await this.#row(name)).name, page);
  }

  /** @param isDue begun by the clock: not when another server was quicker */
  async #begin(name: string, actor: string, isDue: boolean): Promise<void> {
    const { postgres, work, audit, clock } = this.#deps;
    await postgres.transaction(async (tx) => {
      const at = new Date(clock.now());
      const row = await this.#store.get(name, tx);
      if (row === undefined || (isDue && (row.next_at === null || row.next_at > at))) return;
      await this.#store.change(tx, row.name, { next_at: nextAt(row.settings, at) });
      const id = randomUUID();
      const { settings } = row;
      const look_run = settings.look === null ? null : randomUUID();
      const round = { id, policy: row.name, settings, started_by: actor, started_at: at, look_run };
      if (!(await this.#store.insertRound(tx, round))) return;
      await work.send(roundsLane, { round: id }, { tx, key: id });
      if (isDue) return;
      const summary = `Began a round of policy "${row.name}"`;
      await audit.write(tx, { actor, action: "policy.round-begun", summary, details: { policy: row.name, round: id } });
    });
  }

  /** @throws policies.look.wrong, policies.remedy.wrong, runs.parameter.invalid, access.forbidden, collections.unknown, filter.*, schedules.window.unknown (caller) */
  async #check({ permissions }: Person, { collection, desired, look, remedy, window }: PolicySettings): Promise<void> {
    await this.#deps.collections.filterOf(collection);
    if (desired.filter !== undefined) await this.#deps.collections.resolved(parseFilter(desired.filter));
    if (window !== null) await this.#deps.windows.get(window);
    if (look !== null && operations[look].risk !== "read") {
      throw fail("policies.look.wrong", { details: { operation: look, choices: readers } });
    }
    if (remedy === null) return;
    const { permission, risk }: OperationDeclaration = operations[remedy.operation];
    if (risk === "read" || needsReasonFor(remedy.operation)) {
      throw fail("policies.remedy.wrong", { details: { operation: remedy.operation, risk } });
    }
    if (!permissions.includes(permission)) throw forbidden("access.forbidden", { details: { permission } });
    await this.#deps.runs.needsOf({ operation: remedy.operation, parameters: remedy.parameters ?? {} });
  }

  async #row(name: string): Promise<PolicyRow> {
    const row = await this.#store.get(name);
    if (row === undefined) throw fail("policies.unknown", { details: { policy: name } });
    return row;
  }

  /** Locked, and no round of it under way. */
  async #idle(tx: Tx, name: string): Promise<PolicyRow> {
    const row = await this.#store.get(name, tx);
    if (row === undefined) throw fail("policies.unknown", { details: { policy: name } });
    const [round] = await this.#store.rounds(row.name, 1, tx);
    if (round !== undefined && round.state !== "done") {
      throw fail("policies.busy", { details: { policy: row.name, round: round.id } });
    }
    return row;
  }

  async #shown(row: PolicyRow, counts: ReadonlyMap<string, Policy["counts"]>): Promise<Policy> {
    const [round] = await this.#store.rounds(row.name, 1);
    const own = counts.get(row.name) ?? { compliant: 0, deviating: 0, unknown: 0 };
    const held = await this.#deps.devices.count(await this.#deps.collections.filterOf(row.settings.collection));
    return {
      name: row.name,
      ...row.settings,
      counts: own,
      fresh: Math.max(0, held - own.compliant - own.deviating - own.unknown),
      round: round === undefined ? null : roundOf(round),
      nextAt: row.next_at?.toISOString() ?? null,
      changedAt: row.changed_at.toISOString(),
      changedBy: row.changed_by,
    };
  }
}

const readers = operationNames.filter((name) => operations[name].risk === "read");

/** A new or changed policy looks at once. */
function firstAt({ everyHours }: PolicySettings, now: Date): Date | null {
  return everyHours === null ? null : now;
}

function nextAt({ everyHours }: PolicySettings, now: Date): Date | null {
  return everyHours === null ? null : new Date(now.getTime() + everyHours * hourMs);
}

function said({ collection, desired, look, remedy, isEnforced, window, everyHours }: PolicySettings) {
  return {
    collection,
    desired: desired.filter ?? "as its profile",
    look,
    remedy: remedy?.operation ?? null,
    isEnforced,
    window,
    everyHours,
  };
}

function roundOf(row: RoundRow): PolicyRound {
  return {
    id: row.id,
    state: row.state,
    startedBy: row.started_by,
    startedAt: row.started_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
    lookRun: row.look_run,
    remedyRun: row.remedy_run,
    found: row.found,
    left: row.remaining,
    withheld: row.withheld,
  };
}

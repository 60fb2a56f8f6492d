import { randomUUID } from "node:crypto";
import { operations } from "@vigil/api/operations.ts";
import type { Caller } from "../access/access.ts";
import type { Audit } from "../audit/audit.ts";
import type { Collections } from "../collections/collections.ts";
import type { DeviceRecord } from "../devices/devices.ts";
import { fail as forbidden } from "../errors.ts";
import { fail } from "./errors.ts";
import {
  chosen,
  targetInWords,
  titleOf,
  type OperationName,
  type Outcome,
  type Parameters,
  type Run,
  type RunResult,
  type Target,
} from "./run.ts";
import { RunsStore, type PastItem } from "./runs.store.ts";
import { defineItemLanes, itemLaneOf, readingLane, readingsLane, type RunsLaneDeps } from "./runs.work.ts";

export { isRunLane } from "./runs.work.ts";
export { chosen } from "./run.ts";
export type { OperationName, Parameters, Target } from "./run.ts";

export interface RunsDeps extends RunsLaneDeps {
  readonly collections: Collections;
  readonly audit: Audit;
}

export interface NewOperationRun {
  /** A uuid of the starter's choosing: where a run has it already, that one is meant and nothing is started. */
  readonly id?: string;
  readonly title?: string;
  readonly operation: OperationName;
  readonly target: Target;
  readonly parameters?: Parameters;
  readonly reason?: string;
}

/** Operations on many devices, with exact results per device. */
export class Runs {
  readonly #deps: RunsDeps;
  readonly #store: RunsStore;

  constructor(deps: RunsDeps) {
    this.#deps = deps;
    this.#store = new RunsStore(deps.postgres);
  }

  async prepare(): Promise<void> {
    await defineItemLanes(this.#deps, this.#store);
    await this.#deps.work.define(readingsLane, readingLane(this.#deps));
  }

  /**
   * Starts a job now. The run, its items, the work and the audit entry are one transaction.
   * @throws runs.target.unclear, runs.parameter.invalid, runs.reason.missing, devices.unknown, collections.unknown, access.forbidden (caller)
   */
  async start(caller: Pick<Caller, "actor" | "permissions">, job: NewOperationRun): Promise<Run> {
    const { actor } = caller;
    const { id = randomUUID() } = job;
    const [known] = job.id === undefined ? [] : await this.#store.runs({ ids: [id], limit: 1 });
    if (known !== undefined) return known;
    const { permission, risk } = operations[job.operation];
    if (!caller.permissions.includes(permission)) throw forbidden("access.forbidden", { details: { permission } });
    const parameters = chosen(job.operation, job.parameters ?? {});
    if (risk === "dangerous" && (job.reason ?? "").trim() === "") throw fail("runs.reason.missing");
    const { postgres, work, audit, events, clock } = this.#deps;
    const devices = await this.#targets(job.target);
    const names = devices.map((one) => one.hostName ?? one.address);
    const target = targetInWords(job.target, names);
    const title = job.title ?? titleOf(job.operation, target);
    const at = new Date(clock.now());
    await postgres.transaction(async (tx) => {
      const { operation, reason = null } = job;
      const run = { id, title, operation, parameters, target, started_by: actor, reason };
      const items = devices.map(({ uuid, hostName, address }) => ({ device: uuid, host_name: hostName, address }));
      await this.#store.insert(
        tx,
        { ...run, state: "running", total: items.length, created_at: at, finished_at: null },
        items,
      );
      await this.#store.settle(tx, id, at);
      await work.sendMany(
        itemLaneOf(job.operation),
        items.map(({ device }) => ({ run: id, device })),
        { tx },
      );
      const { verb } = operations[job.operation];
      const summary = `${verb} on ${items.length === 1 ? names[0] : `${items.length} devices`}`;
      const choices = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
      const details = { run: id, operation, choices, target, total: items.length, reason };
      await audit.write(tx, { actor, action: "run.started", summary, details });
      tx.afterCommit(() => events.publish({ kind: "run", id }));
    });
    return this.show(id);
  }

  /** Devices that have not been asked yet are left alone; those under way end as they will. @throws runs.unknown (caller) */
  async cancel(actor: string, id: string): Promise<Run> {
    const run = await this.show(id);
    if (run.state !== "running") return run;
    const { postgres, audit, events, clock } = this.#deps;
    await postgres.transaction(async (tx) => {
      const at = new Date(clock.now());
      await this.#store.lock(tx, id);
      const count = await this.#store.cancel(tx, id, at);
      await this.#store.settle(tx, id, at);
      const summary = `Cancelled "${run.title}": ${count} of ${run.total} devices are left alone`;
      await audit.write(tx, { actor, action: "run.cancelled", summary, details: { run: id, cancelled: count } });
      tx.afterCommit(() => events.publish({ kind: "run", id }));
    });
    return this.show(id);
  }

  /** @throws runs.unknown (caller) */
  async show(id: string): Promise<Run> {
    const [run] = isId(id) ? await this.#store.runs({ ids: [id], limit: 1 }) : [];
    if (run === undefined) throw fail("runs.unknown", { details: { run: id } });
    return run;
  }

  /** Newest first. */
  async list(limit: number): Promise<{ readonly items: Run[]; readonly total: number }> {
    return { items: await this.#store.runs({ limit }), total: await this.#store.count() };
  }

  /** Those of them that exist. */
  runsOf(ids: readonly string[]): Promise<Run[]> {
    return ids.length === 0 ? Promise.resolve([]) : this.#store.runs({ ids, limit: ids.length });
  }

  runningCount(): Promise<number> {
    return this.#store.runningCount();
  }

  /** @throws runs.unknown (caller) */
  async results(
    id: string,
    filter: {
      readonly outcome?: Outcome;
      readonly devices?: readonly string[];
      readonly limit: number;
      readonly offset: number;
    },
  ): Promise<{ readonly items: RunResult[]; readonly total: number }> {
    await this.show(id);
    return this.#store.results(id, filter);
  }

  /** What runs did to a device, newest first. */
  pastOf(device: string, limit: number): Promise<PastItem[]> {
    return this.#store.pastOf(device, limit);
  }

  async #targets({ devices: names, collection }: Target): Promise<readonly DeviceRecord[]> {
    const { devices, collections } = this.#deps;
    if ((names === undefined) === (collection === undefined)) throw fail("runs.target.unclear");
    if (names !== undefined) return devices.find(names);
    const filter = await collections.filterOf(collection ?? "");
    const { items } = await devices.list(filter, { sort: "hostName", order: "asc", limit: mostDevices, offset: 0 });
    return items;
  }
}

/** Chosen: a fleet and then some; a run of more is split by its starter. */
const mostDevices = 100_000;

function isId(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(text);
}

import { parseFilter } from "@vigil/api/filter/parse.ts";
import type { Expression } from "@vigil/api/filter/expression.ts";
import type { BlastRadius } from "@vigil/api/resources/job-definition.ts";
import { isDisruptive } from "../fleet-limits.ts";
import { operationBindings } from "../operations.ts";
import type { RunsStore } from "../runs.store.ts";
import type { RunRow } from "../tables.ts";
import { deviceFiltersIn, needsPowerBefore, outlineOf, powerMoversIn, type Outline } from "./outline.ts";

/** What does not change about a run while it goes on. */
export interface Course {
  readonly run: string;
  readonly outline: Outline;
  readonly limits: BlastRadius;
  readonly startedBy: string;
  readonly reason: string | null;
  readonly lane: ItemLane;
  readonly needsPowerBefore: boolean;
  readonly hasApproval: boolean;
  /** The fleet's limits bound it. */
  readonly isDisruptive: boolean;
  /** Steps after which a machine's power may be another, where the definition puts it back. */
  readonly powerMovers: readonly number[];
  /** By the text of the condition. */
  readonly filters: ReadonlyMap<string, Expression>;
}

/** What may change about a run while its devices are under way. */
export interface Standing {
  /** Approval steps that somebody has let pass. */
  readonly approved: ReadonlySet<number>;
  /** It was cancelled, and machines are to have their power back. */
  readonly putsBack: boolean;
  readonly isCancelled: boolean;
}

/** "short": questions and commands. "long": among its steps are walks of many requests, some of which take firmware a minute. */
export type ItemLane = "short" | "long";

/** Runs that are remembered. Chosen: more than go on at once. */
const mostRemembered = 200;

/** Runs are read once, not for each of their devices. */
export class Courses {
  readonly #store: RunsStore;
  readonly #all = new Map<string, Promise<Course | undefined>>();

  constructor(store: RunsStore) {
    this.#store = store;
  }

  of(run: string): Promise<Course | undefined> {
    const known = this.#all.get(run);
    if (known !== undefined) return known;
    const course = this.#store.get(run).then((row) => (row === undefined ? undefined : courseOf(row)));
    this.#all.set(run, course);
    const forget = (): void => void this.#all.delete(run);
    course.then((found) => (found === undefined ? forget() : undefined), forget);
    for (const [oldest] of this.#all) {
      if (this.#all.size <= mostRemembered) break;
      this.#all.delete(oldest);
    }
    return course;
  }

  /** As the database has it now; not asked for where it matters to no step. */
  async standing({ run, hasApproval, powerMovers }: Course): Promise<Standing> {
    const row = hasApproval || powerMovers.length > 0 ? await this.#store.get(run) : undefined;
    const isCancelled = row?.state === "cancelled";
    return { approved: new Set(row?.approved), isCancelled, putsBack: isCancelled && !row.leaves_power };
  }
}

export function courseOf(row: Pick<RunRow, "id" | "definition" | "limits" | "started_by" | "reason">): Course {
  const outline = outlineOf(row.definition);
  return {
    run: row.id,
    outline,
    limits: row.limits,
    startedBy: row.started_by,
    reason: row.reason,
    lane: laneOf(outline),
    needsPowerBefore: needsPowerBefore(outline),
    hasApproval: outline.places.some(({ step }) => "approval" in step),
    isDisruptive: isDisruptive(row.definition),
    powerMovers: powerMoversIn(outline),
    filters: new Map(deviceFiltersIn(outline).map((text) => [text, parseFilter(text)])),
  };
}

function laneOf({ places }: Outline): ItemLane {
  return places.some(({ step }) => "do" in step && typeof operationBindings[step.do] !== "function") ? "long" : "short";
}

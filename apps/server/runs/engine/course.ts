import { parseFilter } from "@vigil/api/filter/parse.ts";
import type { Expression } from "@vigil/api/filter/expression.ts";
import type { BlastRadius } from "@vigil/api/resources/job-definition.ts";
import { operationBindings } from "../operations.ts";
import type { RunsStore } from "../runs.store.ts";
import type { RunRow } from "../tables.ts";
import { deviceFiltersIn, needsPowerBefore, outlineOf, type Outline } from "./outline.ts";

/** What does not change about a run while it goes on. */
export interface Course {
  readonly run: string;
  readonly outline: Outline;
  readonly limits: BlastRadius;
  readonly startedBy: string;
  readonly lane: ItemLane;
  readonly needsPowerBefore: boolean;
  readonly hasApproval: boolean;
  /** By the text of the condition. */
  readonly filters: ReadonlyMap<string, Expression>;
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

  /** Approval steps that somebody has let pass, as the database has them now. */
  async approved({ run, hasApproval }: Course): Promise<ReadonlySet<number>> {
    return new Set(hasApproval ? (await this.#store.get(run))?.approved : []);
  }
}

export function courseOf(row: Pick<RunRow, "id" | "definition" | "limits" | "started_by">): Course {
  const outline = outlineOf(row.definition);
  return {
    run: row.id,
    outline,
    limits: row.limits,
    startedBy: row.started_by,
    lane: laneOf(outline),
    needsPowerBefore: needsPowerBefore(outline),
    hasApproval: outline.places.some(({ step }) => "approval" in step),
    filters: new Map(deviceFiltersIn(outline).map((text) => [text, parseFilter(text)])),
  };
}

function laneOf({ places }: Outline): ItemLane {
  return places.some(({ step }) => "do" in step && typeof operationBindings[step.do] !== "function") ? "long" : "short";
}

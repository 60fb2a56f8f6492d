import { randomUUID } from "node:crypto";
import { operations } from "@vigil/api/operations.ts";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { LaneOptions, Work } from "@vigil/work/work.ts";
import type { OperationName, Parameters, Target } from "../runs/runs.ts";
import type { Schedules } from "../schedules/schedules.ts";
import { everyResult, judge, type JudgeDeps } from "./judge.ts";
import { countsOf, withheldBecause, type PolicySettings } from "./policy.ts";
import type { PoliciesStore, RoundChange, RoundRow } from "./policies.store.ts";

export interface RoundDeps extends JudgeDeps {
  readonly postgres: Postgres;
  readonly work: Work;
  readonly clock: Clock;
  readonly windows: Schedules["windows"];
}

export const roundsLane = "policy-rounds";

/** How soon it is looked again whether a run of the round is over. */
const againSeconds = 2;

/** One round as far as it goes now: it comes back until it is done. */
export function roundLane(deps: RoundDeps, store: PoliciesStore): LaneOptions<{ readonly round: string }> {
  return {
    concurrency: 4,
    leaseSeconds: 300,
    retry: { limit: 50, firstDelaySeconds: 2, maxDelaySeconds: 60 },
    isUnique: true,
    handle: async (item) => {
      const round = await store.round(item.payload.round);
      if (round === undefined || round.state === "done") return;
      const move = await moves[round.state](deps, round);
      await deps.postgres.transaction(async (tx) => {
        if (move !== undefined) await move(tx, store);
        await item.done(tx);
        if (move?.isLast === true) return;
        await deps.work.send(roundsLane, item.payload, { tx, key: round.id, delaySeconds: againSeconds });
      });
    },
  };
}

/** What a round does next, stored in one transaction; undefined while its run is under way. */
type Move = ((tx: Tx, store: PoliciesStore) => Promise<void>) & { readonly isLast?: true };

const moves: Readonly<
  Record<Exclude<RoundRow["state"], "done">, (deps: RoundDeps, round: RoundRow) => Promise<Move | undefined>>
> = {
  looking: async (deps, round) => {
    const { settings, look_run: lookRun } = round;
    if (lookRun !== null && settings.look !== null) {
      const target = { collection: settings.collection };
      if (!(await isOver(deps, round, { id: lookRun, operation: settings.look, target: () => target })))
        return undefined;
    }
    const judged = await judge(deps, settings, { lookRun });
    const found = countsOf(judged);
    const shut = await shutUntil(deps, settings);
    const withheld = withheldBecause(settings, found) || (found.deviating > 0 ? shut.because : "");
    const isRemedied = found.deviating > 0 && settings.remedy !== null && withheld === "";
    const change: RoundChange = isRemedied
      ? { state: "remedying", found, remedy_run: randomUUID() }
      : { state: "done", found, remaining: found, withheld, ended_at: new Date(deps.clock.now()) };
    return moving(round, change, async (tx, store) => {
      await store.putFindings(tx, round.policy, judged, new Date(deps.clock.now()), true);
      if (withheld === shut.because && shut.until !== undefined) await store.bringForward(tx, round.policy, shut.until);
    });
  },
  remedying: async (deps, round) => {
    const { remedy, look } = round.settings;
    if (remedy !== null && round.remedy_run !== null) {
      const { operation, parameters } = remedy;
      const job = {
        id: round.remedy_run,
        operation,
        target: async () => ({ devices: await deviatingIn(deps, round) }),
        ...(parameters === undefined ? {} : { parameters }),
      };
      if (!(await isOver(deps, round, job))) return undefined;
    }
    return moving(round, { state: "looking-again", ...(look === null ? {} : { again_run: randomUUID() }) });
  },
  "looking-again": async (deps, round) => {
    const { settings, again_run: lookRun, remedy_run: remedyRun } = round;
    const remedied = async (): Promise<string[]> => {
      const { items } = remedyRun === null ? { items: [] } : await deps.runs.results(remedyRun, everyResult);
      return items.map(({ uuid }) => uuid);
    };
    if (lookRun !== null && settings.look !== null) {
      const target = async () => ({ devices: await remedied() });
      if (!(await isOver(deps, round, { id: lookRun, operation: settings.look, target }))) return undefined;
    }
    const again = await judge(deps, settings, { lookRun, among: new Set(await remedied()) });
    const before = round.found ?? countsOf([]);
    const now = countsOf(again);
    // Only who deviated was looked at again.
    const remaining = {
      compliant: before.compliant + now.compliant,
      deviating: before.deviating - again.length + now.deviating,
      unknown: before.unknown + now.unknown,
    };
    const change = { state: "done", remaining, ended_at: new Date(deps.clock.now()) } as const;
    return moving(round, change, (tx, store) =>
      store.putFindings(tx, round.policy, again, new Date(deps.clock.now()), false),
    );
  },
};

/** Whether remedies have to wait for the policy's maintenance window. */
async function shutUntil(
  { windows }: RoundDeps,
  { window, remedy }: PolicySettings,
): Promise<{ readonly because: string; readonly until?: Date }> {
  if (window === null || remedy === null) return { because: "" };
  try {
    const until = await windows.opensAt(window);
    if (until === undefined) return { because: "" };
    return { because: `Maintenance window "${window}" opens at ${until.toISOString()}`, until };
  } catch (error) {
    if (!(error instanceof VigilError) || error.code !== "schedules.window.unknown") throw error;
    return { because: `There is no maintenance window "${window}" any more` };
  }
}

function moving(round: RoundRow, change: RoundChange, also?: (tx: Tx, store: PoliciesStore) => Promise<void>): Move {
  const move = async (tx: Tx, store: PoliciesStore): Promise<void> => {
    await also?.(tx, store);
    await store.changeRound(tx, round.id, change);
  };
  return change.state === "done" ? Object.assign(move, { isLast: true as const }) : move;
}

/** By what is stored of them now. */
async function deviatingIn(deps: RoundDeps, round: RoundRow): Promise<string[]> {
  const judged = await judge(deps, round.settings, { lookRun: round.look_run });
  return judged.filter(({ standing }) => standing === "deviating").map(({ device }) => device);
}

/** Starts the run of that id unless it exists. @returns whether all its devices have ended */
async function isOver(
  { runs }: RoundDeps,
  { policy }: RoundRow,
  job: {
    readonly id: string;
    readonly operation: OperationName;
    /** Found out once, when it starts. */
    readonly target: () => Target | Promise<Target>;
    readonly parameters?: Parameters;
  },
): Promise<boolean> {
  const [known] = await runs.runsOf([job.id]);
  if (known !== undefined) return known.finishedAt !== null;
  const { permission } = operations[job.operation];
  const title = `Policy "${policy}": ${operations[job.operation].title}`;
  // Who may write such a policy was asked for the permission then.
  const by = { actor: `policy ${policy}`, permissions: [permission] };
  const run = await runs.start(by, { ...job, target: await job.target(), title });
  return run.finishedAt !== null;
}

import { Gathered } from "@vigil/postgres/gathered.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Work } from "@vigil/work/work.ts";
import type { Events } from "../events.ts";
import { keyOf, type Move, type Moved, type MovesStore } from "./moves.store.ts";
import type { Rates } from "./rates.ts";
import type { Run } from "./run.ts";
import { readingDelaySeconds, readingsLane } from "./steps/reading.ts";
import type { WaveCounts } from "./waves.ts";

/** "stale": somebody has changed the share since. A state: the run does not go on. */
export type Verdict = "held" | "stale" | Exclude<Run["state"], "running">;

interface Asked {
  readonly move: Move;
  readonly movesPower: boolean;
}

/** News of a wave after moves of its devices. */
export interface WaveNews {
  readonly run: string;
  readonly wave: WaveCounts;
  /** Whether devices of the run ended in these moves. */
  readonly hasEndedSome: boolean;
}

/** Moves in one statement. Chosen: more than there are hands. */
const mostMoves = 256;

/** Writes what moves with every device: moves that come while one statement is under way go together in the next. */
export class Moves {
  readonly #postgres: Postgres;
  readonly #store: MovesStore;
  readonly #work: Work;
  readonly #events: Events;
  readonly #rates: Rates;
  readonly #gathered = new Gathered<Asked, Verdict>((all) => this.#write(all), mostMoves);
  #onNews: (news: WaveNews) => void = () => {};

  constructor(
    deps: { readonly postgres: Postgres; readonly work: Work; readonly events: Events; readonly rates: Rates },
    store: MovesStore,
  ) {
    this.#postgres = deps.postgres;
    this.#work = deps.work;
    this.#events = deps.events;
    this.#rates = deps.rates;
    this.#store = store;
  }

  /** Told of every wave whose counts have moved, after that is so. */
  whenCounted(tell: (news: WaveNews) => void): void {
    this.#onNews = tell;
  }

  /** Resolves when it is committed. @param movesPower the machine is changing its power: it is read later */
  write(move: Move, movesPower = false): Promise<Verdict> {
    return this.#gathered.ask({ move, movesPower });
  }

  async #write(all: readonly Asked[]): Promise<readonly Verdict[]> {
    const moves = all.map(({ move }) => move);
    const readings = all.filter(({ movesPower }) => movesPower).map(({ move }) => ({ device: move.device }));
    const moved =
      readings.length === 0
        ? await this.#store.write(moves)
        : await this.#postgres.transaction(async (tx) => {
            const options = { tx, keyOf: keyOfReading, delaySeconds: readingDelaySeconds };
            await this.#work.sendMany(readingsLane, readings, options);
            return this.#store.write(moves, tx);
          });
    this.#tell(moves, moved);
    return moves.map((move) => verdictOn(move, moved));
  }

  #tell(moves: readonly Move[], { held, waves }: Moved): void {
    const ended = new Map<string, number>();
    const runs = new Set<string>();
    for (const move of moves) {
      const { run, device, finishedAt } = move;
      if (!held.has(keyOf(move))) continue;
      runs.add(run);
      this.#events.publish({ kind: "result", run, device });
      if (finishedAt !== null) ended.set(run, (ended.get(run) ?? 0) + 1);
    }
    for (const id of runs) this.#events.publish({ kind: "run", id });
    for (const [run, count] of ended) this.#rates.note(run, count);
    for (const wave of waves) this.#onNews({ run: wave.run, wave, hasEndedSome: ended.has(wave.run) });
  }
}

function keyOfReading({ device }: { readonly device: string }): string {
  return device;
}

function verdictOn(move: Move, { held, states }: Moved): Verdict {
  if (held.has(keyOf(move))) return "held";
  const state = states.get(move.run);
  return move.begins && state !== undefined && state !== "running" ? state : "stale";
}

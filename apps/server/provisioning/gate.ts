import type { Clock } from "@vigil/base/clock.ts";
import type { Log } from "@vigil/base/log.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Work } from "@vigil/work/work.ts";
import type { EntryLane } from "./entry.ts";
import { SitesStore, type Admitted, type Site, type SiteCounts } from "./sites.store.ts";

export type { Site, SiteCounts } from "./sites.store.ts";

/** How often sites are looked at for somebody whose pause is over. Chosen: pauses are seconds. */
const lookMs = 1_000;

export const laneNames = { fast: "provisioning", slow: "provisioning-slow" } as const satisfies Readonly<
  Record<EntryLane, string>
>;

/**
 * What stands before the lanes. An entry outside any site goes straight into its lane. One in a site waits as a row, without a work item, until
 * its site has room: so a site that is full, slow or held costs the lanes no hand, and holds up no other site.
 */
export class Gate {
  readonly #store: SitesStore;
  readonly #postgres: Postgres;
  readonly #work: Pick<Work, "send" | "sendMany">;
  readonly #clock: Clock;
  readonly #log: Log;
  #hasSites = false;
  #isLooking = false;

  constructor(deps: {
    readonly postgres: Postgres;
    readonly work: Pick<Work, "send" | "sendMany">;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#store = new SitesStore(deps.postgres);
    this.#postgres = deps.postgres;
    this.#work = deps.work;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Looks for those whose time has come, now and from now on. @returns ends it */
  open(): () => void {
    const look = (): void => void this.look();
    look();
    return this.#clock.every(lookMs, look);
  }

  /** Entries have just begun to wait: those that may begin go into their lanes. */
  async enter(tx: Tx, waiting: readonly Admitted[]): Promise<void> {
    if (!this.#hasSites) return this.#send(tx, waiting);
    const assigned = await this.#store.assign(
      tx,
      waiting.map(({ uuid }) => uuid),
    );
    await this.#send(
      tx,
      assigned.filter(({ site }) => site === null),
    );
    await this.#admit(tx, new Set(assigned.flatMap(({ site }) => site ?? [])));
  }

  /**
   * A try has ended, and its entry says how. One outside any site that is to be tried again goes into the slow lane after the pause; one
   * inside waits as a row.
   * @param pauseSeconds undefined when it is not tried again
   */
  async leave(tx: Tx, uuid: string, pauseSeconds: number | undefined): Promise<void> {
    const site = this.#hasSites ? await this.#store.leave(tx, uuid) : null;
    if (site !== null) return this.#admit(tx, new Set([site]));
    if (pauseSeconds === undefined) return;
    await this.#work.send(laneNames.slow, { uuid }, { tx, key: uuid, delaySeconds: pauseSeconds });
  }

  async sites(): Promise<(Site & { readonly counts: SiteCounts })[]> {
    const [all, counts] = await Promise.all([this.#store.list(), this.#store.counts()]);
    return all.map((one) => ({ ...one, counts: counts.get(one.name) ?? { waiting: 0, running: 0, failed: 0 } }));
  }

  site(tx: Tx, name: string): Promise<Site | undefined> {
    return this.#store.get(tx, name);
  }

  /** Makes a site or changes it; who waits learns anew where it is. */
  async put(tx: Tx, site: Site): Promise<void> {
    await this.#store.put(tx, site);
    tx.afterCommit(() => (this.#hasSites = true));
    await this.#assignAnew(tx, await this.#store.freeAndWaiting(tx));
  }

  /** @returns false when there is none of that name */
  async remove(tx: Tx, name: string): Promise<boolean> {
    if (!(await this.#store.remove(tx, name))) return false;
    await this.#assignAnew(tx, []);
    return true;
  }

  /** Begins with those whose site has room by now. Never throws. */
  async look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.#hasSites = (await this.#store.list()).length > 0;
      if (!this.#hasSites) return;
      const due = await this.#store.due(new Date(this.#clock.now()));
      if (due.length > 0) await this.#postgres.transaction((tx) => this.#admit(tx, new Set(due)));
    } catch (error) {
      this.#log.warn("the sites could not be looked at; they are again in a second", { error });
    } finally {
      this.#isLooking = false;
    }
  }

  async #assignAnew(tx: Tx, free: readonly string[]): Promise<void> {
    const assigned = await this.#store.assign(tx, [...(await this.#store.waiting(tx)), ...free]);
    // Those without a site have an item already, or get one now: its key lets none be taken twice.
    await this.#send(
      tx,
      assigned.filter(({ site }) => site === null),
    );
    await this.#admit(tx, new Set(assigned.flatMap(({ site }) => site ?? [])));
    tx.afterCommit(() => void this.look());
  }

  async #admit(tx: Tx, sites: ReadonlySet<string>): Promise<void> {
    const at = new Date(this.#clock.now());
    // In one order, so that two transactions never wait for each other's site.
    for (const site of [...sites].sort()) await this.#send(tx, await this.#store.admit(tx, site, at));
  }

  async #send(tx: Tx, all: readonly Admitted[]): Promise<void> {
    for (const lane of ["fast", "slow"] as const) {
      const payloads = all.filter((one) => one.lane === lane).map(({ uuid }) => ({ uuid }));
      const [only, ...others] = payloads;
      if (only === undefined) continue;
      if (others.length === 0) await this.#work.send(laneNames[lane], only, { tx, key: only.uuid });
      else await this.#work.sendMany(laneNames[lane], payloads, { tx, keyOf: ({ uuid }) => uuid });
    }
  }
}

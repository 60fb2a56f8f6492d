import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { fail } from "./errors.ts";
import type { MaintenanceWindow, WindowSettings } from "./schedule.ts";
import type { SchedulesStore, WindowRow } from "./schedules.store.ts";
import { checkZone, isOpen, nextFire, opensAfter } from "./times.ts";

/** When disruptive work may happen, by name. */
export class Windows {
  readonly #deps: { readonly postgres: Postgres; readonly audit: Audit; readonly clock: Clock };
  readonly #store: SchedulesStore;

  constructor(
    deps: { readonly postgres: Postgres; readonly audit: Audit; readonly clock: Clock },
    store: SchedulesStore,
  ) {
    this.#deps = deps;
    this.#store = store;
  }

  async list(): Promise<MaintenanceWindow[]> {
    return Promise.all((await this.#store.windows()).map((row) => this.#shown(row)));
  }

  /** @throws schedules.window.unknown (caller) */
  async get(name: string): Promise<WindowRow> {
    const row = await this.#store.window(name);
    if (row === undefined) throw fail("schedules.window.unknown", { details: { window: name } });
    return row;
  }

  /** @returns when it opens next; undefined: it is open @throws schedules.window.unknown (caller) */
  async opensAt(name: string): Promise<Date | undefined> {
    const { settings } = await this.get(name);
    const now = this.#deps.clock.now();
    return isOpen(settings, now) ? undefined : new Date(opensAfter(settings, now));
  }

  /** Makes it, or gives it other rules: schedules that wait for it do so by the new ones. @throws schedules.time-zone.unknown (caller) */
  async put(actor: string, name: string, settings: WindowSettings): Promise<MaintenanceWindow> {
    const { postgres, audit, clock } = this.#deps;
    checkZone(settings.timeZone);
    const at = new Date(clock.now());
    const known = await this.#store.window(name);
    const row = { name: known?.name ?? name, settings, changed_at: at, changed_by: actor };
    await postgres.transaction(async (tx) => {
      await this.#store.putWindow(tx, row);
      for (const one of await this.#store.waitingFor(row.name, tx)) {
        // One whose time has come is about to be noted.
        if (one.next_at === null || one.next_at <= at) continue;
        const next = nextFire(one.settings.at, settings, at.getTime());
        await this.#store.change(tx, one.name, { next_at: next === undefined ? null : new Date(next) });
      }
      const summary = `${known === undefined ? "Made" : "Changed"} maintenance window "${row.name}"`;
      const { timeZone, rules } = settings;
      const details = { window: row.name, timeZone, rules: rules.map(inWords) };
      await audit.write(tx, { actor, action: "window.changed", summary, details });
    });
    return this.#shown(row);
  }

  /** @throws schedules.window.unknown, schedules.window.in-use (caller) */
  async remove(actor: string, name: string): Promise<void> {
    const row = await this.get(name);
    await this.#deps.postgres.transaction(async (tx) => {
      const users = (await this.#store.waitingFor(row.name, tx)).map((one) => one.name);
      if (users.length > 0) throw fail("schedules.window.in-use", { details: { window: row.name, schedules: users } });
      await this.#store.removeWindow(tx, row.name);
      const summary = `Removed maintenance window "${row.name}"`;
      await this.#deps.audit.write(tx, { actor, action: "window.removed", summary, details: { window: row.name } });
    });
  }

  async #shown({
    name,
    settings,
    changed_at: changedAt,
    changed_by: changedBy,
  }: WindowRow): Promise<MaintenanceWindow> {
    const now = this.#deps.clock.now();
    return {
      name,
      ...settings,
      isOpen: isOpen(settings, now),
      opensAt: new Date(opensAfter(settings, now)).toISOString(),
      usedBy: (await this.#store.waitingFor(name)).map((one) => one.name),
      changedAt: changedAt.toISOString(),
      changedBy,
    };
  }
}

function inWords({ days, from, to }: WindowSettings["rules"][number]): string {
  return `${days.join(",")} ${from}-${to}`;
}

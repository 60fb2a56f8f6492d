import { randomBytes } from "node:crypto";
import type { AuditEntry, AuditFinding, AuditPath } from "@vigil/api/resources/audit.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { ErrorDetails } from "@vigil/base/errors.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import { AuditStore, type AuditFilter } from "./audit.store.ts";
import { endAt, hashOf, isGenuine, type End, type Linked } from "./chain.ts";
import { Paths } from "./paths.ts";
import { beginning, cursorIn, cursorOf, type Cursor } from "./verify-cursor.ts";
import { Walk } from "./walk.ts";

export { chainKeyFrom } from "./chain.ts";
export { Paths } from "./paths.ts";

/** What is written down. Never a secret. Over which path it was asked for is known from where it is written. */
export interface NewAuditEntry {
  /** "owner", "api-key:<name>" or "vigil". */
  readonly actor: string;
  /** Dotted: "run.started". */
  readonly action: string;
  readonly device?: string;
  /** One sentence. */
  readonly summary: string;
  readonly details?: ErrorDetails;
}

export interface AuditOptions {
  /** 32 bytes, kept outside the database; absent: one that is forgotten with the process. */
  readonly key?: Uint8Array;
  readonly paths?: Paths;
}

/** What one page of a verification says. */
export interface VerifiedPage {
  readonly findings: AuditFinding[];
  /** Entries that have been looked at since the beginning, of how many. */
  readonly checked: number;
  readonly total: number;
  /** Where to go on; null at the end. */
  readonly cursor: string | null;
}

/** Entries outside the chain's numbers, in one answer. */
const mostOutside = 100;
/** Actors or actions to choose from. */
const mostChoices = 500;

/** Who did what: append only, in the same transaction as what was done, each entry chained to the one before it by its hash. */
export class Audit {
  readonly #store: AuditStore;
  readonly #clock: Clock;
  readonly #key: Uint8Array;
  readonly #paths: Paths;

  constructor(postgres: Postgres, clock: Clock, { key, paths }: AuditOptions = {}) {
    this.#store = new AuditStore(postgres);
    this.#clock = clock;
    this.#key = key ?? randomBytes(32);
    this.#paths = paths ?? new Paths();
  }

  async write(tx: Tx, entry: NewAuditEntry): Promise<void> {
    const end = await this.#store.takeEnd(tx);
    const isWhole = end !== undefined && isGenuine(this.#key, end);
    const last = isWhole ? end : await this.#beginAgain(tx, end);
    await this.#store.putEnd(tx, await this.#append(tx, last, { ...entry, path: this.#paths.current }));
  }

  /** Newest first. */
  async list({ limit, ...filter }: AuditFilter & { readonly limit: number }): Promise<AuditEntry[]> {
    const rows = await this.#store.list(filter, limit);
    return rows.map(({ id, at, actor, action, device, summary, details, path }) => ({
      id,
      at: at.toISOString(),
      actor,
      action,
      device,
      summary,
      // Only write() fills these columns: with an object and with a path.
      details: JSON.parse(details) as Record<string, unknown>,
      path: path as AuditPath | null,
    }));
  }

  /** Which actors and actions the log knows. */
  async choices(): Promise<{ readonly actors: string[]; readonly actions: string[] }> {
    const actors = await this.#store.distinct("actor", mostChoices);
    return { actors, actions: await this.#store.distinct("action", mostChoices) };
  }

  /**
   * Walks a page of the chain. What is written meanwhile is not looked at: the end is as it was when the walk began.
   * @param cursor what the page before gave; absent: from the beginning @throws api.request.invalid (caller) for one that is none
   */
  async verify(cursor: string | undefined, limit: number): Promise<VerifiedPage> {
    const from = cursor === undefined ? await this.#begin() : cursorIn(cursor);
    const walk = new Walk(this.#key, from.walk);
    const rows = await this.#store.page(from.walk.at, from.total, limit);
    for (const row of rows) walk.meet(row);
    const findings = [...from.findings, ...walk.found()];
    if (rows.length === limit && walk.state.at < from.total) {
      const next = cursorOf({ ...from, findings: [], walk: walk.state });
      return { findings, checked: walk.state.at, total: from.total, cursor: next };
    }
    walk.end(from.total, from.hash);
    findings.push(...walk.found(), ...runsOf(await this.#store.outside(mostOutside)));
    return { findings, checked: from.total, total: from.total, cursor: null };
  }

  async #begin(): Promise<Cursor> {
    const end = await this.#store.end();
    if (end !== undefined && isGenuine(this.#key, end)) return { ...beginning, total: end.id, hash: end.hash };
    const total = await this.#store.highest();
    // A log that nobody has written to since it got its key has no end yet.
    const findings: AuditFinding[] =
      end === undefined && !(await this.#hasKeyed(total)) ? [] : [{ kind: "end-changed" }];
    return { ...beginning, total, findings };
  }

  async #hasKeyed(last: number): Promise<boolean> {
    const [row] = await this.#store.page(last - 1, last, 1);
    return row !== undefined && row.path !== null;
  }

  /** An entry of its own stays as evidence of when a chain without an end was met. @returns its end; undefined when nothing has been written yet */
  async #beginAgain(tx: Tx, end: End | undefined): Promise<End | undefined> {
    const last = await this.#store.lastIn(tx);
    if (last === undefined && end === undefined) return undefined;
    const isOld = end === undefined && last?.path === null;
    return this.#append(tx, last, {
      actor: "vigil",
      action: isOld ? "audit.begun" : "audit.end-changed",
      summary: isOld
        ? "The activity log is chained with this server's key from here on"
        : "The end of the chain had been changed by hand",
      path: "vigil",
    });
  }

  /** @returns the end of the chain with it */
  async #append(
    tx: Tx,
    last: Pick<Linked, "id" | "hash"> | undefined,
    entry: NewAuditEntry & { readonly path: AuditPath },
  ): Promise<End> {
    const row = {
      at: new Date(this.#clock.now()),
      actor: entry.actor,
      action: entry.action,
      device: entry.device ?? null,
      summary: entry.summary,
      details: JSON.stringify(entry.details ?? {}),
      path: entry.path,
    };
    let id = (last?.id ?? 0) + 1;
    for (;;) {
      const hash = hashOf(this.#key, { id, ...row }, last?.hash);
      if (await this.#store.insert(tx, { id, ...row, hash })) return endAt(this.#key, { id, hash });
      // Somebody has put an entry there by hand. Work goes on after it; the verification will name it.
      id = await this.#store.firstFree(tx, id - 1);
    }
  }
}

function runsOf(ids: readonly number[]): AuditFinding[] {
  const runs: { kind: "inserted"; first: number; last: number }[] = [];
  for (const id of ids) {
    const last = runs.at(-1);
    if (last !== undefined && last.last + 1 === id) last.last = id;
    else runs.push({ kind: "inserted", first: id, last: id });
  }
  return runs;
}

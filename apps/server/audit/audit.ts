import { createHash } from "node:crypto";
import type { AuditEntry } from "@vigil/api/resources/audit.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { ErrorDetails } from "@vigil/base/errors.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import { AuditStore, type AuditRow } from "./audit.store.ts";

/** What is written down. Never a secret. */
export interface NewAuditEntry {
  /** "owner", "api-key:<name>" or "vigil". */
  readonly actor: string;
  /** Dotted: "job.started". */
  readonly action: string;
  readonly device?: string;
  /** One sentence. */
  readonly summary: string;
  readonly details?: ErrorDetails;
}

const pageSize = 1_000;

/** Who did what: append only, in the same transaction as what was done, each entry chained to the one before it by its hash. */
export class Audit {
  readonly #store: AuditStore;
  readonly #clock: Clock;

  constructor(postgres: Postgres, clock: Clock) {
    this.#store = new AuditStore(postgres);
    this.#clock = clock;
  }

  async write(tx: Tx, entry: NewAuditEntry): Promise<void> {
    const last = await this.#store.last(tx);
    const row = {
      id: (last?.id ?? 0) + 1,
      at: new Date(this.#clock.now()),
      actor: entry.actor,
      action: entry.action,
      device: entry.device ?? null,
      summary: entry.summary,
      details: JSON.stringify(entry.details ?? {}),
    };
    await this.#store.insert(tx, { ...row, hash: hashOf(row, last?.hash) });
  }

  /** Newest first. */
  async list(filter: {
    readonly device?: string;
    readonly search?: string;
    readonly before?: number;
    readonly limit: number;
  }): Promise<AuditEntry[]> {
    const rows = await this.#store.list(filter);
    return rows.map(({ id, at, actor, action, device, summary, details }) => ({
      id,
      at: at.toISOString(),
      actor,
      action,
      device,
      summary,
      // Only write() fills this column, with an object.
      details: JSON.parse(details) as Record<string, unknown>,
    }));
  }

  /** Walks the chain. @returns the first entry that was edited or whose predecessor is gone; undefined when all is well */
  async firstBroken(): Promise<number | undefined> {
    let previous: Uint8Array | undefined;
    let after = 0;
    for (;;) {
      const rows = await this.#store.page(after, pageSize);
      for (const row of rows) {
        if (!Buffer.from(row.hash).equals(hashOf(row, previous)) || row.id !== after + 1) return row.id;
        previous = row.hash;
        after = row.id;
      }
      if (rows.length < pageSize) return undefined;
    }
  }
}

function hashOf(row: Omit<AuditRow, "hash">, previous: Uint8Array | undefined): Uint8Array {
  const fields = [row.id, row.at.toISOString(), row.actor, row.action, row.device, row.summary, row.details];
  return createHash("sha256")
    .update(previous ?? new Uint8Array())
    .update(JSON.stringify(fields))
    .digest();
}

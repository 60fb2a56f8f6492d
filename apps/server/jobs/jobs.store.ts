import type { Kysely, Selectable } from "kysely";
import type { JobDefinition } from "@vigil/api/resources/job-definition.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";

interface JobsTables {
  readonly jobs: { readonly name: string; version: number };
  readonly job_versions: {
    readonly job: string;
    readonly version: number;
    /** json: written as text, read as what it holds. */
    readonly definition: JobDefinition | string;
    readonly changed_at: Date;
    readonly changed_by: string;
    readonly comment: string | null;
  };
}

/** One version of one job. */
export interface JobRow {
  readonly name: string;
  readonly version: number;
  readonly definition: JobDefinition;
  readonly changedAt: Date;
  readonly changedBy: string;
  readonly comment: string | null;
}

export class JobsStore {
  readonly #db: Kysely<JobsTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<JobsTables>();
  }

  /** Every job in its newest version. */
  async list(): Promise<JobRow[]> {
    return (await this.#newest(undefined).orderBy("jobs.name").execute()).map(rowOf);
  }

  async get(name: string, tx?: Tx): Promise<JobRow | undefined> {
    const row = await this.#newest(tx).where("jobs.name", "=", name).executeTakeFirst();
    return row === undefined ? undefined : rowOf(row);
  }

  async version(name: string, version: number): Promise<JobRow | undefined> {
    const row = await this.#versions().where("job", "=", name).where("version", "=", version).executeTakeFirst();
    return row === undefined ? undefined : rowOf(row);
  }

  /** Newest first. */
  async versions(name: string): Promise<JobRow[]> {
    return (await this.#versions().where("job", "=", name).orderBy("version", "desc").execute()).map(rowOf);
  }

  /** @returns false when there is one of that name, letter case aside */
  async insert(tx: Tx, name: string): Promise<boolean> {
    const { numInsertedOrUpdatedRows: count } = await this.#in(tx)
      .insertInto("jobs")
      .values({ name, version: 0 })
      .onConflict((one) => one.doNothing())
      .executeTakeFirst();
    return (count ?? 0n) > 0n;
  }

  /** Stores version `basedOn + 1`. @returns false when `basedOn` is not the newest any more */
  async append(tx: Tx, basedOn: number, row: Omit<JobRow, "version">): Promise<boolean> {
    const version = basedOn + 1;
    const { numUpdatedRows: count } = await this.#in(tx)
      .updateTable("jobs")
      .set({ version })
      .where("name", "=", row.name)
      .where("version", "=", basedOn)
      .executeTakeFirst();
    if (count === 0n) return false;
    await this.#in(tx)
      .insertInto("job_versions")
      .values({
        job: row.name,
        version,
        definition: JSON.stringify(row.definition),
        changed_at: row.changedAt,
        changed_by: row.changedBy,
        comment: row.comment,
      })
      .execute();
    return true;
  }

  async remove(tx: Tx, name: string): Promise<void> {
    await this.#in(tx).deleteFrom("jobs").where("name", "=", name).execute();
  }

  #newest(tx: Tx | undefined) {
    return this.#in(tx)
      .selectFrom("jobs")
      .innerJoin("job_versions", (join) =>
        join.onRef("job_versions.job", "=", "jobs.name").onRef("job_versions.version", "=", "jobs.version"),
      )
      .select(["job", "job_versions.version", "definition", "changed_at", "changed_by", "comment"]);
  }

  #versions() {
    return this.#db
      .selectFrom("job_versions")
      .select(["job", "version", "definition", "changed_at", "changed_by", "comment"]);
  }

  #in(tx: Tx | undefined): Kysely<JobsTables> {
    return tx === undefined ? this.#db : tables<JobsTables>(tx);
  }
}

function rowOf(row: Selectable<JobsTables["job_versions"]>): JobRow {
  return {
    name: row.job,
    version: row.version,
    // Read back, json is never text; only append() fills it, with a checked definition.
    definition: row.definition as JobDefinition,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
    comment: row.comment,
  };
}

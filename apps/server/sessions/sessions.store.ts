import type { Generated, Kysely, Selectable } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";

interface SessionsTables {
  readonly session_settings: {
    readonly is_only: Generated<boolean>;
    readonly records_sol: boolean;
    readonly records_kvm: boolean;
    readonly keep_days: number;
  };
  readonly session_recordings: {
    /** The session's. */
    readonly id: string;
    readonly device: string;
    readonly host_name: string | null;
    readonly kind: "sol" | "kvm";
    readonly actor: string;
    readonly started_at: Date;
    readonly ended_at: Date | null;
    readonly bytes: number;
    readonly is_whole: boolean;
  };
}

export type RecordingRow = Selectable<SessionsTables["session_recordings"]>;
export type SettingsRow = Omit<Selectable<SessionsTables["session_settings"]>, "is_only">;

export class SessionsStore {
  readonly #db: Kysely<SessionsTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<SessionsTables>();
  }

  settings(): Promise<SettingsRow> {
    const columns = ["records_sol", "records_kvm", "keep_days"] as const;
    return this.#db.selectFrom("session_settings").select(columns).executeTakeFirstOrThrow();
  }

  async putSettings(tx: Tx, row: SettingsRow): Promise<void> {
    await tables<SessionsTables>(tx).updateTable("session_settings").set(row).execute();
  }

  async begin(row: Omit<RecordingRow, "ended_at" | "bytes" | "is_whole">): Promise<void> {
    await this.#db
      .insertInto("session_recordings")
      .values({ ...row, ended_at: null, bytes: 0, is_whole: false })
      .execute();
  }

  async end(id: string, how: Pick<RecordingRow, "ended_at" | "bytes" | "is_whole">): Promise<void> {
    await this.#db.updateTable("session_recordings").set(how).where("id", "=", id).execute();
  }

  /** Newest first. */
  recordings(limit: number): Promise<RecordingRow[]> {
    return this.#db.selectFrom("session_recordings").selectAll().orderBy("started_at", "desc").limit(limit).execute();
  }

  /** Those that began before, the oldest first. */
  startedBefore(at: Date, limit: number): Promise<RecordingRow[]> {
    const query = this.#db.selectFrom("session_recordings").selectAll().where("started_at", "<", at);
    return query.orderBy("started_at", "asc").limit(limit).execute();
  }

  /** Those whose session did not end in good order. */
  open(): Promise<RecordingRow[]> {
    return this.#db.selectFrom("session_recordings").selectAll().where("ended_at", "is", null).execute();
  }

  recording(id: string): Promise<RecordingRow | undefined> {
    return this.#db.selectFrom("session_recordings").selectAll().where("id", "=", id).executeTakeFirst();
  }

  async remove(tx: Tx, id: string): Promise<void> {
    await tables<SessionsTables>(tx).deleteFrom("session_recordings").where("id", "=", id).execute();
  }
}

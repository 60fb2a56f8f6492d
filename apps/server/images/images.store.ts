import type { Kysely, Selectable } from "kysely";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { ImageKind, ImageRecord } from "./image.ts";

interface ImagesTables {
  readonly images: {
    readonly name: string;
    readonly kind: ImageKind;
    /** bigint: comes as text. */
    readonly bytes: string | number;
    readonly sha256: string;
    readonly file: string;
    readonly added_by: string;
    readonly added_at: Date;
  };
}

/** What the library has. The bytes are in files. */
export class ImagesStore {
  readonly #db: Kysely<ImagesTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<ImagesTables>();
  }

  async list(): Promise<ImageRecord[]> {
    return (await this.#db.selectFrom("images").selectAll().orderBy("name").execute()).map(recordOf);
  }

  async get(name: string): Promise<ImageRecord | undefined> {
    const row = await this.#db.selectFrom("images").selectAll().where("name", "=", name).executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  }

  /** @returns false when there is one of that name */
  async insert(tx: Tx, { name, kind, bytes, sha256, file, addedBy, addedAt }: ImageRecord): Promise<boolean> {
    const row = { name, kind, bytes, sha256, file, added_by: addedBy, added_at: addedAt };
    const insert = tables<ImagesTables>(tx).insertInto("images").values(row);
    const { numInsertedOrUpdatedRows: count } = await insert
      .onConflict((one) => one.column("name").doNothing())
      .executeTakeFirstOrThrow();
    return count === 1n;
  }

  async remove(tx: Tx, name: string): Promise<void> {
    await tables<ImagesTables>(tx).deleteFrom("images").where("name", "=", name).execute();
  }
}

function recordOf(row: Selectable<ImagesTables["images"]>): ImageRecord {
  const { name, kind, sha256, file, added_by: addedBy, added_at: addedAt } = row;
  return { name, kind, bytes: Number(row.bytes), sha256, file, addedBy, addedAt };
}

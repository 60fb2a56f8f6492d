import type { Kysely, Selectable } from "kysely";
import type { ErrorReport } from "@vigil/base/errors.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { encryptionBits } from "./account.ts";

interface DirectoriesTables {
  readonly directories: {
    readonly realm: string;
    /** jsonb: written as text, read as what it holds. */
    readonly urls: string[] | string;
    readonly base_dn: string;
    readonly bind_dn: string;
    readonly organizational_unit: string;
    readonly root_pem: string | null;
    readonly clean_up: "delete" | "disable";
    readonly has_portless_name: boolean;
    readonly allows_rc4: boolean;
    readonly changed_at: Date;
    answered_at: Date | null;
    failed_at: Date | null;
    error: ErrorReport | string | null;
  };
  readonly directory_objects: {
    readonly device: string;
    readonly realm: string;
    readonly account: string;
    readonly object_id: string;
    readonly dn: string;
    readonly dns_name: string;
    readonly service_names: string[] | string;
    readonly encryption: keyof typeof encryptionBits;
    /** bigint: comes as text. */
    readonly key_version: string | number;
    readonly password_set_at: Date;
  };
}

/** One directory's settings, and how it answered last. */
export interface DirectoryRow {
  readonly realm: string;
  readonly urls: readonly string[];
  readonly baseDn: string;
  readonly bindDn: string;
  /** Where objects go whose profile names no unit. */
  readonly organizationalUnit: string;
  readonly rootPem: string | null;
  /** What becomes of the object of a device that is given up. */
  readonly cleanUp: "delete" | "disable";
  /** Whether objects also get "HTTP/name" without a port. */
  readonly hasPortlessName: boolean;
  readonly allowsRc4: boolean;
  readonly changedAt: Date;
  readonly answeredAt: Date | null;
  readonly failedAt: Date | null;
  readonly error: ErrorReport | null;
}

export type DirectorySettings = Omit<DirectoryRow, "realm" | "changedAt" | "answeredAt" | "failedAt" | "error">;

/** A device's object, as Vigil left it. */
export interface ObjectRow {
  readonly device: string;
  readonly realm: string;
  readonly account: string;
  readonly objectId: string;
  readonly dn: string;
  readonly dnsName: string;
  readonly serviceNames: readonly string[];
  readonly encryption: keyof typeof encryptionBits;
  readonly keyVersion: number;
  readonly passwordSetAt: Date;
}

export interface ObjectFilter {
  readonly realm?: string | undefined;
  readonly device?: string | undefined;
}

export class DirectoriesStore {
  readonly #db: Kysely<DirectoriesTables>;

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<DirectoriesTables>();
  }

  async list(): Promise<DirectoryRow[]> {
    return (await this.#db.selectFrom("directories").selectAll().orderBy("realm").execute()).map(directoryIn);
  }

  async get(realm: string, tx?: Tx): Promise<DirectoryRow | undefined> {
    const query = this.#in(tx).selectFrom("directories").selectAll().where("realm", "=", realm);
    const row = await query.executeTakeFirst();
    return row === undefined ? undefined : directoryIn(row);
  }

  async put(tx: Tx, realm: string, to: DirectorySettings, at: Date): Promise<void> {
    const values = {
      urls: JSON.stringify(to.urls),
      base_dn: to.baseDn,
      bind_dn: to.bindDn,
      organizational_unit: to.organizationalUnit,
      root_pem: to.rootPem,
      clean_up: to.cleanUp,
      has_portless_name: to.hasPortlessName,
      allows_rc4: to.allowsRc4,
      changed_at: at,
    };
    await this.#in(tx)
      .insertInto("directories")
      .values({ realm, ...values, answered_at: null, failed_at: null, error: null })
      .onConflict((conflict) => conflict.column("realm").doUpdateSet(values))
      .execute();
  }

  async remove(tx: Tx, realm: string): Promise<void> {
    await this.#in(tx).deleteFrom("directories").where("realm", "=", realm).execute();
  }

  async noteAnswer(realm: string, at: Date): Promise<void> {
    await this.#db.updateTable("directories").set({ answered_at: at }).where("realm", "=", realm).execute();
  }

  async noteFailure(realm: string, at: Date, error: ErrorReport): Promise<void> {
    const failed = { failed_at: at, error: JSON.stringify(error) };
    await this.#db.updateTable("directories").set(failed).where("realm", "=", realm).execute();
  }

  async object(device: string): Promise<ObjectRow | undefined> {
    const query = this.#db.selectFrom("directory_objects").selectAll().where("device", "=", device);
    const row = await query.executeTakeFirst();
    return row === undefined ? undefined : objectIn(row);
  }

  /** The oldest password first. */
  async objects(filter: ObjectFilter, page: { readonly limit: number; readonly offset: number }): Promise<ObjectRow[]> {
    const rows = await this.#objects(filter)
      .selectAll()
      .orderBy("password_set_at")
      .orderBy("device")
      .limit(page.limit)
      .offset(page.offset)
      .execute();
    return rows.map(objectIn);
  }

  async countObjects(filter: ObjectFilter): Promise<number> {
    const row = await this.#objects(filter)
      .select(({ fn }) => fn.countAll<string>().as("count"))
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  }

  /** Devices whose object in that realm has a password from before, the oldest first. */
  async setBefore(realm: string, at: Date): Promise<string[]> {
    const rows = await this.#objects({ realm })
      .select("device")
      .where("password_set_at", "<", at)
      .orderBy("password_set_at")
      .execute();
    return rows.map(({ device }) => device);
  }

  async putObject(tx: Tx, one: ObjectRow): Promise<void> {
    const values = {
      realm: one.realm,
      account: one.account,
      object_id: one.objectId,
      dn: one.dn,
      dns_name: one.dnsName,
      service_names: JSON.stringify(one.serviceNames),
      encryption: one.encryption,
      key_version: one.keyVersion,
      password_set_at: one.passwordSetAt,
    };
    await this.#in(tx)
      .insertInto("directory_objects")
      .values({ device: one.device, ...values })
      .onConflict((conflict) => conflict.column("device").doUpdateSet(values))
      .execute();
  }

  async removeObject(tx: Tx, device: string): Promise<void> {
    await this.#in(tx).deleteFrom("directory_objects").where("device", "=", device).execute();
  }

  #objects({ realm, device }: ObjectFilter) {
    let query = this.#db.selectFrom("directory_objects");
    if (realm !== undefined) query = query.where("realm", "=", realm);
    if (device !== undefined) query = query.where("device", "=", device);
    return query;
  }

  #in(tx: Tx | undefined): Kysely<DirectoriesTables> {
    return tx === undefined ? this.#db : tables<DirectoriesTables>(tx);
  }
}

function directoryIn(row: Selectable<DirectoriesTables["directories"]>): DirectoryRow {
  return {
    realm: row.realm,
    // Read back, jsonb is never text.
    urls: row.urls as string[],
    baseDn: row.base_dn,
    bindDn: row.bind_dn,
    organizationalUnit: row.organizational_unit,
    rootPem: row.root_pem,
    cleanUp: row.clean_up,
    hasPortlessName: row.has_portless_name,
    allowsRc4: row.allows_rc4,
    changedAt: row.changed_at,
    answeredAt: row.answered_at,
    failedAt: row.failed_at,
    error: row.error as ErrorReport | null,
  };
}

function objectIn(row: Selectable<DirectoriesTables["directory_objects"]>): ObjectRow {
  return {
    device: row.device,
    realm: row.realm,
    account: row.account,
    objectId: row.object_id,
    dn: row.dn,
    dnsName: row.dns_name,
    serviceNames: row.service_names as string[],
    encryption: row.encryption,
    keyVersion: Number(row.key_version),
    passwordSetAt: row.password_set_at,
  };
}

import { gatheredRows } from "@vigil/postgres/gathered.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import { sql, type ColumnType, type Insertable, type Kysely, type Selectable, type Updateable } from "kysely";
import type { AuthorityKind, AuthorityState } from "./device-authority.ts";

interface AuthorityTables {
  device_authorities: {
    id: string;
    name: string;
    kind: AuthorityKind;
    state: AuthorityState;
    common_name: string;
    organization: string;
    chain_pem: string | null;
    request_pem: string | null;
    sealed_key: Uint8Array | null;
    sealed_root_key: Uint8Array | null;
    renews: string | null;
    expires_at: Date | null;
    warned_days: number | null;
    made_at: Date;
    changed_at: Date;
  };
  revocation_lists: {
    authority: string;
    number: number;
    der: Uint8Array;
    is_stale: boolean;
    made_at: Date;
    next_update: Date;
  };
  issued_certificates: {
    serial: string;
    device: string;
    subject: string;
    fingerprint: string;
    issued_at: Date;
    expires_at: Date;
    authority: string | null;
    /** The device was met with it. */
    shown_at: Date | null;
    /** The device shows another one since, or is no longer ours. */
    replaced_at: Date | null;
    revoked_at: Date | null;
    reason: RevocationReason | null;
    /** When its device was given up; null while it is not. */
    retired_at: ColumnType<Date | null, never, Date>;
    retired_because: ColumnType<string | null, never, string>;
  };
  manager_certificates: {
    fingerprint: string;
    certificate_pem: string;
    sealed_key: Uint8Array;
    expires_at: Date;
    authority: string | null;
    serial: string | null;
    issued_at: Date | null;
    revoked_at: Date | null;
    reason: RevocationReason | null;
  };
  injected_keys: { device: string; sealed: Uint8Array; made_at: Date };
}

/** Why a certificate is not believed any more. @source RFC 5280, 5.3.1 */
export type RevocationReason =
  | "unspecified"
  | "keyCompromise"
  | "affiliationChanged"
  | "superseded"
  | "cessationOfOperation"
  | "privilegeWithdrawn";

export type DeviceAuthorityRow = Selectable<AuthorityTables["device_authorities"]>;
export type IssuedRow = Selectable<AuthorityTables["issued_certificates"]>;
export type ManagerRow = Selectable<AuthorityTables["manager_certificates"]>;
export type RevocationListRow = Selectable<AuthorityTables["revocation_lists"]>;

/** One line of a revocation list. */
export interface RevokedRow {
  readonly serial: string;
  readonly revoked_at: Date;
  readonly reason: RevocationReason;
}

/** All SQL about the devices' authorities and what they issued. */
export class AuthoritiesStore {
  readonly #db: Kysely<AuthorityTables>;

  readonly #issuedTo = gatheredRows(
    (devices) =>
      this.#db
        .selectFrom("issued_certificates")
        .selectAll()
        .where("device", "in", [...devices])
        .orderBy("issued_at", "desc")
        .execute(),
    ({ device }) => device ?? "",
  );

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<AuthorityTables>();
  }

  all(tx?: Tx): Promise<DeviceAuthorityRow[]> {
    return this.#in(tx).selectFrom("device_authorities").selectAll().orderBy("made_at").orderBy("id").execute();
  }

  /** Others who would change it wait for the end of the transaction. */
  locked(tx: Tx, id: string): Promise<DeviceAuthorityRow | undefined> {
    return this.#in(tx)
      .selectFrom("device_authorities")
      .selectAll()
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
  }

  inUse(tx?: Tx): Promise<DeviceAuthorityRow | undefined> {
    return this.#in(tx).selectFrom("device_authorities").selectAll().where("state", "=", "in-use").executeTakeFirst();
  }

  /** @returns false when there is one of that name, or another one in use */
  async insert(row: DeviceAuthorityRow, tx?: Tx): Promise<boolean> {
    const { numInsertedOrUpdatedRows: count } = await this.#in(tx)
      .insertInto("device_authorities")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (count ?? 0n) > 0n;
  }

  async change(tx: Tx, id: string, values: Updateable<AuthorityTables["device_authorities"]>): Promise<void> {
    await this.#in(tx).updateTable("device_authorities").set(values).where("id", "=", id).execute();
  }

  async remove(tx: Tx, id: string): Promise<void> {
    await this.#in(tx).deleteFrom("device_authorities").where("id", "=", id).execute();
  }

  /** What was issued before there was more than one authority. */
  async adopt(tx: Tx, authority: string): Promise<void> {
    await this.#in(tx).updateTable("issued_certificates").set({ authority }).where("authority", "is", null).execute();
    await this.#in(tx).updateTable("manager_certificates").set({ authority }).where("authority", "is", null).execute();
  }

  /** Devices that show, or may show, a certificate of each authority. */
  async deviceCounts(tx?: Tx): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#in(tx)
      .selectFrom("issued_certificates")
      .select(["authority", sql<number>`count(distinct device)`.as("devices")])
      .where("replaced_at", "is", null)
      .where("shown_at", "is not", null)
      .groupBy("authority")
      .execute();
    return new Map(rows.map(({ authority, devices }) => [authority ?? "", Number(devices)]));
  }

  async insertIssued(row: Insertable<AuthorityTables["issued_certificates"]>): Promise<void> {
    await this.#db.insertInto("issued_certificates").values(row).execute();
  }

  /** Many at once. */
  async insertAllIssued(tx: Tx, rows: readonly Insertable<AuthorityTables["issued_certificates"]>[]): Promise<void> {
    await this.#in(tx).insertInto("issued_certificates").values(rows).execute();
  }

  /** The newest first. */
  issuedTo(device: string): Promise<readonly IssuedRow[]> {
    return this.#issuedTo.ask(device);
  }

  issuedAs(fingerprint: string): Promise<IssuedRow | undefined> {
    return this.#db
      .selectFrom("issued_certificates")
      .selectAll()
      .where("fingerprint", "=", fingerprint)
      .executeTakeFirst();
  }

  issued(tx: Tx, serial: string): Promise<IssuedRow | undefined> {
    return this.#in(tx).selectFrom("issued_certificates").selectAll().where("serial", "=", serial).executeTakeFirst();
  }

  /** The device was met with that one. @returns false when that is known, or it is none of ours */
  async shown(tx: Tx, fingerprint: string, device: string, at: Date): Promise<boolean> {
    const { numUpdatedRows } = await this.#in(tx)
      .updateTable("issued_certificates")
      .set({ shown_at: at })
      .where("fingerprint", "=", fingerprint)
      .where("device", "=", device)
      .where("shown_at", "is", null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Those issued to the device until `by` was are no longer in use, and not to be believed. @returns their authorities */
  async supersedeIssued(tx: Tx, by: IssuedRow, at: Date): Promise<string[]> {
    const rows = await this.#in(tx)
      .updateTable("issued_certificates")
      .set({
        replaced_at: at,
        revoked_at: sql<Date>`coalesce(revoked_at, ${at})`,
        reason: sql<RevocationReason>`coalesce(reason, 'superseded')`,
      })
      .where("device", "=", by.device)
      .where("replaced_at", "is", null)
      .where("issued_at", "<=", by.issued_at)
      .where("fingerprint", "<>", by.fingerprint)
      .returning("authority")
      .execute();
    return rows.map(({ authority }) => authority ?? "");
  }

  /** The device shows none of them any more. */
  async goneIssued(tx: Tx, device: string, at: Date): Promise<void> {
    await this.#in(tx)
      .updateTable("issued_certificates")
      .set({ replaced_at: at })
      .where("device", "=", device)
      .where("replaced_at", "is", null)
      .execute();
  }

  /** All that are still valid are taken back. @returns the authority of each */
  async retireIssued(
    tx: Tx,
    device: string,
    { because, reason, at }: { readonly because: string; readonly reason: RevocationReason; readonly at: Date },
  ): Promise<string[]> {
    const rows = await this.#in(tx)
      .updateTable("issued_certificates")
      .set({
        retired_at: at,
        retired_because: because,
        replaced_at: sql<Date>`coalesce(replaced_at, ${at})`,
        revoked_at: sql<Date>`coalesce(revoked_at, ${at})`,
        reason: sql<RevocationReason>`coalesce(reason, ${reason})`,
      })
      .where("device", "=", device)
      .where("retired_at", "is", null)
      .where("expires_at", ">", at)
      .returning("authority")
      .execute();
    return rows.map(({ authority }) => authority ?? "");
  }

  async revokeIssued(tx: Tx, serial: string, reason: RevocationReason, at: Date): Promise<void> {
    const revoked = { revoked_at: at, reason };
    await this.#in(tx).updateTable("issued_certificates").set(revoked).where("serial", "=", serial).execute();
  }

  /** Devices that show a certificate which is revoked, or of none of those authorities. */
  async devicesDue(good: readonly string[], limit: number): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("issued_certificates")
      .select("device")
      .distinct()
      .where("replaced_at", "is", null)
      .where("shown_at", "is not", null)
      .where((of) =>
        of.or([of("revoked_at", "is not", null), sql<boolean>`not (authority = any(${[...good]}::uuid[]))`]),
      )
      .limit(limit)
      .execute();
    return rows.map(({ device }) => device);
  }

  managers(tx?: Tx): Promise<ManagerRow[]> {
    return this.#in(tx).selectFrom("manager_certificates").selectAll().orderBy("expires_at", "desc").execute();
  }

  /** The one of that authority that is valid longest. */
  managerOf(authority: string): Promise<ManagerRow | undefined> {
    return this.#db
      .selectFrom("manager_certificates")
      .selectAll()
      .where("authority", "=", authority)
      .where("revoked_at", "is", null)
      .orderBy("expires_at", "desc")
      .executeTakeFirst();
  }

  async insertManager(row: ManagerRow): Promise<void> {
    await this.#db.insertInto("manager_certificates").values(row).execute();
  }

  async changeManager(
    tx: Tx,
    fingerprint: string,
    values: Updateable<AuthorityTables["manager_certificates"]>,
  ): Promise<void> {
    await this.#in(tx).updateTable("manager_certificates").set(values).where("fingerprint", "=", fingerprint).execute();
  }

  /** What stands in that authority's list: what has ended by itself need not. */
  async revokedBy(tx: Tx, authority: string, at: Date): Promise<RevokedRow[]> {
    const { rows } = await sql<RevokedRow>`
      select serial, revoked_at, reason from issued_certificates
      where authority = ${authority} and revoked_at is not null and expires_at > ${at}
      union all
      select serial, revoked_at, reason from manager_certificates
      where authority = ${authority} and revoked_at is not null and expires_at > ${at} and serial is not null
      order by revoked_at, serial`.execute(this.#in(tx));
    return rows;
  }

  revocationList(authority: string): Promise<RevocationListRow | undefined> {
    return this.#db.selectFrom("revocation_lists").selectAll().where("authority", "=", authority).executeTakeFirst();
  }

  /** So that there is a row to lock, and to mark as stale. */
  async beginRevocationList(authority: string, at: Date): Promise<void> {
    const empty = { number: 0, der: new Uint8Array(0), is_stale: true, made_at: at, next_update: at };
    await this.#db
      .insertInto("revocation_lists")
      .values({ authority, ...empty })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  /** Who revokes something meanwhile waits, and marks the new list as stale. */
  lockedRevocationList(tx: Tx, authority: string): Promise<RevocationListRow | undefined> {
    return this.#in(tx)
      .selectFrom("revocation_lists")
      .selectAll()
      .where("authority", "=", authority)
      .forUpdate()
      .executeTakeFirst();
  }

  async putRevocationList(tx: Tx, { authority, ...values }: RevocationListRow): Promise<void> {
    await this.#in(tx).updateTable("revocation_lists").set(values).where("authority", "=", authority).execute();
  }

  async staleRevocationLists(tx: Tx, authorities: readonly string[]): Promise<void> {
    const known = authorities.filter((one) => one !== "");
    await this.#in(tx)
      .updateTable("revocation_lists")
      .set({ is_stale: true })
      .where(sql<boolean>`authority = any(${known}::uuid[])`)
      .execute();
  }

  injectedKey(device: string): Promise<{ sealed: Uint8Array } | undefined> {
    return this.#db.selectFrom("injected_keys").select("sealed").where("device", "=", device).executeTakeFirst();
  }

  /** Keeps what is there. */
  async insertInjectedKey(device: string, sealed: Uint8Array, at: Date): Promise<void> {
    await this.#db
      .insertInto("injected_keys")
      .values({ device, sealed, made_at: at })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async removeInjectedKey(device: string, tx?: Tx): Promise<void> {
    await this.#in(tx).deleteFrom("injected_keys").where("device", "=", device).execute();
  }

  #in(tx: Tx | undefined): Kysely<AuthorityTables> {
    return tx === undefined ? this.#db : tables<AuthorityTables>(tx);
  }
}

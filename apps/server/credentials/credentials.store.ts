import { gatheredRows } from "@vigil/postgres/gathered.ts";
import { tables, type Postgres, type Tx } from "@vigil/postgres/postgres.ts";
import type { Kysely, Selectable } from "kysely";
import type { OneTimeState, SecretKind, SecretState } from "./device-secret.ts";

interface CredentialsTables {
  device_secrets: {
    id: string;
    device: string;
    kind: SecretKind;
    state: SecretState;
    sealed: Uint8Array;
    made_at: Date;
    changed_at: Date;
  };
  authorities: { name: string; certificate_pem: string; sealed_key: Uint8Array; made_at: Date };
  setup_certificates: {
    id: string;
    /** The domain that our own certificate is for; null in one that was added. */
    own_suffix: string | null;
    /** What operators call it; null until one has. */
    name: string | null;
    chain_pem: string;
    sealed_key: Uint8Array;
    fingerprint: string;
    root_sha1: string;
    root_sha256: string;
    root_sha384: string;
    expires_at: Date;
    added_at: Date;
  };
  setup_keys: {
    pid: string;
    batch: string;
    medium: "list" | "usb";
    sealed: Uint8Array;
    made_at: Date;
    device: string | null;
    used_at: Date | null;
  };
  one_time_passwords: {
    id: string;
    device: string;
    state: OneTimeState;
    sealed: Uint8Array;
    made_at: Date;
    expires_at: Date;
    changed_at: Date;
  };
  profile_secrets: { profile: string; name: string; sealed: Uint8Array; changed_at: Date };
  webhook_secrets: { rule: string; sealed: Uint8Array; changed_at: Date };
  directory_secrets: { realm: string; sealed: Uint8Array; changed_at: Date };
}

export type SecretRow = Selectable<CredentialsTables["device_secrets"]>;
type AuthorityRow = Selectable<CredentialsTables["authorities"]>;
export type SetupCertificateRow = Selectable<CredentialsTables["setup_certificates"]>;
export type ProfileSecretRow = Selectable<CredentialsTables["profile_secrets"]>;
export type WebhookSecretRow = Selectable<CredentialsTables["webhook_secrets"]>;
export type SetupKeyRow = Selectable<CredentialsTables["setup_keys"]>;
export type OneTimeRow = Selectable<CredentialsTables["one_time_passwords"]>;

/** All SQL about secrets and certificates. What is secret comes and goes sealed. */
export class CredentialsStore {
  readonly #db: Kysely<CredentialsTables>;
  readonly #secrets = gatheredRows(
    (devices) =>
      this.#db
        .selectFrom("device_secrets")
        .selectAll()
        .where("device", "in", [...devices])
        .execute(),
    ({ device }) => device,
  );

  constructor(postgres: Postgres) {
    this.#db = postgres.kysely<CredentialsTables>();
  }

  async secretsOf(device: string, tx?: Tx): Promise<readonly SecretRow[]> {
    if (tx === undefined) return this.#secrets.ask(device);
    return this.#in(tx).selectFrom("device_secrets").selectAll().where("device", "=", device).execute();
  }

  /** @returns false when the device has an open secret of that kind already */
  async insertSecret(tx: Tx, row: SecretRow): Promise<boolean> {
    const { numInsertedOrUpdatedRows: count } = await this.#in(tx)
      .insertInto("device_secrets")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (count ?? 0n) > 0n;
  }

  /** Many at once, of devices that have none of that kind. */
  async insertSecrets(tx: Tx, rows: readonly SecretRow[]): Promise<void> {
    if (rows.length > 0) await this.#in(tx).insertInto("device_secrets").values(rows).execute();
  }

  /** The confirmed secrets of that kind that those devices have. */
  confirmedAmong(tx: Tx, kind: SecretKind, devices: readonly string[]): Promise<SecretRow[]> {
    return this.#in(tx)
      .selectFrom("device_secrets")
      .selectAll()
      .where("kind", "=", kind)
      .where("state", "=", "confirmed")
      .where((of) => of("device", "=", of.fn.any(of.val([...devices]))))
      .execute();
  }

  async setSecretState(tx: Tx, id: string, state: SecretState, at: Date): Promise<void> {
    await this.#in(tx).updateTable("device_secrets").set({ state, changed_at: at }).where("id", "=", id).execute();
  }

  /** Devices whose confirmed secret of that kind was made before, the oldest first. */
  async confirmedBefore(kind: SecretKind, at: Date): Promise<string[]> {
    const rows = await this.#db
      .selectFrom("device_secrets")
      .select("device")
      .where("kind", "=", kind)
      .where("state", "=", "confirmed")
      .where("made_at", "<", at)
      .orderBy("made_at")
      .execute();
    return rows.map(({ device }) => device);
  }

  async removeSecret(tx: Tx, id: string): Promise<void> {
    await this.#in(tx).deleteFrom("device_secrets").where("id", "=", id).execute();
  }

  profileSecrets(profile: string): Promise<ProfileSecretRow[]> {
    return this.#db.selectFrom("profile_secrets").selectAll().where("profile", "=", profile).orderBy("name").execute();
  }

  async putProfileSecret(tx: Tx, row: ProfileSecretRow): Promise<void> {
    const { sealed, changed_at } = row;
    await this.#in(tx)
      .insertInto("profile_secrets")
      .values(row)
      .onConflict((conflict) => conflict.columns(["profile", "name"]).doUpdateSet({ sealed, changed_at }))
      .execute();
  }

  async directorySecret(realm: string): Promise<Uint8Array | undefined> {
    const row = await this.#db
      .selectFrom("directory_secrets")
      .select("sealed")
      .where("realm", "=", realm)
      .executeTakeFirst();
    return row?.sealed;
  }

  async putDirectorySecret(tx: Tx, realm: string, sealed: Uint8Array, at: Date): Promise<void> {
    await this.#in(tx)
      .insertInto("directory_secrets")
      .values({ realm, sealed, changed_at: at })
      .onConflict((conflict) => conflict.column("realm").doUpdateSet({ sealed, changed_at: at }))
      .execute();
  }

  async removeDirectorySecret(tx: Tx, realm: string): Promise<void> {
    await this.#in(tx).deleteFrom("directory_secrets").where("realm", "=", realm).execute();
  }

  async authority(name: string): Promise<AuthorityRow | undefined> {
    return this.#db.selectFrom("authorities").selectAll().where("name", "=", name).executeTakeFirst();
  }

  /** Does nothing when there is one of that name: two servers may start at once on a fresh database. */
  async insertAuthority(row: AuthorityRow): Promise<void> {
    await this.#db
      .insertInto("authorities")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  setupCertificates(): Promise<SetupCertificateRow[]> {
    return this.#db.selectFrom("setup_certificates").selectAll().orderBy("added_at").orderBy("id").execute();
  }

  /** @returns false when this certificate, or an own one for that domain, is there already */
  async insertSetupCertificate(row: SetupCertificateRow, tx?: Tx): Promise<boolean> {
    const { numInsertedOrUpdatedRows: count } = await this.#in(tx)
      .insertInto("setup_certificates")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (count ?? 0n) > 0n;
  }

  setupCertificate(id: string, tx?: Tx): Promise<SetupCertificateRow | undefined> {
    return this.#in(tx).selectFrom("setup_certificates").selectAll().where("id", "=", id).executeTakeFirst();
  }

  async renameSetupCertificate(tx: Tx, id: string, name: string): Promise<void> {
    await this.#in(tx).updateTable("setup_certificates").set({ name }).where("id", "=", id).execute();
  }

  async removeSetupCertificate(id: string, tx?: Tx): Promise<void> {
    await this.#in(tx).deleteFrom("setup_certificates").where("id", "=", id).execute();
  }

  setupKeys(batch: string | undefined): Promise<SetupKeyRow[]> {
    const all = this.#db.selectFrom("setup_keys").selectAll().orderBy("made_at").orderBy("pid");
    return (batch === undefined ? all : all.where("batch", "=", batch)).execute();
  }

  setupKey(pid: string, tx?: Tx): Promise<SetupKeyRow | undefined> {
    return this.#in(tx).selectFrom("setup_keys").selectAll().where("pid", "=", pid).executeTakeFirst();
  }

  /** @returns false when there is a pair of that name already */
  async insertSetupKey(tx: Tx, row: SetupKeyRow): Promise<boolean> {
    const { numInsertedOrUpdatedRows: count } = await this.#in(tx)
      .insertInto("setup_keys")
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst();
    return (count ?? 0n) > 0n;
  }

  async removeSetupKeys(tx: Tx, pids: readonly string[]): Promise<string[]> {
    const rows = await this.#in(tx)
      .deleteFrom("setup_keys")
      .where((of) => of("pid", "=", of.fn.any(of.val([...pids]))))
      .returning("pid")
      .execute();
    return rows.map(({ pid }) => pid);
  }

  async useSetupKey(tx: Tx, pid: string, device: string, at: Date): Promise<void> {
    await this.#in(tx).updateTable("setup_keys").set({ device, used_at: at }).where("pid", "=", pid).execute();
  }

  async putWebhookSecret(tx: Tx, row: WebhookSecretRow): Promise<void> {
    const { sealed, changed_at } = row;
    await this.#in(tx)
      .insertInto("webhook_secrets")
      .values(row)
      .onConflict((conflict) => conflict.column("rule").doUpdateSet({ sealed, changed_at }))
      .execute();
  }

  webhookSecret(rule: string): Promise<WebhookSecretRow | undefined> {
    return this.#db.selectFrom("webhook_secrets").selectAll().where("rule", "=", rule).executeTakeFirst();
  }

  async rulesWithSecret(): Promise<string[]> {
    return (await this.#db.selectFrom("webhook_secrets").select("rule").execute()).map(({ rule }) => rule);
  }

  async removeOtherWebhookSecrets(tx: Tx, rules: readonly string[]): Promise<void> {
    const all = this.#in(tx).deleteFrom("webhook_secrets");
    await (rules.length === 0 ? all : all.where("rule", "not in", rules)).execute();
  }

  /** The newest first. */
  oneTimeOf(device: string, tx?: Tx): Promise<OneTimeRow[]> {
    const query = this.#in(tx).selectFrom("one_time_passwords").selectAll().where("device", "=", device);
    return query.orderBy("made_at", "desc").orderBy("id").execute();
  }

  /** @param remembered how many of the device's are kept */
  async insertOneTime(tx: Tx, row: OneTimeRow, remembered: number): Promise<void> {
    await this.#in(tx).insertInto("one_time_passwords").values(row).execute();
    const old = (await this.oneTimeOf(row.device, tx)).slice(remembered).map(({ id }) => id);
    if (old.length > 0) await this.#in(tx).deleteFrom("one_time_passwords").where("id", "in", old).execute();
  }

  /** Those that are still good are so no more. */
  async replaceOneTime(tx: Tx, device: string, at: Date): Promise<void> {
    await this.#in(tx)
      .updateTable("one_time_passwords")
      .set({ state: "replaced", changed_at: at })
      .where("device", "=", device)
      .where("state", "in", ["made", "proven"])
      .execute();
  }

  async setOneTimeState(tx: Tx, id: string, state: OneTimeState, at: Date): Promise<void> {
    await this.#in(tx).updateTable("one_time_passwords").set({ state, changed_at: at }).where("id", "=", id).execute();
  }

  async removeOneTimeOf(tx: Tx, device: string): Promise<void> {
    await this.#in(tx).deleteFrom("one_time_passwords").where("device", "=", device).execute();
  }

  async removeSecretsOf(tx: Tx, device: string): Promise<number> {
    const query = this.#in(tx).deleteFrom("device_secrets").where("device", "=", device);
    return Number((await query.executeTakeFirst()).numDeletedRows);
  }

  #in(tx: Tx | undefined): Kysely<CredentialsTables> {
    return tx === undefined ? this.#db : tables<CredentialsTables>(tx);
  }
}

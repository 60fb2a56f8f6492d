import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Passwords of the accounts that a profile names: "account/NAME". */
export const accountSecrets: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table device_secrets drop constraint device_secrets_kind_check`.execute(db);
    await sql`
      alter table device_secrets add constraint device_secrets_kind_check
      check (kind in ('admin-password', 'mebx-password') or kind like 'account/_%')`.execute(db);
  },
};

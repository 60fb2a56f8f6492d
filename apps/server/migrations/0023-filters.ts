import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** Collections by filter, in place of queries of four conditions; and tags to filter by. */
export const filters: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`alter table devices add column tags text[] not null default '{}'`.execute(db);
    await sql`alter table collections add column filter text`.execute(db);
    await sql`
      update collections set filter = array_to_string(array[
        'state in (' || (select string_agg(value, ', ') from jsonb_array_elements_text(query->'state')) || ')',
        'power in (' || (select string_agg(value, ', ') from jsonb_array_elements_text(query->'power')) || ')',
        '"' || replace(replace(query->>'search', '\\', '\\\\'), '"', '\\"') || '"',
        'release = ' || nullif(regexp_replace(query->>'release', '[^0-9]*$|[^0-9.]', '', 'g'), '')
      ], ' and ')
      where kind = 'query'`.execute(db);
    await sql`alter table collections drop column query`.execute(db);
  },
};

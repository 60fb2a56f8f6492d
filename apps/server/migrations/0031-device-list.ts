import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * The list of many devices: pages by index, and what filters would work out for each row anew worked out once. What changes with every answer of a
 * device (power, when it was last seen) is in no index, so that such a change touches the row alone; the room that it wants is left in each page.
 */
export const deviceList: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    await sql`
      alter table devices
        -- Four numbers, as filter.store.ts reads them; null for a name.
        add column address_number inet generated always as (
          case when address ~ '^((0|[1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5])(\\.|$)){4}$' then address::inet end) stored,
        add column release_numbers integer[] generated always as (
          case when release ~ '^\\d{1,9}(\\.\\d{1,9}){0,5}$' then string_to_array(release, '.')::integer[] end) stored,
        -- What a search looks through, in the filter language's order.
        add column search_text text collate "C" generated always as (
          lower((coalesce(host_name, '') || chr(10) || coalesce(address, '') || chr(10) || uuid::text || chr(10)
            || coalesce(release, '') || chr(10) || coalesce(model, '')) collate "C")) stored`.execute(db);
    await sql`alter table devices set (fillfactor = 80)`.execute(db);
    // Unknown ones come last in both directions, so a column that can be unknown has an index for each.
    for (const column of ["host_name", "address_number", "release", "model"]) {
      const [up, down] = [sql.id(`devices_up_${column}`), sql.id(`devices_down_${column}`)];
      await sql`create index ${up} on devices (${sql.id(column)}, uuid) where state <> 'retired'`.execute(db);
      await sql`create index ${down} on devices (${sql.id(column)} desc nulls last, uuid desc) where state <> 'retired'`.execute(
        db,
      );
    }
    await sql`create index devices_up_state on devices (state, uuid)`.execute(db);
    await sql`drop index devices_host_name`.execute(db);
  },
};

import type { Collection, CollectionQuery } from "@vigil/api/resources/collections.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { matches, type DeviceFilter, type DeviceRecord, type Devices } from "../devices/devices.ts";
import { fail } from "../errors.ts";
import { CollectionsStore, type CollectionRow } from "./collections.store.ts";

/** Collections that are always there, and what they hold. */
const builtIn: readonly CollectionRow[] = [
  { name: "All", kind: "query", query: {} },
  { name: "Not provisioned", kind: "query", query: { state: ["factory", "provisioning", "failed"] } },
  { name: "Provisioned", kind: "query", query: { state: ["provisioned"] } },
];

/** Sets of devices, by list or by query. A query is asked anew each time; nothing has to be kept current. */
export class Collections {
  readonly #store: CollectionsStore;
  readonly #postgres: Postgres;
  readonly #devices: Devices;
  readonly #audit: Audit;
  readonly #clock: Clock;

  constructor(deps: {
    readonly postgres: Postgres;
    readonly devices: Devices;
    readonly audit: Audit;
    readonly clock: Clock;
  }) {
    this.#store = new CollectionsStore(deps.postgres);
    this.#postgres = deps.postgres;
    this.#devices = deps.devices;
    this.#audit = deps.audit;
    this.#clock = deps.clock;
  }

  async list(): Promise<Collection[]> {
    const all = await this.#all();
    return Promise.all(all.map((row) => this.#shown(row)));
  }

  /** @throws collections.unknown (caller) */
  async show(name: string): Promise<Collection> {
    return this.#shown(await this.#named(name));
  }

  /** @throws collections.taken (caller) */
  async create(
    actor: string,
    wanted: { name: string; query?: CollectionQuery; devices?: readonly string[] },
  ): Promise<Collection> {
    const all = await this.#all();
    if (all.some((one) => isSame(one.name, wanted.name)))
      throw fail("collections.taken", { details: { name: wanted.name } });
    const { name, devices: members } = wanted;
    const row: CollectionRow =
      members === undefined ? { name, kind: "query", query: wanted.query ?? {} } : { name, kind: "list", query: null };
    if (members !== undefined) await this.#devices.find(members);
    await this.#postgres.transaction(async (tx) => {
      await this.#store.insert(tx, row, new Date(this.#clock.now()), members ?? []);
      const summary = `Made the collection ${row.name}`;
      await this.#audit.write(tx, { actor, action: "collection.created", summary, details: { name: row.name } });
    });
    return this.#shown(row);
  }

  /** @throws collections.unknown, collections.built-in (caller) */
  async remove(actor: string, name: string): Promise<void> {
    const row = await this.#named(name);
    if (builtIn.includes(row)) throw fail("collections.built-in", { details: { name: row.name } });
    await this.#postgres.transaction(async (tx) => {
      await this.#store.remove(tx, row.name);
      const summary = `Removed the collection ${row.name}`;
      await this.#audit.write(tx, { actor, action: "collection.removed", summary, details: { name: row.name } });
    });
  }

  /** Which devices it holds. @throws collections.unknown (caller) */
  async filterOf(name: string): Promise<DeviceFilter> {
    return this.#filter(await this.#named(name));
  }

  /** Names of the collections that each device is in. */
  async namesFor(devices: readonly DeviceRecord[]): Promise<readonly (readonly string[])[]> {
    const all = await this.#all();
    const memberships = await this.#store.memberships(devices.map((one) => one.uuid));
    return devices.map((device) =>
      all
        .filter(({ name, kind, query }) =>
          kind === "list"
            ? memberships.some((one) => one.collection === name && one.device === device.uuid)
            : matches(device, filterOfQuery(query ?? {})),
        )
        .map(({ name }) => name),
    );
  }

  async #all(): Promise<readonly CollectionRow[]> {
    return [...builtIn, ...(await this.#store.list())];
  }

  async #named(name: string): Promise<CollectionRow> {
    const all = await this.#all();
    const found = all.find((one) => isSame(one.name, name));
    if (found === undefined) {
      throw fail("collections.unknown", { details: { name, known: all.map((one) => one.name).slice(0, 20) } });
    }
    return found;
  }

  async #filter(row: CollectionRow): Promise<DeviceFilter> {
    return row.kind === "list" ? { uuids: await this.#store.members(row.name) } : filterOfQuery(row.query ?? {});
  }

  async #shown(row: CollectionRow): Promise<Collection> {
    const count = await this.#devices.count(await this.#filter(row));
    return { name: row.name, isBuiltIn: builtIn.includes(row), kind: row.kind, query: row.query, count };
  }
}

function filterOfQuery(query: CollectionQuery): DeviceFilter {
  return {
    ...(query.state === undefined ? {} : { states: query.state }),
    ...(query.power === undefined ? {} : { powers: query.power }),
    ...(query.search === undefined ? {} : { search: query.search }),
    ...(query.release === undefined ? {} : { release: query.release }),
  };
}

function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

import { explain, type ExplainedPart } from "@vigil/api/filter/explain.ts";
import type { Expression } from "@vigil/api/filter/expression.ts";
import { parseFilter } from "@vigil/api/filter/parse.ts";
import { printFilter } from "@vigil/api/filter/print.ts";
import type { Collection } from "@vigil/api/resources/collections.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { factsOf, matches, type DeviceFilter, type DeviceRecord, type Devices } from "../devices/devices.ts";
import { fail } from "../errors.ts";
import { CollectionsStore, type CollectionRow } from "./collections.store.ts";
import { collectionsIn, resolved, type Held } from "./resolve.ts";

/** Collections that are always there, and what they hold. */
const builtIn: readonly CollectionRow[] = [
  { name: "All", kind: "query", filter: "" },
  { name: "Not provisioned", kind: "query", filter: "state in (factory, provisioning, failed)" },
  { name: "Provisioned", kind: "query", filter: "state = provisioned" },
];

/** The uuids that a list of that name holds. */
type MembersOf = (name: string) => Promise<readonly string[]>;

/** What somebody wants to have as a collection: one of the two. */
export interface Wanted {
  readonly filter?: string;
  /** UUIDs, host names or addresses. */
  readonly devices?: readonly string[];
}

/** Sets of devices, by list or by filter. A filter is asked anew each time; nothing has to be kept current. */
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
    return Promise.all(all.map((row) => this.#shown(row, all)));
  }

  /** @throws collections.unknown (caller) */
  async show(name: string): Promise<Collection> {
    const all = await this.#all();
    return this.#shown(named(all, name), all);
  }

  /** @throws collections.taken, collections.unclear, collections.unknown, collections.ring, filter.*, devices.unknown (caller) */
  async create(actor: string, name: string, wanted: Wanted): Promise<Collection> {
    const all = await this.#all();
    if (all.some((one) => isSame(one.name, name))) throw fail("collections.taken", { details: { name } });
    const { row, members } = await this.#rowOf(name, wanted, all);
    await this.#postgres.transaction(async (tx) => {
      await this.#store.insert(tx, row, new Date(this.#clock.now()), members);
      await this.#audit.write(tx, { actor, action: "collection.created", ...said("Made", row) });
    });
    return this.show(name);
  }

  /** Gives it other devices; its name stays. @throws as create(), collections.built-in (caller) */
  async change(actor: string, name: string, wanted: Wanted): Promise<Collection> {
    const all = await this.#all();
    const before = named(all, name);
    if (builtIn.includes(before)) throw fail("collections.built-in", { details: { name: before.name } });
    const { row, members } = await this.#rowOf(before.name, wanted, all);
    await this.#postgres.transaction(async (tx) => {
      await this.#store.change(tx, row, members);
      await this.#audit.write(tx, { actor, action: "collection.changed", ...said("Changed", row) });
    });
    return this.show(row.name);
  }

  /** @throws collections.unknown, collections.built-in, collections.in-use (caller) */
  async remove(actor: string, name: string): Promise<void> {
    const all = await this.#all();
    const row = named(all, name);
    if (builtIn.includes(row)) throw fail("collections.built-in", { details: { name: row.name } });
    const users = all.filter((one) => namesIn(one).some((used) => isSame(used, row.name)));
    if (users.length > 0) {
      throw fail("collections.in-use", { details: { name: row.name, by: users.map((one) => one.name) } });
    }
    await this.#postgres.transaction(async (tx) => {
      await this.#store.remove(tx, row.name);
      await this.#audit.write(tx, { actor, action: "collection.removed", ...said("Removed", row) });
    });
  }

  /** Which devices it holds. @throws collections.unknown (caller) */
  async filterOf(name: string): Promise<DeviceFilter> {
    const all = await this.#all();
    return this.#filter(named(all, name), all);
  }

  /** A filter without names of collections. @throws collections.unknown, collections.ring, collections.pattern (caller) */
  async resolved(filter: Expression): Promise<Expression> {
    if (collectionsIn(filter).length === 0) return resolved(filter, unreached);
    return resolved(
      filter,
      heldBy(await this.#all(), (name) => this.#store.members(name)),
    );
  }

  /** What a filter holds before it is made a collection. @returns how it is understood, how many and the first few */
  async preview(
    text: string,
    limit: number,
  ): Promise<{ readonly filter: string; readonly count: number; readonly items: readonly DeviceRecord[] }> {
    const filter = parseFilter(text);
    const where = await this.resolved(filter);
    const page = { sort: "hostName", order: "asc", limit, offset: 0 } as const;
    const { items, total } = await this.#devices.list({ where }, page);
    return { filter: printFilter(filter), count: total, items };
  }

  /** Why a device is in a collection or not. @throws collections.unknown, devices.unknown (caller) */
  async explain(name: string, uuid: string): Promise<readonly ExplainedPart[]> {
    const all = await this.#all();
    const row = named(all, name);
    const device = await this.#devices.get(uuid);
    const filter = filterIn(row);
    const membersOf = await this.#membersAmong([uuid]);
    if (filter === undefined) {
      const isListed = (await membersOf(row.name)).includes(uuid);
      return [{ depth: 0, text: `listed in "${row.name}"`, holds: isListed }];
    }
    const where = await resolved(filter, heldBy(all, membersOf));
    return explain(where, factsOf(device), this.#clock.now());
  }

  /** Names of the collections that each device is in. */
  async namesFor(devices: readonly DeviceRecord[]): Promise<readonly (readonly string[])[]> {
    const all = await this.#all();
    const now = this.#clock.now();
    const membersOf = await this.#membersAmong(devices.map(({ uuid }) => uuid));
    const filters = await Promise.all(all.map((row) => this.#filter(row, all, membersOf)));
    return devices.map((device) => {
      const facts = factsOf(device);
      return all
        .filter((_, index) => matches(device, filters[index] ?? { uuids: [] }, now, facts))
        .map(({ name }) => name);
    });
  }

  /** What lists hold of these devices, asked for once. */
  async #membersAmong(uuids: readonly string[]): Promise<MembersOf> {
    const held = await this.#store.membersAmong(uuids);
    return (name) => Promise.resolve(held.get(name) ?? []);
  }

  async #all(): Promise<readonly CollectionRow[]> {
    return [...builtIn, ...(await this.#store.list())];
  }

  async #filter(
    row: CollectionRow,
    all: readonly CollectionRow[],
    membersOf: MembersOf = (name) => this.#store.members(name),
  ): Promise<DeviceFilter> {
    const filter = filterIn(row);
    if (filter === undefined) return { uuids: await membersOf(row.name) };
    return { where: await resolved(filter, heldBy(all, membersOf), [row.name]) };
  }

  async #rowOf(
    name: string,
    { filter, devices }: Wanted,
    all: readonly CollectionRow[],
  ): Promise<{ readonly row: CollectionRow; readonly members: readonly string[] }> {
    if ((filter === undefined) === (devices === undefined)) throw fail("collections.unclear", { details: { name } });
    if (devices !== undefined) {
      const found = await this.#devices.find(devices);
      return { row: { name, kind: "list", filter: null }, members: found.map(({ uuid }) => uuid) };
    }
    // Looked into as if it stood already: what leads back to it is a ring.
    const parsed = parseFilter(filter ?? "");
    const row = { name, kind: "query" as const, filter: printFilter(parsed) };
    const others = all.filter((one) => !isSame(one.name, name));
    await resolved(
      parsed,
      heldBy([...others, row], () => Promise.resolve([])),
      [name],
    );
    return { row, members: [] };
  }

  async #shown(row: CollectionRow, all: readonly CollectionRow[]): Promise<Collection> {
    const { name, kind, filter } = row;
    const count = await this.#devices.count(await this.#filter(row, all));
    return { name, isBuiltIn: builtIn.includes(row), kind, filter, count };
  }
}

function heldBy(all: readonly CollectionRow[], membersOf: MembersOf): (name: string) => Promise<Held> {
  return async (name) => {
    const row = named(all, name);
    const filter = filterIn(row);
    return filter === undefined ? { uuids: await membersOf(row.name) } : { filter };
  };
}

function named(all: readonly CollectionRow[], name: string): CollectionRow {
  const found = all.find((one) => isSame(one.name, name));
  if (found !== undefined) return found;
  throw fail("collections.unknown", { details: { name, known: all.map((one) => one.name).slice(0, 20) } });
}

/** Undefined for a list. What is stored was read before, so it can be read again. */
function filterIn({ kind, filter }: CollectionRow): Expression | undefined {
  return kind === "list" ? undefined : parseFilter(filter ?? "");
}

function namesIn(row: CollectionRow): readonly string[] {
  const filter = filterIn(row);
  return filter === undefined ? [] : collectionsIn(filter);
}

function said(verb: string, { name, filter }: CollectionRow) {
  return { summary: `${verb} the collection ${name}`, details: { name, ...(filter === null ? {} : { filter }) } };
}

function isSame(name: string, other: string): boolean {
  return name.toLowerCase() === other.toLowerCase();
}

function unreached(name: string): Promise<never> {
  return Promise.reject(fail("collections.unknown", { details: { name } }));
}

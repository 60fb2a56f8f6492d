import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { fail } from "./errors.ts";
import type { FirmwareState } from "./firmware/state.ts";

/** Where a fleet's devices keep their state. */
export interface Flash {
  /** The fleet's seed: the same machines at every start. */
  readonly seed: string;
  load(uuid: string): FirmwareState | undefined;
  save(uuid: string, state: FirmwareState): void;
  close(): void;
}

/** Forgets everything when the process ends. */
export function memoryFlash(seed: string): Flash {
  return { seed, load: () => undefined, save: () => {}, close: () => {} };
}

/**
 * Keeps the state in a folder. A saved state is there after kill -9 of the process; one process has the folder at a time.
 * @throws virtual.flash.in-use (caller)
 */
export function folderFlash(directory: string, newSeed: string): Flash {
  mkdirSync(directory, { recursive: true });
  const database = new DatabaseSync(join(directory, "flash.sqlite"), { timeout: 0 });
  try {
    database.exec("pragma locking_mode = exclusive; pragma journal_mode = wal; pragma synchronous = normal");
    database.exec("create table if not exists device (uuid text primary key, state text not null) without rowid");
    database.exec("create table if not exists fleet (seed text not null)");
    database.exec("begin immediate; commit");
  } catch (cause) {
    database.close();
    throw fail("virtual.flash.in-use", { details: { directory }, cause });
  }
  const read = database.prepare("select state from device where uuid = ?");
  const write = database.prepare(
    "insert into device values (?, ?) on conflict (uuid) do update set state = excluded.state",
  );
  return {
    seed: seedOf(database, newSeed),
    load: (uuid) => stateIn(read, uuid),
    save: (uuid, state) => void write.run(uuid, JSON.stringify(state)),
    close: () => database.close(),
  };
}

function seedOf(database: DatabaseSync, newSeed: string): string {
  const seed = database.prepare("select seed from fleet").get()?.["seed"];
  if (typeof seed === "string") return seed;
  database.prepare("insert into fleet values (?)").run(newSeed);
  return newSeed;
}

function stateIn(read: StatementSync, uuid: string): FirmwareState | undefined {
  const text = read.get(uuid)?.["state"];
  if (typeof text !== "string") return undefined;
  // Only save() above writes this column.
  return JSON.parse(text) as FirmwareState;
}

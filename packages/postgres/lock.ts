import { mkdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { fail } from "./errors.ts";

/**
 * Keeps a second process out of a folder. The operating system holds the lock, so it ends with the process, however that ends.
 * PGlite itself lets two processes in, and then loses rows.
 * @returns lets go of it
 * @throws postgres.directory.in-use (caller)
 */
export function lockDirectory(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const lock = new DatabaseSync(`${directory}.lock`, { timeout: 0 });
  try {
    lock.exec("pragma locking_mode = exclusive; begin exclusive; create table if not exists held (at text); commit");
  } catch (cause) {
    lock.close();
    throw fail("postgres.directory.in-use", { details: { directory }, cause });
  }
  return () => lock.close();
}

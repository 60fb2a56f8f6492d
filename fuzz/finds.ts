import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

const folder = join(import.meta.dirname, "finds");

/** An input that was found once; it is thrown again at every run of the tests. */
export interface Kept {
  readonly target: string;
  /** finds/TARGET/HASH.bin */
  readonly path: string;
  readonly input: Uint8Array;
}

/** @returns where it is kept from now on */
export function keepFind(target: string, input: Uint8Array): string {
  const name = createHash("sha256").update(input).digest("hex").slice(0, 16);
  const path = join(folder, target, `${name}.bin`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, input);
  return path;
}

export function keptFinds(): readonly Kept[] {
  if (!existsSync(folder)) return [];
  return globSync("*/*.bin", { cwd: folder })
    .toSorted()
    .map((path) => ({
      target: basename(dirname(path)),
      path: join("finds", path),
      input: readFileSync(join(folder, path)),
    }));
}

import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../packages/wire/goldens");

/** Recorded messages. @param pattern below packages/wire/goldens; .hex files as the bytes that they spell */
export function goldens(pattern: string): readonly Uint8Array[] {
  return globSync(pattern, { cwd: folder })
    .toSorted()
    .map((name) => {
      const bytes = readFileSync(join(folder, name));
      return name.endsWith(".hex") ? Buffer.from(bytes.toString("latin1").replaceAll(/\s/g, ""), "hex") : bytes;
    });
}

/** @returns every `step`th of them */
export function some<T>(all: readonly T[], step: number): readonly T[] {
  return all.filter((_one, index) => index % step === 0);
}

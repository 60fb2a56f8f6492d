import { closeSync, openSync, writeSync } from "node:fs";
import { csvOf, type Cell } from "@vigil/api/csv.ts";
import { fail } from "./errors.ts";

/**
 * Writes items page by page into a file that its owner alone may read: as CSV or JSON, by the file's name.
 * @returns how many @throws cli.usage.wrong for another name
 */
export async function writeExport<T>(
  path: string,
  pages: AsyncIterable<readonly T[]>,
  columns: { readonly heading: readonly string[]; readonly row: (item: T) => readonly Cell[] },
): Promise<number> {
  const isCsv = path.toLowerCase().endsWith(".csv");
  if (!isCsv && !path.toLowerCase().endsWith(".json")) {
    throw fail("cli.usage.wrong", { message: `--export takes a file named .csv or .json, not ${path}` });
  }
  const file = openSync(path, "w", 0o600);
  let count = 0;
  try {
    writeSync(file, isCsv ? csvOf([columns.heading]) : "[");
    for await (const items of pages) {
      const lines = items.map((item, index) => `${count + index === 0 ? "\n" : ",\n"}${JSON.stringify(item)}`);
      writeSync(file, isCsv ? csvOf(items.map(columns.row)) : lines.join(""));
      count += items.length;
    }
    if (!isCsv) writeSync(file, "\n]\n");
  } finally {
    closeSync(file);
  }
  return count;
}

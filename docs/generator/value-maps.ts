import * as maps from "@vigil/model/value-maps.ts";
import { code, table } from "./markdown.ts";

/** The value maps that classes share. */
export function valueMaps(): string {
  const rows = Object.entries(maps).map(([name, map]) => [
    code(name),
    Object.entries(map)
      .map(([word, number]) => `${number} ${word}`)
      .join(", "),
  ]);
  return table(["map", "values"], rows);
}

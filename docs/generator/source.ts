import { globSync, readFileSync } from "node:fs";

/** The paths of a pattern in order, tests left out. */
export function filesOf(pattern: string): readonly string[] {
  return globSync(pattern, { exclude: (name) => name === "node_modules" || name === "dist" })
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .sort();
}

/** Names of the model's classes that a source file imports as values. */
export function classesImportedBy(text: string): readonly string[] {
  const found = text.matchAll(/^import (?!type\b)[^;]*? from "@vigil\/model\/(?:amt|cim|ips)\/(\w+)\.ts";/gm);
  return [...new Set([...found].map((match) => match[1] ?? ""))];
}

/** The text of the comment that stands right before an export, without its sources; empty when there is none. */
export function docstringOf(path: string, exported: RegExp): string {
  const text = readFileSync(path, "utf8");
  const at = exported.exec(text)?.index ?? -1;
  const before = text.slice(0, Math.max(at, 0)).trimEnd();
  if (!before.endsWith("*/")) return "";
  return proseOf(before.slice(before.lastIndexOf("/**")));
}

/** A comment as prose: without stars, tags and what follows the first tag. */
function proseOf(comment: string): string {
  return comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .replaceAll(/^\s*\* ?/gm, "")
    .replace(/@(source|param|returns|throws)[\s\S]*$/, "")
    .replaceAll(/\s+/g, " ")
    .trim();
}

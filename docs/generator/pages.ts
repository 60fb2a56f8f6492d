import { existsSync, readFileSync } from "node:fs";
import { readCapabilities, type Capability } from "./capabilities.ts";
import { classesOf } from "./capability-page.ts";
import { classList } from "./class-list.ts";
import { valueMaps } from "./value-maps.ts";
import { changesOfClasses, mannersTable } from "./generations.ts";
import { generated, table, withPart } from "./markdown.ts";
import { unverifiedRemarks } from "./unverified.ts";

const home = "docs/protocol";

/** Pages with generated parts, as they should be: path -> text. A page that is not there is begun. */
export async function writtenPages(): Promise<ReadonlyMap<string, string>> {
  const capabilities = await readCapabilities();
  return new Map([
    ...capabilities.map((one) => page(pathOf(one), { classes: classesOf(one, capabilities) }, beginningOf(one))),
    page(`${home}/README.md`, { capabilities: indexOf(capabilities) }),
    page(`${home}/classes.md`, { classes: classList(capabilities), values: valueMaps() }),
    page(`${home}/generations.md`, { manners: mannersTable(), changes: changesOfClasses() }),
    page(`${home}/virtual-device.md`, { unverified: unverifiedRemarks() }),
  ]);
}

function pathOf({ name }: Capability): string {
  return `${home}/${name}.md`;
}

function page(path: string, parts: Readonly<Record<string, string>>, beginning = ""): readonly [string, string] {
  const text = existsSync(path) ? readFileSync(path, "utf8") : beginning;
  return [path, Object.entries(parts).reduce((so, [part, content]) => withPart(so, part, content), text)];
}

/** A new page: what only a person can write is missing. */
function beginningOf({ name, purpose }: Capability): string {
  const title = name.charAt(0).toUpperCase() + name.slice(1).replaceAll("-", " ");
  return `# ${title}\n\n${purpose}\n\n## Classes\n\n${generated("classes", "")}\n`;
}

function indexOf(capabilities: readonly Capability[]): string {
  const rows = capabilities.map(({ name, purpose, asked, answered }) => [
    sectionOf(name),
    `[${name}.md](${name}.md)`,
    purpose,
    String(new Set([...asked, ...answered].map(({ definition }) => definition)).size),
  ]);
  return table(["section", "page", "what", "classes"], rows);
}

/** The section number in a page's title. */
function sectionOf(name: string): string {
  const path = `${home}/${name}.md`;
  return existsSync(path) ? (/^# .*\(([A-Z]\.\d+)\)/.exec(readFileSync(path, "utf8"))?.[1] ?? "") : "";
}

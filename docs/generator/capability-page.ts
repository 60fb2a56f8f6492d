import { realms } from "@vigil/model/value-maps.ts";
import type { ClassDefinition } from "@vigil/model/define.ts";
import type { Capability } from "./capabilities.ts";
import { keysOf, membersInShort, membersOf, purposeOf, releasesOf } from "./declared.ts";
import { code, table } from "./markdown.ts";

/** One class of a capability, seen from both sides. */
interface Row {
  readonly definition: ClassDefinition;
  readonly asked: readonly string[];
  readonly properties: ReadonlySet<string>;
  readonly answered: readonly string[];
  /** The capability whose page tells how it is answered. */
  readonly elsewhere: string | undefined;
  readonly realm: string;
}

/** The generated part of a capability's page: its classes, and what of them is spoken. */
export function classesOf(capability: Capability, all: readonly Capability[]): string {
  const rows = rowsOf(capability, all);
  const asked = rows.filter((row) => row.asked.length > 0);
  const only = rows.filter((row) => row.asked.length === 0);
  const parts = [overview(rows), ...asked.map(inFull)];
  if (only.length > 0) {
    const text = "Answered by virtual devices; the client does not ask for them here.";
    parts.push("### Answered only", text, ...only.map(inShort));
  }
  return parts.join("\n\n");
}

function rowsOf({ asked, answered }: Capability, capabilities: readonly Capability[]): readonly Row[] {
  const definitions = new Map([...asked, ...answered].map(({ definition }) => [definition.name, definition] as const));
  const all = [...definitions.values()].map((definition) => {
    const client = asked.find((one) => one.definition === definition);
    const device = answered.find((one) => one.definition === definition);
    return {
      definition,
      asked: client?.operations ?? [],
      properties: client?.properties ?? new Set<string>(),
      answered: device === undefined ? [] : [...device.supports, ...device.methods],
      elsewhere: device === undefined ? capabilities.find((one) => answers(one, definition))?.name : undefined,
      realm: device === undefined ? "" : realmName(device.realm),
    };
  });
  return all.sort((a, b) => (a.definition.name < b.definition.name ? -1 : 1));
}

function overview(rows: readonly Row[]): string {
  const heads = ["class", "releases", "keys", "asked for", "answered beyond Get and Enumerate", "realm"];
  return table(
    heads,
    rows.map(({ definition, asked, answered, elsewhere, realm }) => [
      code(definition.name),
      releasesOf(definition),
      keysOf(definition).map(code).join(", "),
      asked.join(", ") || "-",
      elsewhere === undefined ? answered.join(", ") || "-" : `see [${elsewhere}](${elsewhere}.md)`,
      realm,
    ]),
  );
}

function inFull({ definition, asked, answered, properties }: Row): string {
  const members = membersOf(definition, properties, [...asked, ...answered]);
  return `### ${definition.name}\n\n${purposeOf(definition)}.\n\n${members}`.trim();
}

function inShort({ definition, answered }: Row): string {
  const members = membersInShort(definition, answered);
  return `**${definition.name}**: ${purposeOf(definition)}.${members.startsWith("- ") ? "\n\n" : " "}${members}`.trim();
}

function answers({ answered }: Capability, definition: ClassDefinition): boolean {
  return answered.some((one) => one.definition === definition);
}

function realmName(realm: number): string {
  return Object.entries(realms).find(([, number]) => number === realm)?.[0] ?? String(realm);
}

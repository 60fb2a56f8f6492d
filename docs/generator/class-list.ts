import { readFileSync } from "node:fs";
import { allClasses } from "@vigil/model/classes.ts";
import type { ClassDefinition } from "@vigil/model/define.ts";
import { behaviors as amtBehaviors } from "@vigil/virtual-device/behaviors.ts";
import type { Capability } from "./capabilities.ts";
import { purposeOf, releasesOf } from "./declared.ts";
import { code, table } from "./markdown.ts";
import { generationNames, releaseOf } from "./releases.ts";
import { classesImportedBy, filesOf } from "./source.ts";

const families = [
  ["AMT", "AMT's own (`model/amt`)"],
  ["CIM", "DMTF's (`model/cim`)"],
  ["IPS", "Intel platform services (`model/ips`)"],
] as const;

/** One row for each class of the model. */
export function classList(capabilities: readonly Capability[]): string {
  const answers = answersOf(capabilities);
  return families
    .map(([family, title]) => {
      const rows = allClasses
        .filter(({ name }) => name.startsWith(family))
        .map((one) => [
          code(one.name),
          purposeOf(one),
          releasesOf(one),
          linksTo(capabilities.filter(({ asked }) => asked.some(({ definition }) => definition === one))) || "-",
          answers.get(one.name) ?? "nobody",
        ]);
      return `## ${title}\n\n${table(["class", "what it is for", "releases", "asked by", "answered by"], rows)}`;
    })
    .join("\n\n");
}

/** Classes that no virtual device answers for, delivers or has descendants of. */
export function unansweredClasses(capabilities: readonly Capability[]): readonly string[] {
  const answers = answersOf(capabilities);
  return allClasses.map(({ name }) => name).filter((name) => !answers.has(name));
}

function answersOf(capabilities: readonly Capability[]): ReadonlyMap<string, string> {
  const behaviors = new Map(
    generationNames
      .flatMap((name) => amtBehaviors.all(releaseOf(name)))
      .map(({ definition }) => [definition.name, definition]),
  );
  const delivered = filesOf("packages/virtual-device/{*,endpoints/*,firmware/*}.ts")
    .flatMap((path) => classesImportedBy(readFileSync(path, "utf8")))
    .flatMap((name) => allClasses.filter((one) => one.name === name && !behaviors.has(name)));
  const all = new Map<string, string>();
  for (const one of allClasses) {
    const by = capabilities.filter(({ answered }) => answered.some(({ definition }) => definition === one));
    if (by.length > 0) all.set(one.name, linksTo(by));
    else if (behaviors.has(one.name)) all.set(one.name, "[associations](virtual-device.md#associations)");
    else if (delivered.includes(one)) all.set(one.name, "sent with [events](events.md)");
    else if (isBaseOf(one, [...behaviors.values()])) all.set(one.name, "its subclasses");
    else if (isBaseOf(one, delivered)) all.set(one.name, "sent as its subclasses");
  }
  return all;
}

function isBaseOf({ name }: ClassDefinition, others: readonly ClassDefinition[]): boolean {
  return others.some(({ parents }) => parents.includes(name));
}

function linksTo(capabilities: readonly Capability[]): string {
  return capabilities.map(({ name }) => `[${name}](${name}.md)`).join(", ");
}

import { allClasses } from "@vigil/model/classes.ts";
import type { AnyProperty, ClassDefinition } from "@vigil/model/define.ts";
import { exists, type Lifetime } from "@vigil/model/firmware.ts";
import { mannersOf } from "@vigil/virtual-device/firmware/generation.ts";
import { code, table } from "./markdown.ts";
import { generationNames, releaseOf, type Generation } from "./releases.ts";

/** How each generation speaks. */
export function mannersTable(): string {
  const heads = ["generation", "release", "TLS", "plain 16992", "answers", "signs requests with", "classes"];
  const rows = generationNames.map((name) => {
    const { tls, hasPlainPorts, isChunked, requestHashes } = mannersOf(releaseOf(name));
    const versions = tls.min === tls.max ? tls.min : `${tls.min} to ${tls.max}`;
    return [
      name,
      releaseOf(name),
      versions.replaceAll("TLSv", "").replaceAll(/\b1\b(?!\.)/g, "1.0"),
      hasPlainPorts ? "open unless TLS closes them" : "closed always",
      isChunked ? "in chunks" : "with `Content-Length`",
      requestHashes.join(", "),
      String(classesOf(name).length),
    ];
  });
  const suites = generationNames.map((name) => `- ${name}: ${suitesOf(name).map(code).join(", ")}.`);
  return `${table(heads, rows)}\n\n### Cipher suites\n\nNames are OpenSSL's, in the order of preference.\n\n${suites.join("\n")}`;
}

/** What each generation has that the one before lacks, and the other way round. */
export function changesOfClasses(): string {
  return generationNames
    .slice(1)
    .map((name, index) => {
      const before = generationNames[index] ?? name;
      const parts = [
        changeLine("New classes", differing(allClasses.map(named), before, name)),
        changeLine("Gone classes", differing(allClasses.map(named), name, before)),
        changeLine("New members", differing(membersOf(before, name), before, name)),
        changeLine("Gone members", differing(membersOf(before, name), name, before)),
      ].filter((part) => part !== "");
      return `### From ${before} to ${name}\n\n${parts.join("\n") || "Nothing that the model knows of."}`;
    })
    .join("\n\n");
}

function suitesOf(generation: Generation): readonly string[] {
  const { ciphers } = mannersOf(releaseOf(generation)).tls;
  // What starts with @ is OpenSSL's own switch, no suite.
  return [...new Set(ciphers.split(":"))].filter((name) => !name.startsWith("@"));
}

interface Named {
  readonly name: string;
  readonly lifetime: Lifetime;
}

function named(one: ClassDefinition): Named {
  return { name: one.name, lifetime: one };
}

/** Properties of the classes that both generations have. */
function membersOf(before: Generation, after: Generation): readonly Named[] {
  const both = classesOf(before).filter((one) => classesOf(after).includes(one));
  return both.flatMap(({ name, properties }) =>
    Object.entries<AnyProperty>(properties).map(([member, { traits }]) => ({
      name: `${name}.${member}`,
      lifetime: traits,
    })),
  );
}

function differing(all: readonly Named[], without: Generation, having: Generation): readonly string[] {
  return all
    .filter(({ lifetime }) => exists(lifetime, releaseOf(having)) && !exists(lifetime, releaseOf(without)))
    .map(({ name }) => name);
}

function changeLine(title: string, names: readonly string[]): string {
  return names.length === 0 ? "" : `- ${title}: ${names.map(code).join(", ")}.`;
}

function classesOf(generation: Generation): readonly ClassDefinition[] {
  return allClasses.filter((one) => exists(one, releaseOf(generation)));
}

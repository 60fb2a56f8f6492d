import { classByName } from "@vigil/model/classes.ts";
import type { ClassDefinition } from "@vigil/model/define.ts";
import { classesImportedBy } from "./source.ts";

/** What one capability asks of one class. */
export interface Asked {
  readonly definition: ClassDefinition;
  /** "get", "enumerate" …, then names of methods. */
  readonly operations: readonly string[];
  /** Properties that the capability's source names; those of its methods' arguments are no properties. */
  readonly properties: ReadonlySet<string>;
}

const operations = { get: "get", enumerate: "enumerate", enumerateExactly: "enumerate", put: "put", putWhole: "put" };
const order = ["get", "enumerate", "put", "create", "delete"];

/** What a capability asks for, read from its source: calls of `#wsman` whose first argument is a class. */
export function askedIn(text: string): readonly Asked[] {
  const helpers = new Map([...text.matchAll(helper)].map((match) => [match[1] ?? "", match[2] ?? ""]));
  const all = new Map<string, Set<string>>();
  const note = (name: string, operation: string): void => {
    all.set(name, (all.get(name) ?? new Set<string>()).add(operation));
  };
  for (const match of text.matchAll(/this\.#(?:wsman\s*\.)?(\w+)\(\s*((?:AMT|CIM|IPS)_\w+)(?:\s*,\s*([^,)\s]+))?/g)) {
    const [, called = "", name = "", argument = ""] = match;
    const operation = helpers.get(called) ?? called;
    if (operation !== "invoke") note(name, Reflect.get(operations, operation) ?? operation);
    else for (const method of methodsOf(text, match.index, name, argument)) note(name, method);
  }
  // A request of another protocol: it says itself what it is about.
  for (const match of text.matchAll(/about: \{ class: (\w+)\.name, method: "(\w+)" \}/g))
    note(match[1] ?? "", match[2] ?? "");
  return classesImportedBy(text)
    .flatMap((name) => classByName(name) ?? [])
    .filter(({ name }) => all.has(name))
    .map((definition) => {
      const used = [...(all.get(definition.name) ?? [])].sort((a, b) => placeOf(a) - placeOf(b));
      return { definition, operations: used, properties: namedProperties(definition, used, text) };
    });
}

/** A private method that passes its class on to one call. */
const helper = /async #(\w+)<C extends ClassDefinition>\(\s*definition: C[\s\S]*?#wsman\.(\w+)\(definition/g;

/** The method of an invoke: a text, the constant before it, or all of the class's methods that the file names. */
function methodsOf(text: string, at: number, className: string, argument: string): readonly string[] {
  const literal = /^"(\w+)"$/.exec(argument)?.[1];
  if (literal !== undefined) return [literal];
  const start = text.lastIndexOf("\n  }\n", at);
  const constant = [...text.slice(Math.max(start, 0), at).matchAll(/const method = "(\w+)"/g)].at(-1)?.[1];
  if (constant !== undefined) return [constant];
  return Object.keys(classByName(className)?.methods ?? {}).filter((name) => text.includes(`"${name}"`));
}

function placeOf(operation: string): number {
  const place = order.indexOf(operation);
  return place < 0 ? order.length : place;
}

function namedProperties(definition: ClassDefinition, used: readonly string[], text: string): ReadonlySet<string> {
  const isArgument = (name: string): boolean => used.some((one) => definition.methods[one]?.input[name] !== undefined);
  const isNamed = (name: string): boolean => new RegExp(`(?<!")\\b${name}\\b(?!")`).test(text);
  return new Set(Object.keys(definition.properties).filter((name) => isNamed(name) && !isArgument(name)));
}

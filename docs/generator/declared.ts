import { classByName } from "@vigil/model/classes.ts";
import type { AnyProperty, ClassDefinition, Properties } from "@vigil/model/define.ts";
import type { Lifetime } from "@vigil/model/firmware.ts";
import { code, table } from "./markdown.ts";
import { docstringOf } from "./source.ts";

/** What a class is for, in the words of its declaration. */
export function purposeOf({ name }: ClassDefinition): string {
  const path = `packages/model/${name.slice(0, 3).toLowerCase()}/${name}.ts`;
  return docstringOf(path, new RegExp(`^export const ${name} = defineClass`, "m")).replace(/\.$/, "");
}

/** "all", "11.0 and later", "until 17", "7.0 to 17". */
export function releasesOf({ since, until }: Lifetime): string {
  const last = until?.replace(/\.0$/, "");
  if (since === undefined) return last === undefined ? "all" : `until ${last}`;
  return last === undefined ? `${since} and later` : `${since} to ${last}`;
}

export function keysOf({ properties }: ClassDefinition): readonly string[] {
  return Object.keys(properties).filter((name) => properties[name]?.traits.key === true);
}

/** What of a class is spoken: own properties that `names` holds in a table, the others in a line, then methods. */
export function membersOf(definition: ClassDefinition, names: ReadonlySet<string>, used: readonly string[]): string {
  const own = ownProperties(definition);
  const spoken = own.filter(([name]) => names.has(name));
  const rows = spoken.map(([name, one]) => [code(name), typeOf(one), remarksOf(one)]);
  const values = spoken.filter(([, one]) => hasLongMap(one)).map(([name, one]) => `- ${code(name)}: ${valuesOf(one)}.`);
  const inherited = inheritedNames(definition).filter((name) => names.has(name));
  const named = inherited.map((name) => `${code(name)} ${longTypeOf(definition.properties[name])}`);
  const others = own.filter((one) => !spoken.includes(one)).map(([name, one]) => inLine(name, one));
  return paragraphs([
    rows.length === 0 ? "" : table(["property", "type", "remarks"], rows),
    values.join("\n"),
    named.length === 0 ? "" : `Inherited: ${named.join(", ")}.`,
    others.length === 0 ? "" : `${spoken.length === 0 ? "Declared" : "Also declared"}: ${others.join(", ")}.`,
    methodsOf(definition, used).join("\n"),
  ]);
}

/** The same in one paragraph. */
export function membersInShort(definition: ClassDefinition, used: readonly string[]): string {
  const own = ownProperties(definition).map(([name, one]) => inLine(name, one));
  return paragraphs([own.length === 0 ? "" : `${own.join(", ")}.`, methodsOf(definition, used).join("\n")]);
}

function paragraphs(all: readonly string[]): string {
  return all.filter((one) => one !== "").join("\n\n");
}

function inLine(name: string, one: AnyProperty): string {
  const remarks = remarksOf(one);
  return `${code(name)} ${typeOf(one)}${remarks === "" || hasLongMap(one) ? "" : ` (${remarks})`}`;
}

function ownProperties({ properties, parents }: ClassDefinition): readonly (readonly [string, AnyProperty])[] {
  const base = classByName(parents[0] ?? "")?.properties ?? {};
  return Object.entries<AnyProperty>(properties).filter(([name, one]) => base[name] !== one && one.traits.key !== true);
}

/** Names of properties that a class has from its parents, keys left out: those are listed on their own. */
function inheritedNames({ properties, parents }: ClassDefinition): readonly string[] {
  const base = classByName(parents[0] ?? "")?.properties ?? {};
  return Object.keys(properties).filter((name) => {
    const one = properties[name];
    return one !== undefined && one === base[name] && one.traits.key !== true && !isOfEveryClass.has(name);
  });
}

/** Names that everything has; a capability that says them hardly means this class. */
const isOfEveryClass: ReadonlySet<string> = new Set(["InstanceID", "Name", "ElementName", "Description", "Caption"]);

/** Methods that the class declares itself, and inherited ones that are called or answered. */
function methodsOf(definition: ClassDefinition, used: readonly string[]): readonly string[] {
  const { methods, parents } = definition;
  const base = classByName(parents[0] ?? "")?.methods ?? {};
  const names = Object.keys(methods).filter((name) => base[name] !== methods[name] || used.includes(name));
  return names.map((name) => methodLine(definition, name));
}

function methodLine({ name: className, methods }: ClassDefinition, name: string): string {
  const { input = {}, output = {} } = methods[name] ?? {};
  const results = argumentsOf(output);
  return `- ${code(`${className}.${name}`)} (${argumentsOf(input)})${results === "" ? "" : ` gives ${results}`}`;
}

function argumentsOf(all: Properties): string {
  return Object.entries<AnyProperty>(all)
    .map(([name, one]) => `${code(name + (one.traits.optional === true ? "?" : ""))} ${longTypeOf(one)}`)
    .join(", ");
}

function typeOf({ codec, traits }: AnyProperty): string {
  const kind = codec.kind.startsWith("enum ") ? "enum" : codec.kind;
  return traits.list === true ? `list of ${kind}` : kind;
}

function longTypeOf(one: AnyProperty | undefined): string {
  if (one === undefined) return "";
  const secret = one.traits.secret === true ? ", secret" : "";
  return typeOf(one) + (isMap(one) ? ` (${valuesOf(one)})` : "") + secret;
}

function remarksOf(one: AnyProperty): string {
  const { readonly, secret, since, until } = one.traits;
  const parts = [
    isMap(one) && !hasLongMap(one) ? valuesOf(one) : "",
    readonly === true ? "read-only" : "",
    secret === true ? "secret: written, never read" : "",
    since === undefined && until === undefined ? "" : releasesOf(one.traits),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

function isMap({ codec }: AnyProperty): boolean {
  return codec.kind.startsWith("enum ");
}

const mostValuesInline = 6;

function hasLongMap(one: AnyProperty): boolean {
  return isMap(one) && one.codec.kind.split(", ").length > mostValuesInline;
}

function valuesOf({ codec }: AnyProperty): string {
  return codec.kind.replace(/^enum /, "");
}

import { VigilError } from "@vigil/base/errors.ts";
import { answersIn, readAnswer, type Answer } from "@vigil/model/answers.ts";
import { allClasses, classByName, classByUri } from "@vigil/model/classes.ts";
import type { AnyProperty, ClassDefinition, Properties } from "@vigil/model/define.ts";
import { HttpReader } from "@vigil/wire/http.ts";
import { actions, anonymous, ns } from "@vigil/wire/wsman/actions.ts";
import { decodeResponse, type ResponseMessage } from "@vigil/wire/wsman/envelope.ts";
import type { Selectors } from "@vigil/wire/wsman/reference.ts";
import { child, element, parseXml, writeXml, type Prefix, type XmlElement } from "@vigil/wire/xml.ts";
import { fail } from "./errors.ts";
import type { CallOptions, Wsman } from "./wsman/client.ts";

/** Plain data: what JSON can say. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/** What an answer says. */
export interface Explained {
  /** The class that was asked; empty when the answer does not say. */
  readonly class: string;
  /** What was done, e.g. "Get", "Pull", "RequestPowerStateChange", "Fault". */
  readonly action: string;
  /** One instance or result; a list of instances for a Pull; null for an empty answer. Secrets are "[sealed]". */
  readonly value: Plain;
  /** Classes and elements that the model lacks. */
  readonly unknown: readonly string[];
  /** Elements whose text is not of their type; the value has them as they came. */
  readonly unreadable: readonly string[];
}

/** A request for the explorer: names and values as a person writes them. */
export interface Exploration {
  readonly verb: "get" | "enum" | "invoke";
  readonly className: string;
  readonly method?: string;
  readonly selectors: Readonly<Record<string, string>>;
  /** Argument to values; a word of a value map, a number, true or false, base64, or CLASS?Key=Value for a reference. */
  readonly input: Readonly<Record<string, readonly string[]>>;
}

/** What a device answered, as typed data and as XML; secrets are hidden in both. */
export interface Explored extends Explained {
  readonly xml: string;
}

/** Every class that can be asked for. */
export function classNames(): readonly string[] {
  return allClasses.map((one) => one.name);
}

/**
 * Asks a device anything of the model.
 * @throws amt.explore.unknown, amt.explore.argument (caller), and what Wsman.raw throws
 */
export async function explore(wsman: Wsman, asked: Exploration, options: CallOptions = {}): Promise<Explored> {
  const definition = definitionOf(asked.className);
  const { verb, method = "", selectors } = asked;
  const about = { class: definition.name, method: verb === "invoke" ? method : verb };
  if (verb === "enum") {
    const items = await wsman.enumerateElements(definition, options);
    const answers = items.map((one) => readAnswer(one));
    return {
      ...explainedOf(definition.name, "Pull", answers, (values) => values),
      xml: items.map((one) => printed(one)).join("\n"),
    };
  }
  const common = { ...options, resourceUri: definition.uri, selectors: selectors satisfies Selectors, about };
  const lifetime = definition;
  const answer =
    verb === "get"
      ? await wsman.raw({ ...common, action: actions.get, effect: "read", lifetime })
      : await wsman.raw({
          ...common,
          action: `${definition.uri}/${method}`,
          effect: "change",
          lifetime,
          body: inputOf(definition, method, asked.input),
        });
  return { ...explain(answer), xml: answer.body === undefined ? "" : printed(answer.body) };
}

/**
 * Reads a saved answer: an envelope, or a whole HTTP answer with its head.
 * @throws wire.xml.*, wire.wsman.envelope, wire.http.* (device)
 */
export function explainSaved(bytes: Uint8Array): Explained {
  const root = parseXml(bodyOf(bytes));
  const header = child(root, "Header");
  try {
    return explain(decodeResponse(root));
  } catch (cause) {
    if (!(cause instanceof VigilError) || !cause.code.startsWith("wsman.fault.")) throw cause;
    const uri = header === undefined ? undefined : child(header, "ResourceURI")?.text.trim();
    const { name = "", reason = "", detail = "" } = cause.details;
    const value = { fault: String(name), reason: String(reason), detail: String(detail) };
    return { class: lastOf(uri ?? ""), action: "Fault", value, unknown: [], unreadable: [] };
  }
}

function bodyOf(bytes: Uint8Array): Uint8Array {
  if (!Buffer.from(bytes.subarray(0, 5)).equals(Buffer.from("HTTP/"))) return bytes;
  const reader = new HttpReader("response", { maxHeadBytes: 16 * 1024, maxBodyBytes: 1024 * 1024 });
  const [message] = reader.push(bytes);
  return message?.body ?? reader.end()?.body ?? new Uint8Array();
}

function explain(answer: ResponseMessage): Explained {
  const action = lastOf(answer.action).replace(/Response$/, "");
  const { body } = answer;
  const items = answersIn(body).map((one) => readAnswer(one));
  const name = lastOf(answer.resourceUri ?? "");
  if (items.length > 0 || body?.name === "PullResponse") {
    const isPull = body?.name === "PullResponse";
    const [first] = items;
    return explainedOf(isPull ? name : (first?.class ?? name), action, items, (values) =>
      isPull ? values : (values[0] ?? null),
    );
  }
  const context = body === undefined ? undefined : child(body, "EnumerationContext")?.text;
  const created = body?.name === "ResourceCreated" ? plainXml(body) : undefined;
  const value = context === undefined ? (created ?? null) : { EnumerationContext: context };
  const unknown = name === "" || classByName(name) !== undefined ? [] : [name];
  return { class: name, action, value, unknown, unreadable: [] };
}

function explainedOf(
  name: string,
  action: string,
  answers: readonly Answer[],
  join: (values: readonly Plain[]) => Plain,
): Explained {
  return {
    class: name,
    action,
    value: join(answers.map(plainAnswer)),
    unknown: [...new Set(answers.flatMap((one) => [...missingClass(one), ...one.unknown.map((each) => each.name)]))],
    unreadable: [...new Set(answers.flatMap((one) => one.unreadable.map((each) => each.name)))],
  };
}

function missingClass({ ns: uri, name }: Answer): readonly string[] {
  return classByUri(uri) === undefined ? [name] : [];
}

function plainAnswer(answer: Answer): Plain {
  const members = membersOf(answer);
  const typed = Object.entries(answer.value).map(([name, value]) => [name, plain(value, members[name])] as const);
  const rest = [...answer.unknown, ...answer.unreadable].map((one) => [one.name, plainXml(one)] as const);
  const names = [...new Set(answer.order)];
  const all = new Map<string, Plain>([...typed, ...rest]);
  return Object.fromEntries(names.flatMap((name) => (all.has(name) ? [[name, all.get(name) ?? null]] : [])));
}

function membersOf({ ns: uri, method }: Answer): Properties {
  const definition = classByUri(uri);
  if (definition === undefined) return {};
  return method === undefined ? definition.properties : (definition.methods[method]?.output ?? {});
}

const sealed = "[sealed]";

function plain(value: unknown, member: AnyProperty | undefined): Plain {
  if (member?.traits.secret === true && value !== "") return sealed;
  if (Array.isArray(value)) return value.map((one: unknown) => plain(one, undefined));
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one, undefined)]));
}

function plainXml(one: XmlElement): Plain {
  if (one.children.length === 0) return one.text;
  return Object.fromEntries(one.children.map((inner) => [inner.name, plainXml(inner)]));
}

/** The element as XML, one element a line; members that are secret are hidden. */
function printed(one: XmlElement): string {
  const members = { ...classByUri(one.ns)?.properties };
  const shown = {
    ...one,
    children: one.children.map((inner) =>
      members[inner.name]?.traits.secret === true && inner.text !== "" ? { ...inner, text: sealed } : inner,
    ),
  };
  const names = new Set<string>();
  const visit = (each: XmlElement): void => {
    names.add(each.ns);
    for (const inner of each.children) visit(inner);
  };
  visit(shown);
  names.delete("");
  const known: Readonly<Record<string, string>> = { [ns.wsa]: "a", [ns.wsman]: "w", [ns.cimCommon]: "c" };
  const prefixes = [...names].map((uri, index): Prefix => [known[uri] ?? (index === 0 ? "r" : `r${index}`), uri]);
  const text = writeXml(shown, prefixes, { declaration: false });
  return indented(text);
}

/** One element a line, indented by depth: an element with text alone stays on its line. */
function indented(xml: string): string {
  let depth = 0;
  const lines: string[] = [];
  for (const part of xml.split(/(?<=>)(?=<)/)) {
    const closes = part.startsWith("</");
    if (closes) depth -= 1;
    lines.push("  ".repeat(depth) + part);
    if (!closes && !/<\/[^>]*>$/.test(part)) depth += 1;
  }
  // An element without content has its two tags in two parts; together they read better.
  return lines.join("\n").replaceAll(/<(\S+?)([^<>]*)>\n\s*<\/\1>/g, "<$1$2></$1>");
}

function definitionOf(name: string): ClassDefinition {
  const found = classByName(name) ?? allClasses.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const near = allClasses
    .filter((one) => one.name.toLowerCase().includes(name.toLowerCase().replace(/^\w+?_/, "")))
    .slice(0, 5);
  throw fail("amt.explore.unknown", {
    details: { class: name.slice(0, 80), similar: near.map((one) => one.name).join(", ") },
  });
}

function inputOf(definition: ClassDefinition, method: string, given: Exploration["input"]): XmlElement {
  const found = Object.hasOwn(definition.methods, method) ? definition.methods[method] : undefined;
  if (found === undefined) {
    const details = {
      class: definition.name,
      method: method.slice(0, 80),
      similar: Object.keys(definition.methods).join(", "),
    };
    throw fail("amt.explore.unknown", { details });
  }
  const { input } = found;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(input, name)) throw argument(name, `one of ${Object.keys(input).join(", ") || "none"}`);
  }
  const parts = Object.entries(input).flatMap(([name, member]) => {
    const values = Object.hasOwn(given, name) ? given[name] : undefined;
    const isNeeded = member.traits.optional !== true && member.traits.list !== true;
    if (values === undefined && isNeeded) throw argument(name, `a value: ${member.codec.kind}`);
    return (values ?? []).map((text) => element(definition.uri, name, contentOf(name, member, text)));
  });
  return element(definition.uri, `${method}_INPUT`, parts);
}

/** What goes on the wire for what a person wrote. */
function contentOf(name: string, { codec }: AnyProperty, text: string): string | readonly XmlElement[] {
  const { kind } = codec;
  try {
    if (kind.startsWith("reference")) return codec.write(referenceIn(text));
    if (kind.startsWith("enum")) return codec.write(/^\d+$/.test(text) ? Number(text) : text);
    if (kind === "datetime") return codec.write(text.startsWith("P") ? { interval: text } : { datetime: text });
    if (kind.startsWith("instance")) throw argument(name, "what only a program can give");
    return codec.write(codec.read(element("", name, text)));
  } catch (cause) {
    if (cause instanceof VigilError && cause.code.startsWith("amt.explore.")) throw cause;
    throw argument(name, kind);
  }
}

/** CIM_ComputerSystem?Name=ManagedSystem&CreationClassName=CIM_ComputerSystem */
function referenceIn(text: string) {
  const [className = "", keys = ""] = text.split("?", 2);
  const selectors = Object.fromEntries(
    keys
      .split("&")
      .flatMap((one) => (one.includes("=") ? [[one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]] : [])),
  );
  return { address: anonymous, resourceUri: definitionOf(className).uri, selectors };
}

function argument(name: string, expected: string): VigilError {
  return fail("amt.explore.argument", { details: { argument: name.slice(0, 80), expected } });
}

function lastOf(uri: string): string {
  return uri.slice(uri.lastIndexOf("/") + 1);
}

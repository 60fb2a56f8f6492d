import { VigilError } from "@vigil/base/errors.ts";
import { answersIn, readAnswer, type Answer } from "@vigil/model/answers.ts";
import { classByName, classByUri } from "@vigil/model/classes.ts";
import { HttpReader } from "@vigil/wire/http.ts";
import { ns } from "@vigil/wire/wsman/actions.ts";
import { decodeResponse, type ResponseMessage } from "@vigil/wire/wsman/envelope.ts";
import { child, parseXml, writeXml, type Prefix, type XmlElement } from "@vigil/wire/xml.ts";
import { isHidden, withoutSecrets } from "./secrets.ts";

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
  /** The class of each instance of a list: enumerating a class gives instances of those derived from it too. */
  readonly classes?: readonly string[];
  /** Classes and elements that the model lacks. */
  readonly unknown: readonly string[];
  /** Elements whose text is not of their type; the value has them as they came. */
  readonly unreadable: readonly string[];
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

/** What an answer says. @param echoes secrets that were sent, which must not be shown when they come back */
export function explain(answer: ResponseMessage, echoes: readonly string[] = []): Explained {
  const action = lastOf(answer.action).replace(/Response$/, "");
  const body = answer.body === undefined ? undefined : withoutSecrets(answer.body, echoes);
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

/** What instances or a result say; they hold no secret any more. */
export function explainedOf(
  name: string,
  action: string,
  answers: readonly Answer[],
  join: (values: readonly Plain[]) => Plain,
): Explained {
  return {
    class: name,
    action,
    value: join(answers.map(plainAnswer)),
    unknown: [...new Set(answers.flatMap((one) => [...missingClass(one), ...namesOf(one.unknown)]))],
    unreadable: [...new Set(answers.flatMap((one) => namesOf(one.unreadable.filter((each) => !isHidden(each)))))],
  };
}

function namesOf(elements: readonly XmlElement[]): readonly string[] {
  return elements.map((one) => one.name);
}

function missingClass({ ns: uri, name }: Answer): readonly string[] {
  return classByUri(uri) === undefined ? [name] : [];
}

function plainAnswer(answer: Answer): Plain {
  const typed = Object.entries(answer.value).map(([name, value]) => [name, plain(value)] as const);
  const rest = [...answer.unknown, ...answer.unreadable].map((one) => [one.name, plainXml(one)] as const);
  const names = [...new Set(answer.order)];
  const all = new Map<string, Plain>([...typed, ...rest]);
  return Object.fromEntries(names.flatMap((name) => (all.has(name) ? [[name, all.get(name) ?? null]] : [])));
}

function plain(value: unknown): Plain {
  if (Array.isArray(value)) return value.map((one: unknown) => plain(one));
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  if (typeof value !== "object" || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

function plainXml(one: XmlElement): Plain {
  if (one.children.length === 0) return one.text;
  return Object.fromEntries(one.children.map((inner) => [inner.name, plainXml(inner)]));
}

/** An answer's element as XML, one element a line, without secrets. */
export function printed(one: XmlElement, echoes: readonly string[] = []): string {
  const shown = withoutSecrets(one, echoes);
  const names = new Set<string>();
  const visit = (each: XmlElement): void => {
    names.add(each.ns);
    for (const inner of each.children) visit(inner);
  };
  visit(shown);
  names.delete("");
  const known: Readonly<Record<string, string>> = { [ns.wsa]: "a", [ns.wsman]: "w", [ns.cimCommon]: "c" };
  const prefixes = [...names].map((uri, index): Prefix => [known[uri] ?? (index === 0 ? "r" : `r${index}`), uri]);
  return indented(writeXml(shown, prefixes, { declaration: false }));
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

function lastOf(uri: string): string {
  return uri.slice(uri.lastIndexOf("/") + 1);
}

import type { XmlAttribute, XmlElement, XmlLimits } from "./xml-element.ts";

// Anything that the thorough reader might treat in a way of its own: control characters, carriage returns (which it turns into
// line feeds), surrogates, non-characters.
const notPlain = /[^\t\n\x20-\uD7FF\uE000-\uFFFD]/;
const declaration = /<\?xml version= ?"1\.0"(?: encoding= ?"(?:UTF|utf)-8")?\?>[ \t\n]*/y;
const qualifiedName = /[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?/y;
const attribute =
  /[ \t\n]+([A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?)[ \t\n]*=[ \t\n]*(?:"([^"<&\t\n]*)"|'([^'<&\t\n]*)')/y;
const entity = /&(?:(amp|lt|gt|quot|apos);)?/g;
const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const onlyBlanks = /^[ \t\n]*$/;
const xmlNamespace = "http://www.w3.org/XML/1998/namespace";
const xmlnsNamespace = "http://www.w3.org/2000/xmlns/";

interface Open {
  readonly tag: string;
  readonly element: {
    ns: string;
    name: string;
    attributes: readonly XmlAttribute[];
    children: XmlElement[];
    text: string;
  };
  /** How many declarations were in force outside of it. */
  readonly scope: number;
}

/** Declarations in force, innermost last: prefix at even places, namespace behind it. */
type Scope = string[];

/**
 * Reads the plain XML that firmware and managers write, ten times as fast as a reader that knows all of XML: ASCII names,
 * quoted attributes without escapes, text with the five named entities. It never refuses. Whatever it does not know for well
 * formed it leaves to the thorough reader, by returning undefined: comments, sections, instructions, document types,
 * references by number, exotic characters, every error. What it does read, both read alike: see its test.
 */
export function readPlain(text: string, limits: XmlLimits): XmlElement | undefined {
  if (notPlain.test(text) || text.includes("]]>")) return undefined;
  declaration.lastIndex = 0;
  const from = declaration.test(text) ? declaration.lastIndex : 0;
  return readElements(text, from, limits);
}

function readElements(text: string, from: number, limits: XmlLimits): XmlElement | undefined {
  const path: Open[] = [];
  const scope: Scope = [];
  let count = 0;
  let at = from;
  if (text.charCodeAt(at) !== lessThan) return undefined;
  for (;;) {
    const top = path.at(-1);
    if (text.charCodeAt(at + 1) === slash) {
      if (top === undefined || !text.startsWith(top.tag, at + 2)) return undefined;
      at += 2 + top.tag.length;
      if (text.charCodeAt(at) !== greaterThan) return undefined;
      at += 1;
      path.pop();
      scope.length = top.scope;
      if (top.element.children.length > 0) top.element.text = "";
      if (path.length === 0) return onlyBlanks.test(text.slice(at)) ? top.element : undefined;
    } else {
      count += 1;
      const opened = count <= limits.maxElements ? readTag(text, at, scope, limits.maxAttributes) : undefined;
      if (opened === undefined || path.length >= limits.maxDepth) return undefined;
      top?.element.children.push(opened.open.element);
      at = opened.end;
      if (!opened.isEmpty) path.push(opened.open);
      else scope.length = opened.open.scope;
      if (path.length === 0) return onlyBlanks.test(text.slice(at)) ? opened.open.element : undefined;
    }
    const next = text.indexOf("<", at);
    if (next < 0) return undefined;
    if (next > at) {
      const read = readText(text.slice(at, next));
      const inside = path.at(-1);
      if (read === undefined || inside === undefined) return undefined;
      inside.element.text += read;
    }
    at = next;
  }
}

const lessThan = 60;
const greaterThan = 62;
const slash = 47;

/** Reads `<name attributes>` or `<name attributes/>` at `at`. */
function readTag(
  text: string,
  at: number,
  scope: Scope,
  maxAttributes: number,
): { readonly open: Open; readonly end: number; readonly isEmpty: boolean } | undefined {
  qualifiedName.lastIndex = at + 1;
  if (!qualifiedName.test(text)) return undefined;
  let end = qualifiedName.lastIndex;
  const tag = text.slice(at + 1, end);
  const outer = scope.length;
  let raw: string[] | undefined;
  let code = text.charCodeAt(end);
  if (code !== greaterThan && code !== slash) {
    raw = [];
    end = readAttributes(text, end, raw, scope, maxAttributes);
    if (end < 0) return undefined;
    code = text.charCodeAt(end);
  }
  const isEmpty = code === slash;
  if (isEmpty) end += 1;
  if (text.charCodeAt(end) !== greaterThan) return undefined;
  const ns = namespaceOf(tag, scope);
  const attributes = raw === undefined || raw.length === 0 ? none : attributesOf(raw, scope);
  if (ns === undefined || attributes === undefined) return undefined;
  const made = { ns, name: localName(tag), attributes, children: [], text: "" };
  return { open: { tag, element: made, scope: outer }, end: end + 1, isEmpty };
}

const none: readonly never[] = [];
/** 32 declarations in force, two places each: firmware has 10. Each name is looked up by walking them. */
const mostScope = 64;

/** Declarations go into `scope`, the rest as names and values in turn into `raw`. @returns where they end; -1 for not plain */
function readAttributes(text: string, from: number, raw: string[], scope: Scope, maxAttributes: number): number {
  const outer = scope.length;
  let end = from;
  for (let count = 0; count <= maxAttributes; count += 1) {
    attribute.lastIndex = end;
    const match = attribute.exec(text);
    if (match === null) return end;
    end = attribute.lastIndex;
    const name = match[1] ?? "";
    const value = match[2] ?? match[3] ?? "";
    if (name !== "xmlns" && !name.startsWith("xmlns:")) {
      raw.push(name, value);
      continue;
    }
    const prefix = name.slice(6);
    const isReserved = prefix === "xml" || prefix === "xmlns" || value === xmlNamespace || value === xmlnsNamespace;
    // The thorough reader takes blanks of every kind around a namespace away: no-break spaces and byte order marks, too.
    if (value === "" || isReserved || value.trim() !== value) return -1;
    for (let index = outer; index < scope.length; index += 2) if (scope[index] === prefix) return -1;
    if (scope.length >= mostScope) return -1;
    scope.push(prefix, value);
  }
  return -1;
}

function attributesOf(raw: readonly string[], scope: Scope): XmlAttribute[] | undefined {
  const attributes: XmlAttribute[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const qualified = raw[index] ?? "";
    // Without a prefix an attribute is in no namespace, whatever the default.
    const ns = qualified.includes(":") ? namespaceOf(qualified, scope) : "";
    const name = localName(qualified);
    if (ns === undefined || attributes.some((one) => one.name === name && one.ns === ns)) return undefined;
    attributes.push({ ns, name, value: raw[index + 1] ?? "" });
  }
  return attributes;
}

function namespaceOf(qualified: string, scope: Scope): string | undefined {
  const colon = qualified.indexOf(":");
  const prefix = colon < 0 ? "" : qualified.slice(0, colon);
  for (let index = scope.length - 2; index >= 0; index -= 2) if (scope[index] === prefix) return scope[index + 1];
  if (prefix === "xml") return xmlNamespace;
  return prefix === "" ? "" : undefined;
}

function localName(qualified: string): string {
  return qualified.slice(qualified.indexOf(":") + 1);
}

function readText(raw: string): string | undefined {
  if (!raw.includes("&")) return raw;
  let isPlain = true;
  const text = raw.replaceAll(entity, (_all, name: string | undefined) => {
    if (name === undefined) isPlain = false;
    return entities[name ?? ""] ?? "";
  });
  return isPlain ? text : undefined;
}

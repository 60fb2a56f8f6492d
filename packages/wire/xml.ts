import { fail } from "./errors.ts";
import type { XmlElement, XmlLimits } from "./xml-element.ts";
import { readPlain } from "./xml-plain.ts";
import { readThoroughly } from "./xml-thorough.ts";

export { child, element, type XmlAttribute, type XmlElement, type XmlLimits } from "./xml-element.ts";

const defaultLimits: XmlLimits = { maxBytes: 1024 * 1024, maxDepth: 64, maxElements: 50_000, maxAttributes: 128 };

/**
 * Reads one document. Blanks before it are tolerated; document types, unknown entities and invalid UTF-8 are not.
 * @throws wire.xml.malformed, wire.xml.doctype, wire.xml.too-deep, wire.xml.too-large (device); details: offset
 */
export function parseXml(input: string | Uint8Array, limits: Partial<XmlLimits> = {}): XmlElement {
  const all = { ...defaultLimits, ...limits };
  if (input.length > all.maxBytes) {
    throw fail("wire.xml.too-large", { details: { bytes: input.length, maxBytes: all.maxBytes } });
  }
  const text = (typeof input === "string" ? input : utf8(input)).trimStart();
  return readPlain(text, all) ?? readThoroughly(text, all);
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw fail("wire.xml.malformed", { message: "The XML is not valid UTF-8", cause });
  }
}

/** A prefix and the namespace that it stands for. The empty prefix declares the default namespace. */
export type Prefix = readonly [prefix: string, ns: string];

/**
 * Writes a document: every namespace declared on the root in the given order, no blanks between elements, no
 * self-closing tags, text escaped by construction.
 * @throws wire.xml.character (caller), wire.xml.namespace, wire.xml.name (ours)
 */
export function writeXml(
  root: XmlElement,
  prefixes: readonly Prefix[],
  options: { readonly declaration?: boolean } = {},
): string {
  const names = new Map(prefixes.map(([prefix, ns]) => [ns, prefix === "" ? "" : `${prefix}:`]));
  let declared = "";
  for (const [prefix, ns] of prefixes)
    declared += ` xmlns${prefix === "" ? "" : `:${prefix}`}="${escapeAttribute(ns)}"`;
  const head = options.declaration === false ? "" : '<?xml version="1.0" encoding="UTF-8"?>';
  return head + write(root, names, declared);
}

function write(one: XmlElement, names: ReadonlyMap<string, string>, declared: string): string {
  const tag = nameOf(one.ns, one.name, names);
  let out = `<${tag}${declared}`;
  for (const { ns, name, value } of one.attributes) {
    out += ` ${nameOf(ns, name, names)}="${escapeAttribute(value)}"`;
  }
  out += ">";
  if (one.children.length === 0) out += escapeText(one.text);
  else for (const inner of one.children) out += write(inner, names, "");
  return `${out}</${tag}>`;
}

const xmlNamespace = "http://www.w3.org/XML/1998/namespace";
const notInNames = /[^\w.\u0080-\uFFFF-]|^$/;

function nameOf(ns: string, name: string, names: ReadonlyMap<string, string>): string {
  if (notInNames.test(name)) throw fail("wire.xml.name", { details: { name: name.slice(0, 80) } });
  if (ns === xmlNamespace) return `xml:${name}`;
  const prefix = ns === "" ? "" : names.get(ns);
  if (prefix === undefined) throw fail("wire.xml.namespace", { details: { namespace: ns, name } });
  return prefix + name;
}

// What XML 1.0 forbids: control characters, lone surrogates and the two non-characters.
const forbidden =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;
const special = /[&<>\r\u0000-\u0008\u000B\u000C\u000E-\u001F\uD800-\uDFFF\uFFFE\uFFFF]/;

function escapeText(text: string): string {
  if (!special.test(text)) return text;
  if (forbidden.test(text))
    throw fail("wire.xml.character", { details: { code: forbidden.exec(text)?.[0].charCodeAt(0) ?? 0 } });
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;");
}

/** Attribute values also lose line ends and tabs unless these are written as references. @source XML 1.0, 3.3.3 */
function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}

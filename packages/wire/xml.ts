import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from "saxes";
import { VigilError, type ErrorDetails } from "@vigil/base/errors.ts";
import { fail } from "./errors.ts";

/** One attribute; `ns` is empty for an unprefixed one. Namespace declarations are not attributes. */
export interface XmlAttribute {
  readonly ns: string;
  readonly name: string;
  readonly value: string;
}

/** One element with its namespace resolved. Holds either child elements or text: WS-Management has no mixed content. */
export interface XmlElement {
  readonly ns: string;
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: readonly XmlElement[];
  /** The characters directly inside, entities resolved; empty when there are child elements. */
  readonly text: string;
}

/** What a document may cost. */
export interface XmlLimits {
  /** 1 MiB: the largest recorded answer has 7 KiB; firmware's envelopes end at 50 KiB. */
  readonly maxBytes: number;
  /** 64: recorded answers nest 10 deep. */
  readonly maxDepth: number;
  /** 50,000: a pull of 999 items with 40 properties each fits. */
  readonly maxElements: number;
  /** 128 on one element, declarations included: firmware's envelope has 10. A megabyte of them took half a second to read. */
  readonly maxAttributes: number;
}

const defaultLimits: XmlLimits = { maxBytes: 1024 * 1024, maxDepth: 64, maxElements: 50_000, maxAttributes: 128 };
const xmlnsUri = "http://www.w3.org/2000/xmlns/";
const none: readonly never[] = [];

/** Makes an element. @param content text, or child elements in order */
export function element(
  ns: string,
  name: string,
  content: string | readonly XmlElement[] = "",
  attributes: readonly XmlAttribute[] = none,
): XmlElement {
  return typeof content === "string"
    ? { ns, name, attributes, children: none, text: content }
    : { ns, name, attributes, children: content, text: "" };
}

/** The first child of that name, whatever its namespace. */
export function child(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find((one) => one.name === name);
}

/**
 * Reads one document. Blanks before it are tolerated; document types, unknown entities and invalid UTF-8 are not.
 * @throws wire.xml.malformed, wire.xml.doctype, wire.xml.too-deep, wire.xml.too-large (device); details: offset
 */
export function parseXml(input: string | Uint8Array, limits: Partial<XmlLimits> = {}): XmlElement {
  const { maxBytes, maxDepth, maxElements, maxAttributes } = { ...defaultLimits, ...limits };
  if (input.length > maxBytes) throw fail("wire.xml.too-large", { details: { bytes: input.length, maxBytes } });
  // Firmware and every manager write XML 1.0; 1.1 would let control characters in as references.
  const parser = new SaxesParser({ xmlns: true, position: false, forceXMLVersion: true, defaultXMLVersion: "1.0" });
  const at = (): ErrorDetails => ({ offset: parser.position });
  const tree = new TreeBuilder({ maxDepth, maxElements, maxAttributes });
  parser.on("attribute", () => tree.attribute());
  parser.on("opentag", (tag) => tree.open(tag));
  parser.on("closetag", () => tree.close());
  parser.on("text", (text) => tree.text(text));
  parser.on("cdata", (text) => tree.text(text));
  parser.on("doctype", () => {
    throw fail("wire.xml.doctype", { details: at() });
  });
  parser.on("error", (cause) => {
    // The reason may quote a name of any length from the document.
    throw fail("wire.xml.malformed", { details: { ...at(), reason: cause.message.slice(0, 120) } });
  });
  try {
    parser.write((typeof input === "string" ? input : utf8(input)).trimStart()).close();
  } catch (cause) {
    if (cause instanceof VigilError) throw cause;
    throw fail("wire.xml.malformed", { details: at(), cause });
  }
  return tree.root();
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw fail("wire.xml.malformed", { message: "The XML is not valid UTF-8", cause });
  }
}

interface Open {
  readonly ns: string;
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  readonly children: XmlElement[];
  text: string;
}

class TreeBuilder {
  readonly #path: Open[] = [];
  readonly #limits: Omit<XmlLimits, "maxBytes">;
  #elements = 0;
  #attributes = 0;
  #root: XmlElement | undefined;

  constructor(limits: Omit<XmlLimits, "maxBytes">) {
    this.#limits = limits;
  }

  /** One attribute of an element that is not open yet. */
  attribute(): void {
    this.#attributes += 1;
    if (this.#attributes > this.#limits.maxAttributes) {
      throw fail("wire.xml.too-large", { message: "An element has too many attributes" });
    }
  }

  open(tag: SaxesTagNS): void {
    const { maxDepth, maxElements } = this.#limits;
    if (this.#path.length >= maxDepth) throw fail("wire.xml.too-deep", { details: { maxDepth } });
    this.#elements += 1;
    if (this.#elements > maxElements) throw fail("wire.xml.too-large", { message: "The XML has too many elements" });
    this.#attributes = 0;
    this.#path.push({ ns: tag.uri, name: tag.local, attributes: attributesOf(tag.attributes), children: [], text: "" });
  }

  text(text: string): void {
    const top = this.#path.at(-1);
    if (top !== undefined) top.text += text;
  }

  close(): void {
    const top = this.#path.pop();
    if (top === undefined) return;
    // Blanks between child elements are layout, not content.
    if (top.children.length > 0) top.text = "";
    const parent = this.#path.at(-1);
    if (parent === undefined) this.#root = top;
    else parent.children.push(top);
  }

  root(): XmlElement {
    if (this.#root === undefined) throw fail("wire.xml.malformed", { message: "The XML has no element" });
    return this.#root;
  }
}

function attributesOf(attributes: Record<string, SaxesAttributeNS>): readonly XmlAttribute[] {
  let kept: XmlAttribute[] | undefined;
  for (const key in attributes) {
    const one = attributes[key];
    if (one === undefined || one.uri === xmlnsUri) continue;
    kept ??= [];
    kept.push({ ns: one.uri, name: one.local, value: one.value });
  }
  return kept ?? none;
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

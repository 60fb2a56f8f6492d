import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from "saxes";
import { VigilError, type ErrorDetails } from "@vigil/base/errors.ts";
import { fail } from "./errors.ts";
import type { XmlAttribute, XmlElement, XmlLimits } from "./xml-element.ts";

const xmlnsUri = "http://www.w3.org/2000/xmlns/";
const none: readonly never[] = [];

/**
 * Reads any XML document but one with a document type, and says what is wrong with one that is not well formed.
 * @throws wire.xml.malformed, wire.xml.doctype, wire.xml.too-deep, wire.xml.too-large (device); details: offset
 */
export function readThoroughly(text: string, limits: XmlLimits): XmlElement {
  // Firmware and every manager write XML 1.0; 1.1 would let control characters in as references.
  const parser = new SaxesParser({ xmlns: true, position: false, forceXMLVersion: true, defaultXMLVersion: "1.0" });
  const at = (): ErrorDetails => ({ offset: parser.position });
  const tree = new TreeBuilder(limits);
  parser.on("attribute", () => tree.attribute());
  parser.on("opentag", (tag) => tree.open(tag));
  parser.on("closetag", () => tree.close());
  parser.on("text", (piece) => tree.text(piece));
  parser.on("cdata", (piece) => tree.text(piece));
  parser.on("doctype", () => {
    throw fail("wire.xml.doctype", { details: at() });
  });
  parser.on("error", (cause) => {
    // The reason may quote a name of any length from the document.
    throw fail("wire.xml.malformed", { details: { ...at(), reason: cause.message.slice(0, 120) } });
  });
  try {
    parser.write(text).close();
  } catch (cause) {
    if (cause instanceof VigilError) throw cause;
    throw fail("wire.xml.malformed", { details: at(), cause });
  }
  return tree.root();
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

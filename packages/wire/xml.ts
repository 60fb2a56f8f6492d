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

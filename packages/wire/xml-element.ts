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

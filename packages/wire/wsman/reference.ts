import { child, element, type XmlElement } from "../xml.ts";
import { fail } from "../errors.ts";
import { anonymous, ns } from "./actions.ts";

/** A WS-Addressing endpoint reference: names one instance of one class. @source DSP0226 "Endpoint references" */
export interface EndpointReference {
  readonly address: string;
  readonly resourceUri: string;
  /** Key name to value; a value may itself be a reference (association classes). */
  readonly selectors: Selectors;
}

/** Firmware's reference to nothing: what a method gives that makes none, or refuses. @source recorded answers: addalarm, addproxyaccesspoint_2058 */
export const noReference: EndpointReference = { address: "default", resourceUri: "", selectors: {} };

export type Selectors = Readonly<Record<string, string | EndpointReference>>;

/** A reference inside a reference inside …: recorded answers go one deep. */
const maxDepth = 4;

/** Writes `Address` and `ReferenceParameters`: the content of a property that is a reference. */
export function encodeReference(value: EndpointReference): readonly XmlElement[] {
  const parameters: XmlElement[] = [element(ns.wsman, "ResourceURI", value.resourceUri)];
  const selectors = encodeSelectors(value.selectors);
  if (selectors !== undefined) parameters.push(selectors);
  // Firmware writes it even in a reference to nothing.
  else if (value.resourceUri === "") parameters.push(element(ns.wsman, "SelectorSet"));
  return [element(ns.wsa, "Address", value.address), element(ns.wsa, "ReferenceParameters", parameters)];
}

/** Writes a `SelectorSet`; nothing when there are no selectors. */
export function encodeSelectors(selectors: Selectors): XmlElement | undefined {
  const written = Object.entries(selectors).map(([name, value]) => {
    const content = typeof value === "string" ? value : [element(ns.wsa, "EndpointReference", encodeReference(value))];
    return element(ns.wsman, "Selector", content, [{ ns: "", name: "Name", value: name }]);
  });
  return written.length === 0 ? undefined : element(ns.wsman, "SelectorSet", written);
}

/** Reads `Address` and `ReferenceParameters` inside `from`. A missing address means the anonymous one. @throws wire.wsman.envelope */
export function decodeReference(from: XmlElement): EndpointReference {
  return decodeAt(from, 0);
}

/** Reads a `SelectorSet`. @throws wire.wsman.envelope (device) */
export function decodeSelectors(set: XmlElement | undefined): Selectors {
  return selectorsAt(set, 0);
}

function decodeAt(from: XmlElement, depth: number): EndpointReference {
  if (depth > maxDepth) throw fail("wire.wsman.envelope", { message: "References are nested too deep" });
  const parameters = child(from, "ReferenceParameters");
  return {
    address: child(from, "Address")?.text.trim() ?? anonymous,
    resourceUri: (parameters === undefined ? undefined : child(parameters, "ResourceURI"))?.text.trim() ?? "",
    selectors: selectorsAt(parameters === undefined ? undefined : child(parameters, "SelectorSet"), depth),
  };
}

function selectorsAt(set: XmlElement | undefined, depth: number): Selectors {
  const selectors: Record<string, string | EndpointReference> = {};
  for (const one of set?.children ?? []) {
    const name = one.attributes.find((attribute) => attribute.name === "Name")?.value;
    if (one.name !== "Selector" || name === undefined) {
      throw fail("wire.wsman.envelope", { message: "A selector has no name" });
    }
    const inner = child(one, "EndpointReference");
    // A plain object's own property, whatever the name: "__proto__" must not reach the prototype.
    Object.defineProperty(selectors, name, {
      value: inner === undefined ? one.text : decodeAt(inner, depth + 1),
      enumerable: true,
      configurable: true,
    });
  }
  return selectors;
}

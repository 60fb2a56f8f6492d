import { fail } from "../errors.ts";
import { child, element, type XmlElement } from "../xml.ts";
import { ns } from "./actions.ts";
import {
  decodeReference,
  decodeSelectors,
  encodeReference,
  encodeSelectors,
  type EndpointReference,
  type Selectors,
} from "./reference.ts";

/** Which instances an enumeration gives. @source protocols A.9 "Filter dialects"; DSP0227 "Association queries" */
export type EnumerationFilter =
  | { readonly kind: "selectors"; readonly selectors: Selectors }
  /** Instances that an association ties to `object`. */
  | {
      readonly kind: "associated";
      readonly object: EndpointReference;
      readonly association?: string;
      readonly result?: string;
    }
  /** The association instances that name `object`. */
  | { readonly kind: "associations"; readonly object: EndpointReference; readonly result?: string }
  /** A dialect that firmware does not speak. */
  | { readonly kind: "foreign"; readonly dialect: string };

/** @source protocols A.9 */
export const filterDialects = {
  selectors: "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter",
  associations: "http://schemas.dmtf.org/wbem/wsman/1/cimbinding/associationFilter",
} as const;

/** Writes `<Filter>`. */
export function encodeFilter(filter: EnumerationFilter): XmlElement {
  switch (filter.kind) {
    case "selectors":
      return filterElement(
        filterDialects.selectors,
        encodeSelectors(filter.selectors) ?? element(ns.wsman, "SelectorSet"),
      );
    case "associated": {
      const parts = [element(ns.cimBinding, "Object", encodeReference(filter.object))];
      if (filter.association !== undefined)
        parts.push(element(ns.cimBinding, "AssociationClassName", filter.association));
      if (filter.result !== undefined) parts.push(element(ns.cimBinding, "ResultClassName", filter.result));
      return filterElement(filterDialects.associations, element(ns.cimBinding, "AssociatedInstances", parts));
    }
    case "associations": {
      const parts = [element(ns.cimBinding, "Object", encodeReference(filter.object))];
      if (filter.result !== undefined) parts.push(element(ns.cimBinding, "ResultClassName", filter.result));
      return filterElement(filterDialects.associations, element(ns.cimBinding, "AssociationInstances", parts));
    }
    case "foreign":
      return element(ns.wsman, "Filter", "", [{ ns: "", name: "Dialect", value: filter.dialect }]);
    default:
      return filter satisfies never;
  }
}

/** Reads `<Filter>`. @throws wire.wsman.envelope (device) */
export function decodeFilter(from: XmlElement): EnumerationFilter {
  const dialect = from.attributes.find((one) => one.name === "Dialect")?.value ?? "";
  if (dialect === filterDialects.selectors)
    return { kind: "selectors", selectors: decodeSelectors(child(from, "SelectorSet")) };
  if (dialect !== filterDialects.associations) return { kind: "foreign", dialect: dialect.slice(0, 200) };
  const query = from.children[0];
  const object = query === undefined ? undefined : child(query, "Object");
  if (query === undefined || object === undefined) {
    throw fail("wire.wsman.envelope", { message: "An association filter names no object" });
  }
  const association = child(query, "AssociationClassName")?.text.trim();
  const result = child(query, "ResultClassName")?.text.trim();
  const common = { object: decodeReference(object), ...(result === undefined ? {} : { result }) };
  if (query.name === "AssociationInstances") return { kind: "associations", ...common };
  return { kind: "associated", ...common, ...(association === undefined ? {} : { association }) };
}

function filterElement(dialect: string, content: XmlElement): XmlElement {
  return element(ns.wsman, "Filter", [content], [{ ns: "", name: "Dialect", value: dialect }]);
}

import * as fc from "fast-check";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { classByName } from "../classes.ts";
import type { AnyProperty, ClassDefinition, Properties } from "../define.ts";

/** Text as XML 1.0 allows it, blanks at its ends aside; `& < > " '` and what is not ASCII come often. */
export const anyText: fc.Arbitrary<string> = fc
  .string({
    unit: fc.oneof(fc.constantFrom("&", "<", ">", '"', "'", "\t", "ß", "é", "日", "🖥", "]]>", "a"), fc.string()),
  })
  .map((text) => text.replaceAll(forbidden, ""));

// What the writer refuses: see wire/xml.test.ts.
const forbidden =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/gu;

const anyReference: fc.Arbitrary<EndpointReference> = fc
  .dictionary(fc.constantFrom("InstanceID", "Name", "Tag"), anyText, { minKeys: 1, maxKeys: 2 })
  .map((selectors) => ({
    address: "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
    resourceUri: "http://intel.com/wbem/wscim/1/amt-schema/1/AMT_GeneralSettings",
    selectors: { ...selectors },
  }));

const anyDatetime = fc.oneof(
  fc.constantFrom("2026-02-28T23:59:59Z", "2004-01-01T00:00:00Z").map((datetime) => ({ datetime })),
  fc.constantFrom("P0DT0H1M0S", "P7D").map((interval) => ({ interval })),
);

/** What else may be said of the values. */
export interface AnyOptions {
  /** True: of value maps only the words; firmware refuses other numbers. */
  readonly onlyWords?: boolean;
}

/** Any value that the property can hold. */
function anyValue({ codec }: AnyProperty, { onlyWords = false }: AnyOptions): fc.Arbitrary<unknown> {
  const { kind } = codec;
  if (kind.startsWith("reference")) return anyReference;
  if (kind.startsWith("instance of ")) {
    const inner = classByName(kind.slice("instance of ".length));
    return inner === undefined ? fc.constant({}) : anyInstance(inner);
  }
  if (kind.startsWith("enum ")) {
    const words = kind
      .slice("enum ".length)
      .split(", ")
      .map((pair) => pair.split(" ")[1] ?? "");
    return onlyWords ? fc.constantFrom(...words) : fc.oneof(fc.constantFrom(...words), fc.constant(60_000));
  }
  switch (kind) {
    case "string":
      return anyText;
    case "boolean":
      return fc.boolean();
    case "datetime":
      return anyDatetime;
    case "base64":
    case "hexBinary":
      return fc.uint8Array({ maxLength: 40 });
    case "real64":
      return fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (value === 0 ? 0 : value));
    case "uint64":
      return fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn });
    case "int64":
      return fc.bigInt({ min: -0x8000_0000_0000_0000n, max: 0x7fff_ffff_ffff_ffffn });
    default: {
      const [min, max] = ranges[kind] ?? [0, 0];
      return fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max));
    }
  }
}

const ranges: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 0xff],
  uint16: [0, 0xffff],
  uint32: [0, 0xffff_ffff],
  int8: [-0x80, 0x7f],
  int16: [-0x8000, 0x7fff],
  int32: [-0x8000_0000, 0x7fff_ffff],
};

/** Any values of these properties; all but keys may be absent, and lists have one member or more. */
export function anyValues(
  properties: Properties,
  isKeyed: boolean,
  options: AnyOptions = {},
): fc.Arbitrary<Record<string, unknown>> {
  const all = Object.entries(properties).map(([name, one]) => {
    const single = anyValue(one, options);
    const many = one.traits.list === true ? fc.array(single, { minLength: 1, maxLength: 3 }) : single;
    return [name, many] as const;
  });
  const required = Object.entries(properties)
    .filter(([, { traits }]) => (isKeyed ? traits.key === true : traits.optional !== true && traits.list !== true))
    .map(([name]) => name);
  return fc.record(Object.fromEntries(all), { requiredKeys: required, noNullPrototype: true });
}

/** Any instance of a class. */
export function anyInstance(definition: ClassDefinition): fc.Arbitrary<Record<string, unknown>> {
  return anyValues(definition.properties, true);
}

import { child, element, type XmlElement } from "@vigil/wire/xml.ts";
import {
  decodeReference,
  encodeReference,
  type EndpointReference,
  type Selectors,
} from "@vigil/wire/wsman/reference.ts";
import { fail } from "./errors.ts";

/** A point in time or a duration, as the firmware spelled it. @source protocols: "Datetime inside CIM objects" */
export type CimDateTime = { readonly datetime: string } | { readonly interval: string };

/** Reads and writes one value between an element and TypeScript. `write` returns the element's content. */
export interface Codec<T> {
  readonly kind: string;
  read(from: XmlElement): T;
  write(value: T): string | readonly XmlElement[];
}

/** What the schema says of one property or argument. */
export interface Traits {
  /** Part of the instance's identity; becomes a selector. */
  readonly key?: true;
  /** Firmware refuses to have it changed. */
  readonly readonly?: true;
  /** Absent when unset. */
  readonly optional?: true;
  /** Repeated elements; absent means empty. */
  readonly list?: true;
  /** Never logged, never shown, never returned by firmware. */
  readonly secret?: true;
  /** First firmware release that has it, e.g. "16.0". */
  readonly since?: string;
  /** Last firmware release that has it. */
  readonly until?: string;
}

export interface Property<T, O extends Traits> {
  readonly codec: Codec<T>;
  readonly traits: O;
}

// The widest property, for constraints only: `never` in, so every Property<T, O> fits.
// oxlint-disable-next-line typescript/no-explicit-any -- a codec is invariant in T; no value passes through this type
export type AnyProperty = Property<any, Traits>;
export type Properties = Readonly<Record<string, AnyProperty>>;

type Single<P> = P extends Property<infer T, Traits> ? T : never;
type Value<P> = P extends Property<infer T, infer O> ? (O extends { list: true } ? readonly T[] : T) : never;
type MayLack<P> =
  P extends Property<unknown, infer O>
    ? O extends { optional: true } | { since: string } | { until: string } | { list: true }
      ? true
      : false
    : never;
type Fixed<P> =
  P extends Property<unknown, infer O> ? (O extends { readonly: true } | { key: true } ? true : false) : never;

/** The TypeScript value of a set of properties: wire names, unset optional ones absent. */
export type ValuesOf<P extends Properties> = {
  readonly [K in keyof P as MayLack<P[K]> extends true ? never : K]: Value<P[K]>;
} & {
  readonly [K in keyof P as MayLack<P[K]> extends true ? K : never]?: Value<P[K]> | undefined;
};

export interface Method {
  /** Arguments in MOF order, which some firmware insists on. */
  readonly input: Properties;
  /** Results in MOF order, without ReturnValue, which always comes last. */
  readonly output: Properties;
}
export type Methods = Readonly<Record<string, Method>>;

/** One CIM class, declared once for both speakers. */
export interface ClassDefinition<P extends Properties = Properties, M extends Methods = Methods> {
  readonly name: string;
  /** Resource URI; also the namespace of its properties and methods. */
  readonly uri: string;
  /** Names of the classes it derives from, nearest first. Enumerating one of them returns this class's instances too. */
  readonly parents: readonly string[];
  readonly properties: P;
  readonly methods: M;
  /** True when the schema, inherited members included, has a datetime: answers then declare its namespace. */
  readonly hasDatetime: boolean;
  /** First firmware release that has the class. */
  readonly since?: string;
}

/** An instance of a class, as both speakers hold it. */
export type Instance<C extends ClassDefinition> = ValuesOf<C["properties"]>;
/** What a Put may change: everything but keys and read-only properties. */
export type Changes<C extends ClassDefinition> = {
  readonly [K in keyof C["properties"] as Fixed<C["properties"][K]> extends true ? never : K]?:
    | Value<C["properties"][K]>
    | undefined;
};
export type MethodName<C extends ClassDefinition> = keyof C["methods"] & string;
export type Input<C extends ClassDefinition, N extends MethodName<C>> = ValuesOf<C["methods"][N]["input"]>;
export type Output<C extends ClassDefinition, N extends MethodName<C>> = ValuesOf<C["methods"][N]["output"]> & {
  /** 0 is success. Firmware always sends it; undefined only where an answer was edited by hand. */
  readonly ReturnValue: number | undefined;
};

const uriPrefixes = {
  CIM: "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/",
  AMT: "http://intel.com/wbem/wscim/1/amt-schema/1/",
  IPS: "http://intel.com/wbem/wscim/1/ips-schema/1/",
} as const;

const cimCommon = "http://schemas.dmtf.org/wbem/wscim/1/common";

/** Declares a class. @param name as on the wire: its first three letters choose the resource URI */
export function defineClass<const P extends Properties, const M extends Methods = Record<never, never>>(
  name: `${keyof typeof uriPrefixes}_${string}`,
  parts: {
    readonly parents?: readonly string[];
    readonly properties: P;
    readonly methods?: M;
    readonly hasDatetime?: true;
    readonly since?: string;
  },
): ClassDefinition<P, M> {
  const family = name.slice(0, 3);
  if (family !== "CIM" && family !== "AMT" && family !== "IPS")
    throw fail("model.class.unknown", { details: { name } });
  return {
    name,
    uri: uriPrefixes[family] + name,
    parents: parts.parents ?? [],
    properties: parts.properties,
    // A class without methods has none: the empty table is an M whose keys are `never`.
    methods: parts.methods ?? ({} as M),
    hasDatetime: parts.hasDatetime ?? Object.values(parts.properties).some((one) => one.codec.kind === "datetime"),
    ...(parts.since === undefined ? {} : { since: parts.since }),
  };
}

/** Declares a method. Arguments and results in MOF order; ReturnValue is implied. */
export function method<
  const I extends Properties = Record<never, never>,
  const O extends Properties = Record<never, never>,
>(parts: { readonly input?: I; readonly output?: O } = {}): { readonly input: I; readonly output: O } {
  // An omitted table is one without keys, which is what I or O then is.
  return { input: parts.input ?? ({} as I), output: parts.output ?? ({} as O) };
}

function property<T, const O extends Traits>(codec: Codec<T>, traits: O): Property<T, O> {
  return { codec, traits };
}

type NoTraits = Record<never, never>;

export function string<const O extends Traits = NoTraits>(traits?: O): Property<string, O> {
  return property(text("string"), traits ?? ({} as O));
}

export function boolean<const O extends Traits = NoTraits>(traits?: O): Property<boolean, O> {
  return property(booleanCodec, traits ?? ({} as O));
}

export function uint8<const O extends Traits = NoTraits>(traits?: O): Property<number, O> {
  return property(integer("uint8", 0, 0xff), traits ?? ({} as O));
}
export function uint16<const O extends Traits = NoTraits>(traits?: O): Property<number, O> {
  return property(integer("uint16", 0, 0xffff), traits ?? ({} as O));
}
export function uint32<const O extends Traits = NoTraits>(traits?: O): Property<number, O> {
  return property(integer("uint32", 0, 0xffff_ffff), traits ?? ({} as O));
}
export function int8<const O extends Traits = NoTraits>(traits?: O): Property<number, O> {
  return property(integer("int8", -0x80, 0x7f), traits ?? ({} as O));
}
export function int16<const O extends Traits = NoTraits>(traits?: O): Property<number, O> {
  return property(integer("int16", -0x8000, 0x7fff), traits ?? ({} as O));
}
export function int32<const O extends Traits = NoTraits>(traits?: O): Property<number, O> {
  return property(integer("int32", -0x8000_0000, 0x7fff_ffff), traits ?? ({} as O));
}
export function uint64<const O extends Traits = NoTraits>(traits?: O): Property<bigint, O> {
  return property(wideInteger("uint64", 0n, 0xffff_ffff_ffff_ffffn), traits ?? ({} as O));
}
export function int64<const O extends Traits = NoTraits>(traits?: O): Property<bigint, O> {
  return property(wideInteger("int64", -0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn), traits ?? ({} as O));
}
/** Bytes as base64 on the wire. */
export function base64<const O extends Traits = NoTraits>(traits?: O): Property<Uint8Array, O> {
  return property(base64Codec, traits ?? ({} as O));
}
export function datetime<const O extends Traits = NoTraits>(traits?: O): Property<CimDateTime, O> {
  return property(datetimeCodec, traits ?? ({} as O));
}
/** A reference to an instance. @param to the class it points at, for readers */
export function reference<const O extends Traits = NoTraits>(to: string, traits?: O): Property<EndpointReference, O> {
  return property({ kind: `reference to ${to}`, read: decodeReference, write: encodeReference }, traits ?? ({} as O));
}

/** A value map: the wire's integer as a word of ours. A number that the table lacks stays a number, so nothing is lost. */
export function enumOf<const V extends Readonly<Record<string, number>>, const O extends Traits = NoTraits>(
  values: V,
  traits?: O,
): Property<(keyof V & string) | number, O> {
  const words = new Map(Object.entries(values).map(([word, number]) => [number, word]));
  const number = integer("enum", 0, 0xffff_ffff);
  return property<(keyof V & string) | number, O>(
    {
      kind: "enum",
      read(from) {
        const value = number.read(from);
        return words.get(value) ?? value;
      },
      write(value) {
        const wire = typeof value === "number" ? value : values[value];
        if (wire === undefined) throw fail("model.value.invalid", { details: { kind: "enum", got: String(value) } });
        return number.write(wire);
      },
    },
    traits ?? ({} as O),
  );
}

function text(kind: string): Codec<string> {
  return { kind, read: (from) => from.text, write: (value) => value };
}

const booleanCodec: Codec<boolean> = {
  kind: "boolean",
  read(from) {
    const word = from.text.trim();
    if (word === "true" || word === "1") return true;
    if (word === "false" || word === "0") return false;
    throw invalid("boolean", from);
  },
  write: (value) => (value ? "true" : "false"),
};

function integer(kind: string, least: number, most: number): Codec<number> {
  return {
    kind,
    read(from) {
      const word = from.text.trim();
      const value = Number(word);
      if (!/^-?\d{1,10}$/.test(word) || value < least || value > most) throw invalid(kind, from);
      return value;
    },
    write(value) {
      if (!Number.isInteger(value) || value < least || value > most) {
        throw fail("model.value.invalid", { details: { kind, got: value } });
      }
      return String(value);
    },
  };
}

function wideInteger(kind: string, least: bigint, most: bigint): Codec<bigint> {
  return {
    kind,
    read(from) {
      const word = from.text.trim();
      if (!/^-?\d{1,20}$/.test(word) || BigInt(word) < least || BigInt(word) > most) throw invalid(kind, from);
      return BigInt(word);
    },
    write(value) {
      if (value < least || value > most) {
        throw fail("model.value.invalid", { details: { kind, got: String(value) } });
      }
      return String(value);
    },
  };
}

const base64Codec: Codec<Uint8Array> = {
  kind: "base64",
  read(from) {
    const word = from.text.replaceAll(/\s/g, "");
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(word)) throw invalid("base64", from);
    return new Uint8Array(Buffer.from(word, "base64"));
  },
  write: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
};

const datetimeCodec: Codec<CimDateTime> = {
  kind: "datetime",
  read(from) {
    const at = child(from, "Datetime");
    if (at !== undefined) return { datetime: at.text.trim() };
    const lasting = child(from, "Interval");
    if (lasting !== undefined) return { interval: lasting.text.trim() };
    throw invalid("datetime", from);
  },
  write: (value) =>
    "datetime" in value
      ? [element(cimCommon, "Datetime", value.datetime)]
      : [element(cimCommon, "Interval", value.interval)],
};

function invalid(kind: string, from: XmlElement): Error {
  return fail("model.value.invalid", { details: { element: from.name, kind, got: from.text.slice(0, 40) } });
}

/** What decoding gave: the typed value, and the names of elements that the model does not know (kept out of the value). */
export interface Decoded<V> {
  readonly value: V;
  readonly unknown: readonly string[];
}

/** Reads `<Class>…</Class>`. @throws model.property.missing, model.value.invalid (device) */
export function decodeInstance<C extends ClassDefinition>(definition: C, from: XmlElement): Decoded<Instance<C>> {
  return decodeValues<C["properties"]>(definition.properties, from, definition.name);
}

/** Writes `<Class>…</Class>`, properties in plain ASCII order as firmware does; undefined ones are left out. */
export function encodeInstance<C extends ClassDefinition>(definition: C, value: Partial<Instance<C>>): XmlElement {
  const names = Object.keys(definition.properties).sort(asciiOrder);
  return element(definition.uri, definition.name, encodeValues(definition.properties, names, value, definition.uri));
}

/** Writes `<Method_INPUT>` with the arguments in MOF order. */
export function encodeInput<C extends ClassDefinition, N extends MethodName<C>>(
  definition: C,
  name: N,
  values: Input<C, N>,
): XmlElement {
  const input = methodOf(definition, name).input;
  return element(definition.uri, `${name}_INPUT`, encodeValues(input, Object.keys(input), values, definition.uri));
}

/** Reads `<Method_INPUT>`; arguments may come in any order. */
export function decodeInput<C extends ClassDefinition, N extends MethodName<C>>(
  definition: C,
  name: N,
  from: XmlElement,
): Decoded<Input<C, N>> {
  return decodeValues<C["methods"][N]["input"]>(methodOf(definition, name).input, from, `${definition.name}.${name}`);
}

/** Writes `<Method_OUTPUT>`: results in MOF order, ReturnValue last. */
export function encodeOutput<C extends ClassDefinition, N extends MethodName<C>>(
  definition: C,
  name: N,
  values: Output<C, N>,
): XmlElement {
  const output = methodOf(definition, name).output;
  const results = encodeValues(output, Object.keys(output), values, definition.uri);
  if (values.ReturnValue !== undefined) {
    results.push(element(definition.uri, "ReturnValue", String(values.ReturnValue)));
  }
  return element(definition.uri, `${name}_OUTPUT`, results);
}

/** Reads `<Method_OUTPUT>`. On a non-zero ReturnValue firmware leaves the results out: then all are optional in fact. */
export function decodeOutput<C extends ClassDefinition, N extends MethodName<C>>(
  definition: C,
  name: N,
  from: XmlElement,
): Decoded<Output<C, N>> {
  const code = child(from, "ReturnValue");
  const returnValue = code === undefined ? undefined : Number(code.text.trim());
  if (code !== undefined && !Number.isInteger(returnValue)) throw invalid("uint32", code);
  const rest = { ...from, children: from.children.filter((one) => one !== code) };
  const output = methodOf(definition, name).output;
  const decoded = decodeValues<C["methods"][N]["output"]>(
    output,
    rest,
    `${definition.name}.${name}`,
    returnValue !== 0,
  );
  return { value: { ...decoded.value, ReturnValue: returnValue }, unknown: decoded.unknown };
}

/** The selectors that name this instance: its key properties. */
export function selectorsOf<C extends ClassDefinition>(definition: C, value: Partial<Instance<C>>): Selectors {
  const selectors: Record<string, string | EndpointReference> = {};
  for (const [name, one] of Object.entries(definition.properties)) {
    const held: unknown = Reflect.get(value, name);
    if (one.traits.key !== true || held === undefined) continue;
    if (one.codec.kind.startsWith("reference")) {
      // The codec's kind says that the value is a reference.
      selectors[name] = held as EndpointReference;
      continue;
    }
    const content = one.codec.write(held);
    if (typeof content === "string") selectors[name] = content;
  }
  return selectors;
}

/** The reference that names this instance. */
export function referenceTo<C extends ClassDefinition>(definition: C, value: Partial<Instance<C>>): EndpointReference {
  return { address: anonymous, resourceUri: definition.uri, selectors: selectorsOf(definition, value) };
}

const anonymous = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";

function methodOf(definition: ClassDefinition, name: string): Method {
  const found = definition.methods[name];
  if (found === undefined) throw fail("model.method.unknown", { details: { class: definition.name, method: name } });
  return found;
}

function decodeValues<P extends Properties>(
  properties: P,
  from: XmlElement,
  where: string,
  isPartial = false,
): Decoded<ValuesOf<P>> {
  const value: Record<string, Single<AnyProperty> | Single<AnyProperty>[]> = {};
  const unknown: string[] = [];
  for (const one of from.children) {
    const known = Object.hasOwn(properties, one.name) ? properties[one.name] : undefined;
    if (known === undefined) {
      unknown.push(one.name);
    } else if (known.traits.list === true) {
      const list: unknown[] = Array.isArray(value[one.name]) ? value[one.name] : (value[one.name] = []);
      list.push(known.codec.read(one));
    } else {
      value[one.name] = known.codec.read(one);
    }
  }
  if (!isPartial) requireAll(properties, value, where);
  // Every property that ValuesOf demands was read by its own codec, or requireAll threw.
  return { value: value as ValuesOf<P>, unknown };
}

function requireAll(properties: Properties, value: object, where: string): void {
  for (const [name, { traits }] of Object.entries(properties)) {
    const mayLack = traits.optional === true || traits.list === true;
    if (mayLack || traits.since !== undefined || traits.until !== undefined || Object.hasOwn(value, name)) continue;
    throw fail("model.property.missing", { details: { in: where, property: name } });
  }
}

function encodeValues(properties: Properties, names: readonly string[], values: object, ns: string): XmlElement[] {
  const written: XmlElement[] = [];
  for (const name of names) {
    const held: unknown = Reflect.get(values, name);
    const known = properties[name];
    if (held === undefined || known === undefined) continue;
    for (const one of known.traits.list === true && Array.isArray(held) ? held : [held]) {
      written.push(element(ns, name, known.codec.write(one)));
    }
  }
  return written;
}

/** Upper-case letters before lower-case ones, as the firmware sorts. @source protocols A.10 "Property order" */
function asciiOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

import {
  base64Codec,
  booleanCodec,
  datetimeCodec,
  enumCodec,
  hexCodec,
  integerCodec,
  realCodec,
  textCodec,
  wideIntegerCodec,
  type CimDateTime,
  type Codec,
} from "./codecs.ts";
import { decodeReference, encodeReference, type EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { fail } from "./errors.ts";

/** What the schema says of one property or argument. */
export interface Traits {
  /** Part of the instance's identity; becomes a selector. Properties only: all others may be absent. */
  readonly key?: true;
  /** Firmware refuses to have it changed. */
  readonly readonly?: true;
  /** An argument that may be left out. */
  readonly optional?: true;
  /** Repeated elements; absent means empty. */
  readonly list?: true;
  /** Never logged, never shown, never returned by firmware. */
  readonly secret?: true;
  /** First firmware release that has it, e.g. "16.0". */
  readonly since?: string;
  /** Last firmware release that has it: "17.0" stands for all of 17. */
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

type Value<P> = P extends Property<infer T, infer O> ? (O extends { list: true } ? readonly T[] : T) : never;
type IsKey<P> = P extends Property<unknown, infer O> ? (O extends { key: true } ? true : false) : never;
type MayLack<P> =
  P extends Property<unknown, infer O> ? (O extends { optional: true } | { list: true } ? true : false) : never;
type Fixed<P> =
  P extends Property<unknown, infer O> ? (O extends { readonly: true } | { key: true } ? true : false) : never;

/** An instance's properties: wire names; keys are always there, all else may be absent. */
export type PropertiesOf<P extends Properties> = {
  readonly [K in keyof P as IsKey<P[K]> extends true ? K : never]: Value<P[K]>;
} & {
  readonly [K in keyof P as IsKey<P[K]> extends true ? never : K]?: Value<P[K]> | undefined;
};
/** A method's arguments: all but optional ones and lists must be given. */
export type ArgumentsOf<P extends Properties> = {
  readonly [K in keyof P as MayLack<P[K]> extends true ? never : K]: Value<P[K]>;
} & {
  readonly [K in keyof P as MayLack<P[K]> extends true ? K : never]?: Value<P[K]> | undefined;
};
/** A method's results; firmware leaves them out when it refuses. */
export type ResultsOf<P extends Properties> = { readonly [K in keyof P]?: Value<P[K]> | undefined };

export interface Method {
  /** Arguments in MOF order, which some firmware insists on. */
  readonly input: Properties;
  /** Results in MOF order, without ReturnValue, which always comes last. */
  readonly output: Properties;
  /** First firmware release that has it, where that is later than the class. */
  readonly since?: string;
}
export type Methods = Readonly<Record<string, Method>>;

/** One CIM class with all that it inherits, declared once for both speakers. */
export interface ClassDefinition<P extends Properties = Properties, M extends Methods = Methods> {
  readonly name: string;
  /** Resource URI; also the namespace of its properties and methods. */
  readonly uri: string;
  /** Names of the classes it derives from, nearest first. Enumerating one of them returns this class's instances too. */
  readonly parents: readonly string[];
  readonly properties: P;
  readonly methods: M;
  /** Names of the properties in the order of the wire: plain ASCII. @source protocols A.10 "Property order" */
  readonly order: readonly string[];
  /** True when the schema, inherited members included, has a datetime: answers then declare its namespace. */
  readonly hasDatetime: boolean;
  /** First firmware release that has the class. */
  readonly since?: string;
  /** Last firmware release that has the class. */
  readonly until?: string;
}

/** An instance of a class, as both speakers hold it. */
export type Instance<C extends ClassDefinition> = PropertiesOf<C["properties"]>;
/** What a Put may change: everything but keys and read-only properties. */
export type Changes<C extends ClassDefinition> = {
  readonly [K in keyof C["properties"] as Fixed<C["properties"][K]> extends true ? never : K]?:
    | Value<C["properties"][K]>
    | undefined;
};
export type MethodName<C extends ClassDefinition> = keyof C["methods"] & string;
export type Input<C extends ClassDefinition, N extends MethodName<C>> = ArgumentsOf<C["methods"][N]["input"]>;
export type Output<C extends ClassDefinition, N extends MethodName<C>> = ResultsOf<C["methods"][N]["output"]> & {
  /** 0 is success. Firmware always sends it; undefined only where an answer was edited by hand. */
  readonly ReturnValue: number | undefined;
};

const uriPrefixes = {
  CIM: "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/",
  AMT: "http://intel.com/wbem/wscim/1/amt-schema/1/",
  IPS: "http://intel.com/wbem/wscim/1/ips-schema/1/",
} as const;

type Nothing = Record<never, never>;
type Root = ClassDefinition<Nothing, Nothing>;
/** What a class has, and what it inherits unless it says it anew. */
type Joined<A, B> = {
  readonly [K in keyof A | keyof B]: K extends keyof B ? B[K] : K extends keyof A ? A[K] : never;
};

/** Declares a class. @param name as on the wire: its first three letters choose the resource URI */
export function defineClass<
  const P extends Properties,
  const M extends Methods = Nothing,
  const B extends ClassDefinition = Root,
>(
  name: `${keyof typeof uriPrefixes}_${string}`,
  parts: {
    readonly extends?: B;
    readonly properties: P;
    readonly methods?: M;
    readonly since?: string;
    readonly until?: string;
  },
): ClassDefinition<Joined<B["properties"], P>, Joined<B["methods"], M>> {
  const family = name.slice(0, 3);
  if (family !== "CIM" && family !== "AMT" && family !== "IPS")
    throw fail("model.class.unknown", { details: { name } });
  const base = parts.extends;
  // Spreading joins the two tables just as the type says.
  const properties = { ...base?.properties, ...parts.properties } as Joined<B["properties"], P> & Properties;
  const methods = { ...base?.methods, ...parts.methods } as Joined<B["methods"], M> & Methods;
  return {
    name,
    uri: uriPrefixes[family] + name,
    parents: base === undefined ? [] : [base.name, ...base.parents],
    properties,
    methods,
    order: Object.keys(properties).sort(asciiOrder),
    hasDatetime: Object.values<AnyProperty>(properties).some((one) => one.codec.kind === "datetime"),
    ...(parts.since === undefined ? {} : { since: parts.since }),
    ...(parts.until === undefined ? {} : { until: parts.until }),
  };
}

/** Declares a method. Arguments and results in MOF order; ReturnValue is implied. */
export function method<const I extends Properties = Nothing, const O extends Properties = Nothing>(
  parts: { readonly input?: I; readonly output?: O; readonly since?: string } = {},
): { readonly input: I; readonly output: O; readonly since?: string } {
  const { since } = parts;
  // An omitted table is one without keys, which is what I or O then is.
  const tables = { input: parts.input ?? ({} as I), output: parts.output ?? ({} as O) };
  return since === undefined ? tables : { ...tables, since };
}

/** Declares a property or argument of any codec. */
export function property<T, const O extends Traits>(codec: Codec<T>, traits: O | undefined): Property<T, O> {
  // Omitted traits are none, which is what O then is.
  return { codec, traits: traits ?? ({} as O) };
}

export function string<const O extends Traits = Nothing>(traits?: O): Property<string, O> {
  return property(textCodec, traits);
}
export function boolean<const O extends Traits = Nothing>(traits?: O): Property<boolean, O> {
  return property(booleanCodec, traits);
}

const uint8Codec = integerCodec("uint8", 0, 0xff);
const uint16Codec = integerCodec("uint16", 0, 0xffff);
const uint32Codec = integerCodec("uint32", 0, 0xffff_ffff);
const int8Codec = integerCodec("int8", -0x80, 0x7f);
const int16Codec = integerCodec("int16", -0x8000, 0x7fff);
const int32Codec = integerCodec("int32", -0x8000_0000, 0x7fff_ffff);
const uint64Codec = wideIntegerCodec("uint64", 0n, 0xffff_ffff_ffff_ffffn);
const int64Codec = wideIntegerCodec("int64", -0x8000_0000_0000_0000n, 0x7fff_ffff_ffff_ffffn);

export function uint8<const O extends Traits = Nothing>(traits?: O): Property<number, O> {
  return property(uint8Codec, traits);
}
export function uint16<const O extends Traits = Nothing>(traits?: O): Property<number, O> {
  return property(uint16Codec, traits);
}
export function uint32<const O extends Traits = Nothing>(traits?: O): Property<number, O> {
  return property(uint32Codec, traits);
}
export function int8<const O extends Traits = Nothing>(traits?: O): Property<number, O> {
  return property(int8Codec, traits);
}
export function int16<const O extends Traits = Nothing>(traits?: O): Property<number, O> {
  return property(int16Codec, traits);
}
export function int32<const O extends Traits = Nothing>(traits?: O): Property<number, O> {
  return property(int32Codec, traits);
}
export function uint64<const O extends Traits = Nothing>(traits?: O): Property<bigint, O> {
  return property(uint64Codec, traits);
}
export function int64<const O extends Traits = Nothing>(traits?: O): Property<bigint, O> {
  return property(int64Codec, traits);
}
export function real64<const O extends Traits = Nothing>(traits?: O): Property<number, O> {
  return property(realCodec, traits);
}
/** Bytes as base64 on the wire. */
export function base64<const O extends Traits = Nothing>(traits?: O): Property<Uint8Array, O> {
  return property(base64Codec, traits);
}
/** Bytes as hexadecimal digits on the wire. */
export function hexBinary<const O extends Traits = Nothing>(traits?: O): Property<Uint8Array, O> {
  return property(hexCodec, traits);
}
export function datetime<const O extends Traits = Nothing>(traits?: O): Property<CimDateTime, O> {
  return property(datetimeCodec, traits);
}
/** A reference to an instance. @param to the class it points at, for readers */
export function reference<const O extends Traits = Nothing>(to: string, traits?: O): Property<EndpointReference, O> {
  return property({ kind: `reference to ${to}`, read: decodeReference, write: encodeReference }, traits);
}
/** A value map: words of ours for the wire's numbers; see `enumCodec`. */
export function enumOf<const V extends Readonly<Record<string, number>>, const O extends Traits = Nothing>(
  values: V,
  traits?: O,
): Property<(keyof V & string) | number, O> {
  return property(enumCodec(values), traits);
}

function asciiOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

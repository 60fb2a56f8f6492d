import type { EndpointReference, Selectors } from "@vigil/wire/wsman/reference.ts";
import { child, element, type XmlElement } from "@vigil/wire/xml.ts";
import { invalid } from "./codecs.ts";
import type { ClassDefinition, Input, Instance, Method, MethodName, Output, Properties } from "./define.ts";
import { fail } from "./errors.ts";
import { exists } from "./firmware.ts";

/** What decoding gave: the typed value, and the elements that are kept out of it. */
export interface Decoded<V> {
  readonly value: V;
  /** Names that the model does not know. */
  readonly unknown: readonly string[];
}

/** Reads `<Class>…</Class>`. @throws model.property.missing, model.value.invalid (device) */
export function decodeInstance<C extends ClassDefinition>(definition: C, from: XmlElement): Decoded<Instance<C>> {
  const { value, unknown } = decodeValues(definition.properties, from);
  for (const [name, { traits }] of Object.entries(definition.properties)) {
    if (traits.key !== true || Object.hasOwn(value, name)) continue;
    throw fail("model.property.missing", { details: { in: definition.name, property: name } });
  }
  // Every property was read by its own codec, and the keys are there.
  return { value: value as Instance<C>, unknown };
}

/**
 * Writes `<Class>…</Class>`, properties in plain ASCII order as firmware does; undefined ones are left out.
 * @param release leaves out what that firmware release does not have
 */
export function encodeInstance<C extends ClassDefinition>(
  definition: C,
  value: Partial<Instance<C>>,
  release?: string,
): XmlElement {
  const { properties, order, uri, name } = definition;
  return element(uri, name, encodeValues(properties, order, value, uri, release));
}

/** Writes `<Method_INPUT>` with the arguments in MOF order. */
export function encodeInput<C extends ClassDefinition, N extends MethodName<C>>(
  definition: C,
  name: N,
  values: Input<C, N>,
): XmlElement {
  const { input } = methodOf(definition, name);
  return element(definition.uri, `${name}_INPUT`, encodeValues(input, Object.keys(input), values, definition.uri));
}

/** Reads `<Method_INPUT>`; arguments may come in any order. @throws model.property.missing, model.value.invalid */
export function decodeInput<C extends ClassDefinition, N extends MethodName<C>>(
  definition: C,
  name: N,
  from: XmlElement,
): Decoded<Input<C, N>> {
  const { input } = methodOf(definition, name);
  const { value, unknown } = decodeValues(input, from);
  for (const [argument, { traits }] of Object.entries(input)) {
    if (traits.optional === true || traits.list === true || Object.hasOwn(value, argument)) continue;
    throw fail("model.property.missing", { details: { in: `${definition.name}.${name}`, property: argument } });
  }
  // Every argument was read by its own codec, and those that must be there are.
  return { value: value as Input<C, N>, unknown };
}

/** Writes `<Method_OUTPUT>`: results in MOF order, ReturnValue last. */
export function encodeOutput<C extends ClassDefinition, N extends MethodName<C>>(
  definition: C,
  name: N,
  values: Output<C, N>,
): XmlElement {
  const { output } = methodOf(definition, name);
  const results = encodeValues(output, Object.keys(output), values, definition.uri);
  if (values.ReturnValue !== undefined) {
    results.push(element(definition.uri, "ReturnValue", String(values.ReturnValue)));
  }
  return element(definition.uri, `${name}_OUTPUT`, results);
}

/** Reads `<Method_OUTPUT>`. On a non-zero ReturnValue firmware leaves the results out. */
export function decodeOutput<C extends ClassDefinition, N extends MethodName<C>>(
  definition: C,
  name: N,
  from: XmlElement,
): Decoded<Output<C, N>> {
  const code = child(from, "ReturnValue");
  const returnValue = code === undefined ? undefined : Number(code.text.trim());
  if (code !== undefined && !Number.isInteger(returnValue)) throw invalid("uint32", code);
  const rest = { ...from, children: from.children.filter((one) => one !== code) };
  const { value, unknown } = decodeValues(methodOf(definition, name).output, rest);
  // Every result was read by its own codec.
  return { value: { ...value, ReturnValue: returnValue } as Output<C, N>, unknown };
}

/** The selectors that name this instance: its key properties, in plain ASCII order as firmware writes them. @source recorded answers */
export function selectorsOf<C extends ClassDefinition>(definition: C, value: Partial<Instance<C>>): Selectors {
  const selectors: Record<string, string | EndpointReference> = {};
  for (const name of definition.order) {
    const one = definition.properties[name];
    const held: unknown = Reflect.get(value, name);
    if (one?.traits.key !== true || held === undefined) continue;
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
  const found = Object.hasOwn(definition.methods, name) ? definition.methods[name] : undefined;
  if (found === undefined) throw fail("model.method.unknown", { details: { class: definition.name, method: name } });
  return found;
}

/** Reads what the model knows. @throws model.value.invalid (device) */
export function decodeValues(properties: Properties, from: XmlElement): Decoded<Readonly<Record<string, unknown>>> {
  const value: Record<string, unknown> = {};
  const unknown: string[] = [];
  for (const one of from.children) {
    const known = Object.hasOwn(properties, one.name) ? properties[one.name] : undefined;
    if (known === undefined) {
      unknown.push(one.name);
    } else if (known.traits.list === true) {
      const list: unknown = value[one.name];
      if (Array.isArray(list)) list.push(known.codec.read(one));
      else value[one.name] = [known.codec.read(one)];
    } else {
      value[one.name] = known.codec.read(one);
    }
  }
  return { value, unknown };
}

/** Writes values in the given order. @param release leaves out what that firmware release does not have */
export function encodeValues(
  properties: Properties,
  names: readonly string[],
  values: object,
  ns: string,
  release?: string,
): XmlElement[] {
  const written: XmlElement[] = [];
  for (const name of names) {
    const held: unknown = Reflect.get(values, name);
    const known = properties[name];
    if (held === undefined || known === undefined) continue;
    if (release !== undefined && !exists(known.traits, release)) continue;
    for (const one of known.traits.list === true && Array.isArray(held) ? held : [held]) {
      written.push(element(ns, name, known.codec.write(one)));
    }
  }
  return written;
}

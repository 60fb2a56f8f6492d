import type { AnyProperty, ClassDefinition, Instance } from "@vigil/model/define.ts";
import { decodeValues, encodeInstance, referenceTo, selectorsOf } from "@vigil/model/instances.ts";
import type { EndpointReference } from "@vigil/wire/wsman/reference.ts";
import { isSame, pick, type Refusal } from "./behavior.ts";
import type { Firmware } from "./firmware.ts";

/** What managers stored of a class, oldest first. */
export function storedOf<C extends ClassDefinition>(
  firmware: Firmware,
  definition: C,
): readonly Partial<Instance<C>>[] {
  const all = firmware.state.stored[definition.name] ?? [];
  // Only keep() below writes there, with the same definition.
  return all.map((one) => decodeValues(definition.properties, one).value as Partial<Instance<C>>);
}

/** Stores all instances of a class anew. */
export function keep<C extends ClassDefinition>(
  firmware: Firmware,
  definition: C,
  instances: readonly Partial<Instance<C>>[],
): void {
  firmware.change((state) => {
    state.stored[definition.name] = instances.map((one) => encodeInstance(definition, one));
  });
}

/** Stores one more. @returns where it is */
export function add<C extends ClassDefinition>(
  firmware: Firmware,
  definition: C,
  instance: Partial<Instance<C>>,
): EndpointReference {
  keep(firmware, definition, [...storedOf(firmware, definition), instance]);
  return referenceTo(definition, instance);
}

/** The stored instance that a reference names. */
export function storedAt<C extends ClassDefinition>(
  firmware: Firmware,
  definition: C,
  reference: EndpointReference | undefined,
): Partial<Instance<C>> | undefined {
  if (reference === undefined || reference.resourceUri !== definition.uri) return undefined;
  const found = pick(storedOf(firmware, definition), (one) => selectorsOf(definition, one), reference.selectors);
  return "fault" in found ? undefined : found.one;
}

/** The lowest number from `first` on for which `isTaken` is false: firmware uses numbers again. */
export function freeNumber(first: number, isTaken: (number: number) => boolean): number {
  let number = first;
  while (isTaken(number)) number += 1;
  return number;
}

/** Whether `a` is the instance that the keys of `b` name. */
export function isSameInstance<C extends ClassDefinition>(
  definition: C,
  a: Partial<Instance<C>>,
  b: Partial<Instance<C>>,
): boolean {
  const wanted = Object.entries(selectorsOf(definition, b));
  const names = selectorsOf(definition, a);
  return wanted.every(([name, value]) => isSame(names[name], value));
}

/** A secret that is not sent stays. */
export function withOldSecrets<C extends ClassDefinition>(
  definition: C,
  value: Partial<Instance<C>>,
  old: Partial<Instance<C>> | undefined,
): Partial<Instance<C>> {
  if (old === undefined) return value;
  return chosen(definition, (name, { traits }) => {
    const sent: unknown = Reflect.get(value, name);
    return traits.secret === true && (sent === undefined || sent === "") ? Reflect.get(old, name) : sent;
  });
}

/** INVALID_PARAMETER. @source protocols A.13 */
const invalidParameter = 36;

/** Refuses a number that its value map lacks; what the firmware itself holds may come back. */
export function refuseUnknownWords(definition: ClassDefinition, sent: object, held: object): Refusal | undefined {
  const isBad = Object.entries(definition.properties).some(([name, { codec }]) => {
    if (!codec.kind.startsWith("enum ")) return false;
    const value: unknown = Reflect.get(sent, name);
    const all: readonly unknown[] = Array.isArray(value) ? value : [value];
    const had: unknown = Reflect.get(held, name);
    const known: readonly unknown[] = Array.isArray(had) ? had : [had];
    return all.some((one) => typeof one === "number" && !known.includes(one));
  });
  return isBad ? { fault: "InternalError", status: invalidParameter } : undefined;
}

/** The instance made of what `valueOf` gives for each property; undefined leaves it out. */
export function chosen<C extends ClassDefinition>(
  { properties }: C,
  valueOf: (name: string, property: AnyProperty) => unknown,
): Partial<Instance<C>> {
  const all = Object.entries(properties).map(([name, one]) => [name, valueOf(name, one)] as const);
  // Every value comes from an instance of the same class.
  return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as Partial<Instance<C>>;
}

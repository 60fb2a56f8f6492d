import type { AnyProperty, ClassDefinition, Properties } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";

/**
 * What a manager must read of a value that a behavior holds: computed from the value alone, without a codec.
 * @param as the class as which it is read; its own unless said otherwise
 */
export function heldValue(own: ClassDefinition, value: object, release: string, as: ClassDefinition = own): object {
  return typedValues(own.properties, value, release, as.properties);
}

/** The same for arguments and results of a method. */
export function typedValues(own: Properties, value: object, release?: string, as: Properties = own): object {
  const typed: Record<string, unknown> = {};
  for (const [name, wanted] of Object.entries(as)) {
    const raw: unknown = Reflect.get(value, name);
    const from = own[name];
    if (raw === undefined || from === undefined) continue;
    if (release !== undefined && !exists(from.traits, release)) continue;
    const isList = wanted.traits.list === true;
    if (isList && Array.isArray(raw) && raw.length === 0) continue;
    typed[name] =
      isList && Array.isArray(raw) ? raw.map((one) => typedValue(one, from, wanted)) : typedValue(raw, from, wanted);
  }
  return typed;
}

/** A behavior may hold a value map's number, a Buffer, or a value of a derived class whose value map has more words. */
function typedValue(raw: unknown, from: AnyProperty, as: AnyProperty): unknown {
  if (raw instanceof Uint8Array) return new Uint8Array(raw);
  const number = typeof raw === "string" ? wordsOf(from).get(raw) : undefined;
  const plain = number ?? raw;
  if (typeof plain !== "number") return plain;
  const word = [...wordsOf(as)].find(([, value]) => value === plain)?.[0];
  return word ?? plain;
}

/** Of a value map: its kind spells it out. */
function wordsOf({ codec: { kind } }: AnyProperty): ReadonlyMap<string, number> {
  if (!kind.startsWith("enum ")) return new Map();
  const pairs = kind.slice("enum ".length).split(", ");
  return new Map(
    pairs.map((pair) => {
      const [number = "", word = ""] = pair.split(" ");
      return [word, Number(number)];
    }),
  );
}

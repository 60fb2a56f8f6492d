import { child, element, type XmlElement } from "@vigil/wire/xml.ts";
import { fail } from "./errors.ts";

/** Reads and writes one value between an element and TypeScript. `write` returns the element's content. */
export interface Codec<T> {
  readonly kind: string;
  read(from: XmlElement): T;
  write(value: T): string | readonly XmlElement[];
}

/**
 * A point in time or a duration, as the firmware spelled it; `text` when it stood there without saying which of them it is.
 * @source protocols: "Datetime inside CIM objects"
 */
export type CimDateTime = { readonly datetime: string } | { readonly interval: string } | { readonly text: string };

const cimCommon = "http://schemas.dmtf.org/wbem/wscim/1/common";

export const textCodec: Codec<string> = { kind: "string", read: (from) => from.text, write: (value) => value };

export const booleanCodec: Codec<boolean> = {
  kind: "boolean",
  read(from) {
    const word = from.text.trim();
    if (word === "true" || word === "1") return true;
    if (word === "false" || word === "0") return false;
    throw invalid("boolean", from);
  },
  write: (value) => (value ? "true" : "false"),
};

export function integerCodec(kind: string, least: number, most: number): Codec<number> {
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

export function wideIntegerCodec(kind: string, least: bigint, most: bigint): Codec<bigint> {
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

export const realCodec: Codec<number> = {
  kind: "real64",
  read(from) {
    const word = from.text.trim();
    if (!/^-?\d{1,40}(\.\d{1,40})?([eE][+-]?\d{1,3})?$/.test(word) || !Number.isFinite(Number(word))) {
      throw invalid("real64", from);
    }
    return Number(word);
  },
  write(value) {
    if (!Number.isFinite(value)) throw fail("model.value.invalid", { details: { kind: "real64", got: String(value) } });
    return String(value);
  },
};

export const base64Codec: Codec<Uint8Array> = {
  kind: "base64",
  read(from) {
    const word = from.text.replaceAll(/\s/g, "");
    if (word.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(word)) throw invalid("base64", from);
    return new Uint8Array(Buffer.from(word, "base64"));
  },
  write: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("base64"),
};

/** Two digits a byte, upper case. @source protocols A.10 */
export const hexCodec: Codec<Uint8Array> = {
  kind: "hexBinary",
  read(from) {
    const word = from.text.trim();
    if (!/^([0-9A-Fa-f]{2})*$/.test(word)) throw invalid("hexBinary", from);
    return new Uint8Array(Buffer.from(word, "hex"));
  },
  write: (value) => Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("hex").toUpperCase(),
};

export const datetimeCodec: Codec<CimDateTime> = {
  kind: "datetime",
  read(from) {
    const at = child(from, "Datetime");
    if (at !== undefined) return { datetime: at.text.trim() };
    const lasting = child(from, "Interval");
    if (lasting !== undefined) return { interval: lasting.text.trim() };
    if (from.children.length > 0) throw invalid("datetime", from);
    return { text: from.text.trim() };
  },
  write(value) {
    if ("text" in value) return value.text;
    return "datetime" in value
      ? [element(cimCommon, "Datetime", value.datetime)]
      : [element(cimCommon, "Interval", value.interval)];
  },
};

/** A value map: the wire's integer as a word of ours. A number that the table lacks stays a number, so nothing is lost. */
export function enumCodec<const V extends Readonly<Record<string, number>>>(
  values: V,
): Codec<(keyof V & string) | number> {
  const words = new Map(Object.entries(values).map(([word, number]) => [number, word]));
  const number = integerCodec("enum", 0, 0xffff_ffff);
  return {
    kind: `enum ${Object.entries(values)
      .map(([word, value]) => `${value} ${word}`)
      .join(", ")}`,
    read(from) {
      const value = number.read(from);
      return words.get(value) ?? value;
    },
    write(value) {
      const wire = typeof value === "number" ? value : values[value];
      if (wire === undefined) throw fail("model.value.invalid", { details: { kind: "enum", got: String(value) } });
      return number.write(wire);
    },
  };
}

/** The wire's number of a word of a value map; a number is itself. */
export function numberOf<const V extends Readonly<Record<string, number>>>(
  values: V,
  value: (keyof V & string) | number,
): number {
  const wire = typeof value === "number" ? value : values[value];
  if (wire === undefined) throw fail("model.value.invalid", { details: { kind: "enum", got: String(value) } });
  return wire;
}

export function invalid(kind: string, from: XmlElement): Error {
  return fail("model.value.invalid", { details: { element: from.name, kind, got: from.text.slice(0, 40) } });
}

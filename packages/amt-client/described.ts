import { allClasses } from "@vigil/model/classes.ts";
import type { AnyProperty, ClassDefinition, Method, Properties } from "@vigil/model/define.ts";
import { exists } from "@vigil/model/firmware.ts";
import { effectOf } from "./method-effects.ts";

/** A property, an argument or a result. What is not said is not so. */
export interface DescribedMember {
  readonly name: string;
  /** As the schema calls it: "string", "uint16", "datetime", "enum", "reference", "instance" … */
  readonly type: string;
  /** Words of the value map, each with the number on the wire. */
  readonly values?: [word: string, value: number][];
  /** The class that a reference points at, or that an instance is of. */
  readonly of?: string;
  readonly isKey?: true;
  readonly isReadonly?: true;
  readonly isOptional?: true;
  readonly isList?: true;
  readonly isSecret?: true;
  readonly since?: string;
  readonly until?: string;
}

export interface DescribedMethod {
  readonly name: string;
  readonly input: DescribedMember[];
  readonly output: DescribedMember[];
  /** "read" leaves the device as it is; all that is not known to do so is a change. */
  readonly effect: "read" | "change";
  /** What a change may do that nobody wants by accident, in one sentence. */
  readonly warning?: string;
}

/** A class with all that it inherits, as plain data: for forms, tables and whoever does not speak TypeScript. */
export interface DescribedClass {
  readonly name: string;
  /** Nearest first. */
  readonly parents: string[];
  readonly since?: string;
  readonly until?: string;
  /** In the order of the wire. */
  readonly properties: DescribedMember[];
  readonly methods: DescribedMethod[];
}

/** Every class of the model, by name; made anew each time. */
export function describedClasses(): DescribedClass[] {
  return allClasses.map((one) => classOf(one));
}

/** What of the model a firmware release does not have: "CLASS" or "CLASS.PROPERTY". @param release e.g. "12.0.35" */
export function lackingIn(release: string): string[] {
  return allClasses.flatMap((one) => {
    if (!exists(one, release)) return [one.name];
    const properties = Object.entries<AnyProperty>(one.properties);
    return properties.flatMap(([name, { traits }]) => (exists(traits, release) ? [] : [`${one.name}.${name}`]));
  });
}

function classOf({ name, parents, properties, order, methods, since, until }: ClassDefinition): DescribedClass {
  const known = new Map(membersOf(properties).map((one) => [one.name, one]));
  return {
    name,
    parents: [...parents],
    ...lifetimeOf({ since, until }),
    properties: order.flatMap((one) => known.get(one) ?? []),
    methods: Object.entries<Method>(methods).map(([method, { input, output }]) => ({
      name: method,
      input: membersOf(input),
      output: membersOf(output),
      ...effectOf(method),
    })),
  };
}

function membersOf(members: Properties): DescribedMember[] {
  return Object.entries<AnyProperty>(members).map(([name, { codec, traits }]) => ({
    name,
    ...typeOf(codec.kind),
    ...(traits.key === true ? { isKey: true } : {}),
    ...(traits.readonly === true ? { isReadonly: true } : {}),
    ...(traits.optional === true ? { isOptional: true } : {}),
    ...(traits.list === true ? { isList: true } : {}),
    ...(traits.secret === true ? { isSecret: true } : {}),
    ...lifetimeOf(traits),
  }));
}

/** Reads a codec's kind: "enum 0 off, 2 on", "reference to CLASS", "instance of CLASS", or a type alone. */
function typeOf(kind: string): Pick<DescribedMember, "type" | "values" | "of"> {
  const [type = "", ...rest] = kind.split(" ");
  if (type === "reference" || type === "instance") return { type, of: rest.at(-1) ?? "" };
  if (type !== "enum") return { type };
  const values = rest
    .join(" ")
    .split(", ")
    .map((one): [string, number] => [one.slice(one.indexOf(" ") + 1), Number.parseInt(one, 10)]);
  return { type, values };
}

function lifetimeOf({
  since,
  until,
}: {
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}): Pick<DescribedMember, "since" | "until"> {
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}

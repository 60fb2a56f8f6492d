import { ns } from "@vigil/wire/wsman/actions.ts";
import { child, element, type XmlElement } from "@vigil/wire/xml.ts";
import { invalid } from "./codecs.ts";
import { classByUri } from "./classes.ts";
import type { ClassDefinition, Properties } from "./define.ts";
import { decodeValues, encodeValues } from "./instances.ts";

/** One instance or one method's result, read so that nothing is lost: what the model does not know is kept as it came. */
export interface Answer {
  /** The class, or the method's class. The element's own name when the model lacks the class. */
  readonly class: string;
  /** The method whose result it is. */
  readonly method?: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Elements that the model lacks. */
  readonly unknown: readonly XmlElement[];
  /** Elements that the model knows and whose text is not of their type, or that came once more than the model knows. */
  readonly unreadable: readonly XmlElement[];
  /** The element's namespace. */
  readonly ns: string;
  /** The element's name. */
  readonly name: string;
  /** Names in the order in which they came: firmware has its own, hand-written answers may have another. */
  readonly order: readonly string[];
}

/** Reads any instance or method result. Never throws: what cannot be read is kept apart. */
export function readAnswer(from: XmlElement): Answer {
  const definition = classByUri(from.ns);
  const method = /^(\w+)_OUTPUT$/.exec(from.name)?.[1];
  const known = membersOf(definition, from.name, method);
  const unknown: XmlElement[] = [];
  const unreadable: XmlElement[] = [];
  const taken = new Set<string>();
  const readable = from.children.filter((one) => {
    const member = Object.hasOwn(known, one.name) ? known[one.name] : undefined;
    if (member === undefined) {
      unknown.push(one);
      return false;
    }
    const isTwice = member.traits.list !== true && taken.has(one.name);
    if (isTwice || !isReadable(member.codec.read, one)) {
      unreadable.push(one);
      return false;
    }
    taken.add(one.name);
    return true;
  });
  return {
    class: definition?.name ?? from.name,
    ...(method === undefined ? {} : { method }),
    value: decodeValues(known, { ...from, children: readable }).value,
    unknown,
    unreadable,
    ns: from.ns,
    name: from.name,
    order: from.children.map((one) => one.name),
  };
}

/** Writes it as it came. */
export function writeAnswer(answer: Answer): XmlElement {
  const definition = classByUri(answer.ns);
  const known = membersOf(definition, answer.name, answer.method);
  const typed = encodeValues(known, Object.keys(answer.value), answer.value, answer.ns);
  const waiting = [...typed, ...answer.unknown, ...answer.unreadable];
  const children: XmlElement[] = [];
  for (const name of answer.order) {
    const index = waiting.findIndex((one) => one.name === name);
    children.push(...waiting.splice(index, index < 0 ? 0 : 1));
  }
  return element(answer.ns, answer.name, children);
}

/** The instances or the method's result that a message carries. */
export function answersIn(body: XmlElement | undefined): readonly XmlElement[] {
  if (body === undefined) return [];
  if (body.name === "PullResponse") return child(body, "Items")?.children ?? [];
  return protocolNamespaces.has(body.ns) ? [] : [body];
}

const protocolNamespaces = new Set<string>([ns.wsen, ns.wxf, ns.soap, ns.wse, ns.wsmid]);

const returnValue: Properties = {
  ReturnValue: {
    traits: {},
    codec: {
      kind: "uint32",
      read(from) {
        if (!/^\d{1,10}$/.test(from.text.trim())) throw invalid("uint32", from);
        return Number(from.text.trim());
      },
      write: String,
    },
  },
};

function membersOf(definition: ClassDefinition | undefined, name: string, method: string | undefined): Properties {
  if (definition === undefined) return {};
  if (method === undefined) return name === definition.name ? definition.properties : {};
  const found = Object.hasOwn(definition.methods, method) ? definition.methods[method] : undefined;
  return found === undefined ? {} : { ...found.output, ...returnValue };
}

function isReadable(read: (from: XmlElement) => unknown, from: XmlElement): boolean {
  try {
    read(from);
    return true;
  } catch {
    // The reason is the element's own: its text is not of the declared type.
    return false;
  }
}

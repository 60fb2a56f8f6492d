import * as fc from "fast-check";
import { readAnswer, writeAnswer } from "@vigil/model/answers.ts";
import { allClasses, classByUri } from "@vigil/model/classes.ts";
import type { ClassDefinition, Properties } from "@vigil/model/define.ts";
import {
  decodeInput,
  decodeInstance,
  decodeOutput,
  encodeInput,
  encodeInstance,
  encodeOutput,
  encodeValues,
} from "@vigil/model/instances.ts";
import { anyValues } from "@vigil/model/testing/any-instance.ts";
import { child, element, parseXml, type XmlElement } from "@vigil/wire/xml.ts";
import { goldens } from "../goldens.ts";
import { agree, type FuzzTarget } from "../target.ts";
import { written, xmlRefusals, xmlWords } from "./xml.ts";

const valueWords = [
  ...xmlWords,
  ["true", "false", "0", "-0", "-1", "255", "256", "4294967295", "18446744073709551616", "1e3", "0x10", "NaN", "1e309"],
  [
    "ReturnValue",
    "<p0:ReturnValue>0</p0:ReturnValue>",
    "InstanceID",
    "====",
    "QUJD",
    "0aFF",
    "PT0S",
    "2026-01-01T00:00:00Z",
  ],
  ["<a:Datetime>", "<a:Interval>", "_INPUT", "_OUTPUT", "CIM_", "AMT_", "IPS_"],
].flat();

/** Instances, arguments and results of every class: what is read is written and read again. */
export const instance: FuzzTarget = {
  seeds: () => allClasses.flatMap(samplesOf).map((one) => Buffer.from(written(one))),
  words: valueWords,
  refusals: [...xmlRefusals, "wire.wsman.envelope", "model."],
  quick: 2_000,
  open: () => ({ run }),
};

/** Whatever an answer holds, it is written as it came. */
export const answer: FuzzTarget = {
  seeds: () => goldens("amt-12-answers/**/*.xml"),
  words: valueWords,
  refusals: xmlRefusals,
  quick: 400,
  open: () => ({
    run(input) {
      const root = parseXml(input);
      const inside = child(root, "Body")?.children[0] ?? root;
      for (const one of [inside, ...(child(inside, "Items")?.children ?? [])]) {
        const again = readAnswer(parseXml(written(writeAnswer(readAnswer(one)))));
        agree("read again", again, readAnswer(parseXml(written(unmixed(one)))));
      }
    },
  }),
};

function run(input: Uint8Array): void {
  const root = parseXml(input);
  const definition = classByUri(root.ns);
  if (definition === undefined) return;
  const [, method, kind] = /^(.+)_(INPUT|OUTPUT)$/.exec(root.name) ?? [];
  const read = readerOf(definition, method, kind);
  if (read === undefined) return;
  const { value, write } = read(root);
  agree("read again", read(parseXml(written(write()))).value, value);
}

type Read = (from: XmlElement) => { readonly value: unknown; readonly write: () => XmlElement };

function readerOf(definition: ClassDefinition, method: string | undefined, kind: string | undefined): Read | undefined {
  if (method === undefined) {
    return (from) => {
      const { value } = decodeInstance(definition, from);
      return { value, write: () => encodeInstance(definition, value) };
    };
  }
  if (kind === "INPUT") {
    return (from) => {
      const { value } = decodeInput(definition, method, from);
      return { value, write: () => encodeInput(definition, method, value) };
    };
  }
  return (from) => {
    const { value } = decodeOutput(definition, method, from);
    return { value, write: () => encodeOutput(definition, method, value) };
  };
}

/** An instance, and the arguments and results of every method. */
export function samplesOf(definition: ClassDefinition): readonly XmlElement[] {
  const { uri, name, properties, order, methods } = definition;
  const sample = (what: string, members: Properties, names: readonly string[], isKeyed: boolean): XmlElement => {
    const [values = {}] = fc.sample(anyValues(members, isKeyed), { seed: 1, numRuns: 1 });
    return element(uri, what, encodeValues(members, names, values, uri));
  };
  return [
    sample(name, properties, order, true),
    ...Object.entries(methods).flatMap(([method, { input, output }]) => [
      sample(`${method}_INPUT`, input, Object.keys(input), false),
      withReturn(sample(`${method}_OUTPUT`, output, Object.keys(output), false)),
    ]),
  ];
}

function withReturn(one: XmlElement): XmlElement {
  return { ...one, children: [...one.children, element(one.ns, "ReturnValue", "0")] };
}

/** Attributes are not kept of what the model knows. */
function unmixed(one: XmlElement): XmlElement {
  return { ...one, attributes: [] };
}

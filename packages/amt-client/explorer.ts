import { VigilError } from "@vigil/base/errors.ts";
import { readAnswer } from "@vigil/model/answers.ts";
import { allClasses, classByName } from "@vigil/model/classes.ts";
import type { AnyProperty, ClassDefinition } from "@vigil/model/define.ts";
import { actions, anonymous } from "@vigil/wire/wsman/actions.ts";
import type { EndpointReference, Selectors } from "@vigil/wire/wsman/reference.ts";
import { element, type XmlElement } from "@vigil/wire/xml.ts";
import { fail, withDetails } from "./errors.ts";
import { explain, explainedOf, printed, type Explained } from "./explained.ts";
import { withoutEchoes, withoutSecrets } from "./secrets.ts";
import type { CallOptions, Wsman } from "./wsman/client.ts";

/** A request for the explorer: names and values as a person writes them. */
export interface Exploration {
  readonly verb: "get" | "enum" | "invoke";
  readonly className: string;
  readonly method?: string;
  readonly selectors: Readonly<Record<string, string>>;
  /** Argument to values; a word of a value map, a number, true or false, base64, or CLASS?Key=Value for a reference. */
  readonly input: Readonly<Record<string, readonly string[]>>;
}

/** What a device answered, as typed data and as XML; secrets are hidden in both. */
export interface Explored extends Explained {
  readonly xml: string;
}

/** A request that makes sense: every name in it is the model's. */
export interface Plan {
  readonly verb: Exploration["verb"];
  readonly definition: ClassDefinition;
  readonly method: string;
  readonly selectors: Selectors;
  /** For an invoke. */
  readonly body: XmlElement | undefined;
  /** Values that must not be shown should the device say them back. */
  readonly secrets: readonly string[];
}

/** Every class that can be asked for. */
export function classNames(): readonly string[] {
  return allClasses.map((one) => one.name);
}

/**
 * What a request comes to, before anything is sent.
 * @throws amt.explore.unknown, amt.explore.argument (caller)
 */
export function planOf(asked: Exploration): Plan {
  const definition = definitionOf(asked.className);
  const { verb, method = "", input } = asked;
  const selectors = selectorsIn(definition, asked.selectors);
  if (verb !== "invoke") return { verb, definition, method: verb, selectors, body: undefined, secrets: [] };
  const body = inputOf(definition, method, input);
  return { verb, definition, method, selectors, body, secrets: secretsIn(definition, method, input) };
}

/**
 * Asks a device anything of the model.
 * @param options.limitMs for all of it; an enumeration is many requests
 * @throws amt.explore.unknown, amt.explore.argument (caller), amt.answer.timeout (network), and what Wsman.raw throws
 */
export async function explore(
  wsman: Wsman,
  asked: Exploration,
  options: CallOptions & { readonly limitMs?: number } = {},
): Promise<Explored> {
  const plan = planOf(asked);
  const { limitMs, ...call } = options;
  if (limitMs === undefined) return carriedOut(wsman, plan, call);
  const { clock, details } = wsman.connection;
  const late = (): Error => fail("amt.answer.timeout", { details });
  using limit = clock.deadline(limitMs, late, call.signal);
  return await carriedOut(wsman, plan, { ...call, signal: limit.signal });
}

async function carriedOut(wsman: Wsman, plan: Plan, options: CallOptions): Promise<Explored> {
  const { verb, definition, method, selectors, body, secrets } = plan;
  if (verb === "enum") {
    const items = await wsman.enumerateElements(definition, options);
    const answers = items.map((one) => readAnswer(withoutSecrets(one)));
    return {
      ...explainedOf(definition.name, "Pull", answers, (values) => values),
      classes: answers.map((one) => one.class),
      xml: items.map((one) => printed(one)).join("\n"),
    };
  }
  const answer = await hiding(secrets, () =>
    wsman.raw({
      ...options,
      action: verb === "get" ? actions.get : `${definition.uri}/${method}`,
      effect: verb === "get" ? "read" : "change",
      resourceUri: definition.uri,
      selectors,
      lifetime: definition,
      about: { class: definition.name, method },
      ...(body === undefined ? {} : { body }),
    }),
  );
  return { ...explain(answer, secrets), xml: answer.body === undefined ? "" : printed(answer.body, secrets) };
}

/** A device may say in its fault what it did not like. */
async function hiding<T>(secrets: readonly string[], ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof VigilError) || secrets.length === 0) throw cause;
    const shown = Object.entries(cause.details).map(
      ([name, value]) => [name, typeof value === "string" ? withoutEchoes(value, secrets) : value] as const,
    );
    throw withDetails(cause, Object.fromEntries(shown));
  }
}

/** The values of secret arguments, as a person wrote them. */
function secretsIn(definition: ClassDefinition, method: string, given: Exploration["input"]): readonly string[] {
  const members = definition.methods[method]?.input ?? {};
  return Object.entries(given).flatMap(([name, values]) => (members[name]?.traits.secret === true ? values : []));
}

/** Keys that are references are written like arguments that are; all others are text. */
function selectorsIn(definition: ClassDefinition, given: Exploration["selectors"]): Selectors {
  const all: Record<string, string | EndpointReference> = {};
  for (const [name, text] of Object.entries(given)) {
    const known = Object.hasOwn(definition.properties, name) ? definition.properties[name] : undefined;
    all[name] = known?.codec.kind.startsWith("reference") === true ? referenceIn(text) : text;
  }
  return all;
}

function definitionOf(name: string): ClassDefinition {
  const found = classByName(name) ?? allClasses.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const near = allClasses
    .filter((one) => one.name.toLowerCase().includes(name.toLowerCase().replace(/^\w+?_/, "")))
    .slice(0, 5);
  throw fail("amt.explore.unknown", {
    details: { class: name.slice(0, 80), similar: near.map((one) => one.name).join(", ") },
  });
}

function inputOf(definition: ClassDefinition, method: string, given: Exploration["input"]): XmlElement {
  const found = Object.hasOwn(definition.methods, method) ? definition.methods[method] : undefined;
  if (found === undefined) {
    const details = {
      class: definition.name,
      method: method.slice(0, 80),
      similar: Object.keys(definition.methods).join(", "),
    };
    throw fail("amt.explore.unknown", { details });
  }
  const { input } = found;
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(input, name)) throw argument(name, `one of ${Object.keys(input).join(", ") || "none"}`);
  }
  const parts = Object.entries(input).flatMap(([name, member]) => {
    const values = Object.hasOwn(given, name) ? given[name] : undefined;
    const isNeeded = member.traits.optional !== true && member.traits.list !== true;
    if (values === undefined && isNeeded) throw argument(name, `a value: ${member.codec.kind}`);
    return (values ?? []).map((text) => element(definition.uri, name, contentOf(name, member, text)));
  });
  return element(definition.uri, `${method}_INPUT`, parts);
}

/** What goes on the wire for what a person wrote. */
function contentOf(name: string, { codec }: AnyProperty, text: string): string | readonly XmlElement[] {
  const { kind } = codec;
  try {
    if (kind.startsWith("reference")) return codec.write(referenceIn(text));
    if (kind.startsWith("enum")) return codec.write(/^\d+$/.test(text) ? Number(text) : text);
    if (kind === "datetime") return codec.write(text.startsWith("P") ? { interval: text } : { datetime: text });
    if (kind.startsWith("instance")) throw argument(name, "what only a program can give");
    return codec.write(codec.read(element("", name, text)));
  } catch (cause) {
    if (cause instanceof VigilError && cause.code.startsWith("amt.explore.")) throw cause;
    throw argument(name, kind);
  }
}

/** CIM_ComputerSystem?Name=ManagedSystem&CreationClassName=CIM_ComputerSystem */
function referenceIn(text: string): EndpointReference {
  const [className = "", keys = ""] = text.split("?", 2);
  const selectors = Object.fromEntries(
    keys
      .split("&")
      .flatMap((one) => (one.includes("=") ? [[one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]] : [])),
  );
  return { address: anonymous, resourceUri: definitionOf(className).uri, selectors };
}

function argument(name: string, expected: string): VigilError {
  return fail("amt.explore.argument", { details: { argument: name.slice(0, 80), expected } });
}

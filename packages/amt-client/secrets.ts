import { allClasses } from "@vigil/model/classes.ts";
import type { AnyProperty, ClassDefinition } from "@vigil/model/define.ts";
import type { XmlElement } from "@vigil/wire/xml.ts";

/** What stands where a secret was. */
export const sealed = "[sealed]";

/** Shorter ones are found everywhere by chance: hiding them would only garble an answer. Chosen. */
const shortestEcho = 4;

/** What an element that the model lacks is called when it holds a secret, as far as a name can tell. */
const soundsSecret = /passw|passphrase|secret|psk|communitystring|(private|master|shared|signing)key|otp$/i;

/**
 * The instance or message without the secrets in it, at whatever depth: passwords, keys, passphrases. What the model lacks is
 * judged by its name.
 * @param echoes secrets that were sent: a device that says one of them back does not have it shown
 */
export function withoutSecrets(one: XmlElement, echoes: readonly string[] = []): XmlElement {
  const attributes = one.attributes.map((each) => ({ ...each, value: withoutEchoes(each.value, echoes) }));
  const children = one.children.map((each) => (isSecret(each) ? hidden(each) : withoutSecrets(each, echoes)));
  return { ...one, text: withoutEchoes(one.text, echoes), attributes, children };
}

/** The text with none of those secrets in it. */
export function withoutEchoes(text: string, echoes: readonly string[]): string {
  return echoes.reduce((kept, one) => (one.length < shortestEcho ? kept : kept.replaceAll(one, sealed)), text);
}

/** Whether nothing but the place of a secret is left. */
export function isHidden({ text, children }: XmlElement): boolean {
  return text === sealed && children.length === 0;
}

function hidden(one: XmlElement): XmlElement {
  const isEmpty = one.text === "" && one.children.length === 0;
  return isEmpty ? one : { ...one, text: sealed, children: [] };
}

function isSecret({ ns, name }: XmlElement): boolean {
  const members = names.get(ns);
  if (members?.secret.has(name) === true) return true;
  // The name of a class is no member's, though it may sound like one: AMT_MPSUsernamePassword.
  if (members?.known.has(name) === true || ns.endsWith(`/${name}`)) return false;
  return soundsSecret.test(name);
}

interface Names {
  readonly known: ReadonlySet<string>;
  readonly secret: ReadonlySet<string>;
}

const names: ReadonlyMap<string, Names> = new Map(allClasses.map((one) => [one.uri, namesOf(one)]));

/** All that is ever an element in a class's namespace: properties, arguments, results, and what holds these. */
function namesOf({ properties, methods }: ClassDefinition): Names {
  const tables = [properties, ...Object.values(methods).flatMap(({ input, output }) => [input, output])];
  const members = tables.flatMap((one) => Object.entries<AnyProperty>(one));
  const holders = Object.keys(methods).flatMap((name) => [`${name}_INPUT`, `${name}_OUTPUT`]);
  return {
    known: new Set([...members.map(([name]) => name), ...holders]),
    secret: new Set(members.filter(([, { traits }]) => traits.secret === true).map(([name]) => name)),
  };
}

import { child, type XmlElement } from "@vigil/wire/xml.ts";
import { withoutSecrets } from "../secrets.ts";

/** One request that changed something on the device, and was answered. Holds no secret. */
export interface Write {
  readonly className: string;
  /** "Put", "Create", "Delete", or the method's name. */
  readonly method: string;
  readonly fields: readonly WrittenField[];
}

/** A property or an argument: what the device had, where that was read, and what it was given. */
export interface WrittenField {
  readonly name: string;
  readonly before: string | null;
  readonly after: string;
}

/** Fields and characters of each that are kept. Chosen: enough to recognise a name or a certificate, little enough to store for each step. */
const mostFields = 40;
const mostCharacters = 120;

/** What a request wrote. @param before the instance as it was, where it was read */
export function writeOf(
  about: { readonly className: string; readonly method: string },
  after: XmlElement | undefined,
  before?: XmlElement,
): Write {
  const had = before === undefined ? undefined : withoutSecrets(before);
  const given = after === undefined ? [] : withoutSecrets(after).children;
  const fields = given.slice(0, mostFields).map((one): WrittenField => {
    const old = had === undefined ? undefined : child(had, one.name);
    return { name: one.name, before: old === undefined ? null : textOf(old), after: textOf(one) };
  });
  // Of a Put, which writes all, only what differs is news.
  const changed = had === undefined ? fields : fields.filter((one) => one.before !== one.after || isSealed(one));
  return { ...about, fields: changed };
}

function isSealed({ after }: WrittenField): boolean {
  return after.includes("[sealed]");
}

function textOf(one: XmlElement): string {
  const text =
    one.children.length === 0 ? one.text : one.children.map((each) => `${each.name}=${textOf(each)}`).join(" ");
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters)}…` : text;
}

import { VigilError } from "@vigil/base/errors.ts";
import { ns } from "@vigil/wire/wsman/actions.ts";
import { parseXml, writeXml, type Prefix, type XmlElement } from "@vigil/wire/xml.ts";
import { readPlain } from "@vigil/wire/xml-plain.ts";
import { readThoroughly } from "@vigil/wire/xml-thorough.ts";
import { goldens } from "../goldens.ts";
import { agree, type FuzzTarget } from "../target.ts";

/** What XML is made of, and what is used against its readers. */
export const xmlWords = [
  [..."<>&\"'/=!?;:[]-#\r\n\t\0"],
  ["<a>", "</a>", "<a/>", "<a", "</", "/>", "]]>", "<![CDATA[", "<!--", "-->", "--", "<?xml", "?>", "<?x y?>"],
  ["&amp;", "&lt;", "&#65;", "&#x41;", "&#0;", "&#xD800;", "&#x110000;", "&nbsp;", "&a", "%a;"],
  ['<?xml version="1.0" encoding="UTF-8"?>', '<?xml version="1.1"?>', ' encoding="UTF-16"', " standalone='no'"],
  ["<!DOCTYPE a>", '<!DOCTYPE a [<!ENTITY b "c">]>', '<!ENTITY % d SYSTEM "file:///etc/passwd">'],
  [' xmlns="urn:a"', " xmlns:a='urn:b'", ' xmlns=""', ' xmlns:xml="urn:x"', ' xmlns:xmlns="urn:x"', ' xml:lang="en"'],
  ["a:", "g:", "xsi:nil='true'", ' b="1"', " b='&lt;'", "__proto__", "constructor", "toString", "hasOwnProperty"],
  // A byte order mark, a surrogate on its own, an overlong slash, a character beyond the first plane.
  ["\xef\xbb\xbf", "\xed\xa0\x80", "\xc0\xaf", "\xf0\x9f\x98\x80", "\xe2\x80\xa8", "\xff\xfe", "\xef\xbf\xbe"],
].flat();

/** What the reader may say. What the writer says of a value that was read would be a find. */
export const xmlRefusals = ["wire.xml.malformed", "wire.xml.doctype", "wire.xml.too-"];

const limits = { maxBytes: 1024 * 1024, maxDepth: 64, maxElements: 50_000, maxAttributes: 128 };

/** The plain reader and the thorough one agree, and what was read is written and read again. */
export const xml: FuzzTarget = {
  seeds: () => goldens("**/*.xml"),
  words: xmlWords,
  refusals: xmlRefusals,
  quick: 400,
  open: () => ({ run }),
};

function run(input: Uint8Array): void {
  // Beyond UTF-8, too: what comes as text may hold anything.
  const text = Buffer.from(input).toString("utf8").trimStart();
  const plain = text.length <= limits.maxBytes ? readPlain(text, limits) : undefined;
  if (plain !== undefined) agree("the two readers", plain, thorough(text));
  const root = parseXml(input);
  agree("read again", parseXml(written(root)), root);
}

function thorough(text: string): XmlElement | string {
  try {
    return readThoroughly(text, limits);
  } catch (error) {
    if (error instanceof VigilError) return error.code;
    throw error;
  }
}

/** A document with every namespace that it needs. */
export function written(root: XmlElement): string {
  const namespaces = new Set<string>();
  const visit = (one: XmlElement): void => {
    for (const each of [one.ns, ...one.attributes.map((attribute) => attribute.ns)]) namespaces.add(each);
    one.children.forEach(visit);
  };
  visit(root);
  namespaces.delete("");
  namespaces.delete(ns.xml);
  return writeXml(
    root,
    [...namespaces].map((uri, index): Prefix => [`p${index}`, uri]),
  );
}

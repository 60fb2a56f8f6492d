/** One element as it stands in the text: prefixes, declarations and attributes in their order. */
export interface Shape {
  /** Prefixed names from the root down to this element. */
  readonly path: readonly string[];
  /** As written, single blanks between them. */
  readonly attributes: string;
  /** Without blanks at its ends. */
  readonly text: string;
}

const token = /<\?[^>]*\?>|<!--.*?-->|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*"[^"]*")*)\s*(\/?)>|([^<]+)/gs;

/**
 * Cuts a message into its elements, in order. By pattern, because what is compared here is what our readers drop: which prefix
 * stands for which namespace, and in which order they are declared.
 */
export function shapesOf(xml: string): Shape[] {
  const shapes: { path: readonly string[]; attributes: string; text: string }[] = [];
  const open: { readonly name: string; readonly index: number }[] = [];
  let end = 0;
  for (const match of xml.trim().matchAll(token)) {
    if (match.index !== end) throw new Error(`Not read: ${xml.slice(end, end + 40)}`);
    end += match[0].length;
    const [, slash, name, attributes = "", empty, text] = match;
    if (text !== undefined) {
      const top = shapes[open.at(-1)?.index ?? -1];
      if (top !== undefined) top.text += text.trim();
    } else if (slash === "/") {
      if (open.pop()?.name !== name) throw new Error(`Out of turn: ${match[0]}`);
    } else if (name !== undefined) {
      const path = [...open.map((one) => one.name), name];
      shapes.push({ path, attributes: tidy(attributes), text: "" });
      if (empty === "") open.push({ name, index: shapes.length - 1 });
    }
  }
  return shapes;
}

function tidy(attributes: string): string {
  return attributes
    .trim()
    .replaceAll(/\s*=\s*"/g, '="')
    .replaceAll(/"\s+/g, '" ');
}

/** How a value is spelled, whatever it is. */
export function formOf(text: string): string {
  const found = forms.find(([, pattern]) => pattern.test(text));
  return `(${found?.[0] ?? "text"})`;
}

const forms: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["number", /^-?\d+$/],
  ["boolean", /^(true|false)$/],
  ["time", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/],
  ["message", /^uuid:00000000-8086-8086-8086-[0-9A-F]{12}$/],
  ["context", /^[0-9A-F]{8}-0000-0000-0000-000000000000$/],
  ["realm", /^Digest:[0-9A-F]{32}$/],
  ["address", /^\d{1,3}(\.\d{1,3}){3}$/],
  ["mac with dashes", /^[0-9a-f]{2}(-[0-9a-f]{2}){5}$/],
  ["mac", /^[0-9a-f]{12}$/],
  ["handle", /: Handle: \d+$/],
  ["identifier", /^[0-9A-F]{32}$/],
  ["base64", /^(?=.{16})([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/],
];

import { fail } from "./errors.ts";

export type Token =
  | { readonly kind: "word"; readonly text: string; readonly at: number }
  /** Was in quotes: never a keyword or a field. */
  | { readonly kind: "quoted"; readonly text: string; readonly at: number }
  | { readonly kind: "mark"; readonly text: Mark; readonly at: number }
  | { readonly kind: "end"; readonly text: ""; readonly at: number };

const marks = ["<=", ">=", "!=", "!~", "=", "<", ">", "~", "(", ")", ","] as const;
export type Mark = (typeof marks)[number];

const blank = /\s+/y;
const word = /[^\s()"=!<>~,]+/y;
const quoted = /"((?:[^"\\]|\\["\\])*)"/y;

/** @throws filter.syntax (caller) */
export function tokensOf(text: string): readonly Token[] {
  if (text.includes("\u0000") || !text.isWellFormed()) {
    throw fail("filter.syntax", { message: "The filter has characters that are no text", details: {} });
  }
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    take(blank);
    const start = at;
    if (at >= text.length) return [...tokens, { kind: "end", text: "", at }];
    const plain = take(word);
    if (plain !== null) {
      tokens.push({ kind: "word", text: plain[0], at: start });
      continue;
    }
    const inQuotes = take(quoted);
    if (inQuotes !== null) {
      tokens.push({ kind: "quoted", text: (inQuotes[1] ?? "").replaceAll(/\\(["\\])/g, "$1"), at: start });
      continue;
    }
    const mark = marks.find((one) => text.startsWith(one, at));
    if (mark === undefined) throw unreadable(text, at);
    at += mark.length;
    tokens.push({ kind: "mark", text: mark, at: start });
  }
}

function unreadable(text: string, at: number): Error {
  const isOpen = text[at] === '"';
  const message = isOpen
    ? `The quotation mark at character ${at + 1} is not closed, or has a backslash before something else than " or \\`
    : `Character ${at + 1} of the filter fits nowhere`;
  return fail("filter.syntax", { message, details: { at: at + 1, found: text.slice(at, at + 20) } });
}

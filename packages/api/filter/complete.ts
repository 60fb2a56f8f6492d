import { VigilError } from "@vigil/base/errors.ts";
import { fieldOf, type FieldName } from "./fields.ts";
import { expectedAfter } from "./parse.ts";
import { tokensOf, type Token } from "./tokens.ts";

export interface Completion {
  /** The part of the text that a suggestion takes the place of: from, up to. */
  readonly from: number;
  readonly to: number;
  /** Ready to stand there, the likeliest first. */
  readonly words: readonly string[];
  /** Its values could stand there: who knows them may offer more. */
  readonly field?: FieldName;
}

/** Chosen: what a list beside the text shows at once. */
const most = 40;

/** What could stand at that place of a filter that is being typed. */
export function complete(text: string, at: number = text.length): Completion {
  const before = text.slice(0, at);
  const tokens = readable(before);
  if (tokens === undefined) return { from: at, to: at, words: [] };
  const last = tokens.at(-2);
  const isInWord = last?.kind === "word" && last.at + last.text.length === before.length;
  const partial = isInWord ? last.text : "";
  const from = at - partial.length;
  const known = isInWord ? [...tokens.slice(0, -2), endAt(from)] : tokens;
  const { words, field } = expectedAfter(known);
  const values = field === undefined ? [] : valuesOf(field);
  const low = partial.toLowerCase();
  const fitting = [...values, ...words].filter((word) => word.toLowerCase().startsWith(low) && word !== partial);
  return { from, to: at, words: fitting.slice(0, most), ...(field === undefined ? {} : { field }) };
}

function readable(text: string): readonly Token[] | undefined {
  try {
    return tokensOf(text);
  } catch (error) {
    if (error instanceof VigilError) return undefined;
    throw error;
  }
}

function endAt(at: number): Token {
  return { kind: "end", text: "", at };
}

function valuesOf(name: FieldName): readonly string[] {
  const { kind, choices } = fieldOf(name);
  if (choices !== undefined) return choices;
  if (kind === "flag") return ["yes", "no"];
  return kind === "moment" ? ["now-1d", "now-7d", "now-30d", "now"] : [];
}

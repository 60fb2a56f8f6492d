import { conditionOn } from "./conditions.ts";
import { fail } from "./errors.ts";
import type { Condition, Expression } from "./expression.ts";
import { fieldNamed, fieldNames, fieldOf, type Field, type FieldName } from "./fields.ts";
import { tokensOf, type Mark, type Token } from "./tokens.ts";

/** Chosen: a screen full of text; a list of devices belongs in a collection. */
export const mostCharacters = 4_000;
/** Brackets and `not` within one another. Chosen: nobody reads deeper ones. */
const mostDepth = 20;
/** Chosen: what the database answers at 100,000 devices in a blink. */
const mostConditions = 200;

const keywords: ReadonlySet<string> = new Set(["and", "or", "not", "in", "is"]);

/** What could stand at a place, for completion and for errors. */
export interface Expected {
  readonly words: readonly string[];
  /** After an operator: whose values could stand there. */
  readonly field?: FieldName;
}

/**
 * Reads a filter, e.g. `state = provisioned and release >= 16 and not (tag = kiosk or lastSeen < now-7d)`. Nothing but blanks holds for all.
 * A word or quoted text by itself is looked for in names; conditions one after the other must all hold.
 * @throws filter.syntax, filter.field, filter.value, filter.too-large (caller)
 */
export function parseFilter(text: string): Expression {
  if (text.length > mostCharacters) {
    const message = `The filter has ${text.length} characters; ${mostCharacters} are allowed`;
    throw fail("filter.too-large", { message, details: { characters: text.length, most: mostCharacters } });
  }
  return new Parser(tokensOf(text)).whole();
}

/** What could come next after that beginning of a filter. Nothing when the beginning itself is wrong. */
export function expectedAfter(tokens: readonly Token[]): Expected {
  const parser = new Parser(tokens);
  try {
    parser.whole();
  } catch (error) {
    if (error !== parser.stoppedBy) return { words: [] };
  }
  return parser.expected;
}

class Parser {
  /** What could stand where the tokens end, or where reading stopped. */
  expected: Expected = { words: [] };
  /** The error, when reading ended at the end of the text. */
  stoppedBy: unknown;
  readonly #tokens: readonly Token[];
  #place = 0;
  #depth = 0;
  #conditions = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    if (this.#peek().kind === "end") {
      this.expected = { words: starts };
      return { kind: "and", of: [] };
    }
    const found = this.#anyOf();
    if (this.#peek().kind !== "end") throw this.#unexpected(["and", "or"]);
    this.expected = { words: [...this.expected.words, "and", "or"] };
    return found;
  }

  #anyOf(): Expression {
    const all = [this.#allOf()];
    while (this.#takeWord("or")) all.push(this.#allOf());
    return joined("or", all);
  }

  #allOf(): Expression {
    const all = [this.#one()];
    // "and" may be left out, as in any search box.
    while (this.#takeWord("and") || this.#beginsOne()) all.push(this.#one());
    return joined("and", all);
  }

  #beginsOne(): boolean {
    const { kind, text } = this.#peek();
    if (kind === "word") return text.toLowerCase() === "not" || !keywords.has(text.toLowerCase());
    return kind === "quoted" || text === "(";
  }

  #one(): Expression {
    const isNegated = this.#takeWord("not");
    if (!isNegated && !this.#takeMark("(")) return this.#condition();
    this.#depth += 1;
    if (this.#depth > mostDepth) {
      const message = `The filter is more than ${mostDepth} deep`;
      throw fail("filter.too-large", { message, details: { most: mostDepth } });
    }
    const inner = isNegated ? this.#one() : this.#anyOf();
    if (!isNegated && !this.#takeMark(")")) throw this.#unexpected(["and", "or", ")"]);
    this.#depth -= 1;
    return isNegated ? { kind: "not", of: inner } : inner;
  }

  #condition(): Expression {
    this.#conditions += 1;
    if (this.#conditions > mostConditions) {
      const message = `The filter has more than ${mostConditions} conditions`;
      throw fail("filter.too-large", { message, details: { most: mostConditions } });
    }
    const token = this.#peek();
    const isText = token.kind === "quoted" || (token.kind === "word" && !keywords.has(token.text.toLowerCase()));
    if (!isText) throw this.#unexpected(starts);
    this.#place += 1;
    const name = token.kind === "word" ? fieldNamed(token.text) : undefined;
    if (this.#isOperator()) {
      if (name === undefined) throw noSuchField(token.text);
      return this.#comparison(name);
    }
    if (this.#peek().kind === "end" && name !== undefined) this.expected = { words: operatorsOf(fieldOf(name)) };
    else this.expected = { words: [] };
    return { kind: "search", text: token.text };
  }

  /** Whether what stands here makes a comparison of the word before it. */
  #isOperator(): boolean {
    const { kind, text } = this.#peek();
    if (kind === "mark") return text !== "(" && text !== ")" && text !== ",";
    if (kind !== "word") return false;
    const low = text.toLowerCase();
    return (
      low === "is" || low === "in" || (low === "not" && this.#tokens[this.#place + 1]?.text.toLowerCase() === "in")
    );
  }

  #comparison(field: FieldName): Expression {
    if (this.#takeWord("is")) return this.#known(field);
    const isNegated = this.#takeWord("not");
    if (this.#takeWord("in")) return negatedIf(isNegated, this.#values(field));
    const { text } = this.#peek();
    this.#place += 1;
    const [mark, isOther] = text.startsWith("!") ? [text.slice(1), true] : [text, false];
    return negatedIf(isOther, conditionOn(field, mark as Mark, [this.#value(field)]));
  }

  #known(field: FieldName): Expression {
    const isKnown = this.#takeWord("known");
    if (!isKnown && !this.#takeWord("unknown")) throw this.#unexpected(["known", "unknown"]);
    this.expected = { words: [] };
    return negatedIf(!isKnown, { kind: "known", field });
  }

  #values(field: FieldName): Condition | Expression {
    if (fieldOf(field).kind === "address" && this.#peek().text !== "(")
      return conditionOn(field, "in", [this.#value(field)]);
    if (!this.#takeMark("(")) throw this.#unexpected(["("]);
    const values = [this.#value(field)];
    while (this.#takeMark(",")) values.push(this.#value(field));
    if (!this.#takeMark(")")) throw this.#unexpected([",", ")"]);
    this.expected = { words: [] };
    return conditionOn(field, "=", values);
  }

  #value(field: FieldName): string {
    const token = this.#peek();
    if (token.kind !== "word" && token.kind !== "quoted") throw this.#unexpected([], field);
    this.#place += 1;
    this.expected = { words: [] };
    return token.text;
  }

  #peek(): Token {
    return this.#tokens[this.#place] ?? { kind: "end", text: "", at: 0 };
  }

  #takeWord(word: string): boolean {
    const { kind, text } = this.#peek();
    if (kind !== "word" || text.toLowerCase() !== word) return false;
    this.#place += 1;
    return true;
  }

  #takeMark(mark: Mark): boolean {
    const { kind, text } = this.#peek();
    if (kind !== "mark" || text !== mark) return false;
    this.#place += 1;
    return true;
  }

  #unexpected(words: readonly string[], field?: FieldName): Error {
    const { kind, text, at } = this.#peek();
    const wanted = field === undefined ? words.slice(0, 12) : [`a value of ${field}`];
    const found = kind === "end" ? "the filter ends" : `there is "${text.slice(0, 40)}"`;
    const message = `At character ${at + 1} ${found}, where ${wanted.join(", ")} could stand`;
    const error = fail("filter.syntax", {
      message,
      details: { at: at + 1, found: text.slice(0, 40), expected: wanted },
    });
    if (kind === "end") {
      this.expected = field === undefined ? { words } : { words: [], field };
      this.stoppedBy = error;
    }
    return error;
  }
}

const starts: readonly string[] = [...fieldNames, "not", "("];

function operatorsOf({ kind }: Field): readonly string[] {
  const operators = {
    text: ["=", "!=", "~", "!~", "in", "not in"],
    choice: ["=", "!=", "in", "not in"],
    list: ["=", "!=", "~", "!~", "in", "not in"],
    address: ["=", "!=", "~", "in"],
    release: ["=", "!=", "<", "<=", ">", ">=", "in", "not in"],
    moment: ["<", "<=", ">", ">="],
    flag: ["="],
  } as const satisfies Readonly<Record<Field["kind"], readonly string[]>>;
  return [...operators[kind], "is known", "is unknown"];
}

function joined(kind: "and" | "or", all: readonly Expression[]): Expression {
  const [first] = all;
  return all.length === 1 && first !== undefined ? first : { kind, of: all };
}

function negatedIf(isNegated: boolean, of: Expression): Expression {
  return isNegated ? { kind: "not", of } : of;
}

function noSuchField(word: string): Error {
  const message = `"${word.slice(0, 40)}" is no field of a device`;
  return fail("filter.field", { message, details: { field: word.slice(0, 40), fields: fieldNames } });
}

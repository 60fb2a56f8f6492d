/** What a person reads beside a setting. */
interface Named {
  readonly title: string;
  /** One or two plain sentences: what it does, and when one would change it. */
  readonly help?: string;
  /** What a value has to look like, where its declaration has a pattern. */
  readonly form?: string;
}

/** What null stands for, and what the setting begins with when it is switched on. */
interface Optional<T> {
  readonly none: string;
  readonly fresh: T;
}

/**
 * The words for a part of the contract. They follow its type, so a setting without words, or one with words that is no more in the
 * contract, does not compile; the form is drawn from the declaration and these.
 */
export type WordsOf<T> = null extends T
  ? WordsOf<Exclude<T, null>> & Optional<Exclude<T, null>>
  : [T] extends [boolean | number]
    ? Named
    : [T] extends [string]
      ? Named & (string extends T ? unknown : { readonly choices: Readonly<Record<T, string>> })
      : [T] extends [readonly (infer One)[]]
        ? Named & {
            readonly one: WordsOf<One>;
            /** What can be added, by the name of its button. */
            readonly additions: Readonly<Record<string, One>>;
          }
        : Named & { readonly fields: { readonly [Key in keyof T]-?: WordsOf<T[Key]> } };

/** The same without its type, for what walks through the declaration. */
export interface Words extends Named {
  readonly none?: string;
  readonly fresh?: unknown;
  readonly choices?: Readonly<Record<string, string>>;
  readonly one?: Words;
  readonly additions?: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, Words>>;
}

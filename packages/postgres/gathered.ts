interface Asked<In, Out> {
  readonly value: In;
  readonly resolve: (answer: Out) => void;
  readonly reject: (error: unknown) => void;
}

/** Calls that come while one statement is under way go together in the next: many small statements become few. */
export class Gathered<In, Out> {
  readonly #run: (all: readonly In[]) => Promise<readonly Out[]>;
  readonly #most: number;
  #waiting: Asked<In, Out>[] = [];
  #isUnderWay = false;

  /** @param run answers each in turn; what it throws is thrown to each @param most calls in one statement */
  constructor(run: (all: readonly In[]) => Promise<readonly Out[]>, most = 500) {
    this.#run = run;
    this.#most = most;
  }

  ask(value: In): Promise<Out> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ value, resolve, reject });
      if (!this.#isUnderWay) void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    this.#isUnderWay = true;
    // Those who ask in the same breath go together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const all = this.#waiting.splice(0, this.#most);
      try {
        const answers = await this.#run(all.map(({ value }) => value));
        if (answers.length !== all.length) throw new RangeError(`${answers.length} answers to ${all.length} questions`);
        // As many as were asked.
        for (const [index, { resolve }] of all.entries()) resolve(answers[index] as Out);
      } catch (error) {
        for (const { reject } of all) reject(error);
      }
    }
    this.#isUnderWay = false;
  }
}

/** Rows by one of their columns, for many who each ask for their own. @param find finds the rows of all these keys */
export function gatheredRows<Row>(
  find: (keys: readonly string[]) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): Gathered<string, readonly Row[]> {
  return new Gathered<string, readonly Row[]>(async (keys) => {
    const byKey = Map.groupBy(await find([...new Set(keys)]), keyOf);
    return keys.map((key) => byKey.get(key) ?? []);
  });
}

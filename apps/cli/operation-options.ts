import { operationNames, type OperationName } from "@vigil/api/operations.ts";
import { fail } from "./errors.ts";

// An operation and its choices, as they are typed.

/** @throws cli.usage.wrong (caller) */
export function operationNamed(text: string): OperationName {
  const name = operationNames.find((one) => one === text);
  if (name === undefined) {
    throw fail("cli.usage.wrong", {
      message: `There is no operation ${text}; there are ${operationNames.join(", ")}.`,
    });
  }
  return name;
}

/** What was chosen, each as name=value. @throws cli.usage.wrong (caller) */
export function choicesIn(words: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    words.map((word) => {
      const [name = "", value] = word.split(/=(.*)/s);
      if (value === undefined) throw fail("cli.usage.wrong", { message: `${word} is not name=value.` });
      return [name, value];
    }),
  );
}

import type { OperationParameter } from "./operations.ts";

/** Why a value is none of the parameter's, and what to do about it. */
export interface ValueFlaw {
  readonly text: string;
  readonly next: string;
}

/** What a parameter is when nobody says; undefined where somebody has to. */
export function usualOf(parameter: OperationParameter): string | undefined {
  return parameter.kind === "image" ? undefined : parameter.usual;
}

/** What is wrong with a value by itself; whether there is an image of that name, only the server knows. */
export function valueFlaw(name: string, parameter: OperationParameter, value: string): ValueFlaw | undefined {
  switch (parameter.kind) {
    case "choice": {
      if (Object.hasOwn(parameter.choices, value)) return undefined;
      const choices = Object.keys(parameter.choices).join(", ");
      return { text: `${name} cannot be ${value}`, next: `Choose one of ${choices}` };
    }
    case "image":
      return value.trim() === "" ? missingFlaw(name) : undefined;
    case "addresses": {
      const all = addressesIn(value);
      const wrong = all.find((one) => !ipv4.test(one));
      if (wrong !== undefined)
        return { text: `${name}: ${wrong} is no IPv4 address`, next: "Write addresses with commas between them" };
      if (all.length <= parameter.most) return undefined;
      return { text: `${name}: ${all.length} addresses are too many`, next: `Name ${parameter.most} at most` };
    }
    default:
      parameter satisfies never;
      return undefined;
  }
}

/** The addresses that a value names. */
export function addressesIn(value: string): readonly string[] {
  return value
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

const ipv4 = /^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(?!$)|$)){4}$/;

/** Nobody has said what has to be said. */
export function missingFlaw(name: string): ValueFlaw {
  return { text: `It says no ${name}`, next: "Name one of the library's: vigil image list shows them" };
}

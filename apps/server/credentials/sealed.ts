import { inspect } from "node:util";

/** What a secret is opened for: it is noted with every opening. */
export type OpeningPurpose =
  | "log in"
  | "reveal"
  | "set on the device"
  | "set in the directory"
  | "sign"
  | "prove ourselves"
  | "compare"
  | "hand over";

const shown = "[sealed]";

/**
 * A secret that can be carried about and prints as `[sealed]`: in a string, in JSON, in a log line, in a debugger's
 * listing. The plain value does not exist until it is opened, which the vault notes.
 */
export class Sealed<T> {
  readonly #open: (purpose: OpeningPurpose) => T;

  /** @param open makes the plain value; called once for every opening */
  constructor(open: (purpose: OpeningPurpose) => T) {
    this.#open = open;
  }

  /** The plain value. Use it at once, and keep it nowhere. */
  open(purpose: OpeningPurpose): T {
    return this.#open(purpose);
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [Symbol.toPrimitive](): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}

/** A login whose password is no part of what prints: not in JSON, not in a log line, not in a copy by spreading. */
export interface Login {
  readonly username: string;
  readonly password: string;
}

/** The login that `connect` takes. */
export function loginWith(username: string, password: string): Login {
  const login = { username, password: "" };
  return Object.defineProperty(login, "password", { value: password, enumerable: false });
}

import type { Log } from "@vigil/base/log.ts";
import type { MasterKey } from "./master-key.ts";
import { Sealed, type OpeningPurpose } from "./sealed.ts";

/** Where a secret lies: the associated data of its box. */
export interface Place {
  readonly table: string;
  /** What tells the row, and whose it is. */
  readonly row: string;
}

/** Seals texts for their place in the database, and notes each opening. */
export class Vault {
  readonly #key: MasterKey;
  readonly #log: Log;

  constructor(key: MasterKey, log: Log) {
    this.#key = key;
    this.#log = log;
  }

  seal(plain: string, place: Place): Uint8Array {
    return this.#key.seal(Buffer.from(plain, "utf8"), textOf(place));
  }

  /** The secret in that box. Opening it throws credentials.master-key.other or credentials.secret.damaged. */
  secretIn(box: Uint8Array, place: Place): Sealed<string> {
    return new Sealed((purpose: OpeningPurpose) => {
      // Not an audit entry: the act that needs the secret has one. This line is for who wonders how often, and what for.
      this.#log.debug("a secret was opened", { ...place, purpose });
      return Buffer.from(this.#key.open(box, textOf(place))).toString("utf8");
    });
  }
}

function textOf({ table, row }: Place): string {
  return `${table}/${row}`;
}

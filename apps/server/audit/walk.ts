import type { AuditFinding } from "@vigil/api/resources/audit.ts";
import { hashOf, isSame, type Linked } from "./chain.ts";

/** Entries in a row that do not fit, until the next one that does says why. */
interface Doubtful {
  readonly first: number;
  readonly last: number;
  /** The hash that the last of them bears, and the one that it should. */
  readonly borne: Uint8Array;
  readonly due: Uint8Array;
}

/** Where a walk stands between two entries. */
export interface WalkState {
  /** The entry that was met last; 0: none. */
  readonly at: number;
  /** The hash of the last entry that fits. */
  readonly proven: Uint8Array | undefined;
  readonly hasKeyed: boolean;
  readonly doubtful: Doubtful | undefined;
}

export const atTheBeginning: WalkState = { at: 0, proven: undefined, hasKeyed: false, doubtful: undefined };

/**
 * Walks the chain, entry by entry.
 *
 * An entry fits when its hash is the one that follows from the entry before it. One that does not was edited when the next one follows
 * from it, either from the hash that it bears (its fields were edited) or from the one that it should bear (its hash was); it was inserted when the
 * next one follows from the entry before it. Where an entry was replaced together with its hash, the one after it cannot be proven either, and
 * is named with it. Numbers have no gaps: a number that is missing was deleted, and the entry after it is taken as it is.
 */
export class Walk {
  readonly #key: Uint8Array;
  #state: WalkState;
  readonly #findings: AuditFinding[] = [];

  constructor(key: Uint8Array, state: WalkState = atTheBeginning) {
    this.#key = key;
    this.#state = state;
  }

  get state(): WalkState {
    return this.#state;
  }

  /** @param entry the one with the next higher number, from 1 on */
  meet(entry: Linked): void {
    if (entry.id !== this.#state.at + 1) this.#skipTo(entry);
    else this.#judge(entry);
    this.#state = { ...this.#state, at: entry.id, hasKeyed: this.#state.hasKeyed || entry.path !== null };
  }

  /** @param last the number of the entry that ends the chain @param hash its hash, when that is known for sure */
  end(last: number, hash: Uint8Array | undefined): void {
    this.#settle("edited");
    if (this.#state.at < last) this.#findings.push({ kind: "deleted", first: this.#state.at + 1, last });
    else if (hash !== undefined && this.#state.proven !== undefined && !isSame(hash, this.#state.proven)) {
      this.#findings.push({ kind: "edited", first: last, last });
    }
  }

  /** What was found since the last call. */
  found(): AuditFinding[] {
    return this.#findings.splice(0);
  }

  #skipTo(entry: Linked): void {
    this.#settle("edited");
    this.#findings.push({ kind: "deleted", first: this.#state.at + 1, last: entry.id - 1 });
    this.#state = { ...this.#state, proven: entry.hash };
  }

  #judge(entry: Linked): void {
    const { proven, doubtful } = this.#state;
    if (doubtful === undefined) {
      if (this.#follows(entry, proven)) this.#state = { ...this.#state, proven: entry.hash };
      else this.#doubt(entry, entry.id, proven);
      return;
    }
    const isAfterThem = this.#follows(entry, doubtful.borne) || this.#follows(entry, doubtful.due);
    if (isAfterThem || this.#follows(entry, proven)) {
      this.#settle(isAfterThem ? "edited" : "inserted");
      this.#state = { ...this.#state, proven: entry.hash };
    } else {
      this.#doubt(entry, doubtful.first, doubtful.borne);
    }
  }

  #doubt(entry: Linked, first: number, previous: Uint8Array | undefined): void {
    const due = hashOf(this.#key, entry, previous);
    this.#state = { ...this.#state, doubtful: { first, last: entry.id, borne: entry.hash, due } };
  }

  /** One without a key is no proof once there is one. */
  #follows(entry: Linked, previous: Uint8Array | undefined): boolean {
    if (entry.path === null && this.#state.hasKeyed) return false;
    return isSame(entry.hash, hashOf(this.#key, entry, previous));
  }

  #settle(kind: "edited" | "inserted"): void {
    const { doubtful } = this.#state;
    if (doubtful === undefined) return;
    this.#findings.push({ kind, first: doubtful.first, last: doubtful.last });
    // What comes next is held against what they bear, where they were edited.
    const proven = kind === "edited" ? doubtful.borne : this.#state.proven;
    this.#state = { ...this.#state, doubtful: undefined, proven };
  }
}

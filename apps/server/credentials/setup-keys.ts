import { randomInt } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import { newPskPair, parsePid, parsePps, type PskPair } from "@vigil/amt-client/pre-shared-key.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { CredentialsStore, SetupKeyRow } from "./credentials.store.ts";
import { fail } from "./errors.ts";
import { randomPassword } from "./password.ts";
import type { Sealed } from "./sealed.ts";
import type { Place, Vault } from "./vault.ts";

/** How the pair reaches the machine: typed in from a printed list, or read from a stick. */
export type SetupKeyMedium = "list" | "usb";

/** A pre-shared key, as far as it may be shown. */
export interface SetupKey {
  /** Without dashes. */
  readonly pid: string;
  readonly batch: string;
  readonly medium: SetupKeyMedium;
  readonly madeAt: Date;
  /** The device that was set up by it. */
  readonly device: string | null;
  readonly usedAt: Date | null;
}

/** What of it is secret. */
export interface SetupKeySecret {
  readonly pps: string;
  /** What the stick makes of the menu's password; absent when the key alone goes to the machine. */
  readonly mebxPassword?: string;
}

/**
 * The pre-shared keys by which devices until AMT 10 are set up. A pair lies here before any machine has it: whoever is asked by a device
 * whose PID is not here has no business with it.
 */
export class SetupKeys {
  readonly #store: CredentialsStore;
  readonly #vault: Vault;
  readonly #clock: Clock;

  constructor(deps: { readonly store: CredentialsStore; readonly vault: Vault; readonly clock: Clock }) {
    this.#store = deps.store;
    this.#vault = deps.vault;
    this.#clock = deps.clock;
  }

  /** Makes new pairs. @returns them, for the list or the stick that is made of them at once */
  async make(
    tx: Tx,
    { batch, count, medium }: { readonly batch: string; readonly count: number; readonly medium: SetupKeyMedium },
  ): Promise<readonly (PskPair & SetupKeySecret)[]> {
    const made: (PskPair & SetupKeySecret)[] = [];
    while (made.length < count) {
      const pair = newPskPair((below) => randomInt(below));
      const secret = { pps: pair.pps, ...(medium === "usb" ? { mebxPassword: randomPassword() } : {}) };
      // A PID that is taken already is drawn again.
      if (await this.#insert(tx, pair.pid, { batch, medium, secret })) made.push({ ...pair, ...secret });
    }
    return made;
  }

  /** Takes pairs that a maker or an earlier tool has given. @throws wire.psk.malformed, credentials.setup-key.taken (caller) */
  async add(tx: Tx, batch: string, pairs: readonly PskPair[]): Promise<void> {
    for (const pair of pairs) {
      const pid = parsePid(pair.pid);
      const isNew = await this.#insert(tx, pid, { batch, medium: "list", secret: { pps: parsePps(pair.pps) } });
      if (!isNew) throw fail("credentials.setup-key.taken", { details: { pid } });
    }
  }

  async list(batch: string | undefined): Promise<readonly SetupKey[]> {
    return (await this.#store.setupKeys(batch)).map(keyOf);
  }

  /** What a batch's machines are to be told: for the printed list. */
  async secretsOf(batch: string): Promise<readonly { readonly pid: string; readonly secret: Sealed<string> }[]> {
    return (await this.#store.setupKeys(batch)).map(({ pid, sealed }) => ({
      pid,
      secret: this.#vault.secretIn(sealed, placeOf(pid)),
    }));
  }

  /** @returns undefined when there is no such pair */
  async find(pid: string, tx?: Tx): Promise<SetupKey | undefined> {
    const row = await this.#store.setupKey(pid, tx);
    return row === undefined ? undefined : keyOf(row);
  }

  /** @throws provisioning.psk.unknown (device) */
  async secretOf(pid: string): Promise<SetupKeySecret> {
    const row = await this.#store.setupKey(pid);
    if (row === undefined) throw fail("provisioning.psk.unknown", { details: { pid } });
    return secretIn(this.#vault.secretIn(row.sealed, placeOf(pid)).open("prove ourselves"));
  }

  /** The device let itself be opened by it. */
  used(tx: Tx, pid: string, device: string): Promise<void> {
    return this.#store.useSetupKey(tx, pid, device, new Date(this.#clock.now()));
  }

  /** Forgets them; those that are not there are passed over. @throws wire.psk.malformed (caller) @returns the PIDs that were there */
  remove(tx: Tx, pids: readonly string[]): Promise<readonly string[]> {
    return this.#store.removeSetupKeys(tx, pids.map(parsePid));
  }

  #insert(
    tx: Tx,
    pid: string,
    key: { readonly batch: string; readonly medium: SetupKeyMedium; readonly secret: SetupKeySecret },
  ): Promise<boolean> {
    const { batch, medium, secret } = key;
    const sealed = this.#vault.seal(JSON.stringify(secret), placeOf(pid));
    const row = { pid, batch, medium, sealed, made_at: new Date(this.#clock.now()), device: null, used_at: null };
    return this.#store.insertSetupKey(tx, row);
  }
}

/** What was sealed by make() or add(). */
export function secretIn(text: string): SetupKeySecret {
  // Only #insert() above seals such a box.
  return JSON.parse(text) as SetupKeySecret;
}

function placeOf(pid: string): Place {
  return { table: "setup_keys", row: pid };
}

function keyOf({ pid, batch, medium, made_at, device, used_at }: SetupKeyRow): SetupKey {
  return { pid, batch, medium, madeAt: made_at, device, usedAt: used_at };
}

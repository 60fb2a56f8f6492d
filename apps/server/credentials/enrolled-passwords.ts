import { randomUUID } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { CredentialsStore, SecretRow } from "./credentials.store.ts";
import { placeOfSecret } from "./device-secret.ts";
import { randomPassword } from "./password.ts";
import type { Sealed } from "./sealed.ts";
import type { Vault } from "./vault.ts";

const kind = "admin-password";

/** The admin passwords of devices that are entered as set up already: made here, sealed like all others, many at once. */
export class EnrolledPasswords {
  readonly #store: CredentialsStore;
  readonly #vault: Vault;
  readonly #clock: Clock;

  constructor(deps: { readonly store: CredentialsStore; readonly vault: Vault; readonly clock: Clock }) {
    this.#store = deps.store;
    this.#vault = deps.vault;
    this.#clock = deps.clock;
  }

  /**
   * The confirmed password of each device: the one that it has, else a new one. Commit before anybody puts it into a device.
   * @param devices that have none on its way
   */
  async passwordsFor(tx: Tx, devices: readonly string[]): Promise<ReadonlyMap<string, Sealed<string>>> {
    const stored = await this.#store.confirmedAmong(tx, kind, devices);
    const has = new Set(stored.map(({ device }) => device));
    const made = devices.filter((device) => !has.has(device)).map((device) => this.#newRow(device));
    await this.#store.insertSecrets(tx, made);
    return new Map(
      [...stored, ...made].map((row) => [row.device, this.#vault.secretIn(row.sealed, placeOfSecret(row))]),
    );
  }

  #newRow(device: string): SecretRow {
    const id = randomUUID();
    const at = new Date(this.#clock.now());
    const sealed = this.#vault.seal(randomPassword(), placeOfSecret({ id, device, kind }));
    return { id, device, kind, state: "confirmed", sealed, made_at: at, changed_at: at };
  }
}

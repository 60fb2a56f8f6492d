import type { Clock } from "@vigil/base/clock.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { CredentialsStore } from "./credentials.store.ts";
import type { Sealed } from "./sealed.ts";
import type { Place, Vault } from "./vault.ts";

/** The secrets with which questions to webhooks are signed, one for each rule that asks one. */
export class WebhookSecrets {
  readonly #store: CredentialsStore;
  readonly #vault: Vault;
  readonly #clock: Clock;

  constructor(deps: { readonly store: CredentialsStore; readonly vault: Vault; readonly clock: Clock }) {
    this.#store = deps.store;
    this.#vault = deps.vault;
    this.#clock = deps.clock;
  }

  /** Keeps it in place of the one that the rule had. */
  set(tx: Tx, rule: string, value: string): Promise<void> {
    const sealed = this.#vault.seal(value, placeOf(rule));
    return this.#store.putWebhookSecret(tx, { rule, sealed, changed_at: new Date(this.#clock.now()) });
  }

  /** @returns undefined when none was set */
  async of(rule: string): Promise<Sealed<string> | undefined> {
    const row = await this.#store.webhookSecret(rule);
    return row === undefined ? undefined : this.#vault.secretIn(row.sealed, placeOf(rule));
  }

  /** The rules that have one. */
  async rules(): Promise<ReadonlySet<string>> {
    return new Set(await this.#store.rulesWithSecret());
  }

  /** Forgets those of all other rules. */
  keep(tx: Tx, rules: readonly string[]): Promise<void> {
    return this.#store.removeOtherWebhookSecrets(tx, rules);
  }
}

function placeOf(rule: string): Place {
  return { table: "webhook_secrets", row: rule };
}

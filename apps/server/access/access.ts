import { createHash, randomBytes, randomUUID } from "node:crypto";
import { permissions, type Permission } from "@vigil/api/route.ts";
import type { ApiKey } from "@vigil/api/resources/access.ts";
import type { Clock } from "@vigil/base/clock.ts";
import type { Postgres, Tx } from "@vigil/postgres/postgres.ts";
import type { Audit } from "../audit/audit.ts";
import { fail } from "../errors.ts";
import { AccessStore, type KeyRow } from "./access.store.ts";

/** Who makes a request. */
export interface Caller {
  /** As the audit names them: "owner" or "api-key:<name>". */
  readonly actor: string;
  /** Which of their sign-ins or keys it is: the hash of its secret. */
  readonly login: string;
  readonly role: "owner";
  readonly permissions: readonly Permission[];
}

const linkLifetimeMs = 15 * 60_000;
const sessionLifetimeMs = 12 * 3_600_000;
const keyPrefix = "vgl_";

/** Sign-in links, sessions and API keys: random secrets of 256 bits, of which the database holds only hashes. */
export class Access {
  readonly #store: AccessStore;
  readonly #postgres: Postgres;
  readonly #audit: Audit;
  readonly #clock: Clock;
  #onLoggedOut: (login: string) => void = () => {};

  constructor(deps: { readonly postgres: Postgres; readonly audit: Audit; readonly clock: Clock }) {
    this.#store = new AccessStore(deps.postgres);
    this.#postgres = deps.postgres;
    this.#audit = deps.audit;
    this.#clock = deps.clock;
  }

  /** Told whenever a login is good no more, after that is so. */
  whenLoggedOut(tell: (login: string) => void): void {
    this.#onLoggedOut = tell;
  }

  /** A token that signs in once, within 15 minutes. */
  async newLink(actor: string): Promise<{ readonly token: string; readonly expiresAt: Date }> {
    const token = newSecret();
    const expiresAt = new Date(this.#clock.now() + linkLifetimeMs);
    await this.#postgres.transaction(async (tx) => {
      await this.#store.insertLink(tx, hashOf(token), expiresAt);
      await this.#note(tx, actor, "access.link-created", "Made a one-time sign-in link");
    });
    return { token, expiresAt };
  }

  /** Uses a link up. @returns the session's secret, for the cookie. @throws access.link.invalid (caller) */
  async signIn(
    link: string,
  ): Promise<{ readonly session: string; readonly caller: Caller; readonly lifetimeMs: number }> {
    const session = newSecret();
    const now = new Date(this.#clock.now());
    const isGood = await this.#postgres.transaction(async (tx) => {
      if (!(await this.#store.takeLink(tx, hashOf(link), now))) return false;
      await this.#store.insertSession(tx, hashOf(session), now, new Date(now.getTime() + sessionLifetimeMs));
      await this.#audit.write(tx, {
        actor: "owner",
        action: "access.signed-in",
        summary: "Signed in with a one-time link",
      });
      return true;
    });
    if (!isGood) throw fail("access.link.invalid");
    return { session, caller: callerOf("owner", session), lifetimeMs: sessionLifetimeMs };
  }

  async signOut(session: string): Promise<void> {
    await this.#store.removeSession(hashOf(session));
    this.#onLoggedOut(loginOf(session));
  }

  /** Whose session that is; undefined when it is none or has expired. */
  async callerWithSession(session: string): Promise<Caller | undefined> {
    const isThere = await this.#store.hasSession(hashOf(session), new Date(this.#clock.now()));
    return isThere ? callerOf("owner", session) : undefined;
  }

  /** Whose key that is; undefined when it is none. */
  async callerWithKey(key: string): Promise<Caller | undefined> {
    if (!key.startsWith(keyPrefix)) return undefined;
    const found = await this.#store.keyWith(hashOf(key));
    return found === undefined ? undefined : callerOf(`api-key:${found.name}`, key);
  }

  async keys(): Promise<ApiKey[]> {
    return (await this.#store.keys()).map(shown);
  }

  /** @returns the key, which nobody can see again; one of the same name is replaced */
  async createKey(actor: string, name: string): Promise<ApiKey & { readonly key: string }> {
    const key = keyPrefix + newSecret();
    const row: KeyRow = {
      id: randomUUID(),
      name,
      start: key.slice(0, keyPrefix.length + 4),
      hash: hashOf(key),
      created_at: new Date(this.#clock.now()),
    };
    await this.#postgres.transaction(async (tx) => {
      this.#tellOut(tx, await this.#store.putKey(tx, row));
      await this.#note(tx, actor, "access.key-created", `Made the API key ${name}`);
    });
    return { ...shown(row), key };
  }

  /** @throws access.key.unknown (caller) */
  async removeKey(actor: string, id: string): Promise<void> {
    const isId = /^[0-9a-f-]{36}$/.test(id);
    await this.#postgres.transaction(async (tx) => {
      const removed = isId ? await this.#store.removeKey(tx, id) : undefined;
      if (removed === undefined) throw fail("access.key.unknown", { details: { id } });
      this.#tellOut(tx, removed.hash);
      await this.#note(tx, actor, "access.key-removed", `Removed the API key ${removed.name}`);
    });
  }

  #tellOut(tx: Tx, hash: Uint8Array | undefined): void {
    if (hash !== undefined) tx.afterCommit(() => this.#onLoggedOut(nameOf(hash)));
  }

  async #note(tx: Tx, actor: string, action: string, summary: string): Promise<void> {
    await this.#audit.write(tx, { actor, action, summary });
  }
}

function callerOf(actor: string, secret: string): Caller {
  return { actor, login: loginOf(secret), role: "owner", permissions };
}

function loginOf(secret: string): string {
  return nameOf(hashOf(secret));
}

function nameOf(hash: Uint8Array): string {
  return Buffer.from(hash).toString("base64url");
}

function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

function hashOf(secret: string): Uint8Array {
  // Plain SHA-256 will do: nobody guesses 256 random bits.
  return createHash("sha256").update(secret).digest();
}

function shown({ id, name, start, created_at }: KeyRow): ApiKey {
  return { id, name, start, createdAt: created_at.toISOString() };
}

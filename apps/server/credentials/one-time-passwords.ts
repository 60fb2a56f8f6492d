import { randomInt, randomUUID, timingSafeEqual } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import type { Tx } from "@vigil/postgres/postgres.ts";
import type { CredentialsStore, OneTimeRow } from "./credentials.store.ts";
import type { Sealed } from "./sealed.ts";
import type { Place, Vault } from "./vault.ts";

/** What a password is worth that a device names. */
export type OneTimeVerdict = "right" | "wrong" | "replayed" | "expired";

/** To be handed over at once, and shown to nobody. */
export interface OneTimePassword {
  readonly password: Sealed<string>;
  readonly expiresAt: Date;
}

/** How long it takes an agent to hand it over and a device to ask: hours, where it waits in a deployment. Chosen. */
const lifetimeMs = 24 * 3_600_000;
/** Characters: firmware takes 8 to 32. @source protocols C.7 */
const length = 24;
/** No two that look alike, since people may have to type it. */
const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
/** Remembered for each device, so that one that comes again is known as such. Chosen. */
const mostRemembered = 20;

/**
 * One-time passwords: a device's own software gives one to its firmware, and the firmware shows it to whoever sets the device up. So the
 * software, the device and Vigil belong together. It is no login. @source protocols C.7
 */
export class OneTimePasswords {
  readonly #store: CredentialsStore;
  readonly #vault: Vault;
  readonly #clock: Clock;

  constructor(deps: { readonly store: CredentialsStore; readonly vault: Vault; readonly clock: Clock }) {
    this.#store = deps.store;
    this.#vault = deps.vault;
    this.#clock = deps.clock;
  }

  /** Makes one for a device, known to Vigil or not yet, in place of the one before. Commit before you hand it over. */
  async make(tx: Tx, device: string): Promise<OneTimePassword> {
    const id = randomUUID();
    const at = new Date(this.#clock.now());
    const expiresAt = new Date(at.getTime() + lifetimeMs);
    const plain = Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join("");
    const sealed = this.#vault.seal(plain, placeOf(device, id));
    await this.#store.replaceOneTime(tx, device, at);
    const times = { made_at: at, expires_at: expiresAt, changed_at: at };
    await this.#store.insertOneTime(tx, { id, device, state: "made", sealed, ...times }, mostRemembered);
    return { password: this.#vault.secretIn(sealed, placeOf(device, id)), expiresAt };
  }

  /** What it is worth that a device names this one. A right one is proven from now on. */
  async prove(tx: Tx, device: string, named: string): Promise<OneTimeVerdict> {
    const rows = await this.#store.oneTimeOf(device, tx);
    const known = rows.find((row) => isSame(this.#vault.secretIn(row.sealed, placeOf(device, row.id)), named));
    if (known === undefined) return "wrong";
    const verdict = verdictOn(known, this.#clock.now());
    if (verdict === "right") await this.#store.setOneTimeState(tx, known.id, "proven", new Date(this.#clock.now()));
    return verdict;
  }

  /** The setup in which it was proven is through. */
  async used(tx: Tx, device: string): Promise<void> {
    const proven = (await this.#store.oneTimeOf(device, tx)).filter(({ state }) => state === "proven");
    for (const { id } of proven) await this.#store.setOneTimeState(tx, id, "used", new Date(this.#clock.now()));
  }

  async forget(tx: Tx, device: string): Promise<void> {
    await this.#store.removeOneTimeOf(tx, device);
  }
}

function verdictOn({ state, expires_at: expiresAt }: OneTimeRow, now: number): OneTimeVerdict {
  if (state === "used" || state === "replaced") return "replayed";
  // One that was proven in time may be named again: the setup goes on where it was interrupted.
  return state === "made" && expiresAt.getTime() <= now ? "expired" : "right";
}

function isSame(password: Sealed<string>, named: string): boolean {
  const [one, other] = [password.open("compare"), named].map((text) => Buffer.from(text, "utf8"));
  return one !== undefined && other !== undefined && one.length === other.length && timingSafeEqual(one, other);
}

function placeOf(device: string, id: string): Place {
  return { table: "one_time_passwords", row: `${device}/${id}` };
}

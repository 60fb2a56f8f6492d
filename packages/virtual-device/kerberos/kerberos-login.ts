import type { Caller, Firmware } from "../firmware.ts";
import { accept } from "./accept.ts";
import { Replays } from "./replays.ts";
import { StoredKerberos } from "./settings.ts";

/** @param reply what the client is told, whichever way it went */
export type KerberosResult =
  | { readonly ok: true; readonly caller: Caller; readonly reply: Uint8Array | undefined }
  | { readonly ok: false; readonly reply: Uint8Array | undefined };

/**
 * Logins by ticket. A ticket says who the user is; the entries with the user's identifier, or that of one of the user's groups,
 * say what may be done. Each request needs a token of its own: UNVERIFIED, firmware may keep a connection's login.
 * @source SDK "Microsoft Active Directory and Kerberos Support"
 */
export class KerberosLogin {
  readonly #firmware: Firmware;
  readonly #stored: StoredKerberos;
  readonly #replays = new Replays();

  constructor(firmware: Firmware) {
    this.#firmware = firmware;
    this.#stored = new StoredKerberos(firmware);
  }

  /** Whether a manager has switched it on. */
  get isOn(): boolean {
    return this.#stored.read() !== undefined;
  }

  check(token: Uint8Array, via: Omit<Caller, "username">): KerberosResult {
    const settings = this.#stored.read();
    if (settings === undefined) return { ok: false, reply: undefined };
    const { random, accountOf, state } = this.#firmware;
    const nowMs = this.#firmware.now();
    const isNew = (authenticator: Uint8Array, untilMs: number): boolean =>
      this.#replays.isNew(authenticator, nowMs, untilMs);
    const accepted = accept(token, { ...settings, nowMs, random, isNew });
    if (!accepted.ok) return { ok: false, reply: accepted.reply };
    const { principal, reply } = accepted;
    const account = accepted.account ?? accountOf(principal);
    if (account === undefined) return { ok: false, reply: undefined };
    const [sid = "", ...groups] = [account.sid, ...account.groups].map((one) => Buffer.from(one).toString("base64"));
    const names = new Set([sid, ...groups]);
    const entries = state.users.filter((one) => one.sid !== undefined && names.has(one.sid));
    const admittedBy = entries.filter((one) => one.isEnabled && one.access !== 0).flatMap((one) => one.sid ?? []);
    // A stranger to the device gets no proof: the ticket was good, the user is not known. UNVERIFIED
    if (admittedBy.length === 0) return { ok: false, reply: undefined };
    return { ok: true, caller: { ...via, username: principal, sid, admittedBy }, reply };
  }
}

import { createHmac } from "node:crypto";
import { VigilError } from "@vigil/base/errors.ts";
import { ha1 } from "@vigil/wire/digest.ts";
import {
  decodeDigest,
  decodePassword,
  encodeRedirectionChallenge,
  isAnsweredWith,
  type RedirectionDigest,
} from "@vigil/wire/redirection/authentication.ts";
import {
  authenticationMethods as methods,
  authenticationStatuses as statuses,
  type Authenticate,
  type AuthenticateReply,
} from "@vigil/wire/redirection/handshake.ts";
import { realms } from "../behavior.ts";
import type { Caller, Firmware } from "../firmware.ts";
import { KerberosLogin } from "../kerberos/kerberos-login.ts";
import { holdsRealm } from "../rights.ts";

/** What a manager is answered, and who it is once it is let in. */
export interface LoginStep {
  readonly reply: AuthenticateReply;
  readonly caller?: Caller;
}

/**
 * The login of one redirection session.
 *
 * States: asked -> challenged by the first digest -> challenged anew by each wrong answer. A right password, digest or ticket of an
 * account with the redirection realm is let in. Without the realm it is told "not supported": UNVERIFIED.
 * @source protocols D.2
 */
export class RedirectionLogin {
  readonly #firmware: Firmware;
  readonly #via: Omit<Caller, "username">;
  readonly #kerberos: KerberosLogin;
  #nonce: string | undefined;

  constructor(firmware: Firmware, via: Omit<Caller, "username">, kerberos: KerberosLogin) {
    this.#firmware = firmware;
    this.#via = via;
    this.#kerberos = kerberos;
  }

  take({ method, data }: Authenticate): LoginStep {
    if (method === methods.query) return answer(statuses.ok, method, Uint8Array.from(this.#methods));
    if (!this.#methods.includes(method)) return answer(statuses.unsupported, method);
    try {
      if (method === methods.password) return this.#password(data);
      if (method === methods.kerberos) return this.#ticket(data);
      return this.#digest(method, decodeDigest(data, method === methods.digest));
    } catch (error) {
      if (error instanceof VigilError) return answer(statuses.refused, method);
      throw error;
    }
  }

  /** Which and in what order firmware lists is UNVERIFIED. */
  get #methods(): readonly number[] {
    const { takesPasswords } = this.#firmware.manners;
    return [
      ...(takesPasswords ? [methods.password] : []),
      ...(this.#kerberos.isOn ? [methods.kerberos] : []),
      ...(takesPasswords ? [methods.oldDigest] : []),
      methods.digest,
    ];
  }

  #password(data: Uint8Array): LoginStep {
    const { username, password } = decodePassword(data);
    const known = this.#firmware.ha1sOf(username, this.#via);
    const isRight = known.includes(ha1(username, this.#firmware.digestRealm, password));
    return isRight ? this.#admit(methods.password, { ...this.#via, username }) : this.#refuse(methods.password);
  }

  #ticket(data: Uint8Array): LoginStep {
    const result = this.#kerberos.check(data, this.#via);
    if (!result.ok) return this.#refuse(methods.kerberos, result.reply);
    return this.#admit(methods.kerberos, result.caller, result.reply);
  }

  #digest(method: number, digest: RedirectionDigest): LoginStep {
    const nonce = this.#nonce;
    if (nonce === undefined || digest.response === "") return this.#challenge(method);
    const { username } = digest;
    const isOurs = digest.realm === this.#firmware.digestRealm && digest.nonce === nonce;
    const known = isOurs ? this.#firmware.ha1sOf(username, this.#via) : [];
    if (known.some((one) => isAnsweredWith(one, digest))) return this.#admit(method, { ...this.#via, username });
    this.#firmware.noteFailedLogin();
    return this.#challenge(method);
  }

  /** A nonce is good for one answer on one connection. UNVERIFIED */
  #challenge(method: number): LoginStep {
    const bytes = createHmac("sha256", this.#firmware.random(32))
      .update(this.#nonce ?? "")
      .digest()
      .subarray(0, 16);
    this.#nonce = bytes.toString("hex");
    const challenge = { realm: this.#firmware.digestRealm, nonce: this.#nonce };
    const qop = method === methods.digest ? { qop: "auth" } : {};
    return answer(statuses.refused, method, encodeRedirectionChallenge({ ...challenge, ...qop }));
  }

  #admit(method: number, caller: Caller, reply?: Uint8Array): LoginStep {
    this.#firmware.noteLogin();
    if (!holdsRealm(this.#firmware, caller, realms.redirection)) return answer(statuses.unsupported, method);
    return { ...answer(statuses.ok, method, reply), caller };
  }

  #refuse(method: number, reply?: Uint8Array): LoginStep {
    this.#firmware.noteFailedLogin();
    return answer(statuses.refused, method, reply);
  }
}

function answer(status: number, method: number, data: Uint8Array = new Uint8Array()): LoginStep {
  return { reply: { type: "authenticateReply", status, method, data } };
}

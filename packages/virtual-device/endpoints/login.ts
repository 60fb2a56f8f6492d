import { createHmac, timingSafeEqual } from "node:crypto";
import { VigilError } from "@vigil/base/errors.ts";
import { parseAuthorization, verify, type Authorization } from "@vigil/wire/digest.ts";
import type { HttpMessage } from "@vigil/wire/http.ts";
import { headerOf } from "@vigil/wire/http.ts";
import type { Caller, Firmware } from "../firmware.ts";
import { KerberosLogin } from "../kerberos/kerberos-login.ts";

/** How long a nonce is good. UNVERIFIED; managers keep one for minutes, across connections. @source protocols A.3 */
const nonceLifetimeMs = 15 * 60_000;

export type LoginResult =
  | {
      readonly ok: true;
      readonly caller: Caller;
      /** What the answer says in `WWW-Authenticate`. */
      readonly proof?: string;
    }
  | {
      readonly ok: false;
      /** The lines of `WWW-Authenticate`. */
      readonly challenges: readonly string[];
    };

/** Checks who asks. Nonces are signed by the device, so that it need not remember them. */
export class Login {
  readonly #firmware: Firmware;
  #lastNonceAt = 0;
  readonly #secret: Uint8Array;
  readonly kerberos: KerberosLogin;

  constructor(firmware: Firmware) {
    this.#firmware = firmware;
    this.#secret = firmware.random(16);
    this.kerberos = new KerberosLogin(firmware);
  }

  /** @param via how the request came */
  check(request: HttpMessage, via: Omit<Caller, "username">): LoginResult {
    const header = headerOf(request.headers, "authorization");
    const ticket = /^\s*negotiate\s+([A-Za-z0-9+/]+={0,2})\s*$/i.exec(header ?? "")?.[1];
    if (ticket !== undefined) return this.#checkTicket(Buffer.from(ticket, "base64"), via);
    const authorization = header === undefined ? undefined : parsed(header);
    if (authorization === undefined) return this.#refuse(false);
    const { username, realm, nonce, uri } = authorization;
    const hashes = realm === this.#firmware.digestRealm ? this.#firmware.ha1sOf(username, via) : [];
    const { method, body, target } = request;
    const isRight =
      hashes.some((ha1) => verify({ authorization, method, ha1, body })) && pathOf(uri) === pathOf(target);
    if (!isRight) {
      this.#firmware.noteFailedLogin();
      return this.#refuse(false);
    }
    if (!this.#isGood(nonce)) return this.#refuse(true);
    this.#firmware.noteLogin();
    return { ok: true, caller: { ...via, username } };
  }

  #checkTicket(ticket: Uint8Array, via: Omit<Caller, "username">): LoginResult {
    const result = this.kerberos.check(ticket, via);
    const reply = result.reply === undefined ? "" : ` ${Buffer.from(result.reply).toString("base64")}`;
    if (!result.ok) {
      this.#firmware.noteFailedLogin();
      return { ok: false, challenges: this.refusal(false, reply) };
    }
    this.#firmware.noteLogin();
    return { ok: true, caller: result.caller, ...(reply === "" ? {} : { proof: `Negotiate${reply}` }) };
  }

  #refuse(isStale: boolean): LoginResult {
    return { ok: false, challenges: this.refusal(isStale) };
  }

  /**
   * The challenges of a 401: digest with one blank after the first comma only, and a quoted stale; then, where Kerberos is on, its
   * own line. Their order is UNVERIFIED. @source protocols A.2
   */
  refusal(isStale = false, kerberosReply = ""): readonly string[] {
    const digest = `Digest realm="${this.#firmware.digestRealm}", nonce="${this.#nonce()}",stale="${isStale}",qop="auth"`;
    return this.kerberos.isOn ? [digest, `Negotiate${kerberosReply}`] : [digest];
  }

  /** 24 bytes: a clock, four zeros, twelve that only this device can make. @source protocols A.3 */
  #nonce(): string {
    const bytes = Buffer.alloc(24);
    // Two within one millisecond must differ.
    this.#lastNonceAt = Math.max(this.#lastNonceAt + 1, Math.trunc(this.#firmware.clock.monotonic()));
    bytes.writeBigUInt64LE(BigInt(this.#lastNonceAt), 0);
    this.#sign(bytes).copy(bytes, 12);
    return bytes.toString("base64");
  }

  #isGood(nonce: string): boolean {
    const bytes = Buffer.from(nonce, "base64");
    if (bytes.length !== 24 || !timingSafeEqual(bytes.subarray(12), this.#sign(bytes))) return false;
    return this.#firmware.clock.monotonic() - Number(bytes.readBigUInt64LE(0)) < nonceLifetimeMs;
  }

  #sign(bytes: Buffer): Buffer {
    return createHmac("sha256", this.#secret).update(bytes.subarray(0, 12)).digest().subarray(0, 12);
  }
}

function parsed(header: string): Authorization | undefined {
  try {
    return parseAuthorization(header);
  } catch (error) {
    if (error instanceof VigilError) return undefined;
    throw error;
  }
}

/** Clients may send an absolute URI. */
function pathOf(uri: string): string {
  return uri.replace(/^https?:\/\/[^/]+/, "").split("?")[0] ?? "";
}

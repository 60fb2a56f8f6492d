import { createHmac, timingSafeEqual } from "node:crypto";
import { VigilError } from "@vigil/base/errors.ts";
import { parseAuthorization, verify, type Authorization } from "@vigil/wire/digest.ts";
import type { HttpMessage } from "@vigil/wire/http.ts";
import { headerOf } from "@vigil/wire/http.ts";
import type { Caller, Firmware } from "../firmware.ts";

/** How long a nonce is good. UNVERIFIED; managers keep one for minutes, across connections. @source protocols A.3 */
const nonceLifetimeMs = 15 * 60_000;

export type LoginResult =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly challenge: string };

/** Checks who asks. Nonces are signed by the device, so that it need not remember them. */
export class Login {
  readonly #firmware: Firmware;
  #lastNonceAt = 0;
  readonly #secret: Uint8Array;

  constructor(firmware: Firmware) {
    this.#firmware = firmware;
    this.#secret = firmware.random(16);
  }

  /** @param via how the request came */
  check(request: HttpMessage, via: Omit<Caller, "username">): LoginResult {
    const header = headerOf(request.headers, "authorization");
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

  #refuse(isStale: boolean): LoginResult {
    return { ok: false, challenge: this.refusal(isStale) };
  }

  /** The challenge of a 401: one blank after the first comma only, and a quoted stale. @source protocols A.2 */
  refusal(isStale = false): string {
    return `Digest realm="${this.#firmware.digestRealm}", nonce="${this.#nonce()}",stale="${isStale}",qop="auth"`;
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

import { randomBytes } from "node:crypto";
import { authorize, ha1, parseChallenge, type Challenge } from "@vigil/wire/digest.ts";

/** A digest user of a device. */
export interface DigestCredential {
  readonly username: string;
  readonly password: string;
}

/** How a connection says who asks. */
export interface Login {
  /** Empty when only someone else knows. */
  readonly username: string;
  /** The `Authorization` of the next request; undefined when the device has to be asked for its challenge first. */
  authorize(request: LoginRequest, signal: AbortSignal): Promise<string> | string | undefined;
  /**
   * Takes a 401's `WWW-Authenticate` lines.
   * @returns false when none of them can be answered
   * @throws when it is of no use to ask again
   */
  take(lines: readonly string[]): Promise<boolean> | boolean;
  /** Takes the lines of the answer to a request that was let in. @throws when the device is not who it should be */
  settle?(lines: readonly string[]): Promise<void>;
  /** From now on logs in with that password: the device has just been given it. */
  setPassword(password: string): void;
  /** Lets go of what the last request still holds. */
  close?(): Promise<void>;
}

/** What a login may have to sign. */
export interface LoginRequest {
  readonly method: string;
  readonly uri: string;
  readonly body: string;
}

/**
 * Answers a device's digest challenges.
 *
 * States: unchallenged -> challenged by the first 401; a later 401 replaces the challenge. A challenge is used for every
 * following request, with a counter that only rises, over all connections: firmware keeps a nonce across them.
 * @source protocols A.3, A.4
 */
export class DigestLogin implements Login {
  #credential: DigestCredential;
  #challenge: Challenge | undefined;
  #ha1 = "";
  #count = 0;
  #cnonce = "";

  constructor(credential: DigestCredential) {
    this.#credential = credential;
  }

  /**
   * Takes a 401's `WWW-Authenticate` lines; the one that is a digest counts.
   * @returns false when none is. @throws wire.digest.malformed, wire.digest.unsupported (device)
   */
  take(lines: readonly string[]): boolean {
    const line = lines.find((one) => /^\s*digest\s/i.test(one));
    if (line === undefined) return false;
    this.#challenge = parseChallenge(line);
    this.#count = 0;
    this.#cnonce = randomBytes(9).toString("base64url");
    this.#digestCredential();
    return true;
  }

  /** The `Authorization` of the next request; undefined before the first challenge. */
  authorize({ method, uri, body }: LoginRequest): string | undefined {
    if (this.#challenge === undefined) return undefined;
    this.#count += 1;
    return authorize({
      challenge: this.#challenge,
      username: this.#credential.username,
      ha1: this.#ha1,
      method,
      uri,
      count: this.#count,
      cnonce: this.#cnonce,
      body,
    });
  }

  /** From now on logs in with that password: the device has just been given it. */
  setPassword(password: string): void {
    this.#credential = { ...this.#credential, password };
    this.#digestCredential();
  }

  get username(): string {
    return this.#credential.username;
  }

  #digestCredential(): void {
    if (this.#challenge === undefined) return;
    this.#ha1 = ha1(this.#credential.username, this.#challenge.realm, this.#credential.password);
  }
}

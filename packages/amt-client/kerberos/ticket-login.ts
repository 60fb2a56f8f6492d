import { errorIn, tokenIn, wrapToken } from "@vigil/wire/negotiate.ts";
import { fail } from "../errors.ts";
import type { Login } from "../wsman/login.ts";
import { deviceRefusal } from "./failures.ts";
import type { Negotiation, Negotiator } from "./negotiator.ts";

/** A Kerberos user of a device. */
export interface KerberosCredential {
  readonly negotiator: Negotiator;
  /** Instead of HTTP/host:port. */
  readonly serviceName?: string;
}

/**
 * Logs in by ticket: a token with every request, and a proof of the device's with every answer. Works with a device that keeps a
 * connection's login as well as with one that does not. UNVERIFIED which firmware does.
 *
 * States: idle -> asked with each token -> idle when the answer's proof was looked at, the device refused, or the next
 * request begins.
 * @source RFC 4559; docs/protocol/kerberos-login.md
 */
export class TicketLogin implements Login {
  /** Only the KDC knows. */
  readonly username = "";
  readonly #negotiator: Negotiator;
  readonly #serviceName: string;
  #negotiation: Negotiation | undefined;

  constructor(credential: KerberosCredential, where: string) {
    this.#negotiator = credential.negotiator;
    this.#serviceName = credential.serviceName ?? `HTTP/${where}`;
  }

  async authorize(_request: unknown, signal: AbortSignal): Promise<string> {
    await this.close();
    this.#negotiation = await this.#negotiator(this.#serviceName, signal);
    return `Negotiate ${Buffer.from(wrapToken(this.#negotiation.token)).toString("base64")}`;
  }

  /** A ticket is refused for good. @throws amt.kerberos.* */
  async take(lines: readonly string[]): Promise<never> {
    await this.close();
    const reply = replyIn(lines);
    const krbError = reply === undefined ? undefined : errorIn(reply);
    throw deviceRefusal(krbError, lines.some(isNegotiate), this.#serviceName);
  }

  /** @throws amt.kerberos.unproven when the device does not prove that it could read the ticket */
  async settle(lines: readonly string[]): Promise<void> {
    await using negotiation = this.#negotiation;
    this.#negotiation = undefined;
    const reply = replyIn(lines);
    const token = reply === undefined ? undefined : tokenIn(reply);
    if (token === undefined) {
      throw fail("amt.kerberos.unproven", { details: { serviceName: this.#serviceName, reason: "no proof" } });
    }
    await negotiation?.prove(token);
  }

  /** A ticket is no password. */
  setPassword(): void {}

  async close(): Promise<void> {
    const negotiation = this.#negotiation;
    this.#negotiation = undefined;
    await negotiation?.[Symbol.asyncDispose]();
  }
}

function isNegotiate(line: string): boolean {
  return /^\s*negotiate(\s|$)/i.test(line);
}

function replyIn(lines: readonly string[]): Uint8Array | undefined {
  const base64 = lines.map((one) => /^\s*negotiate\s+([A-Za-z0-9+/]+={0,2})\s*$/i.exec(one)?.[1]).find(Boolean);
  return base64 === undefined ? undefined : Buffer.from(base64, "base64");
}

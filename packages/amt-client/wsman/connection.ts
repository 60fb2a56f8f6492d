import type { Clock } from "@vigil/base/clock.ts";
import { VigilError, type ErrorDetails } from "@vigil/base/errors.ts";
import { encodeHead, type HttpMessage } from "@vigil/wire/http.ts";
import type { Dialer } from "../dial/dialer.ts";
import { peerCertificateOf } from "../dial/tls.ts";
import { fail, withDetails } from "../errors.ts";
import { TicketLogin, type KerberosCredential } from "../kerberos/ticket-login.ts";
import { HttpStream } from "./http.ts";
import { DigestLogin, type DigestCredential, type Login } from "./login.ts";
import type { Write } from "./writes.ts";

export interface ConnectionOptions {
  readonly dialer: Dialer;
  readonly port: number;
  readonly credential: DigestCredential | KerberosCredential;
  readonly clock: Clock;
  /** How long one request may take from its turn to the end of its answer. */
  readonly timeoutMs?: number;
  /** How long of that may pass until the stream is open. */
  readonly connectTimeoutMs?: number;
  /** Ends everything when it aborts. */
  readonly signal?: AbortSignal;
  /** Called after each answered request that changes something, with its secrets taken out. */
  readonly onWrite?: (write: Write) => void;
}

/**
 * What a request does to the device, which decides what may follow when its answer is lost:
 * "read" may be repeated; "cursor" moves a reader on, so it is not repeated, but nothing else has changed; "change" leaves
 * an unknown outcome.
 */
export type Effect = "read" | "cursor" | "change";

export interface Request {
  readonly body: string;
  readonly effect: Effect;
  readonly signal?: AbortSignal;
  /** Instead of the connection's. */
  readonly timeoutMs?: number;
}

// Chosen: firmware answers within seconds, but a key pair takes it up to a minute; the caller then says so.
const defaultTimeoutMs = 30_000;
// Chosen: a device on the network answers a SYN within milliseconds, a sleeping one within seconds.
const defaultConnectTimeoutMs = 10_000;
/** A stream idle for longer is not trusted with a change: the device may be closing it. Chosen: far below any idle limit. */
const trustedIdleMs = 2_000;
/** Questions of one exchange: challenge, request, once more after a stale nonce, once more after an idle close. */
const maxQuestions = 5;
const path = "/wsman";

/**
 * The way to one device's WS-Management: dials, logs in, and puts one request at a time.
 *
 * States: asleep (no stream) -> awake when the first request dials -> asleep when the device closes -> awake with the next
 * request … close(), or the owner's signal, leads to closed from everywhere; what waits or is under way then fails.
 *
 * One exchange: without a challenge, ask for one with an empty request, so that no request's content leaves before the login.
 * Then send the request. A 401 to a challenge from an earlier exchange means that its nonce has expired: once more with
 * the new one. A 401 to a fresh challenge is a refused login. A 401 also means that the request was not carried out, so
 * any request may be sent again after it. A read whose stream turns out to have been closed for idleness is sent once more.
 * With a ticket there is no challenge: each request brings a token, a 401 is final, and an answer has to bear the device's proof.
 * A change whose answer is lost after it was written fails with amt.outcome.unknown, whatever the reason.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #login: Login;
  #credential: DigestCredential | KerberosCredential;
  readonly #ended = new AbortController();
  readonly #details: ErrorDetails;
  readonly #head: string;
  #http: HttpStream | undefined;
  #idleSince = 0;
  #isBusy = false;
  #hangsUp = false;
  readonly #waiting: (() => void)[] = [];
  #peerCertificate: Uint8Array | undefined;
  #release: string | undefined;
  readonly #onOwnerAbort = (): void => this.#close(this.#options.signal?.reason);

  constructor(options: ConnectionOptions) {
    const { dialer, port, signal } = options;
    this.#options = options;
    const where = hostHeader(dialer.host, port);
    const { credential } = options;
    this.#credential = credential;
    this.#login = "negotiator" in credential ? new TicketLogin(credential, where) : new DigestLogin(credential);
    this.#details = { ...(dialer.host === undefined ? {} : { host: dialer.host }), port };
    this.#head = encodeHead(`POST ${path} HTTP/1.1`, [["Host", where]]).slice(0, -2);
    if (signal?.aborted) this.#onOwnerAbort();
    else signal?.addEventListener("abort", this.#onOwnerAbort, { once: true });
  }

  /** Where it leads: for error details. */
  get details(): ErrorDetails {
    return this.#details;
  }

  get onWrite(): ((write: Write) => void) | undefined {
    return this.#options.onWrite;
  }

  get username(): string {
    return this.#login.username;
  }

  /** The login that is good now. */
  get credential(): DigestCredential | KerberosCredential {
    return this.#credential;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** From now on logs in with that password: the device has just been given it. */
  setPassword(password: string): void {
    this.#login.setPassword(password);
    if (!("negotiator" in this.#credential)) this.#credential = { ...this.#credential, password };
  }

  /** The device's certificate as last seen, DER; undefined before the first request and without TLS. */
  get peerCertificate(): Uint8Array | undefined {
    return this.#peerCertificate;
  }

  /** The firmware release that the device last named, e.g. "16.1.25.2124"; undefined before the first answer. @source protocols A.2 */
  get release(): string | undefined {
    return this.#release;
  }

  /**
   * Sends a request and returns the answer, whatever its status but 401.
   * @throws amt.connect.*, amt.tls.*, amt.login.*, amt.answer.*, amt.outcome.unknown; the signal's reason when nothing was sent
   */
  async exchange(request: Request): Promise<HttpMessage> {
    await this.#turn(request.signal);
    const limit = this.#deadline(request);
    const progress = { hasSent: false };
    try {
      return await this.#converse(request, limit.signal, progress);
    } catch (cause) {
      if (request.effect === "change" && progress.hasSent) throw this.outcomeUnknown(cause);
      throw cause;
    } finally {
      limit[Symbol.dispose]();
      this.#idleSince = this.#options.clock.monotonic();
      if (this.#hangsUp) this.#http?.destroy();
      this.#hangsUp = false;
      this.#pass();
    }
  }

  /** The error for a change whose answer is lost. @param cause how it was lost */
  outcomeUnknown(cause: unknown): VigilError {
    const reason = cause instanceof VigilError ? cause.code : "aborted";
    return fail("amt.outcome.unknown", { details: { ...this.#details, reason }, cause });
  }

  /** Lets go of the stream; requests that wait or are under way fail. */
  close(): void {
    this.#close(fail("amt.connect.closed", { details: this.#details }));
  }

  /**
   * Lets go of the stream, after the request that is under way; the next one dials anew. For when the device is about to change
   * its certificate or ports.
   */
  hangUp(): void {
    if (this.#isBusy) this.#hangsUp = true;
    else this.#http?.destroy();
  }

  #close(reason: unknown): void {
    this.#options.signal?.removeEventListener("abort", this.#onOwnerAbort);
    this.#ended.abort(reason);
    this.#http?.destroy();
    void this.#login.close?.();
  }

  async #converse(request: Request, signal: AbortSignal, progress: { hasSent: boolean }): Promise<HttpMessage> {
    let isFresh = false;
    let mayRepeat = request.effect === "read";
    for (let questions = 0; questions < maxQuestions; questions += 1) {
      const http = await this.#awake(request, signal);
      const authorization = await this.#authorize(request, signal);
      const isReused = http.hasAnswered;
      let answer: HttpMessage;
      try {
        progress.hasSent = authorization !== undefined;
        answer = await http.ask(this.#write(authorization, authorization === undefined ? "" : request.body), signal);
      } catch (cause) {
        if (!mayRepeat || !isReused || !isIdleClose(cause)) throw cause;
        mayRepeat = false;
        continue;
      }
      this.#release = releaseIn(answer) ?? this.#release;
      if (answer.status !== 401) {
        if (authorization === undefined) throw this.#noChallenge(answer);
        if (answer.status === 200) await this.#settle(answer);
        return answer;
      }
      progress.hasSent = false;
      if (isFresh) throw fail("amt.login.refused", { details: { ...this.#details, username: this.#login.username } });
      await this.#takeChallenge(answer);
      isFresh = true;
    }
    throw fail("amt.login.refused", { details: { ...this.#details, username: this.#login.username } });
  }

  async #authorize({ body }: Request, signal: AbortSignal): Promise<string | undefined> {
    try {
      return await this.#login.authorize({ method: "POST", uri: path, body }, signal);
    } catch (cause) {
      throw this.#located(cause);
    }
  }

  async #settle(answer: HttpMessage): Promise<void> {
    try {
      await this.#login.settle?.(challengesIn(answer));
    } catch (cause) {
      this.#http?.destroy();
      throw this.#located(cause);
    }
  }

  /** The same error, which says where. */
  #located(cause: unknown): unknown {
    return cause instanceof VigilError ? withDetails(cause, this.#details) : cause;
  }

  async #takeChallenge(answer: HttpMessage): Promise<void> {
    try {
      if (await this.#login.take(challengesIn(answer))) return;
    } catch (cause) {
      if (cause instanceof VigilError && cause.code.startsWith("amt.")) throw this.#located(cause);
      const reason = cause instanceof VigilError ? cause.code : "unknown";
      throw fail("amt.login.unsupported", { details: { ...this.#details, reason }, cause });
    }
    throw fail("amt.login.unsupported", { details: this.#details });
  }

  #noChallenge(answer: HttpMessage): Error {
    const { status } = answer;
    if (status >= 400) return fail("amt.answer.status", { details: { ...this.#details, status } });
    return fail("amt.login.unsupported", { details: { ...this.#details, status } });
  }

  /** The open stream, or a new one. */
  async #awake(request: Request, signal: AbortSignal): Promise<HttpStream> {
    const idleMs = this.#options.clock.monotonic() - this.#idleSince;
    if (request.effect !== "read" && idleMs > trustedIdleMs) this.#http?.destroy();
    if (this.#http?.isOpen === true) return this.#http;
    const { clock, dialer, port, connectTimeoutMs = defaultConnectTimeoutMs } = this.#options;
    const late = (): Error => fail("amt.connect.timeout", { details: this.#details });
    using limit = clock.deadline(connectTimeoutMs, late, signal);
    const stream = await dialer(port, limit.signal);
    this.#http = new HttpStream(stream, this.#details);
    this.#idleSince = clock.monotonic();
    this.#peerCertificate = peerCertificateOf(stream);
    return this.#http;
  }

  #write(authorization: string | undefined, body: string): string {
    const fields: [string, string][] = [["Content-Length", String(Buffer.byteLength(body))]];
    if (authorization !== undefined) fields.unshift(["Authorization", authorization]);
    if (body !== "") fields.push(["Content-Type", "application/soap+xml; charset=utf-8"]);
    let head = this.#head;
    for (const [name, value] of fields) head += `${name}: ${value}\r\n`;
    return `${head}\r\n${body}`;
  }

  #deadline(request: Request): { readonly signal: AbortSignal } & Disposable {
    const { clock, timeoutMs = defaultTimeoutMs } = this.#options;
    const late = (): Error => fail("amt.answer.timeout", { details: this.#details });
    const limit = clock.deadline(request.timeoutMs ?? timeoutMs, late, this.#ended.signal);
    const { signal } = request;
    if (signal === undefined) return limit;
    return { signal: AbortSignal.any([limit.signal, signal]), [Symbol.dispose]: () => limit[Symbol.dispose]() };
  }

  /** Resolves when no other request is under way; the caller must then call #pass(). */
  #turn(signal: AbortSignal | undefined): Promise<void> | undefined {
    this.#ended.signal.throwIfAborted();
    signal?.throwIfAborted();
    if (!this.#isBusy) {
      this.#isBusy = true;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const limit = signal === undefined ? this.#ended.signal : AbortSignal.any([this.#ended.signal, signal]);
      const onTurn = (): void => {
        limit.removeEventListener("abort", onAbort);
        resolve();
      };
      const onAbort = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(onTurn), 1);
        reject(limit.reason);
      };
      limit.addEventListener("abort", onAbort, { once: true });
      this.#waiting.push(onTurn);
    });
  }

  #pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#isBusy = false;
    else next();
  }
}

function challengesIn({ headers }: HttpMessage): readonly string[] {
  return headers.get("www-authenticate") ?? [];
}

/** The device closed an idle stream at the moment we used it. */
function isIdleClose(cause: unknown): boolean {
  return cause instanceof VigilError && cause.code === "amt.connect.reset";
}

/** "Intel(R) Active Management Technology 16.1.25.2124" */
function releaseIn({ headers }: HttpMessage): string | undefined {
  return /^Intel\(R\) Active Management Technology (\d{1,3}(?:\.\d{1,5}){1,3})$/.exec(
    headers.get("server")?.[0] ?? "",
  )?.[1];
}

/** An IPv6 address stands in brackets. @source RFC 3986, 3.2.2 */
function hostHeader(host: string | undefined, port: number): string {
  if (host === undefined) return `amt:${port}`;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { Attribute, Change, Client, ResultCodeError, type Entry, type Filter } from "ldapts";
import type { Clock, Deadline } from "@vigil/base/clock.ts";
import type { VigilError } from "@vigil/base/errors.ts";
import type { Sealed } from "../credentials/credentials.ts";
import { fail } from "./errors.ts";
import { connectionFailure, failureOf, loginFailure, type Asked } from "./failures.ts";

/** How to log in to a directory. */
export interface Login {
  /** In the order in which they are tried: ldaps://, or ldap:// with STARTTLS. */
  readonly urls: readonly string[];
  readonly bindDn: string;
  readonly password: Sealed<string>;
  /** Whom the servers' certificates come from; null: the authorities that this machine's Node trusts. */
  readonly rootPem: string | null;
}

/** Chosen: a server in reach accepts within milliseconds; with the next one waiting, five seconds are patience enough. */
const connectLimitMs = 5_000;
/** Chosen: a domain controller answers within a second; one that builds an index takes some. */
const requestLimitMs = 15_000;
/** For all that one session does, its connecting included. */
const sessionLimitMs = 60_000;
/** Vigil asks for a few attributes of two objects at most. */
const mostBytes = 1_048_576;
const searchSeconds = 10;
/** The first would be enough; a second one shows that there is more than one. */
const mostEntries = 2;

/** Values of one attribute. */
export type Values = readonly (string | Uint8Array)[];

/** An object as it was found. */
export interface Found {
  readonly dn: string;
  /** @returns the attribute's values as text; none when it has none, or Vigil may not read it */
  texts(attribute: string): readonly string[];
  bytes(attribute: string): Uint8Array | undefined;
}

/**
 * One login to one server of a directory, over TLS, and what is asked in it.
 *
 * ldapts connects anew by itself when a connection has ended: after STARTTLS that would be in the clear, and without a login. So a session
 * has one connection; a second one is refused.
 */
export class Session implements Disposable {
  readonly #client: Client;
  readonly #wire: Wire;

  constructor(client: Client, wire: Wire) {
    this.#client = client;
    this.#wire = wire;
  }

  /** At most two objects. Answers that point to other servers are not followed. */
  async search(
    base: string,
    options: {
      readonly scope: "base" | "sub";
      readonly filter?: Filter;
      readonly attributes: readonly string[];
      readonly bytes?: readonly string[];
    },
    asked: Asked,
  ): Promise<readonly Found[]> {
    const { scope, filter, attributes, bytes = [] } = options;
    const { searchEntries } = await this.#ask(asked, () =>
      this.#client.search(base, {
        scope,
        attributes: [...attributes, ...bytes],
        explicitBufferAttributes: [...bytes],
        sizeLimit: mostEntries,
        timeLimit: searchSeconds,
        derefAliases: "never",
        ...(filter === undefined ? {} : { filter }),
      }),
    );
    return searchEntries.map(foundIn);
  }

  add(dn: string, attributes: Readonly<Record<string, readonly string[]>>, asked: Asked): Promise<void> {
    const all = Object.entries(attributes).map(([type, values]) => new Attribute({ type, values: [...values] }));
    return this.#ask(asked, () => this.#client.add(dn, all));
  }

  /** Each attribute gets these values in place of those that it had. */
  replace(dn: string, attributes: Readonly<Record<string, Values>>, asked: Asked): Promise<void> {
    const changes = Object.entries(attributes).map(([type, values]) => {
      const modification = new Attribute({ type, values: values.map(bufferOf) });
      return new Change({ operation: "replace", modification });
    });
    return this.#ask(asked, () => this.#client.modify(dn, changes));
  }

  remove(dn: string, asked: Asked): Promise<void> {
    return this.#ask(asked, () => this.#client.del(dn));
  }

  [Symbol.dispose](): void {
    this.#wire.end();
  }

  async #ask<R>(asked: Asked, request: () => Promise<R>): Promise<R> {
    try {
      return await Promise.race([request(), this.#wire.broken]);
    } catch (cause) {
      throw failureOf(cause, asked);
    }
  }
}

export interface SessionDeps {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/**
 * Logs in to the first server that answers.
 * @throws directory.unreachable, directory.tls.*, directory.answer.* (network), directory.login.refused (caller)
 */
export async function openSession(login: Login, deps: SessionDeps): Promise<Session> {
  const refusals: VigilError[] = [];
  for (const url of login.urls) {
    try {
      return await openAt(url, login, deps);
    } catch (cause) {
      const failure = connectionFailure(cause, { url });
      // Another server would refuse the same password too, and count it towards locking the account.
      if (failure.code === "directory.login.refused" || deps.signal?.aborted === true) throw failure;
      refusals.push(failure);
    }
  }
  const [first, ...others] = refusals;
  if (first !== undefined && others.length === 0) throw first;
  const tried = refusals.map(({ code, details }) => `${String(details["url"])}: ${String(details["reason"] ?? code)}`);
  const isUntrusted = refusals.some(({ code }) => code === "directory.tls.untrusted");
  throw fail(isUntrusted ? "directory.tls.untrusted" : "directory.unreachable", { details: { tried }, cause: first });
}

async function openAt(url: string, login: Login, deps: SessionDeps): Promise<Session> {
  const { host, isTls } = partsOf(url);
  const tls: ConnectionOptions = {
    host,
    // TLS knows no names that are addresses; the certificate is compared with `host` all the same.
    servername: isIP(host) === 0 ? host : "",
    minVersion: "TLSv1.2",
    ...(login.rootPem === null ? {} : { ca: [login.rootPem] }),
  };
  const wire = new Wire(deps);
  const client = new Client({
    url,
    connectTimeout: connectLimitMs,
    timeout: requestLimitMs,
    strictDN: false,
    ...(isTls ? { tlsOptions: tls } : {}),
    createConnection: wire.plain,
    createSecureConnection: wire.secure,
  });
  try {
    if (!isTls) await startTls(client, tls, wire);
    await Promise.race([client.bind(login.bindDn, login.password.open("log in")), wire.broken]);
    return new Session(client, wire);
  } catch (cause) {
    wire.end();
    throw loginFailure(cause, login.bindDn);
  }
}

async function startTls(client: Client, tls: ConnectionOptions, wire: Wire): Promise<void> {
  try {
    await Promise.race([client.startTLS(tls), wire.broken]);
  } catch (cause) {
    if (!(cause instanceof ResultCodeError)) throw cause;
    throw fail("directory.tls.failed", { details: { reason: "the server refuses STARTTLS" }, cause });
  }
}

/** The one connection of a session: counted, and at an end after its time. */
class Wire {
  /** Rejects when the session is over before its time. */
  readonly broken: Promise<never>;
  readonly #fail: (error: unknown) => void;
  readonly #limit: Deadline;
  #socket: Socket | undefined;
  #received = 0;

  constructor({ clock, signal }: SessionDeps) {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => this.#socket?.destroy());
    this.broken = promise;
    this.#fail = reject;
    const late = (): Error => fail("directory.answer.timeout", { details: { limitMs: sessionLimitMs } });
    this.#limit = clock.deadline(sessionLimitMs, late, signal);
    this.#limit.signal.addEventListener("abort", () => reject(this.#limit.signal.reason), { once: true });
    if (this.#limit.signal.aborted) reject(this.#limit.signal.reason);
  }

  /** As `net.connect`, with the arguments that ldapts gives it. */
  readonly plain = ((port: number, host: string) => this.#keep(connectPlain(port, host))) as typeof connectPlain;

  /** As `tls.connect`: for a connection of its own, or over the one that STARTTLS was asked for on. */
  readonly secure = ((...given: readonly unknown[]) => {
    // The two ways in which ldapts calls it: (port, host, options), and (options with the socket).
    const [port, host, options] = given as readonly [number | ConnectionOptions, string, ConnectionOptions];
    return typeof port === "number" ? this.#keep(connectTls(port, host, options)) : this.#count(connectTls(port));
  }) as typeof connectTls;

  end(): void {
    this.#limit[Symbol.dispose]();
    this.#socket?.destroy();
  }

  #keep<S extends Socket>(socket: S): S {
    if (this.#socket !== undefined) {
      socket.destroy();
      throw fail("directory.unreachable", { details: { reason: "the connection ended" } });
    }
    this.#socket = socket;
    return this.#count(socket);
  }

  #count<S extends Socket>(socket: S): S {
    return socket.on("data", (bytes: Uint8Array) => {
      this.#received += bytes.length;
      if (this.#received > mostBytes) this.#fail(fail("directory.answer.too-large", { details: { mostBytes } }));
    });
  }
}

function bufferOf(value: string | Uint8Array): Buffer {
  return typeof value === "string" ? Buffer.from(value, "utf8") : Buffer.from(value);
}

/** @throws directory.settings.refused (caller) */
export function partsOf(url: string): { readonly host: string; readonly isTls: boolean } {
  const parts = URL.canParse(url) ? new URL(url) : undefined;
  const isLdap = parts?.protocol === "ldaps:" || parts?.protocol === "ldap:";
  const isBare = parts !== undefined && ["", "/"].includes(parts.pathname) && parts.search === "" && parts.hash === "";
  if (parts === undefined || !isLdap || !isBare || parts.hostname === "" || parts.username !== "") {
    const message = `${url} is not ldaps://HOST, ldaps://HOST:PORT, ldap://HOST or ldap://HOST:PORT`;
    throw fail("directory.settings.refused", { message, details: { url } });
  }
  return { host: parts.hostname.replace(/^\[|\]$/g, ""), isTls: parts.protocol === "ldaps:" };
}

function foundIn(entry: Entry): Found {
  const valuesOf = (attribute: string): readonly (string | Uint8Array)[] => {
    // Servers spell attributes as their schema does.
    const key = Object.keys(entry).find((one) => one.toLowerCase() === attribute.toLowerCase());
    const value = key === undefined ? [] : (entry[key] ?? []);
    return Array.isArray(value) ? value : [value];
  };
  return {
    dn: entry.dn,
    texts: (attribute) =>
      valuesOf(attribute).map((one) => (typeof one === "string" ? one : Buffer.from(one).toString())),
    bytes(attribute) {
      const [first] = valuesOf(attribute);
      return first === undefined ? undefined : Buffer.from(first);
    },
  };
}

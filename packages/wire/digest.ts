import { createHash, timingSafeEqual } from "node:crypto";
import { fail } from "./errors.ts";

/** What a device asks for in `WWW-Authenticate: Digest …`. @source RFC 2617, 3.2.1; protocols A.2 */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  readonly isStale: boolean;
  /** "" is RFC 2069, without qop. */
  readonly qop: readonly ("auth" | "auth-int" | "")[];
  /** True when the device named the algorithm; then it is named back. */
  readonly namesAlgorithm: boolean;
}

/** What a manager sends in `Authorization: Digest …`. */
export interface Authorization {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly qop: "auth" | "auth-int" | "";
  /** The request counter as sent, eight hexadecimal digits. */
  readonly nc: string;
  readonly cnonce: string;
}

/** A header of this length is the longest read: the longest legitimate one has some 500 characters. */
const maxHeaderCharacters = 4096;

/** MD5(user:realm:password), lower-case hex: all that firmware stores of a password. */
export function ha1(username: string, realm: string, password: string): string {
  return md5(`${username}:${realm}:${password}`);
}

/** Reads a challenge. @throws wire.digest.malformed, wire.digest.unsupported (device) */
export function parseChallenge(header: string): Challenge {
  const fields = parametersOf(header);
  const { realm, nonce, opaque, algorithm } = fields;
  if (realm === undefined || nonce === undefined || nonce === "") throw fail("wire.digest.malformed");
  if (algorithm !== undefined && algorithm.toUpperCase() !== "MD5") {
    throw fail("wire.digest.unsupported", { details: { algorithm: algorithm.slice(0, 40) } });
  }
  const qop = (fields["qop"] ?? "").split(",").map((one) => one.trim().toLowerCase());
  const known = qop.filter((one) => one === "auth" || one === "auth-int" || one === "");
  if (known.length === 0) throw fail("wire.digest.unsupported", { details: { qop: qop.join(",").slice(0, 40) } });
  return {
    realm,
    nonce,
    ...(opaque === undefined ? {} : { opaque }),
    isStale: fields["stale"]?.toLowerCase() === "true",
    qop: known,
    namesAlgorithm: algorithm !== undefined,
  };
}

/** Everything that one request's authorization depends on. */
export interface AuthorizeInput {
  readonly challenge: Challenge;
  readonly username: string;
  /** MD5(user:realm:password) of the challenge's realm, see `ha1`. */
  readonly ha1: string;
  readonly method: string;
  readonly uri: string;
  /** How many requests this nonce has served, this one included. */
  readonly count: number;
  readonly cnonce: string;
  /** Needed for auth-int only. */
  readonly body?: string | Uint8Array;
}

/** Writes `Digest …`. Takes auth where it is offered, auth-int where the device insists. @throws wire.http.character (caller) */
export function authorize(input: AuthorizeInput): string {
  const { challenge, username, method, uri, cnonce } = input;
  const qop = challenge.qop.includes("auth") ? "auth" : challenge.qop.includes("auth-int") ? "auth-int" : "";
  const nc = input.count.toString(16).padStart(8, "0");
  const response = responseOf({
    qop,
    nc,
    cnonce,
    method,
    uri,
    ha1: input.ha1,
    nonce: challenge.nonce,
    body: input.body,
  });
  const parts = [
    `username="${quote(username)}"`,
    `realm="${quote(challenge.realm)}"`,
    `nonce="${quote(challenge.nonce)}"`,
    `uri="${uri}"`,
  ];
  if (challenge.namesAlgorithm) parts.push("algorithm=MD5");
  if (qop !== "") parts.push(`qop=${qop}`, `nc=${nc}`, `cnonce="${cnonce}"`);
  parts.push(`response="${response}"`);
  if (challenge.opaque !== undefined) parts.push(`opaque="${quote(challenge.opaque)}"`);
  return `Digest ${parts.join(", ")}`;
}

/** Reads an authorization in any of the forms that clients send. @throws wire.digest.malformed */
export function parseAuthorization(header: string): Authorization {
  const fields = parametersOf(header);
  const { username, realm, nonce, uri, response } = fields;
  const qop = (fields["qop"] ?? "").toLowerCase();
  const isComplete =
    username !== undefined && realm !== undefined && nonce !== undefined && uri !== undefined && response !== undefined;
  if (!isComplete || (qop !== "auth" && qop !== "auth-int" && qop !== "")) throw fail("wire.digest.malformed");
  return { username, realm, nonce, uri, response, qop, nc: fields["nc"] ?? "", cnonce: fields["cnonce"] ?? "" };
}

/** True when the authorization was made with that HA1. Constant time. @param body needed when its qop is auth-int */
export function verify(input: {
  readonly authorization: Authorization;
  readonly method: string;
  readonly ha1: string;
  readonly body?: string | Uint8Array;
}): boolean {
  const { authorization, method } = input;
  const { qop, nc, cnonce, uri, nonce, response } = authorization;
  return verifyResponse(response, { qop, nc, cnonce, method, uri, nonce, ha1: input.ha1, body: input.body });
}

/** What a digest is made over. */
export interface DigestParts {
  /** "" is RFC 2069, without qop. */
  readonly qop: string;
  readonly nc: string;
  readonly cnonce: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** MD5(user:realm:password), see `ha1`. */
  readonly ha1: string;
  /** Needed for auth-int only. */
  readonly body: string | Uint8Array | undefined;
}

/** True when the response is the one of these parts. Constant time. */
export function verifyResponse(response: string, parts: DigestParts): boolean {
  const given = Buffer.from(response.toLowerCase());
  const wanted = Buffer.from(responseOf(parts));
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

/** The digest itself, lower-case hex. @source RFC 2617, 3.2.2 */
export function responseOf(parts: DigestParts): string {
  const { qop, nc, cnonce, method, uri, nonce } = parts;
  const ha2 = md5(qop === "auth-int" ? `${method}:${uri}:${md5(parts.body ?? "")}` : `${method}:${uri}`);
  return md5(qop === "" ? `${parts.ha1}:${nonce}:${ha2}` : `${parts.ha1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`);
}

function md5(text: string | Uint8Array): string {
  return createHash("md5").update(text).digest("hex");
}

/** @throws wire.http.character (caller): a line end here would begin a header field of its own */
function quote(text: string): string {
  if (/[\u0000-\u001F\u007F]/.test(text)) throw fail("wire.http.character", { details: { field: "Authorization" } });
  return text.replaceAll(/["\\]/g, String.raw`\$&`);
}

/** `Digest name="value", name=value …` as a table; names lower-case. */
function parametersOf(header: string): Readonly<Record<string, string>> {
  if (header.length > maxHeaderCharacters || !/^\s*Digest\s/i.test(header)) throw fail("wire.digest.malformed");
  const fields: Record<string, string> = Object.create(null);
  const parameter = /([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/g;
  for (const [, name, quoted, plain] of header.matchAll(parameter)) {
    if (name !== undefined) fields[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "";
  }
  return fields;
}

import { responseOf, verifyResponse } from "../digest.ts";
import { fail } from "../errors.ts";

// What the logins of a redirection session carry: texts one after the other, each with its length in one byte before it.
//   method      manager, first          device            manager, then
//   1 password  user, password
//   3 digest    as then, rest empty     realm, nonce      user, realm, nonce, uri, cnonce, nc, response
//   4 digest    as then, rest empty     realm, nonce,     user, realm, nonce, uri, cnonce, nc, response, qop
//                                       qop
// The answer to the question which methods there are is a byte for each.  @source protocols D.2
// Which letters firmware takes beyond ASCII is UNVERIFIED; they are written as Latin-1.

/** What digests are made over in place of a page's address. @source protocols D.2 */
export const redirectionUri = "/RedirectionService";
/** @source protocols D.2: MD5("POST:" uri) */
const method = "POST";

/** What a manager answers a challenge with; in the first message all but user and URI are empty. */
export interface RedirectionDigest {
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly cnonce: string;
  readonly nc: string;
  readonly response: string;
  /** Absent in method 3. */
  readonly qop?: string;
}

export interface RedirectionChallenge {
  readonly realm: string;
  readonly nonce: string;
  /** Absent in method 3. */
  readonly qop?: string;
}

/** The digest's fields, in the order of the wire. */
const digestFields = ["username", "realm", "nonce", "uri", "cnonce", "nc", "response"] as const;

/** @throws wire.redirection.malformed (ours): a text is longer than 255 characters, or none of Latin-1 */
export function encodePassword(login: { readonly username: string; readonly password: string }): Uint8Array {
  return texts([login.username, login.password]);
}

/** @throws wire.redirection.malformed (device) */
export function decodePassword(data: Uint8Array): { readonly username: string; readonly password: string } {
  const [username = "", password = ""] = textsIn(data, 2);
  return { username, password };
}

/** @throws wire.redirection.malformed (ours) */
export function encodeDigest(digest: RedirectionDigest): Uint8Array {
  const all = digestFields.map((name) => digest[name]);
  return texts(digest.qop === undefined ? all : [...all, digest.qop]);
}

/** @param hasQop false for method 3 @throws wire.redirection.malformed (device) */
export function decodeDigest(data: Uint8Array, hasQop: boolean): RedirectionDigest {
  const [username = "", realm = "", nonce = "", uri = "", cnonce = "", nc = "", response = "", qop = ""] = textsIn(
    data,
    hasQop ? 8 : 7,
  );
  return { username, realm, nonce, uri, cnonce, nc, response, ...(hasQop ? { qop } : {}) };
}

/** @throws wire.redirection.malformed (ours) */
export function encodeRedirectionChallenge({ realm, nonce, qop }: RedirectionChallenge): Uint8Array {
  return texts(qop === undefined ? [realm, nonce] : [realm, nonce, qop]);
}

/** @param hasQop false for method 3 @throws wire.redirection.malformed (device) */
export function decodeRedirectionChallenge(data: Uint8Array, hasQop: boolean): RedirectionChallenge {
  const [realm = "", nonce = "", qop = ""] = textsIn(data, hasQop ? 3 : 2);
  return { realm, nonce, ...(hasQop ? { qop } : {}) };
}

/** The first message of a login by digest. @param hasQop false for method 3 */
export function openingDigest(username: string, hasQop: boolean): RedirectionDigest {
  const empty = { realm: "", nonce: "", cnonce: "", nc: "", response: "" };
  return { username, ...empty, uri: redirectionUri, ...(hasQop ? { qop: "" } : {}) };
}

/** Answers a challenge. @param ha1 MD5(user:realm:password) of the challenge's realm */
export function answeredDigest(
  challenge: RedirectionChallenge,
  own: { readonly username: string; readonly ha1: string; readonly cnonce: string; readonly nc: string },
): RedirectionDigest {
  const { username, ha1, cnonce, nc } = own;
  const { realm, nonce, qop } = challenge;
  const response = responseOf({ ha1, nonce, nc, cnonce, qop: qop ?? "", method, uri: redirectionUri, body: undefined });
  const uri = redirectionUri;
  return { username, realm, nonce, uri, cnonce, nc, response, ...(qop === undefined ? {} : { qop }) };
}

/** True when the digest was made with that HA1, over this service's URI. Constant time. */
export function isAnsweredWith(ha1: string, digest: RedirectionDigest): boolean {
  const { nonce, nc, cnonce, uri, response, qop = "" } = digest;
  return (
    uri === redirectionUri && verifyResponse(response, { ha1, nonce, nc, cnonce, qop, method, uri, body: undefined })
  );
}

function texts(all: readonly string[]): Uint8Array {
  const parts = all.map((text) => {
    if (text.length > 255 || !/^[\0-\xff]*$/.test(text)) {
      throw fail("wire.redirection.malformed", {
        details: { expected: "at most 255 characters of Latin-1", got: text.length },
      });
    }
    return Buffer.concat([Uint8Array.of(text.length), Buffer.from(text, "latin1")]);
  });
  return new Uint8Array(Buffer.concat(parts));
}

/** @param count how many there are; fewer or more bytes than theirs are refused */
function textsIn(data: Uint8Array, count: number): readonly string[] {
  const found: string[] = [];
  let offset = 0;
  for (let index = 0; index < count; index += 1) {
    const length = data[offset];
    const end = offset + 1 + (length ?? 0);
    if (length === undefined || end > data.length) throw outside(offset, "a text", data.length - offset);
    found.push(Buffer.from(data.subarray(offset + 1, end)).toString("latin1"));
    offset = end;
  }
  if (offset !== data.length) throw outside(offset, "the end", data.length - offset);
  return found;
}

function outside(offset: number, expected: string, got: number): Error {
  return fail("wire.redirection.malformed", { details: { offset, expected, got } });
}

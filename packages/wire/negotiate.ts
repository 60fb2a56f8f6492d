import {
  application,
  childrenOf,
  field,
  findIn,
  integerIn,
  readDer,
  tags,
  valueIn,
  writeDer,
  type Der,
} from "./der.ts";
import { fail } from "./errors.ts";

// The tokens of HTTP's `Negotiate`: SPNEGO around Kerberos messages, or those alone.  @source RFC 4559, RFC 4178, RFC 4121

/** Object identifiers, as they are compared. */
const spnego = Buffer.from("2b0601050502", "hex");
const kerberos = Buffer.from("2a864886f712010202", "hex");
/** What Windows 2000 called Kerberos by mistake, and Windows still names first. @source MS-SPNG 3.1.5.2 */
const microsoftKerberos = Buffer.from("2a864882f712010202", "hex");

/** What stands before a Kerberos message. @source RFC 4121, 4.1 */
const messageIds = { "ap-req": 0x0100, "ap-rep": 0x0200, error: 0x0300 } as const;
export type KerberosMessage = keyof typeof messageIds;

/** How SPNEGO goes on. @source RFC 4178, 4.2.2 */
const states = { accepted: 0, incomplete: 1, rejected: 2 } as const;

/** What a client began with. */
export interface NegotiateRequest {
  /** The AP-REQ. */
  readonly message: Der;
  /** How the answer is to be wrapped. */
  readonly wrapping: Wrapping;
}

/** Absent members: no SPNEGO around. */
export interface Wrapping {
  /** The mechanism that the client named first, as it named it. */
  readonly mechanism?: Uint8Array;
}

/**
 * Reads a client's first token. The message must be one of the mechanism that the client would like best, so that no
 * signature over the list is needed.
 * @throws wire.der.malformed, wire.negotiate.unsupported
 * @source RFC 4178, 4.2.1 and 5
 */
export function readRequest(token: Uint8Array): NegotiateRequest {
  const outer = readDer(token);
  const { mechanism, rest } = openToken(outer);
  if (!isSame(mechanism, spnego)) return { message: messageIn(outer, "ap-req"), wrapping: {} };
  const init = valueIn(readDer(rest), tags.sequence);
  const [first] = childrenOf(valueIn(init, field(0), tags.sequence));
  if (first === undefined || !isKerberos(first.value)) throw fail("wire.negotiate.unsupported");
  const inner = readDer(valueIn(init, field(2), tags.octetString).value);
  return { message: messageIn(inner, "ap-req"), wrapping: { mechanism: first.value } };
}

/** Writes a client's first token, without SPNEGO. */
export function writeRequest(message: Uint8Array): Uint8Array {
  return writeToken("ap-req", message);
}

/** Puts SPNEGO around a client's first token: Kerberos is all that it offers. */
export function wrapToken(token: Uint8Array): Uint8Array {
  const init = writeDer(
    tags.sequence,
    writeDer(field(0), writeDer(tags.sequence, writeDer(tags.objectIdentifier, kerberos))),
    writeDer(field(2), writeDer(tags.octetString, token)),
  );
  return writeDer(application(0), writeDer(tags.objectIdentifier, spnego), writeDer(field(0), init));
}

/** Writes what a server answers. @param message absent: accepted, and the client asked for no proof */
export function writeReply(
  wrapping: Wrapping,
  kind: "ap-rep" | "error",
  message: Uint8Array | undefined,
): Uint8Array | undefined {
  const { mechanism } = wrapping;
  const token = message === undefined ? undefined : writeToken(kind, message);
  if (mechanism === undefined) return token;
  const state = kind === "error" ? states.rejected : states.accepted;
  return writeDer(
    field(1),
    writeDer(
      tags.sequence,
      writeDer(field(0), writeDer(tags.enumerated, Uint8Array.of(state))),
      writeDer(field(1), writeDer(tags.objectIdentifier, mechanism)),
      ...(token === undefined ? [] : [writeDer(field(2), writeDer(tags.octetString, token))]),
    ),
  );
}

/** The Kerberos token in a server's answer, out of its SPNEGO if it has one; undefined when there is none. */
export function tokenIn(reply: Uint8Array): Uint8Array | undefined {
  try {
    const outer = readDer(reply);
    if (outer.tag !== field(1)) return reply;
    return findIn(outer, tags.sequence, field(2), tags.octetString)?.value;
  } catch {
    // What cannot be read is no token: it proves nothing, and gives no reason.
    return undefined;
  }
}

/** The number of the KRB-ERROR that a server answered with; undefined when it answered something else. @source RFC 4120, 5.9.1 */
export function errorIn(reply: Uint8Array): number | undefined {
  try {
    const token = tokenIn(reply);
    if (token === undefined) return undefined;
    const error = messageIn(readDer(token), "error");
    return integerIn(valueIn(error, tags.sequence, field(6), tags.integer));
  } catch {
    // What a server says while it refuses need not be readable: then it gave no reason.
    return undefined;
  }
}

/** A Kerberos message out of its token. */
function messageIn(token: Der, kind: KerberosMessage): Der {
  const { mechanism, rest } = openToken(token);
  const id = messageIds[kind];
  const isRight = isKerberos(mechanism) && rest[0] === id >> 8 && rest[1] === (id & 0xff);
  if (!isRight) throw fail("wire.negotiate.unsupported");
  const message = readDer(rest.subarray(2));
  if (message.tag !== application(kind === "ap-req" ? 14 : kind === "ap-rep" ? 15 : 30))
    throw fail("wire.negotiate.unsupported");
  return message;
}

/** The mechanism that a token names, and the bytes behind. @source RFC 2743, 3.1 */
function openToken(token: Der): { readonly mechanism: Uint8Array; readonly rest: Uint8Array } {
  if (token.tag !== application(0)) throw fail("wire.negotiate.unsupported");
  const name = readDer(token.value);
  if (name.tag !== tags.objectIdentifier) throw fail("wire.negotiate.unsupported");
  return { mechanism: name.value, rest: token.value.subarray(2 + name.value.length) };
}

function writeToken(kind: KerberosMessage, message: Uint8Array): Uint8Array {
  const id = messageIds[kind];
  const name = writeDer(tags.objectIdentifier, kerberos);
  return writeDer(application(0), name, Uint8Array.of(id >> 8, id & 0xff), message);
}

function isKerberos(mechanism: Uint8Array): boolean {
  return isSame(mechanism, kerberos) || isSame(mechanism, microsoftKerberos);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

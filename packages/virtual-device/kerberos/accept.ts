import { VigilError } from "@vigil/base/errors.ts";
import { application, field, integerIn, readDer, tags, valueIn, type Der } from "@vigil/wire/der.ts";
import { readRequest, writeReply, type Wrapping } from "@vigil/wire/negotiate.ts";
import { decrypt, isUsable, keyUsages, type KerberosKey } from "./encryption.ts";
import type { Account } from "./logon-info.ts";
import { readPac } from "./pac.ts";
import { writeApRep, writeKrbError, type KrbErrorName } from "./replies.ts";
import { authenticatorIn, pacIn, ticketIn, type Authenticator, type Ticket } from "./ticket.ts";

export interface Acceptor {
  /** The device's own, by encryption. */
  readonly keys: readonly KerberosKey[];
  /** How far clocks may be apart. */
  readonly toleranceMs: number;
  /** The device's time, milliseconds since 1970. */
  readonly nowMs: number;
  readonly random: (bytes: number) => Uint8Array;
  /** True the first time that it is called with this; remembers it until then. */
  readonly isNew: (authenticator: Uint8Array, untilMs: number) => boolean;
}

export type Acceptance =
  | {
      readonly ok: true;
      /** e.g. "alice@EXAMPLE.TEST" */
      readonly principal: string;
      /** Undefined when the ticket does not say it. */
      readonly account: Account | undefined;
      /** The device's own proof, when the client asked for it. */
      readonly reply: Uint8Array | undefined;
    }
  | {
      readonly ok: false;
      readonly reason: KrbErrorName | "malformed";
      /** What the client is told. */
      readonly reply: Uint8Array | undefined;
    };

/**
 * Judges a client's token: SPNEGO around an AP-REQ, or that alone. The service's name and the key's version are not looked at:
 * a ticket that the device's key opens is for the device. Of the checks of the standard, the client's address is left out.
 * @source RFC 4120, 3.2.3; SDK "Get/Set Kerberos Settings": firmware ignores names and version
 */
export function accept(token: Uint8Array, acceptor: Acceptor): Acceptance {
  try {
    const { message, wrapping } = readRequest(token);
    return judge(valueIn(message, tags.sequence), wrapping, acceptor);
  } catch (error) {
    // What cannot be read is no ticket; any other failure is ours.
    if (error instanceof VigilError) return { ok: false, reason: "malformed", reply: undefined };
    throw error;
  }
}

function judge(request: Der, wrapping: Wrapping, acceptor: Acceptor): Acceptance {
  const shown = valueIn(request, field(3), application(1), tags.sequence);
  const refuse = (reason: KrbErrorName): Acceptance => {
    const error = writeKrbError(reason, acceptor.nowMs, shown);
    return { ok: false, reason, reply: writeReply(wrapping, "error", error) };
  };
  const options = optionsIn(request);
  if (options.usesSessionKey) return refuse("noKey");
  const sealed = valueIn(shown, field(3), tags.sequence);
  const key = acceptor.keys.find((one) => one.etype === etypeIn(sealed));
  if (key === undefined) return refuse("noKey");
  const opened = decrypt(key, keyUsages.ticket, cipherIn(sealed));
  if (opened === undefined) return refuse("modified");
  const ticket = ticketIn(readDer(opened));
  if (!isUsable(ticket.session)) return refuse("unknownEncryption");
  const proof = valueIn(request, field(4), tags.sequence);
  const proven = etypeIn(proof) === ticket.session.etype ? decryptProof(ticket, proof) : undefined;
  if (proven === undefined) return refuse("badIntegrity");
  const authenticator = authenticatorIn(readDer(proven));
  const wrong =
    wrongWith(ticket, authenticator, acceptor) ?? (isShownAgain(authenticator, proof, acceptor) && "replay");
  if (wrong !== false) return refuse(wrong);
  const pac = pacIn(ticket);
  return {
    ok: true,
    principal: ticket.principal,
    account: pac === undefined ? undefined : readPac(pac, key, ticket.authTimeMs),
    reply: writeReply(
      wrapping,
      "ap-rep",
      options.wantsProof ? writeApRep(ticket.session, authenticator, acceptor.random) : undefined,
    ),
  };
}

/** Bits 1 and 2, counted from the left; the first byte says how many at the end are unused. @source RFC 4120, 5.5.1 */
function optionsIn(request: Der): { readonly usesSessionKey: boolean; readonly wantsProof: boolean } {
  const bits = valueIn(request, field(2), tags.bitString).value[1] ?? 0;
  return { usesSessionKey: (bits & 0x40) !== 0, wantsProof: (bits & 0x20) !== 0 };
}

function wrongWith(
  ticket: Ticket,
  authenticator: Authenticator,
  { nowMs, toleranceMs }: Acceptor,
): KrbErrorName | undefined {
  if (!ticket.isClient(authenticator)) return "badMatch";
  if (Math.abs(authenticator.atMs - nowMs) > toleranceMs) return "skew";
  if (ticket.startsMs - toleranceMs > nowMs || ticket.isInvalid) return "notYetValid";
  return ticket.endsMs + toleranceMs < nowMs ? "expired" : undefined;
}

function isShownAgain({ atMs }: Authenticator, proof: Der, { isNew, toleranceMs }: Acceptor): boolean {
  return !isNew(cipherIn(proof), atMs + toleranceMs);
}

function decryptProof({ session }: Ticket, proof: Der): Uint8Array | undefined {
  return decrypt(session, keyUsages.apRequest, cipherIn(proof));
}

/** EncryptedData. @source RFC 4120, 5.2.9 */
function etypeIn(sealed: Der): number {
  return integerIn(valueIn(sealed, field(0), tags.integer));
}

function cipherIn(sealed: Der): Uint8Array {
  return valueIn(sealed, field(2), tags.octetString).value;
}

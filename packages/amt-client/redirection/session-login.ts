import { VigilError, type ErrorDetails } from "@vigil/base/errors.ts";
import { ha1 } from "@vigil/wire/digest.ts";
import { errorIn, tokenIn, wrapToken } from "@vigil/wire/negotiate.ts";
import {
  answeredDigest,
  decodeRedirectionChallenge,
  encodeDigest,
  openingDigest,
  type RedirectionChallenge,
} from "@vigil/wire/redirection/authentication.ts";
import {
  authenticationMethods as methods,
  authenticationStatuses as statuses,
  type AuthenticateReply,
  type DeviceHandshake,
  type ManagerHandshake,
} from "@vigil/wire/redirection/handshake.ts";
import { fail } from "../errors.ts";
import { deviceRefusal } from "../kerberos/failures.ts";
import type { KerberosCredential } from "../kerberos/ticket-login.ts";
import type { DigestCredential } from "../wsman/login.ts";

/** A handshake under way. */
export interface Talk {
  readonly details: ErrorDetails;
  readonly signal: AbortSignal;
  /** True when the device has proved itself by its certificate. */
  readonly isProven: boolean;
  /** 32 hexadecimal digits, new each time. */
  cnonce(): string;
  ask(message: ManagerHandshake): Promise<DeviceHandshake>;
}

/** Of the counter, one value is all that other managers ever send. @source protocols D.2 */
const nc = "00000002";

/**
 * Logs in. A password is never sent as it is, whatever the device would take.
 * @throws amt.redirection.login-refused, .login-unsupported, .not-allowed, amt.kerberos.*, amt.answer.invalid (device)
 */
export async function logInto(
  talk: Talk,
  credential: DigestCredential | KerberosCredential,
  serviceName: string,
): Promise<void> {
  const offered = await said(talk, methods.query, new Uint8Array());
  const wanted = "negotiator" in credential ? [methods.kerberos] : [methods.digest, methods.oldDigest];
  const method = wanted.find((one) => offered.data.includes(one));
  if (offered.status !== statuses.ok || method === undefined) {
    if ("negotiator" in credential) throw deviceRefusal(undefined, false, serviceName);
    const list = [...offered.data.subarray(0, 16)].join(" ");
    throw fail("amt.redirection.login-unsupported", { details: { ...talk.details, offered: list } });
  }
  if ("negotiator" in credential) await byTicket(talk, credential, credential.serviceName ?? serviceName);
  else await byDigest(talk, credential, method);
}

async function byDigest(talk: Talk, { username, password }: DigestCredential, method: number): Promise<void> {
  const hasQop = method === methods.digest;
  const first = await said(talk, method, encodeDigest(openingDigest(username, hasQop)));
  if (first.status !== statuses.refused) throw refused(talk, first);
  const challenge = challengeIn(talk, first.data, hasQop);
  const own = { username, ha1: ha1(username, challenge.realm, password), cnonce: talk.cnonce(), nc };
  const last = await said(talk, method, encodeDigest(answeredDigest(challenge, own)));
  if (last.status !== statuses.ok) throw refused(talk, last);
}

/** The token is wrapped as on the web port. UNVERIFIED */
async function byTicket(talk: Talk, { negotiator }: KerberosCredential, serviceName: string): Promise<void> {
  await using negotiation = await negotiator(serviceName, talk.signal);
  const reply = await said(talk, methods.kerberos, wrapToken(negotiation.token));
  const hasToken = reply.data.length > 0;
  if (reply.status !== statuses.ok) {
    throw deviceRefusal(hasToken ? errorIn(reply.data) : undefined, true, serviceName);
  }
  const token = hasToken ? tokenIn(reply.data) : undefined;
  if (token !== undefined) return negotiation.prove(token);
  // Whether firmware proves itself here is UNVERIFIED; one whose certificate we trust has done so already.
  if (!talk.isProven) throw fail("amt.kerberos.unproven", { details: { serviceName, reason: "no proof" } });
}

async function said(talk: Talk, method: number, data: Uint8Array): Promise<AuthenticateReply> {
  const reply = await talk.ask({ type: "authenticate", method, data });
  if (reply.type === "authenticateReply") return reply;
  throw fail("amt.answer.invalid", { details: { ...talk.details, reason: "unexpected message", got: reply.type } });
}

function challengeIn(talk: Talk, data: Uint8Array, hasQop: boolean): RedirectionChallenge {
  try {
    return decodeRedirectionChallenge(data, hasQop);
  } catch (cause) {
    if (!(cause instanceof VigilError)) throw cause;
    throw fail("amt.answer.invalid", { details: { ...talk.details, ...cause.details, reason: cause.code }, cause });
  }
}

/** That a right password without the realm is "unsupported" is UNVERIFIED. */
function refused(talk: Talk, { status }: AuthenticateReply): VigilError {
  const code = status === statuses.unsupported ? "amt.redirection.not-allowed" : "amt.redirection.login-refused";
  return fail(code, { details: { ...talk.details, status } });
}

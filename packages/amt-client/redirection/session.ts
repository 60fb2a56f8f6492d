import { randomBytes } from "node:crypto";
import type { Clock } from "@vigil/base/clock.ts";
import { VigilError, type ErrorDetails } from "@vigil/base/errors.ts";
import {
  deviceHandshake,
  encodeManagerHandshake,
  redirectionServices,
  startStatuses,
  type DeviceHandshake,
  type RedirectionKind,
} from "@vigil/wire/redirection/handshake.ts";
import { MessageReader } from "@vigil/wire/redirection/messages.ts";
import type { Dialer } from "../dial/dialer.ts";
import { keepAlive } from "../dial/keep-alive.ts";
import { peerCertificateOf } from "../dial/tls.ts";
import { fail, type AmtErrorCode } from "../errors.ts";
import type { KerberosCredential } from "../kerberos/ticket-login.ts";
import type { DigestCredential } from "../wsman/login.ts";
import { logInto, type Talk } from "./session-login.ts";
import { SessionStream } from "./session-stream.ts";

/** Redirection's own ports. @source protocols D.1 */
export const redirectionPorts = { plain: 16_994, tls: 16_995 } as const;

export interface SessionOptions {
  readonly dialer: Dialer;
  /** 16994; 16995 when the dialer speaks TLS. */
  readonly port: number;
  readonly credential: DigestCredential | KerberosCredential;
  readonly clock: Clock;
  /** How long the device may take until the session is open. */
  readonly timeoutMs?: number;
  /** Gives the opening up. */
  readonly signal?: AbortSignal;
}

/** A session that the device has let us into; from now on its bytes are those of its kind. */
export interface OpenSession {
  readonly kind: RedirectionKind;
  /** Read from it and write to it in the words of the kind. */
  readonly stream: SessionStream;
  /** Bytes that the device sent behind its last answer: they are the first of the session. */
  readonly rest: Uint8Array;
  /** What errors say about where the session leads. */
  readonly details: ErrorDetails;
  /** Tells the device that the session is over, and lets go of the connection. */
  close(): void;
  /**
   * Why the device cannot be reached any more, asked on a connection of its own; undefined when it can. For a session in which nothing is heard:
   * what was sent into a cable that was pulled fails after a quarter of an hour. Absent where somebody else dials the device.
   */
  readonly absence?: () => Promise<VigilError | undefined>;
}

// Chosen: firmware answers each of the four questions within a second, a ticket may take a KDC's time.
const defaultTimeoutMs = 20_000;
/** Chosen: firmware that is busy takes a connection within seconds. */
const absenceLimitMs = 15_000;

/**
 * Opens a session of the serial line, a disk or the screen. Serial line, disk and screen are each a file beside this one that speaks on.
 * @throws amt.redirection.off, .busy, .refused, .unsupported, .login-refused, .login-unsupported, .not-allowed (device); amt.answer.timeout,
 *   amt.answer.invalid, amt.connect.*, amt.tls.*, amt.kerberos.*; the signal's reason
 */
export async function openSession(kind: RedirectionKind, options: SessionOptions): Promise<OpenSession> {
  const { dialer, port, clock, timeoutMs = defaultTimeoutMs } = options;
  const details = { ...(dialer.host === undefined ? {} : { host: dialer.host }), port, session: kind };
  using deadline = clock.deadline(timeoutMs, () => fail("amt.answer.timeout", { details }), options.signal);
  const { signal } = deadline;
  const stream = await dialled(options, details, signal);
  try {
    const reader = new MessageReader(deviceHandshake);
    const talk: Talk = {
      details,
      signal,
      // A device without a certificate has not said who it is.
      isProven: peerCertificateOf(stream.stream) !== undefined,
      cnonce: () => randomBytes(16).toString("hex"),
      async ask(message) {
        await stream.write(encodeManagerHandshake(message), signal);
        return answered(stream, reader, signal);
      },
    };
    await start(kind, talk);
    await logInto(talk, options.credential, `HTTP/${dialer.host ?? "device"}:${port}`);
    keepAlive(stream.stream);
    const close = (): void => stream.end(encodeManagerHandshake({ type: "end" }));
    const absence = (): Promise<VigilError | undefined> => absenceOf(options, details);
    return { kind, stream, rest: reader.rest(), details, close, absence };
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

async function absenceOf(
  { dialer, port, clock }: SessionOptions,
  details: ErrorDetails,
): Promise<VigilError | undefined> {
  using deadline = clock.deadline(absenceLimitMs, () => fail("amt.answer.timeout", { details }));
  try {
    (await dialer(port, deadline.signal)).destroy();
    return undefined;
  } catch (error) {
    if (error instanceof VigilError) return error;
    throw error;
  }
}

async function dialled(options: SessionOptions, details: ErrorDetails, signal: AbortSignal): Promise<SessionStream> {
  try {
    return new SessionStream(await options.dialer(options.port, signal), details);
  } catch (cause) {
    // The device closes these ports while its listener is off.
    const isClosed = cause instanceof VigilError && cause.code === "amt.connect.refused";
    throw isClosed
      ? fail("amt.redirection.off", { details: { ...cause.details, session: details["session"] ?? "" }, cause })
      : cause;
  }
}

/** What each refusal of a start means. That the last is how missing consent shows is UNVERIFIED. @source protocols D.1 */
const refusals: Readonly<Record<number, AmtErrorCode>> = {
  [startStatuses.unknownType]: "amt.redirection.unsupported",
  [startStatuses.busy]: "amt.redirection.busy",
  [startStatuses.unsupported]: "amt.redirection.off",
  [startStatuses.error]: "amt.redirection.refused",
};

async function start(kind: RedirectionKind, { ask, details }: Talk): Promise<void> {
  const reply = await ask({ type: "start", ...redirectionServices[kind] });
  if (reply.type !== "startReply") throw unexpected(details, reply.type);
  if (reply.status === startStatuses.ok) return;
  throw fail(refusals[reply.status] ?? "amt.redirection.refused", { details: { ...details, status: reply.status } });
}

/** The device's next message of the handshake. */
async function answered(
  stream: SessionStream,
  reader: MessageReader<DeviceHandshake>,
  signal: AbortSignal,
): Promise<DeviceHandshake> {
  const { details } = stream;
  for (;;) {
    let message: DeviceHandshake | undefined;
    try {
      message = reader.next();
    } catch (cause) {
      if (!(cause instanceof VigilError)) throw cause;
      throw fail("amt.answer.invalid", { details: { ...details, ...cause.details, reason: cause.code }, cause });
    }
    if (message !== undefined) return message;
    const bytes = await stream.read(signal);
    if (bytes === undefined) throw fail("amt.redirection.closed", { details });
    reader.push(bytes);
  }
}

function unexpected(details: ErrorDetails, got: string): VigilError {
  return fail("amt.answer.invalid", { details: { ...details, reason: "unexpected message", got } });
}

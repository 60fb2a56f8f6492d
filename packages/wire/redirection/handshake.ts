import { fail } from "../errors.ts";
import { joined, partOf, viewOf, type Framing } from "./messages.ts";

// How a redirection session is opened, over TCP 16994 or TLS 16995; integers little-endian.  @source protocols D.1, D.2
//
//   manager                                  device
//   offset size field                        offset size field
//   10 start                                 11 start reply
//        1    1 variant: 1 for the screen         1    1 status; when it is not 0, two zeros end the message
//        2    2 zeros                             2    2 zeros
//        4    4 service, ASCII                    4    8 version
//   12 end                                       12    1 length of what follows
//        1    3 zeros                            13    … the maker's own
//   13 authenticate                          14 authenticate reply
//        1    3 zeros                             1    1 status
//        4    1 method                            2    2 zeros
//        5    4 length of what follows            4    1 method
//        9    … data, see authentication.ts       5    4 length of what follows
//                                                 9    … data

/** First bytes of the messages that every redirection session has. @source protocols D.1, D.2 */
export const redirectionTypes = {
  start: 0x10,
  startReply: 0x11,
  end: 0x12,
  authenticate: 0x13,
  authenticateReply: 0x14,
} as const;

/** What a session can be of: the serial line, a disk, the screen. */
export const redirectionKinds = ["sol", "ider", "kvm"] as const;
export type RedirectionKind = (typeof redirectionKinds)[number];

/** How each kind is asked for. @source protocols D.1 */
export const redirectionServices: Readonly<Record<RedirectionKind, Pick<Start, "variant" | "service">>> = {
  sol: { variant: 0, service: "SOL " },
  ider: { variant: 0, service: "IDER" },
  kvm: { variant: 1, service: "KVMR" },
};

/** How a device answers the wish for a session. @source protocols D.1 */
export const startStatuses = { ok: 0, unknownType: 1, busy: 2, unsupported: 3, error: 0xff } as const;

/** @source protocols D.2: 3 is the digest of old firmware, without qop */
export const authenticationMethods = { query: 0, password: 1, kerberos: 2, oldDigest: 3, digest: 4 } as const;

/** How a device answers a login; a challenge comes as a refusal. @source protocols D.2 */
export const authenticationStatuses = { ok: 0, refused: 1, unsupported: 2 } as const;

/** The longest data of a login. Chosen: no Kerberos ticket of a Windows domain is longer. */
export const maxAuthenticationBytes = 65_536;

export interface Start {
  readonly type: "start";
  readonly variant: number;
  /** Four characters. */
  readonly service: string;
}

export interface Authenticate {
  readonly type: "authenticate";
  /** One of authenticationMethods, or one that nobody knows. */
  readonly method: number;
  readonly data: Uint8Array;
}

/** What a manager says. */
export type ManagerHandshake = Start | Authenticate | { readonly type: "end" };

export type StartReply =
  | {
      readonly type: "startReply";
      readonly status: 0;
      /** Eight bytes. */
      readonly version: Uint8Array;
      readonly oem: Uint8Array;
    }
  | { readonly type: "startReply"; readonly status: number };

export interface AuthenticateReply {
  readonly type: "authenticateReply";
  readonly status: number;
  readonly method: number;
  readonly data: Uint8Array;
}

/** What a device says. */
export type DeviceHandshake = StartReply | AuthenticateReply;

/** What a device is asked for; undefined for what nobody knows. */
export function kindOf({ variant, service }: Start): RedirectionKind | undefined {
  return redirectionKinds.find((kind) => {
    const known = redirectionServices[kind];
    return known.service === service && known.variant === variant;
  });
}

/** @throws wire.redirection.malformed (ours) */
export function encodeManagerHandshake(message: ManagerHandshake): Uint8Array {
  switch (message.type) {
    case "start": {
      if (!/^[\0-\xff]{4}$/.test(message.service))
        throw malformed("service of four characters", message.service.length);
      const head = Uint8Array.of(redirectionTypes.start, message.variant, 0, 0);
      return joined(
        head,
        Uint8Array.from(message.service, (letter) => letter.charCodeAt(0)),
      );
    }
    case "authenticate":
      return authentication(redirectionTypes.authenticate, 0, message.method, message.data);
    case "end":
      return Uint8Array.of(redirectionTypes.end, 0, 0, 0);
    default:
      return message satisfies never;
  }
}

/** @throws wire.redirection.malformed (ours) */
export function encodeDeviceHandshake(message: DeviceHandshake): Uint8Array {
  if (message.type === "authenticateReply") {
    return authentication(redirectionTypes.authenticateReply, message.status, message.method, message.data);
  }
  const head = Uint8Array.of(redirectionTypes.startReply, message.status, 0, 0);
  if (!("oem" in message)) return head;
  const { version, oem } = message;
  if (version.length !== 8 || oem.length > 255)
    throw malformed("version of 8 bytes, at most 255 of the maker's", oem.length);
  return joined(head, version, Uint8Array.of(oem.length), oem);
}

export const managerHandshake: Framing<ManagerHandshake> = {
  lengthOf(bytes) {
    const [type] = bytes;
    if (type === redirectionTypes.start) return 8;
    if (type === redirectionTypes.end) return 4;
    if (type === redirectionTypes.authenticate) return authenticationLength(bytes);
    throw unknown(type);
  },
  decode(message) {
    const [type, variant = 0] = message;
    if (type === redirectionTypes.end) return { type: "end" };
    if (type !== redirectionTypes.start) return { type: "authenticate", ...methodAndData(message) };
    return { type: "start", variant, service: String.fromCharCode(...message.subarray(4)) };
  },
};

export const deviceHandshake: Framing<DeviceHandshake> = {
  lengthOf(bytes) {
    const [type, status] = bytes;
    if (type === redirectionTypes.authenticateReply) return authenticationLength(bytes);
    if (type !== redirectionTypes.startReply) throw unknown(type);
    if (status === undefined) return undefined;
    if (status !== startStatuses.ok) return 4;
    const oemBytes = bytes[12];
    return oemBytes === undefined ? undefined : 13 + oemBytes;
  },
  decode(message) {
    const [type, status = 0] = message;
    if (type === redirectionTypes.authenticateReply)
      return { type: "authenticateReply", status, ...methodAndData(message) };
    if (status !== startStatuses.ok) return { type: "startReply", status };
    return { type: "startReply", status, version: partOf(message, 4, 12), oem: partOf(message, 13) };
  },
};

function authentication(type: number, status: number, method: number, data: Uint8Array): Uint8Array {
  if (data.length > maxAuthenticationBytes) throw tooLarge(data.length, maxAuthenticationBytes);
  const head = new Uint8Array(9);
  head.set([type, status, 0, 0, method]);
  viewOf(head).setUint32(5, data.length, true);
  return joined(head, data);
}

function authenticationLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 9) return undefined;
  const length = viewOf(bytes).getUint32(5, true);
  if (length > maxAuthenticationBytes) throw tooLarge(length, maxAuthenticationBytes);
  return 9 + length;
}

function methodAndData(message: Uint8Array): { readonly method: number; readonly data: Uint8Array } {
  return { method: message[4] ?? 0, data: partOf(message, 9) };
}

function unknown(type: number | undefined): Error {
  return fail("wire.redirection.unknown", { details: { offset: 0, got: type ?? -1 } });
}

function tooLarge(bytes: number, maxBytes: number): Error {
  return fail("wire.redirection.too-large", { details: { bytes, maxBytes } });
}

function malformed(expected: string, got: number): Error {
  return fail("wire.redirection.malformed", { details: { expected, got } });
}

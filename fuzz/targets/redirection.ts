import {
  decodeDigest,
  decodePassword,
  decodeRedirectionChallenge,
  encodeDigest,
  encodePassword,
  encodeRedirectionChallenge,
} from "@vigil/wire/redirection/authentication.ts";
import {
  deviceHandshake,
  encodeDeviceHandshake,
  encodeManagerHandshake,
  managerHandshake,
} from "@vigil/wire/redirection/handshake.ts";
import { decodePacket, encodePacket } from "@vigil/wire/redirection/atapi.ts";
import { deviceIder, encodeDeviceIder, encodeManagerIder, managerIder } from "@vigil/wire/redirection/ider.ts";
import { deviceSol, encodeDeviceSol, encodeManagerSol, managerSol } from "@vigil/wire/redirection/sol.ts";
import { MessageReader, type Framing } from "@vigil/wire/redirection/messages.ts";
import { goldens } from "../goldens.ts";
import { agree, codec, type FuzzTarget } from "../target.ts";

// The messages of redirection sessions, side by side.

const words = [
  "\0",
  "\0\0\0",
  "\xff\xff",
  "\x01\0\0\0",
  "\x10\0\0\0SOL ",
  "\x11\0\0\0",
  "\x12\0\0\0",
  "\x13\0\0\0\x04",
  "\x14\x01\0\0\x04",
];

export const managerSide = stream(managerHandshake, encodeManagerHandshake, "redirection/handshake-manager.hex");
export const deviceSide = stream(deviceHandshake, encodeDeviceHandshake, "redirection/handshake-device.hex");

export const solManager = stream(managerSol, encodeManagerSol, "redirection/sol-manager.hex");
export const solDevice = stream(deviceSol, encodeDeviceSol, "redirection/sol-device.hex");
export const iderManager = stream(managerIder, encodeManagerIder, "redirection/ider-manager.hex");
export const iderDevice = stream(deviceIder, encodeDeviceIder, "redirection/ider-device.hex");

export const packets = codec({
  seeds: () =>
    ["280000000010000001000000", "5a002a00000000001c000000", "43020000000001000c000000"].map((one) =>
      Buffer.from(one, "hex"),
    ),
  words: ["\0", "\xff", "\x08", "\x2a", "\xa8", "\x4a\x01", "\x46\x02"],
  refusals: ["wire.redirection."],
  read: decodePacket,
  write: encodePacket,
});

/** The first byte says which login. */
export const login = codec({
  seeds: () => [
    Uint8Array.of(0, ...encodePassword({ username: "admin", password: "P@ssw0rd" })),
    Uint8Array.of(1, ...encodeRedirectionChallenge({ realm: "Digest:1", nonce: "ab" })),
    Uint8Array.of(2, ...encodeRedirectionChallenge({ realm: "Digest:1", nonce: "ab", qop: "auth" })),
    Uint8Array.of(
      3,
      ...encodeDigest({ username: "a", realm: "b", nonce: "c", uri: "d", cnonce: "e", nc: "f", response: "g" }),
    ),
    Uint8Array.of(
      4,
      ...encodeDigest({
        username: "a",
        realm: "b",
        nonce: "c",
        uri: "d",
        cnonce: "",
        nc: "",
        response: "",
        qop: "auth",
      }),
    ),
  ],
  words,
  refusals: ["wire.redirection."],
  read(input) {
    const data = input.subarray(1);
    const kind = (input[0] ?? 0) % 5;
    if (kind === 0) return { kind, password: decodePassword(data) } as const;
    if (kind < 3) return { kind, challenge: decodeRedirectionChallenge(data, kind === 2) } as const;
    return { kind, digest: decodeDigest(data, kind === 4) } as const;
  },
  write(value) {
    if ("password" in value) return Uint8Array.of(value.kind, ...encodePassword(value.password));
    if ("challenge" in value) return Uint8Array.of(value.kind, ...encodeRedirectionChallenge(value.challenge));
    return Uint8Array.of(value.kind, ...encodeDigest(value.digest));
  },
});

const mostBytes = 128 * 1024;

/** One side of a session: however its bytes are cut the messages are the same, and written again they are read again. */
function stream<T>(framing: Framing<T>, write: (message: T) => Uint8Array, pattern: string): FuzzTarget {
  const seeds = (): readonly Uint8Array[] => {
    const all = goldens(pattern);
    return [...all, ...all.flatMap((one) => messagesIn(framing, one, one.length)).map(write)];
  };
  return {
    seeds,
    words,
    refusals: ["wire.redirection."],
    quick: 1_000,
    open: () => ({
      run(whole) {
        // More of the same is compared for a second, and tells nothing.
        const input = whole.subarray(0, mostBytes);
        const messages = messagesIn(framing, input, input.length);
        agree("cut in two", messagesIn(framing, input, Math.trunc(input.length / 2)), messages);
        const written = Buffer.concat(messages.map(write));
        agree("read again", messagesIn(framing, written, written.length), messages);
      },
    }),
  };
}

function messagesIn<T>(framing: Framing<T>, bytes: Uint8Array, cut: number): T[] {
  const reader = new MessageReader(framing);
  const found: T[] = [];
  for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) {
    reader.push(part);
    for (let one = reader.next(); one !== undefined; one = reader.next()) found.push(one);
  }
  return found;
}

import { accept, type Acceptor } from "@vigil/virtual-device/kerberos/accept.ts";
import { decrypt, etypes, keyUsages, type KerberosKey } from "@vigil/virtual-device/kerberos/encryption.ts";
import { readLogonInfo } from "@vigil/virtual-device/kerberos/logon-info.ts";
import { sidFromText } from "@vigil/virtual-device/kerberos/sid.ts";
import { authenticatorIn, pacIn, ticketIn } from "@vigil/virtual-device/kerberos/ticket.ts";
import { aToken, logonInfo, signedPac } from "@vigil/virtual-device/testing/kerberos-ticket.ts";
import { application, childrenOf, field, readDer, tags, valueIn, writeDer, type Der } from "@vigil/wire/der.ts";
import { errorIn, readRequest, tokenIn, writeReply } from "@vigil/wire/negotiate.ts";
import { agree, Disagreement, type FuzzTarget } from "../target.ts";
import { derWords } from "./certificates.ts";

const words = [
  derWords,
  [
    "\x60",
    "\x61",
    "\x62",
    "\x63",
    "\x6e",
    "\x6f",
    "\x7e",
    "\xa0",
    "\xa1",
    "\xa2",
    "\xa3",
    "\xaa",
    "\x0a\x01\0",
    "\x18\x0f",
  ],
  [
    "\x06\x06\x2b\x06\x01\x05\x05\x02",
    "\x06\x09\x2a\x86\x48\x86\xf7\x12\x01\x02\x02",
    "20261124180000Z",
    "99991399999999Z",
  ],
].flat();
const nowMs = Date.UTC(2026, 10, 24, 18);
const keys: readonly KerberosKey[] = [
  { etype: etypes.aes256, bytes: new Uint8Array(32).fill(7) },
  { etype: etypes.rc4, bytes: new Uint8Array(16).fill(9) },
];
const [key = { etype: 0, bytes: new Uint8Array() }] = keys;
const domain = sidFromText("S-1-5-21-1-2-3") ?? new Uint8Array();
const pac = signedPac(key, nowMs);
const tokens = keys.flatMap((one) => [
  aToken({ key: one, nowMs }).token,
  aToken({ key: one, nowMs, isWrapped: false, wantsProof: false }).token,
  aToken({ key: one, nowMs, claims: "mallory" }).token,
]);

/** Values within values, read and written and read again. */
export const der: FuzzTarget = {
  seeds: () => tokens,
  words,
  refusals: ["wire.der."],
  quick: 1_000,
  open: () => ({
    run(input) {
      const one = readDer(input);
      agree("read again", plain(readDer(writeDer(one.tag, one.value))), plain(one));
      descend(one, 0);
    },
  }),
};

function descend(one: Der, depth: number): void {
  if ((one.tag & 0x20) === 0 || depth > 20) return;
  for (const inner of childrenOf(one)) descend(inner, depth + 1);
}

function plain({ tag, value }: Der): unknown {
  return [tag, Buffer.from(value).toString("hex")];
}

/** Both sides of HTTP's Negotiate. */
export const negotiate: FuzzTarget = {
  seeds: () => [...tokens, ...tokens.flatMap((one) => accept(one, acceptor({ nowMs: nowMs * 2 })).reply ?? [])],
  words,
  refusals: ["wire.der.", "wire.negotiate."],
  quick: 1_000,
  open: () => ({
    run(input) {
      tokenIn(input);
      errorIn(input);
      const { message, wrapping } = readRequest(input);
      const reply = writeReply(wrapping, "ap-rep", message.value);
      agree("the token inside", reply !== undefined && tokenIn(reply) !== undefined, true);
    },
  }),
};

/** Whatever is shown to a device, it says yes or no; yes only to what the key's owner has sealed. */
export const token: FuzzTarget = {
  seeds: () => tokens,
  words,
  refusals: [],
  quick: 200,
  open: () => ({
    run(input) {
      const accepted = accept(input, acceptor());
      if (!accepted.ok) return;
      const isKnown = accepted.principal === "alice@LAB.EXAMPLE" && accepted.account === undefined;
      if (!isKnown) throw new Disagreement("a ticket that nobody has made was taken");
    },
  }),
};

/** A token has 64 KiB at most, ticket and wrapping included. */
const mostAccountBytes = 63 * 1024;

/** What a KDC says of a user, in a ticket that is right: an account, none, or a refusal. */
export const accountData: FuzzTarget = {
  seeds: () => [
    pac,
    pac.subarray(0, 100),
    signedPac(key, nowMs, logonInfo({ domain, userId: 1_001, groupIds: [513] })),
  ],
  words: [
    "\0\0\0\0",
    "\xff\xff\xff\xff",
    "\x01\0\0\0",
    "\x06\0\0\0",
    "\x07\0\0\0",
    "\x0a\0\0\0",
    "\x10\0\0\0",
    "\0\0\x02\0",
  ],
  refusals: [],
  quick: 200,
  open: () => ({
    run(input) {
      // More does not fit into a token: that is the maker's limit, not the reader's.
      if (input.length <= mostAccountBytes) accept(aToken({ key, nowMs, pac: input }).token, acceptor());
    },
  }),
};

/** What lies sealed in a token, if the one who sealed it is hostile: a KDC or a client. */
export const sealedParts: FuzzTarget = {
  seeds: () => [...tokens.slice(0, 2).map(ticketOf), logonInfo({ domain, userId: 1_001, groupIds: [513, 512] })],
  words: [...words, "\xcc\xcc\xcc\xcc", "\0\0\x02\0", "\xff\xff\xff\x7f"],
  refusals: ["wire.der.", "virtual.kerberos.malformed"],
  quick: 1_000,
  open: () => ({
    run(input) {
      const isSequence = input[0] === application(3) || input[0] === application(2);
      if (!isSequence) return void readLogonInfo(input);
      if (input[0] === application(2)) return void authenticatorIn(readDer(input));
      pacIn(ticketIn(readDer(input)));
    },
  }),
};

/** @returns the part that the KDC sealed, open */
function ticketOf(shown: Uint8Array): Uint8Array {
  const ticket = valueIn(readRequest(shown).message, tags.sequence, field(3), application(1), tags.sequence);
  const cipher = valueIn(ticket, field(3), tags.sequence, field(2), tags.octetString).value;
  return decrypt(key, keyUsages.ticket, cipher) ?? new Uint8Array();
}

function acceptor(changes: Partial<Acceptor> = {}): Acceptor {
  return {
    keys,
    toleranceMs: 300_000,
    nowMs,
    random: (bytes) => new Uint8Array(bytes).fill(1),
    isNew: () => true,
    ...changes,
  };
}

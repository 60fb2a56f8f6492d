import { createHash, createPublicKey, verify, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { nullSignedRequest } from "@vigil/amt-client/pkcs10.ts";
import { checkClientChain } from "@vigil/virtual-device/firmware/client-chain.ts";
import { signRequest } from "@vigil/virtual-device/firmware/pkcs10.ts";
import { checkSetupChain, type ChainVerdict } from "@vigil/virtual-device/firmware/setup-chain.ts";
import { agree, Disagreement, type FuzzTarget } from "../target.ts";

const folder = join(import.meta.dirname, "../seeds");

/** The key of every device under fire: PKCS#8 PEM. */
export const deviceKey = readFileSync(join(folder, "device-key.pem"), "latin1");

/** What DER is made of: tags, lengths, object identifiers. */
export const derWords = [
  [..."\x30\x31\x02\x03\x04\x05\x06\x0c\x13\x17\xa0\xa3\x80\xff\0"],
  ["\x30\x82\xff\xff", "\x30\x80", "\x30\x84\xff\xff\xff\xff", "\x02\x01\0", "\x05\0", "\0\0", "\x81\x80", "\x30\0"],
  [
    "\x06\x03\x55\x04\x03",
    "\x06\x03\x55\x1d\x25",
    "\x06\x03\x55\x1d\x13",
    "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01",
  ],
  [
    "\x06\x07\x2a\x86\x48\xce\x3d\x02\x01",
    "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07",
    "\x06\x03\x2b\x65\x70",
    "\x01\x01\xff",
  ],
].flat();

const pems = readFileSync(join(folder, "chain.pem"), "latin1").split(/(?<=-----END CERTIFICATE-----\n)/);
const chain = pems.filter((one) => one.includes("BEGIN")).map((one) => new X509Certificate(one).raw);
const root = chain.at(-1) ?? Buffer.alloc(0);

/** Whatever a manager presents, the device says yes or no. */
export const setupChain = chains((presented) =>
  checkSetupChain(presented, new Set([createHash("sha256").update(root).digest("hex")]), "site.example", "16.1.25"),
);
export const clientChain = chains((presented) =>
  checkClientChain(presented, { roots: [root], trustedNames: [], revoked: new Set() }),
);

function chains(check: (presented: readonly Uint8Array[]) => ChainVerdict): FuzzTarget {
  const run = (input: Uint8Array): void => {
    const verdict = check(certificatesIn(input));
    if (!verdict.ok) return agree("a reason", verdict.reason === "", false);
    // Nobody but the root's owner can make another chain that is let in, so it must be the one that was made here.
    const isOurs = certificatesIn(input).every((one) => chain.some((own) => own.equals(one)));
    if (!isOurs) throw new Disagreement("a chain was let in that the root did not sign");
  };
  return {
    seeds: () => [Buffer.concat(chain), Buffer.concat(chain.slice(0, 2)), ...chain],
    words: derWords,
    refusals: [],
    quick: 100,
    open: () => ({ run }),
  };
}

/** Cut by their own lengths, as TLS does; what has no right length is one certificate up to the end. */
function certificatesIn(input: Uint8Array): readonly Uint8Array[] {
  const all: Uint8Array[] = [];
  for (let at = 0; at < input.length && all.length < 6;) {
    const length = input[at + 1] === 0x82 ? 4 + (input[at + 2] ?? 0) * 256 + (input[at + 3] ?? 0) : input.length;
    all.push(input.subarray(at, at + length));
    at += length;
  }
  return all;
}

const spki = createPublicKey(deviceKey);
const pkcs1 = spki.export({ type: "pkcs1", format: "der" });

/** What the device signs is the request's inner part, and the signature is right; all else it refuses. */
export const signing: FuzzTarget = {
  seeds: () => [
    nullSignedRequest(pkcs1, { commonName: "device.site.example", organization: "Vigil" }),
    nullSignedRequest(pkcs1, { commonName: "ü" }),
  ],
  words: derWords,
  refusals: [],
  quick: 150,
  open: () => ({
    run(input) {
      const signed = signRequest(input, "sha256", deviceKey);
      if (signed === undefined) return;
      const outer = elementAt(signed, 0);
      const info = elementAt(signed, outer.start);
      const algorithm = elementAt(signed, info.end);
      const signature = elementAt(signed, algorithm.end);
      agree("the end", [outer.end, signature.end], [signed.length, signed.length]);
      const isRight = verify(
        "sha256",
        signed.subarray(outer.start, info.end),
        spki,
        signed.subarray(signature.start + 1),
      );
      agree("the signature", isRight, true);
    },
  }),
};

/** Whatever the device gives for its key, and whatever the name: the request is DER from its first byte to its last. */
export const requesting: FuzzTarget = {
  seeds: () => [pkcs1, Buffer.from("device.site.example"), Buffer.alloc(300, 1)],
  words: derWords,
  refusals: ["amt."],
  quick: 1_000,
  open: () => ({
    run(input) {
      const commonName = Buffer.from(input.subarray(0, 100)).toString("utf8");
      const request = nullSignedRequest(input, { commonName, organization: commonName.slice(0, 10) });
      const outer = elementAt(request, 0);
      const ends: number[] = [];
      for (let at = outer.start; at < request.length && ends.length < 4;) {
        at = elementAt(request, at).end;
        ends.push(at);
      }
      agree("the end", [outer.end, ends.length, ends.at(-1)], [request.length, 3, request.length]);
      if (Buffer.from(input).equals(pkcs1))
        agree("signed", signRequest(request, "sha256", deviceKey) === undefined, false);
    },
  }),
};

/** A reader of its own: the code under fire does not judge itself. */
function elementAt(der: Uint8Array, at: number): { readonly start: number; readonly end: number } {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  const length = der.subarray(at + 2, at + 2 + count).reduce((sum, byte) => sum * 256 + byte, 0);
  return { start: at + 2 + count, end: at + 2 + count + length };
}

import { VigilError } from "@vigil/base/errors.ts";
import { authorize, parseAuthorization, parseChallenge, verify, ha1 } from "@vigil/wire/digest.ts";
import { encodeChunked, encodeHead, HttpReader, type HttpMessage } from "@vigil/wire/http.ts";
import { goldens } from "../goldens.ts";
import { Random } from "../mutate.ts";
import { agree, type FuzzTarget } from "../target.ts";

/** What HTTP is made of. */
export const httpWords = [
  [..."\r\n\0\t:;, "],
  [
    "\r\n\r\n",
    "\n\n",
    "\r\n ",
    "0\r\n\r\n",
    "\r\n0\r\n",
    "ffffffff\r\n",
    "7fffffff\r\n",
    "0x10\r\n",
    "1;a=b\r\n",
    "-1\r\n",
  ],
  [
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.0 401 x\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/2.0 200\r\n",
    "HTTP/1.1 204 x\r\n",
  ],
  ["POST /wsman HTTP/1.1\r\n", "GET / HTTP/1.0\r\n", "OPTIONS * HTTP/1.1\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["Content-Length: 10\r\n", "Content-Length: +1\r\n", "Content-Length: 1, 1\r\n", "Transfer-Encoding: chunked\r\n"],
  [
    "Transfer-Encoding: gzip, chunked\r\n",
    "Connection: close\r\n",
    "Connection: keep-alive\r\n",
    "Expect: 100-continue\r\n",
  ],
  ["Host: x\r\n", "__proto__: x\r\n", "Authorization: Digest ", "WWW-Authenticate: Digest "],
].flat();

export const httpRequest = reader("request", () => [
  message(
    "POST /wsman HTTP/1.1",
    [
      ["Host", "amt:16992"],
      ["Content-Length", "5"],
    ],
    "hello",
  ),
  message("POST /wsman HTTP/1.1", [["Transfer-Encoding", "chunked"]], encodeChunked(Buffer.alloc(2_000, 65))),
  message(
    "GET /index.htm?a=b HTTP/1.0",
    [
      ["Connection", "keep-alive"],
      ["Expect", "100-continue"],
    ],
    "",
  ),
  Buffer.concat([message("GET / HTTP/1.1", [], ""), message("PUT /x HTTP/1.1", [["Content-Length", "1"]], "x")]),
]);

export const httpResponse = reader("response", () => [
  ...goldens("http/*.http"),
  message(
    "HTTP/1.1 401 Unauthorized",
    [
      ["WWW-Authenticate", "Digest x"],
      ["Content-Length", "3"],
    ],
    "abc",
  ),
  message("HTTP/1.1 100 Continue", [], "HTTP/1.1 204 No Content\r\n\r\n"),
  message("HTTP/1.0 200 OK", [["Connection", "close"]], "until the end"),
  message("HTTP/1.1 200 OK", [["Transfer-Encoding", "chunked"]], "3;x=y\r\nabc\r\n0\r\nTrailer: 1\r\n\r\n"),
]);

/** Whole, in pieces of any size and byte by byte, the same messages come out. */
function reader(kind: "request" | "response", seeds: () => readonly Uint8Array[]): FuzzTarget {
  const limits = { maxHeadBytes: 2_048, maxBodyBytes: 16_384 };
  const read = (cut: Iterable<Uint8Array>): readonly HttpMessage[] | string => {
    const one = new HttpReader(kind, limits);
    try {
      const messages: HttpMessage[] = [];
      // A copy of each piece, because a socket's buffer may be used again.
      for (const piece of cut) messages.push(...one.push(Uint8Array.from(piece)));
      const last = one.end();
      return last === undefined ? messages : [...messages, last];
    } catch (error) {
      if (error instanceof VigilError && error.code.startsWith("wire.http.")) return error.code;
      throw error;
    }
  };
  const run = (input: Uint8Array): void => {
    const whole = read([input]);
    agree("in pieces", plain(read(pieces(input))), plain(whole));
    if (input.length < 4_096)
      agree("byte by byte", plain(read(Array.from(input, (byte) => Uint8Array.of(byte)))), plain(whole));
    if (typeof whole === "string") throw new VigilError(whole, { side: "device", title: "", next: "" });
  };
  return {
    seeds,
    words: httpWords,
    refusals: ["wire.http."],
    quick: 300,
    open: () => ({ run }),
  };
}

function plain(read: readonly HttpMessage[] | string): unknown {
  if (typeof read === "string") return "refused";
  return read.map((one) => ({ ...one, headers: [...one.headers], body: Buffer.from(one.body).toString("latin1") }));
}

/** Cut at places that depend on nothing but the input. */
export function* pieces(input: Uint8Array): Generator<Uint8Array> {
  const random = new Random(input.length * 31 + (input[0] ?? 0));
  for (let at = 0; at < input.length;) {
    const end = at + 1 + random.below(1 << random.below(12));
    yield input.subarray(at, end);
    at = end;
  }
}

function message(
  first: string,
  headers: readonly (readonly [string, string])[],
  body: string | Uint8Array,
): Uint8Array {
  return Buffer.concat([Buffer.from(encodeHead(first, headers), "latin1"), Buffer.from(body)]);
}

const digestWords = [
  [...'",=\\ \t\r\n'],
  [
    'Digest realm="',
    'nonce="',
    ', qop="auth"',
    ', qop="auth,auth-int"',
    "qop=auth-int",
    ",stale=true",
    "algorithm=MD5",
  ],
  [
    "algorithm=SHA-256",
    'opaque="',
    'username="',
    'uri="/wsman"',
    'response="',
    "nc=00000001",
    'cnonce="',
    '\\"',
    "__proto__=1",
  ],
].flat();
const realm = "Digest:A4070000000000000000000000000000";

/** What a challenge says is what the answer to it is made with: the device that reads it finds it right. */
export const challenge: FuzzTarget = {
  seeds: () => [
    text(`Digest realm="${realm}", nonce="wlbEK1EtAAAAAAAAWW5aUHFp+mQQ1j63",stale="false",qop="auth"`),
    text('Digest realm="a \\"b\\" \\\\c", nonce="1", opaque="o", algorithm=MD5, qop="auth-int"'),
    text("digest realm=x, nonce=y"),
  ],
  words: digestWords,
  refusals: ["wire.digest.", "wire.http.character"],
  quick: 800,
  open: () => ({
    run(input) {
      const read = parseChallenge(Buffer.from(input).toString("latin1"));
      const key = ha1("admin", read.realm, "P@ssw0rd");
      const asked = { method: "POST", ha1: key, body: "body" };
      const header = authorize({ ...asked, challenge: read, username: "admin", uri: "/wsman", count: 1, cnonce: "c" });
      const authorization = parseAuthorization(header);
      agree("realm and nonce", [authorization.realm, authorization.nonce], [read.realm, read.nonce]);
      agree("verified", verify({ ...asked, authorization }), true);
    },
  }),
};

/** A login that was not made with the password is never right. */
export const authorization: FuzzTarget = {
  seeds: () => [
    text(
      `Digest username="admin",realm="${realm}",nonce="n",uri="/wsman",algorithm=MD5,qop=auth,nc=00000001,cnonce="c",response="0123456789abcdef0123456789abcdef"`,
    ),
    text('Digest username="a\\\\b", realm="", nonce="", uri="*", response=""'),
  ],
  words: digestWords,
  refusals: ["wire.digest."],
  quick: 800,
  open: () => ({
    run(input) {
      const read = parseAuthorization(Buffer.from(input).toString("latin1"));
      agree(
        "verified",
        verify({ authorization: read, method: "POST", ha1: ha1("admin", realm, "P@ssw0rd"), body: input }),
        false,
      );
    },
  }),
};

function text(one: string): Uint8Array {
  return Buffer.from(one, "latin1");
}

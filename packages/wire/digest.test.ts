import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { VigilError } from "@vigil/base/errors.ts";
import { authorize, ha1, parseAuthorization, parseChallenge, verify, type Challenge } from "./digest.ts";

const recorded =
  'Digest realm="Digest:A4070000000000000000000000000000", nonce="wlbEK1EtAAAAAAAAWW5aUHFp+mQQ1j63",stale="false",qop="auth"';

const challenge: Challenge = {
  realm: "Digest:A4070000000000000000000000000000",
  nonce: "wlbEK1EtAAAAAAAAWW5aUHFp+mQQ1j63",
  isStale: false,
  qop: ["auth"],
  namesAlgorithm: false,
};

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof VigilError, String(error));
    return error.code;
  }
  return "none";
}

test("the example of RFC 2617 gives the response of RFC 2617", () => {
  const header = authorize({
    challenge: parseChallenge(
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
    ),
    username: "Mufasa",
    ha1: ha1("Mufasa", "testrealm@host.com", "Circle Of Life"),
    method: "GET",
    uri: "/dir/index.html",
    count: 1,
    cnonce: "0a4f113b",
  });
  assert.equal(
    header,
    'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", ' +
      'qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
  );
});

test("a recorded challenge is read, its quoted stale included", () => {
  assert.deepEqual(parseChallenge(recorded), challenge);
  assert.equal(parseChallenge(recorded.replace("false", "true")).isStale, true);
});

test("challenges of other servers are read: names in any case, blanks anywhere, algorithm named, no qop", () => {
  const read = parseChallenge('digest  REALM = "a, \\"b\\"" ,Nonce=abc, algorithm=MD5, qop="auth-int , auth, other"');
  assert.deepEqual(read, {
    realm: 'a, "b"',
    nonce: "abc",
    isStale: false,
    qop: ["auth-int", "auth"],
    namesAlgorithm: true,
  });
  assert.deepEqual(parseChallenge('Digest realm="", nonce="n"').qop, [""]);
});

test("a challenge that cannot be answered is refused", () => {
  const cases = [
    ["", "wire.digest.malformed"],
    ["Negotiate", "wire.digest.malformed"],
    ["Digest", "wire.digest.malformed"],
    ['Digest realm="x"', "wire.digest.malformed"],
    ['Digest realm="x", nonce=""', "wire.digest.malformed"],
    ['Digest realm="x, nonce="y"', "wire.digest.malformed"],
    [`Digest realm="${"x".repeat(5_000)}", nonce="y"`, "wire.digest.malformed"],
    ['Digest realm="x", nonce="y", algorithm=SHA-256', "wire.digest.unsupported"],
    ['Digest realm="x", nonce="y", qop="other"', "wire.digest.unsupported"],
  ] as const;
  for (const [header, code] of cases)
    assert.equal(
      codeOf(() => parseChallenge(header)),
      code,
      header.slice(0, 80),
    );
});

// How the managers in use write it. @source docs/protocol/http-digest.md "Authorization"
const dialects = {
  meshcentral: ["qop=", ",nc=", ""],
  "device-management-toolkit": ['qop="', '",nc="', '"'],
  curl: ["algorithm=MD5, qop=", ", nc=", ""],
} as const;

for (const [name, [before, between, after]] of Object.entries(dialects)) {
  test(`the authorization as ${name} writes it is read and verified`, () => {
    const made = authorize({
      challenge,
      username: "admin",
      ha1: ha1("admin", challenge.realm, "P@ssw0rd"),
      method: "POST",
      uri: "/wsman",
      count: 26,
      cnonce: "k3j9x",
    });
    const written = made.replace("qop=auth, nc=0000001a", `${before}auth${between}0000001a${after}`);
    assert.ok(written.includes(`${between}0000001a`));
    const authorization = parseAuthorization(written);
    assert.equal(authorization.username, "admin");
    assert.equal(authorization.nc, "0000001a");
    const check = (password: string): boolean =>
      verify({ authorization, method: "POST", ha1: ha1("admin", challenge.realm, password) });
    assert.equal(check("P@ssw0rd"), true);
    assert.equal(check("p@ssw0rd"), false);
    assert.equal(
      verify({ authorization, method: "GET", ha1: ha1("admin", challenge.realm, "P@ssw0rd") }),
      false,
      "another method",
    );
  });
}

test("auth-int is used where the device insists, and covers the body", () => {
  const secret = ha1("admin", "r", "p");
  const header = authorize({
    challenge: { ...challenge, realm: "r", nonce: "n", qop: ["auth-int"], namesAlgorithm: true },
    username: "admin",
    ha1: secret,
    method: "POST",
    uri: "/wsman",
    count: 1,
    cnonce: "c",
    body: "<a/>",
  });
  const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
  const expected = md5(`${secret}:n:00000001:c:auth-int:${md5(`POST:/wsman:${md5("<a/>")}`)}`);
  assert.ok(header.includes(`algorithm=MD5, qop=auth-int, nc=00000001`));
  assert.ok(header.includes(`response="${expected}"`));
  const authorization = parseAuthorization(header);
  assert.equal(verify({ authorization, method: "POST", ha1: secret, body: Buffer.from("<a/>") }), true);
  assert.equal(verify({ authorization, method: "POST", ha1: secret, body: "<b/>" }), false);
});

test("without qop the digest of RFC 2069 is used", () => {
  const md5 = (text: string): string => createHash("md5").update(text).digest("hex");
  const header = authorize({
    challenge: { ...challenge, realm: "r", nonce: "n", qop: [""] },
    username: "u",
    ha1: "h",
    method: "GET",
    uri: "/",
    count: 1,
    cnonce: "c",
  });
  assert.doesNotMatch(header, /qop|nc=|cnonce/);
  assert.ok(header.includes(md5(`h:n:${md5("GET:/")}`)));
  assert.equal(verify({ authorization: parseAuthorization(header), method: "GET", ha1: "h" }), true);
});

test("an incomplete authorization is refused", () => {
  const whole = 'Digest username="u",realm="r",nonce="n",uri="/",response="x"';
  assert.equal(
    codeOf(() => parseAuthorization(whole)),
    "none",
  );
  for (const part of ["username", "realm", "nonce", "uri", "response"]) {
    assert.equal(
      codeOf(() => parseAuthorization(whole.replace(`${part}=`, "other="))),
      "wire.digest.malformed",
      part,
    );
  }
  assert.equal(
    codeOf(() => parseAuthorization(`${whole},qop=other`)),
    "wire.digest.malformed",
  );
  assert.equal(
    codeOf(() => parseAuthorization("Basic YWRtaW46YWRtaW4=")),
    "wire.digest.malformed",
  );
});

test("a response of the wrong length is wrong, and no error", () => {
  for (const response of ["", "x", "a".repeat(64)]) {
    const authorization = {
      ...parseAuthorization('Digest username="u",realm="r",nonce="n",uri="/",response=""'),
      response,
    };
    assert.equal(verify({ authorization, method: "GET", ha1: "h" }), false);
  }
});

test("a user name can break out of neither its quotes nor its line", () => {
  const input = { challenge, ha1: "h", method: "POST", uri: "/wsman", count: 1, cnonce: "c" };
  const header = authorize({ ...input, username: 'a", nonce="b\\' });
  assert.equal(parseAuthorization(header).username, 'a", nonce="b\\');
  assert.equal(parseAuthorization(header).nonce, challenge.nonce);
  assert.equal(
    codeOf(() => authorize({ ...input, username: "a\r\nHost: b" })),
    "wire.http.character",
  );
});

test("a cut off or damaged header is read or refused with a code, never anything else", () => {
  for (let length = 0; length < recorded.length; length += 1) {
    assert.match(
      codeOf(() => parseChallenge(recorded.slice(0, length))),
      /^(none|wire\.digest\.\w+)$/,
    );
  }
  const text = fc.string({ unit: "binary-ascii", maxLength: 200 });
  const damaged = fc.tuple(fc.nat(recorded.length), text).map(([at, some]) => recorded.slice(0, at) + some);
  fc.assert(
    fc.property(fc.oneof(damaged, text), (header) => {
      assert.match(
        codeOf(() => parseChallenge(header)),
        /^(none|wire\.digest\.\w+)$/,
      );
      assert.match(
        codeOf(() => parseAuthorization(header)),
        /^(none|wire\.digest\.\w+)$/,
      );
    }),
    { seed: 2, numRuns: 2_000 },
  );
});

test("a challenge or an authorization that is cut anywhere is refused, or lacks only what may be missing", () => {
  const { realm, nonce } = challenge;
  const header = authorize({
    challenge,
    username: "admin",
    ha1: "x",
    method: "POST",
    uri: "/wsman",
    count: 1,
    cnonce: "c",
  });
  const uncut = parseAuthorization(header);
  for (let length = 0; length < recorded.length; length += 1) {
    const cut = recorded.slice(0, length);
    const code = codeOf(() => assert.deepEqual({ ...parseChallenge(cut), realm, nonce }, parseChallenge(cut)));
    assert.ok(code === "none" || code === "wire.digest.malformed", `${length} characters`);
  }
  for (let length = 0; length < header.length; length += 1) {
    const code = codeOf(() => assert.deepEqual(parseAuthorization(header.slice(0, length)), uncut));
    assert.equal(code, "wire.digest.malformed", `${length} characters`);
  }
});

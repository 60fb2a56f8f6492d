import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { CorporateAuthority } from "../../testing/corporate-authority.ts";
import type { FleetKind } from "./authority-checks.ts";
import { inspectAuthority, refuseFailedAuthority, type AuthorityInspection } from "./authority-inspection.ts";
import { authorityRequest } from "./authority-request.ts";

// The openssl program is the company's authority; what it makes of our request is good, or is refused for the right reason.

/** What openssl signs is valid from the second in which it does. */
const now = systemClock().now() + 60_000;
const fleet: readonly FleetKind[] = [
  { release: "16.1.25", devices: 30, example: "16161616-0000-4000-8000-000000000000" },
  { release: "7.1.91", devices: 2, example: "07070707-0000-4000-8000-000000000000" },
];
const authority = ["basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign,cRLSign"];
let corporate: CorporateAuthority;
let requestPem: string;
let root: string;
let middle: string;
before(async () => {
  corporate = new CorporateAuthority();
  ({ requestPem } = await authorityRequest("Corp Vigil Devices", "Corp"));
  root = corporate.tier("root").pem;
  middle = corporate.tier("middle", { by: "root" }).pem;
});
after(() => corporate[Symbol.dispose]());

function inspect(chainPem: string, kinds: readonly FleetKind[] = fleet): AuthorityInspection {
  return inspectAuthority({ chainPem, requestPem }, { fleet: kinds, domains: ["corp.example"] }, now);
}

/** With which code it is refused; "" when it is not. */
function refusal(inspection: AuthorityInspection): string {
  try {
    refuseFailedAuthority(inspection);
    return "";
  } catch (error) {
    if (error instanceof VigilError) return error.code;
    throw error;
  }
}

test("our request says what it is for, and openssl believes its signature", () => {
  const text = corporate.openssl(["req", "-in", corporate.write("ours.csr", requestPem), "-noout", "-text"]);
  assert.match(text, /CA:TRUE, pathlen:0/);
  assert.match(text, /Certificate Sign, CRL Sign/);
  assert.match(text, /CN = Corp Vigil Devices/);
});

test("three tiers are good, in whatever order they come and whatever else is there", () => {
  const signed = corporate.sign(requestPem, "middle", { extensions: authority });
  const other = corporate.tier("another root").pem;
  const inspection = inspect(root + other + middle + signed);
  assert.equal(refusal(inspection), "", JSON.stringify(inspection.checks));
  assert.deepEqual(
    inspection.chain?.members.map(({ subject }) => /CN=([^,]*)/.exec(subject)?.[1]),
    ["Corp Vigil Devices", "middle", "root"],
  );
});

test("a chain that is wrong is refused with the code that says how", () => {
  const signedBy = (by: string, extensions: readonly string[] = authority, days = 3_000): string =>
    corporate.sign(requestPem, by, { extensions, days });
  corporate.tier("low", { by: "middle" });
  corporate.tier("tight", { by: "root", extensions: ["basicConstraints=critical,CA:TRUE,pathlen:0"] });
  corporate.tier("narrow", {
    by: "root",
    extensions: [
      ...authority.slice(1),
      "basicConstraints=critical,CA:TRUE",
      "nameConstraints=permitted;DNS:corp.example",
    ],
  });
  corporate.tier("web", {
    by: "root",
    extensions: ["basicConstraints=critical,CA:TRUE", "extendedKeyUsage=codeSigning"],
  });
  corporate.tier("weak", { key: ["rsa:1024"] });
  corporate.tier("old", { by: "root", digest: "sha1" });
  const file = (name: string): string => corporate.openssl(["x509", "-in", corporate.path(`${name}.pem`)]);
  const rows: readonly (readonly [string, string, string])[] = [
    ["nothing that can be read", "hello", "credentials.authority.unreadable"],
    ["the company's own chain, without ours", middle + root, "credentials.authority.key-mismatch"],
    ["no root", signedBy("middle") + middle, "credentials.authority.incomplete"],
    ["no issuer at all", signedBy("middle"), "credentials.authority.incomplete"],
    ["four tiers above a device", signedBy("low") + file("low") + middle + root, "credentials.authority.too-long"],
    ["a path length that is exceeded", signedBy("tight") + file("tight") + root, "credentials.authority.too-long"],
    [
      "a server's certificate",
      signedBy("root", ["basicConstraints=CA:FALSE"]) + root,
      "credentials.authority.not-an-authority",
    ],
    [
      "no right to sign revocation lists",
      signedBy("root", ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign"]) + root,
      "credentials.authority.not-an-authority",
    ],
    ["an issuer for other purposes", signedBy("web") + file("web") + root, "credentials.authority.not-an-authority"],
    [
      "a setup certificate",
      signedBy("root", ["extendedKeyUsage=serverAuth,2.16.840.1.113741.1.2.3"]) + root,
      "credentials.authority.for-setup",
    ],
    ["a short key", signedBy("weak") + file("weak"), "credentials.authority.unsupported"],
    ["SHA-1", signedBy("old") + file("old") + root, "credentials.authority.unsupported"],
    ["names that leave out Vigil's", signedBy("narrow") + file("narrow") + root, "credentials.authority.constraints"],
  ];
  for (const [what, chainPem, code] of rows) assert.equal(refusal(inspect(chainPem)), code, what);
  const late = inspectAuthority(
    { chainPem: signedBy("root", authority, 10) + root, requestPem },
    { fleet, domains: [] },
    now + 11 * 86_400_000,
  );
  assert.equal(refusal(late), "credentials.authority.expired");
});

test("names that are permitted are enough when they hold the fleet's and Vigil's", () => {
  const names = "nameConstraints=permitted;DNS:corp.example,permitted;DNS:vigil.internal,excluded;DNS:lab.corp.example";
  corporate.tier("named", { by: "root", extensions: ["basicConstraints=critical,CA:TRUE", names] });
  const signed = corporate.sign(requestPem, "named", { extensions: authority });
  const chain = signed + corporate.openssl(["x509", "-in", corporate.path("named.pem")]) + root;
  assert.equal(refusal(inspect(chain)), "");
  const other = inspectAuthority({ chainPem: chain, requestPem }, { fleet, domains: ["lab.corp.example"] }, now);
  assert.equal(refusal(other), "credentials.authority.constraints");
});

test("a chain that some of the devices cannot use is refused, and both releases and devices are named", () => {
  corporate.tier("curve", { key: ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"] });
  const signed = corporate.sign(requestPem, "curve", { extensions: authority });
  const chain = signed + corporate.openssl(["x509", "-in", corporate.path("curve.pem")]);
  const inspection = inspect(chain);
  assert.equal(refusal(inspection), "credentials.authority.release-unsupported");
  const { found = "" } = inspection.checks.find(({ id }) => id === "releases") ?? {};
  assert.match(found, /release 7: 2 devices, e\.g\. 07070707-/);
  assert.doesNotMatch(found, /release 16/);
  assert.equal(refusal(inspect(chain, fleet.slice(0, 1))), "", "what no source decides refuses nothing");
  assert.equal(inspect(chain, fleet.slice(0, 1)).verdict, "warn");
});

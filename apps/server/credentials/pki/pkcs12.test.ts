import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { VigilError } from "@vigil/base/errors.ts";
import { aCertificate, pemOf } from "../../testing/certificate-maker.ts";
import { readPkcs12 } from "./pkcs12.ts";
import { inspectSetup } from "./inspection.ts";

// PFX files as the openssl program writes them, in every cipher that is met in practice.

const now = Date.UTC(2026, 5, 1);
const passphrase = "Grüße 14";
const kinds = {
  "as OpenSSL writes today": [],
  "as Windows and OpenSSL 1 wrote: RC2 and 3DES": ["-legacy"],
  "3DES throughout": ["-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"],
  "AES-128, certificates open": ["-keypbe", "AES-128-CBC", "-certpbe", "NONE", "-macalg", "sha512"],
  "without a mark": ["-nomac"],
} as const;

let folder: string;
let keyPem: string;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "vigil-pfx-"));
  const root = await aCertificate({ name: [{ CN: ["PFX Root"] }], authority: true }, now);
  const usages = ["1.3.6.1.5.5.7.3.1", "2.16.840.1.113741.1.2.3"];
  const leaf = await aCertificate({ name: [{ CN: ["vigil.corp.example"] }], by: root, usages }, now);
  keyPem = leaf.key.pem;
  writeFileSync(join(folder, "chain.pem"), pemOf(leaf, root));
  writeFileSync(join(folder, "key.pem"), keyPem);
});
after(() => rmSync(folder, { recursive: true, force: true }));

function pfx(options: readonly string[], secret = passphrase): Buffer {
  const out = join(folder, "out.pfx");
  const files = ["-inkey", join(folder, "key.pem"), "-in", join(folder, "chain.pem"), "-out", out];
  const env = { ...process.env, PFX_PASSPHRASE: secret };
  execFileSync("openssl", ["pkcs12", "-export", ...files, "-passout", "env:PFX_PASSPHRASE", ...options], { env });
  return readFileSync(out);
}

for (const [kind, options] of Object.entries(kinds)) {
  test(`a PFX file opens ${kind}, and not with another passphrase`, () => {
    const file = pfx(options);
    const inspection = inspectSetup({ pfx: file, passphrase }, now);
    assert.equal(
      inspection.checks.find(({ verdict }) => verdict === "fail"),
      undefined,
    );
    assert.equal(inspection.chain?.members.length, 2);
    assert.equal(inspection.keyPem, keyPem);
    assert.throws(() => readPkcs12(file, "another"), hasCode("provisioning.certificate.passphrase"));
  });
}

test("a PFX file without a passphrase opens without one", () => {
  for (const options of [[], ["-legacy"]]) {
    assert.equal(inspectSetup({ pfx: pfx(options, "") }, now).chain?.members.length, 2);
  }
});

test("a PFX file that was cut anywhere, or changed, is refused with a code and never more", () => {
  const file = pfx(kinds["3DES throughout"]);
  const tries: Uint8Array[] = [];
  for (let length = 0; length < file.length; length += 7) tries.push(file.subarray(0, length));
  for (let at = 0; at < file.length; at += 11) {
    const changed = Uint8Array.from(file);
    changed[at] = (changed[at] ?? 0) ^ 0x55;
    tries.push(changed);
  }
  for (const one of tries) {
    const { checks } = inspectSetup({ pfx: one, passphrase }, now);
    assert.ok(checks.every(({ code }) => code === null || code.startsWith("provisioning.certificate.")));
  }
});

test("a file that asks for days of hashing is refused at once", () => {
  const file = pfx([...kinds["without a mark"], "-iter", "300000"]);
  assert.throws(() => readPkcs12(file, passphrase), hasCode("provisioning.certificate.unreadable"));
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof VigilError && error.code === code;
}

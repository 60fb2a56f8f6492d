import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { VirtualDevice } from "../device.ts";
import { newIssuer } from "../firmware/issuer.ts";
import type { Fleet } from "../fleet.ts";
import { aFleet, deviceOf, identifyEnvelope, run } from "../testing/tools.ts";

// A device in factory state, as openssl and curl see it on port 16993. The managers' certificates are openssl's too.

const directory = mkdtempSync(join(tmpdir(), "vigil-tls-"));
const path = (name: string): string => join(directory, name);
let fleet: Fleet;
let device: VirtualDevice;

async function openssl(...args: string[]): Promise<void> {
  const { code, stderr } = await run("openssl", args);
  assert.equal(code, 0, stderr);
}

async function makeRoot(name: string): Promise<void> {
  const key = ["-newkey", "rsa:2048", "-nodes", "-keyout", path(`${name}.key`)];
  await openssl("req", "-x509", ...key, "-subj", `/CN=${name}`, "-days", "30", "-out", path(`${name}.pem`));
}

interface Leaf {
  readonly root: string;
  readonly commonName: string;
  readonly usages?: string;
  readonly unit?: string;
}

/** Writes NAME.pem (leaf, then root) and NAME.key. */
async function makeLeaf(name: string, { root, commonName, usages, unit }: Leaf): Promise<void> {
  const subject = `/CN=${commonName}${unit === undefined ? "" : `/OU=${unit}`}`;
  await openssl(
    "req",
    "-new",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    path(`${name}.key`),
    "-subj",
    subject,
    "-out",
    path(`${name}.csr`),
  );
  writeFileSync(
    path(`${name}.ext`),
    usages === undefined ? "basicConstraints=CA:FALSE\n" : `extendedKeyUsage=${usages}\n`,
  );
  const by = ["-CA", path(`${root}.pem`), "-CAkey", path(`${root}.key`), "-CAcreateserial"];
  await openssl(
    "x509",
    "-req",
    "-in",
    path(`${name}.csr`),
    ...by,
    "-days",
    "30",
    "-extfile",
    path(`${name}.ext`),
    "-out",
    path(`${name}.leaf`),
  );
  writeFileSync(
    path(`${name}.pem`),
    readFileSync(path(`${name}.leaf`), "utf8") + readFileSync(path(`${root}.pem`), "utf8"),
  );
}

/** What curl gets when it shows that certificate; the code is 0 when a login was let in. */
function identifyAs(name: string, password = "admin"): Promise<{ code: number; stdout: string; stderr: string }> {
  const proof = ["--cert", path(`${name}.pem`), "--key", path(`${name}.key`)];
  const what = ["--digest", "-u", `admin:${password}`, "--data-binary", identifyEnvelope, "-w", "%{http_code}"];
  return run("curl", ["-sS", "-k", "-m", "10", ...proof, ...what, `https://${device.address}:16993/wsman`]);
}

const setupUsages = "serverAuth,2.16.840.1.113741.1.2.3";

before(async () => {
  await makeRoot("trusted");
  await makeRoot("stranger");
  const trustedLeaf = { root: "trusted", commonName: "setup.site.example" };
  await makeLeaf("good", { ...trustedLeaf, usages: setupUsages });
  await makeLeaf("by-unit", { ...trustedLeaf, unit: "Intel(R) Client Setup Certificate" });
  await makeLeaf("wrong-root", { root: "stranger", commonName: "setup.site.example", usages: setupUsages });
  await makeLeaf("wrong-domain", { root: "trusted", commonName: "setup.elsewhere.example", usages: setupUsages });
  await makeLeaf("wrong-usage", { ...trustedLeaf, usages: "serverAuth" });
  const root = new X509Certificate(readFileSync(path("trusted.pem")));
  const hash = createHash("sha256").update(root.raw).digest("hex");
  fleet = await aFleet({ trustedRootHashes: [hash] });
  device = deviceOf(fleet);
});
after(async () => {
  await fleet.stop();
  rmSync(directory, { recursive: true, force: true });
});

test("openssl s_client sees a self-signed certificate of its own, and is asked for one", async () => {
  const { stdout } = await run("openssl", ["s_client", "-connect", `${device.address}:16993`, "-tls1_2"]);
  assert.match(stdout, /Verify return code: 18 \(self-signed certificate\)/);
  assert.match(stdout, new RegExp(`CN = ${device.firmware.uuid}`));
  assert.match(stdout, /Client Certificate Types: RSA sign/);
  assert.match(stdout, /Protocol {2}: TLSv1\.2/);
  assert.match(stdout, /Server public key is 2048 bit/);
});

test("release 12 speaks TLS 1.1 and 1.2, neither what was before nor what came after", async () => {
  for (const [version, isSpoken] of [
    ["-tls1", false],
    ["-tls1_1", true],
    ["-tls1_2", true],
    ["-tls1_3", false],
  ] as const) {
    const cipher = ["-cipher", "DEFAULT@SECLEVEL=0"];
    const { code } = await run("openssl", ["s_client", "-connect", `${device.address}:16993`, version, ...cipher]);
    assert.equal(code === 0, isSpoken, version);
  }
});

test("a manager whose chain ends in a trusted root, named below the domain suffix, is let in: by usage or by unit", async () => {
  for (const name of ["good", "by-unit"]) {
    const { code, stdout, stderr } = await identifyAs(name);
    assert.equal(code, 0, `${name}: ${stderr}`);
    assert.match(stdout, /200$/);
  }
});

test("with a certificate the password is still asked for", async () => {
  assert.match((await identifyAs("good", "wrong")).stdout, /401$/);
});

for (const name of ["wrong-root", "wrong-domain", "wrong-usage"]) {
  test(`a manager with a ${name} certificate is hung up on`, async () => {
    const { code, stdout } = await identifyAs(name);
    assert.ok([35, 52, 55, 56].includes(code), `curl ended with ${code}: ${stdout}`);
  });
}

test("a device that an authority's server set up long ago shows that authority's certificate, made out to its uuid", async () => {
  const issuer = await newIssuer("Some authority");
  writeFileSync(path("issuer.pem"), issuer.certificatePem);
  await using own = await aFleet({ provisioned: { password: "P@ssw0rd!", acceptsPlain: false, issuer } });
  const { address, firmware } = deviceOf(own);
  const verify = ["-CAfile", path("issuer.pem"), "-verify_hostname", firmware.uuid, "-verify_return_error"];
  const { code, stdout } = await run("openssl", ["s_client", "-connect", `${address}:16993`, ...verify]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /Verify return code: 0 \(ok\)/);
});

test("a mute device takes connections and says nothing, until they end", async () => {
  await using own = await aFleet();
  const mute = deviceOf(own);
  mute.faults.set({ misbehavior: { kind: "mute" } });
  const command = ["-k", "-m", "0.5", "-w", "%{time_connect} %{time_appconnect}", `https://${mute.address}:16993/`];
  const { code, stdout } = await run("curl", ["-s", ...command]);
  assert.equal(code, 28, "curl gave up");
  assert.match(stdout, /^0\.00\d+ 0\.0+$/, "it was connected, and there was no handshake");
  while (mute.openConnections > 0) await new Promise((resolve) => setImmediate(resolve));
});

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { aCertificate, pemOf } from "@vigil/server/testing/certificate-maker.ts";
import { aDnsServer, type Zone } from "@vigil/server/testing/dns-server.ts";
import { runVigil, type Finished } from "../programs.ts";
import { setStage, stageDomain, untilProvisioned, type Stage } from "../stage.ts";

// `vigil certificates` and `vigil dns`, as scripts use them: JSON on stdout and exit codes.

const both = ["1.3.6.1.5.5.7.3.1", "2.16.840.1.113741.1.2.3"];

let dns: Awaited<ReturnType<typeof aDnsServer>>;
let stage: Stage;
let folder: string;
const zone: Record<string, Zone[string]> = {};
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "vigil-cli-"));
  dns = await aDnsServer(zone);
  stage = await setStage({ devices: 1, serverArgs: ["--dns", dns.address] });
  await untilProvisioned(stage, 1);
});
after(async () => {
  await stage[Symbol.asyncDispose]();
  await dns[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

function vigil(args: readonly string[]): Promise<Finished> {
  return runVigil([...args, "--json"], { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token });
}

test("inspect tells a good file from a bad one by its exit code, add keeps the good one, and verdict names it", async () => {
  const now = Date.now();
  const root = await aCertificate({ name: [{ CN: ["CLI Root"] }], authority: true }, now);
  const leaf = await aCertificate({ name: [{ CN: [`cli.${stageDomain}`] }], usages: both, by: root }, now);
  const [good, bad] = [join(folder, "good.pem"), join(folder, "bad.pem")];
  writeFileSync(good, pemOf(leaf, root) + leaf.key.pem);
  writeFileSync(bad, pemOf(leaf) + leaf.key.pem);
  const wrong = await vigil(["certificates", "inspect", bad]);
  assert.equal(wrong.code, 1, wrong.stderr);
  assert.match(wrong.stdout, /provisioning\.certificate\.incomplete/);
  const device = stage.fleet.devices[0]?.address ?? "";
  const right = await vigil(["certificates", "inspect", good]);
  assert.equal(right.code, 0, right.stderr);
  const refused = await vigil(["certificates", "inspect", good, "--device", device]);
  assert.equal(refused.code, 1, "the device does not list that root");
  assert.equal((await vigil(["certificates", "add", bad])).code, 2);
  const added = await vigil(["certificates", "add", good, "--name", "From a script"]);
  assert.equal(added.code, 0, added.stderr);
  const verdict = await vigil(["certificates", "verdict", device]);
  assert.equal(verdict.code, 0);
  const said: { items: { certificate: { name: string }; verdict: { answer: string } }[] } = JSON.parse(verdict.stdout);
  assert.deepEqual(
    said.items.map((one) => [one.certificate.name, one.verdict.answer]),
    [
      ["Vigil's own", "yes"],
      ["From a script", "no"],
    ],
  );
  assert.equal((await vigil(["certificates", "coverage"])).code, 0);
  assert.equal((await vigil(["certificates", "remove", "From a script"])).code, 0);
  assert.equal((await vigil(["certificates", "remove", "From a script"])).code, 2);
  assert.match((await vigil(["certificates", "list"])).stdout, /Vigil's own/);
});

test("dns check fails until the record is there", async () => {
  const early = await vigil(["dns", "check"]);
  assert.equal(early.code, 1);
  assert.match(early.stdout, /"missing"/);
  zone[`provisionserver.${stageDomain}`] = { a: ["127.0.0.1"] };
  const now = await vigil(["dns", "check", stageDomain]);
  assert.equal(now.code, 0, now.stdout);
});

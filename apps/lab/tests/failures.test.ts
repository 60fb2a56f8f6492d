import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import { aCertificate, hashOf, pemOf } from "@vigil/server/testing/certificate-maker.ts";
import type { Misbehavior } from "@vigil/virtual-device/faults.ts";
import { startFleet, type Fleet, type FleetOptions } from "@vigil/virtual-device/fleet.ts";
import { runVigil, type Finished } from "../programs.ts";
import { setStage, stageDomain, until, type Stage } from "../stage.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

// Every failure has a code of its own, and what helps begins again by itself.

/** What each device does wrong, and what its attempt may end with: a line that breaks can be met at more than one place. */
const corpus: readonly (readonly [Misbehavior, ...string[]])[] = [
  [{ kind: "refuse" }, "amt.connect.refused"],
  [{ kind: "mute" }, "provisioning.step.timeout"],
  [{ kind: "drop" }, "amt.connect.reset", "amt.answer.incomplete", "provisioning.certificate.refused"],
  [{ kind: "half", then: "close" }, "amt.answer.incomplete", "amt.connect.reset", "provisioning.certificate.refused"],
  [{ kind: "mismatch" }, "amt.answer.mismatched"],
  [{ kind: "unauthorized" }, "provisioning.device.foreign"],
  [{ kind: "fault", name: "AccessDenied" }, "wsman.fault.accessDenied"],
  [{ kind: "fault", name: "InternalError" }, "wsman.fault.internalError"],
  [{ kind: "fault", name: "SchemaValidationError" }, "wsman.fault.schemaValidationError"],
  [{ kind: "body", text: "<html>" }, "amt.answer.invalid"],
];

let stage: Stage;
before(async () => {
  stage = await setStage({
    devices: corpus.length,
    fleet: { listen: "own", faults: (index) => ({ misbehavior: corpus[index]?.[0] ?? { kind: "refuse" } }) },
  });
});
after(() => stage[Symbol.asyncDispose]());

function aFleet(options: Partial<FleetOptions>): Promise<Fleet> {
  return startFleet({
    count: 1,
    firstAddress: someAddress(),
    clock: systemClock(),
    log: silentLog(),
    trustedRootHashes: [stage.rootHash],
    domainSuffix: stageDomain,
    hello: { host: "127.0.0.1", port: stage.helloPort },
    ...options,
  });
}

function vigil(args: readonly string[]): Promise<Finished> {
  return runVigil(args, { VIGIL_URL: stage.url, VIGIL_TOKEN: stage.token });
}

const entryOf = async (id: string) => (await stage.client.provisioning.show({ params: { id } })).entry;

test("each way to fail ends with a code of its own, and none is unknown", async () => {
  for (const [index, { firmware }] of stage.fleet.devices.entries()) {
    const [misbehavior, ...codes] = corpus[index] ?? [{ kind: "hang" } as const];
    const code = async (): Promise<string | undefined> =>
      (await stage.client.devices.show({ params: { id: firmware.uuid } }).catch(() => undefined))?.error?.code;
    await until(`${JSON.stringify(misbehavior)} has a code`, async () => (await code()) !== undefined);
    assert.ok(codes.includes((await code()) ?? ""), `${JSON.stringify(misbehavior)} ended with ${await code()}`);
  }
  const { items } = await stage.client.provisioning.failures();
  const met = items.filter(({ failed, waiting }) => failed + waiting > 0);
  assert.ok(met.length >= 8, `${met.length} codes`);
  assert.ok(met.every(({ code, cause, next }) => code !== "base.unexpected" && cause !== "" && next !== ""));
  assert.ok(items.length >= 40, `${items.length} codes in the catalogue`);
});

test("'retry these' begins again with all that failed with a code, from the command line too", async () => {
  const code = "provisioning.certificate.untrusted";
  await using fleet = await aFleet({ count: 2, trustedRootHashes: [] });
  const [first, second] = fleet.devices.map(({ firmware }) => firmware.uuid);
  assert.ok(first !== undefined && second !== undefined);
  const tries = async (id: string): Promise<number> =>
    (await stage.client.provisioning.show({ params: { id } })).attempts[0]?.number ?? 0;
  const failed = async (): Promise<number> =>
    (await stage.client.provisioning.failures()).items.find((one) => one.code === code)?.failed ?? 0;
  await until("both have failed", async () => (await failed()) === 2);
  const listed = await vigil(["provisioning", "failures"]);
  assert.match(listed.stdout, /provisioning\.certificate\.untrusted/);
  const triesBefore = [await tries(first), await tries(second)];
  // A hello of its own may have begun again with one at that very moment: then there is one less to reopen.
  await until("both are reopened", async () => {
    const retried = await vigil(["provisioning", "retry", code, "--json"]);
    return retried.stdout.includes('"reopened": 2');
  });
  await until("both are tried again", async () => {
    const now = [await tries(first), await tries(second)];
    return now.every((count, index) => count > (triesBefore[index] ?? 0));
  });
});

test("a device that had no setup certificate is provisioned when one is added, without anybody asking", async () => {
  const now = Date.now();
  const root = await aCertificate({ name: [{ CN: ["Late Root"] }], authority: true }, now);
  const both = ["1.3.6.1.5.5.7.3.1", "2.16.840.1.113741.1.2.3"];
  const leaf = await aCertificate({ name: [{ CN: [`late.${stageDomain}`] }], usages: both, by: root }, now);
  await using fleet = await aFleet({ trustedRootHashes: [await hashOf(root)] });
  const uuid = fleet.devices[0]?.firmware.uuid ?? "";
  const code = async (): Promise<string | undefined> => (await entryOf(uuid).catch(() => null))?.error?.code;
  await until("it has no certificate", async () => (await code()) === "provisioning.certificate.untrusted");
  const { hellos } = await stage.client.provisioning.show({ params: { id: uuid } });
  assert.equal(
    hellos?.hashes.every(({ certificate }) => certificate === null),
    true,
  );
  assert.equal(hellos?.window?.isOpen, true);
  await stage.client.setupCertificates.add({ body: { chainPem: pemOf(leaf, root), keyPem: leaf.key.pem } });
  await until("it is provisioned", async () => (await entryOf(uuid))?.state === "done");
  const { attempts } = await stage.client.provisioning.show({ params: { id: uuid } });
  assert.match(attempts[0]?.notes[0]?.facts["setup certificate"] ?? "", /late/);
});

test("delayed provisioning finds a device that comes back where it was, and leaves alone what nothing can help", async () => {
  const [silent] = stage.fleet.devices;
  assert.ok(silent !== undefined);
  const { uuid } = silent.firmware;
  await until("it is given up", async () => (await entryOf(uuid))?.nextTryAt !== undefined);
  const [, , , , , , ...faulty] = stage.fleet.devices;
  for (const one of [silent, ...faulty]) one.faults.clear();
  const told = await vigil(["provisioning", "delayed", "on", "--every", "12", "--json"]);
  assert.equal(told.code, 0, told.stderr);
  const { lastRound, policy } = await stage.client.provisioning.runDelayed();
  assert.equal(policy.everyHours, 12);
  assert.ok(lastRound !== null);
  assert.equal(lastRound.targets, lastRound.reopened + lastRound.silent + lastRound.skipped);
});

test("a check is ignored until a day, for a reason, by somebody; who a device is, is never ignored", async () => {
  const endsAt = new Date(Date.now() + 86_400_000).toISOString();
  const body = { check: "dns", reason: "suffixes are being moved", endsAt } as const;
  const { ignored } = await stage.client.provisioning.ignoreCheck({ body });
  assert.equal(ignored[0]?.reason, "suffixes are being moved");
  const { items } = await stage.client.audit.list({ query: { search: "provisioning.check-ignored", limit: 1 } });
  assert.match(items[0]?.summary ?? "", /suffixes are being moved/);
  const late = { ...body, endsAt: new Date(Date.now() + 365 * 86_400_000).toISOString() };
  await assert.rejects(stage.client.provisioning.ignoreCheck({ body: late }), { code: "provisioning.delayed.end" });
  const refused = await vigil([
    "provisioning",
    "delayed",
    "ignore",
    "identity",
    "--until",
    "2999-01-01",
    "--reason",
    "no",
  ]);
  assert.equal(refused.code, 2);
  await stage.client.provisioning.endIgnoring({ params: { id: ignored[0]?.id ?? 0 } });
  assert.deepEqual((await stage.client.provisioning.delayed()).ignored, []);
});

test("a site's devices are begun two at a time, and those outside it are not held up", async () => {
  const first = someAddress();
  const subnet = `${first.split(".").slice(0, 3).join(".")}.0/24`;
  const made = await vigil([
    "provisioning",
    "site",
    "Branch",
    "--subnet",
    subnet,
    "--at-once",
    "2",
    "--hold",
    "--json",
  ]);
  assert.equal(made.code, 0, made.stderr);
  await using inside = await aFleet({ count: 4, firstAddress: first });
  await using outside = await aFleet({ count: 2 });
  const states = async (fleet: Fleet) =>
    Promise.all(fleet.devices.map(async ({ firmware }) => (await entryOf(firmware.uuid).catch(() => null))?.state));
  await until("those outside are provisioned", async () => (await states(outside)).every((one) => one === "done"));
  await until("those inside wait", async () => (await states(inside)).every((one) => one === "waiting"));
  const uuid = inside.devices[0]?.firmware.uuid ?? "";
  assert.deepEqual([(await entryOf(uuid))?.site, (await entryOf(uuid))?.waitsFor], ["Branch", "site-held"]);
  assert.equal((await vigil(["provisioning", "site", "Branch", "--resume"])).code, 0);
  await until("they are provisioned too", async () => (await states(inside)).every((one) => one === "done"));
  const { items } = await stage.client.provisioning.sites();
  assert.equal(items.find(({ name }) => name === "Branch")?.mostAtOnce, 2);
});

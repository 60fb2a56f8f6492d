import assert from "node:assert/strict";
import { randomBytes, randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { systemClock, testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { Audit } from "@vigil/server/audit/audit.ts";
import { Credentials, Sealed, type DeviceNames } from "@vigil/server/credentials/credentials.ts";
import { accountNameOf } from "@vigil/server/directories/account.ts";
import { findComputer } from "@vigil/server/directories/computer.ts";
import { Directories, type DirectoryPlace } from "@vigil/server/directories/directories.ts";
import { openSession } from "@vigil/server/directories/session.ts";
import { aDatabase } from "@vigil/server/testing/a-server.ts";
import { run } from "../programs.ts";
import { startSamba, whyNoSamba, type Samba } from "../samba.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

// The directory's side of a device's key, against a real Active Directory.

const skip = whyNoSamba() ?? false;
const realm = "LAB.EXAMPLE";
const unit = "OU=AMT,DC=lab,DC=example";
const password = "P4ss-of-this-test";
/** It is moved to show how keys age; sessions are too short to notice. */
const clock = testClock(Date.UTC(2026, 5, 1));
const dayMs = 86_400_000;

let samba: Samba;
let postgres: Postgres;
let credentials: Credentials;
let directories: Directories;

before(async () => {
  if (skip !== false) return;
  samba = await startSamba(realm, someAddress());
  await samba.delegate(unit, password);
  await samba.tool("ou", "create", "OU=Locked,DC=lab,DC=example");
  postgres = await aDatabase(clock);
  const options = { postgres, clock, log: silentLog(), masterKey: randomBytes(32), domainSuffix: "lab.example" };
  credentials = await Credentials.start(options);
  directories = new Directories({ postgres, credentials, audit: new Audit(postgres, clock), clock });
  await directories.put("test", realm, settings(), password);
});

after(async () => {
  await postgres?.close();
  await samba?.[Symbol.asyncDispose]();
});

function settings(): Parameters<Directories["put"]>[2] {
  return {
    urls: [`ldaps://${samba.address}`],
    baseDn: samba.baseDn,
    bindDn: "vigil@lab.example",
    organizationalUnit: unit,
    rootPem: samba.rootPem,
    cleanUp: "delete",
    hasPortlessName: false,
    allowsRc4: false,
  };
}

function placeOf(hostName: string): DirectoryPlace {
  const serviceNames = [16_992, 16_993].map((port) => `HTTP/${hostName}.lab.example:${port}`);
  return { realm: "lab.example", organizationalUnit: "", rotateDays: 90, serviceNames, encryption: "aes256Sha1" };
}

function aDevice(hostName: string): DeviceNames {
  return { uuid: randomUUID(), hostName, domainName: "lab.example", address: "127.0.0.1" };
}

/** What the KDC holds for the account, by its own tools. */
async function keyInKdc(
  account: string,
  encryption: string,
): Promise<{ readonly key: string; readonly version: number }> {
  const keytab = `/tmp/vigil-keytab-${randomUUID()}`;
  await samba.tool("domain", "exportkeytab", keytab, `--principal=${account}`);
  const { stdout } = await run("klist", ["-K", "-e", "-k", keytab]);
  await run("rm", [keytab]);
  const line = stdout.split("\n").find((one) => one.includes(encryption)) ?? stdout;
  const [, version, key] = /^\s*(\d+) .*\(0x([0-9a-f]+)\)/.exec(line) ?? [];
  return { key: key ?? line, version: Number(version) };
}

async function checksOf(at: string): Promise<readonly string[]> {
  const checks = await directories.test(realm, at, new AbortController().signal);
  return checks.flatMap(({ name, error }) =>
    error === null ? [] : [`${name} ${error.code} ${error.details["right"] ?? ""}`],
  );
}

test(
  "a test does all that is done to devices, leaves nothing behind, and names what is missing",
  { skip },
  async () => {
    assert.deepEqual(await checksOf(unit), []);
    assert.doesNotMatch(await samba.tool("computer", "list"), /^AMT/m);
    assert.deepEqual(await checksOf("OU=Locked,DC=lab,DC=example"), [
      "create directory.right.missing create computer objects",
    ]);
    assert.deepEqual(await checksOf("OU=Gone,DC=lab,DC=example"), ["unit directory.unit.missing read"]);
    assert.equal((await directories.get(realm)).error?.code, "directory.unit.missing");
  },
);

test("STARTTLS does as well, and the next server is asked when one is down", { skip }, async () => {
  const urls = ["ldaps://127.0.0.1:9", `ldap://${samba.address}`];
  await directories.put("test", realm, { ...settings(), urls }, undefined);
  assert.deepEqual(await checksOf(unit), []);
  await directories.put("test", realm, settings(), undefined);
});

test("what stands between Vigil and the directory has a code of its own", { skip }, async () => {
  const own = settings();
  const login = { ...own, password: new Sealed(() => password) };
  const opening = (change: Partial<typeof login>) => openSession({ ...login, ...change }, { clock });
  await assert.rejects(opening({ password: new Sealed(() => "wrong") }), (error: Record<string, unknown>) => {
    assert.equal(error["code"], "directory.login.refused");
    assert.deepEqual(error["details"], { account: "vigil@lab.example", reason: "the password is wrong" });
    return true;
  });
  for (const scheme of ["ldap", "ldaps"]) {
    const untrusting = opening({ urls: [`${scheme}://${samba.address}`], rootPem: null });
    await assert.rejects(untrusting, { code: "directory.tls.untrusted" });
  }
  await assert.rejects(opening({ urls: ["ldaps://127.0.0.1:9"] }), { code: "directory.unreachable" });
});

test("an object is made, and its key is the one that the KDC has", { skip }, async () => {
  const device = aDevice("desk-1");
  const account = accountNameOf(device.uuid);
  assert.equal(await directories.current(device, placeOf("desk-1")), undefined);
  const key = await directories.next(device, placeOf("desk-1"));
  const held = await keyInKdc(account, "aes256");
  assert.deepEqual(held, { key: Buffer.from(key.key.open("compare")).toString("hex"), version: key.version });
  const again = await directories.current(device, placeOf("desk-1"));
  assert.equal(again?.version, key.version);
  assert.doesNotMatch(JSON.stringify([key, again]), /open|P4ss/);
});

test("the key for an old device is RC4's, where that is allowed", { skip }, async () => {
  const device = aDevice("old-1");
  const place = { ...placeOf("old-1"), encryption: "rc4Hmac" } as const;
  await assert.rejects(directories.next(device, place), { code: "directory.encryption.old" });
  await directories.put("test", realm, { ...settings(), allowsRc4: true }, undefined);
  const key = await directories.next(device, place);
  const held = await keyInKdc(accountNameOf(device.uuid), "arcfour");
  assert.equal(held.key, Buffer.from(key.key.open("compare")).toString("hex"));
  await directories.put("test", realm, settings(), undefined);
});

test("a device that is renamed keeps its object and its key, and its names follow", { skip }, async () => {
  const device = aDevice("before");
  const key = await directories.next(device, placeOf("before"));
  const renamed = { ...device, hostName: "afterwards" };
  assert.equal(await directories.current(renamed, placeOf("afterwards")), undefined);
  const same = await directories.next(renamed, placeOf("afterwards"));
  assert.equal(same.version, key.version);
  const shown = await samba.tool("computer", "show", accountNameOf(device.uuid).slice(0, -1));
  assert.match(shown, /^dNSHostName: afterwards.lab.example$/m);
  assert.doesNotMatch(shown, /before/);
});

test("a name that another object has is refused, and the other one named", { skip }, async () => {
  await samba.tool("computer", "create", "rival");
  await samba.tool("spn", "add", "HTTP/desk-2.lab.example:16993", "rival$");
  await assert.rejects(directories.next(aDevice("desk-2"), placeOf("desk-2")), (error: Record<string, unknown>) => {
    assert.equal(error["code"], "directory.name.taken");
    assert.match(JSON.stringify(error["details"]), /HTTP\/desk-2.lab.example:16993.*CN=rival,CN=Computers/);
    return true;
  });
});

test("an object of the same account name that somebody else made is left alone", { skip }, async () => {
  const device = aDevice("desk-3");
  await samba.tool("computer", "create", accountNameOf(device.uuid).slice(0, -1));
  await assert.rejects(directories.next(device, placeOf("desk-3")), { code: "directory.object.foreign" });
});

test("a password that is on its way is set again, not replaced by another one", { skip }, async () => {
  const device = aDevice("desk-4");
  const { secret } = await postgres.transaction((tx) => credentials.nextSecret(tx, device.uuid, "directory-password"));
  const key = await directories.next(device, placeOf("desk-4"));
  const [held] = await credentials.secretsOf(device.uuid, "directory-password");
  assert.equal(held?.state, "applied");
  assert.equal(held?.secret.open("compare"), secret.open("compare"));
  assert.equal((await directories.current(device, placeOf("desk-4")))?.version, key.version);
});

test("a key is due ten days ahead of its time, and when somebody has reset its password", { skip }, async () => {
  const device = aDevice("desk-5");
  const place = placeOf("desk-5");
  const first = await directories.next(device, place);
  await postgres.transaction((tx) => credentials.confirm(tx, device.uuid, "directory-password"));
  await clock.advance(79 * dayMs);
  assert.equal((await directories.current(device, place))?.version, first.version);
  assert.deepEqual(await directories.passwordsSetBefore(realm, new Date(clock.now() - 80 * dayMs)), []);
  await clock.advance(2 * dayMs);
  assert.equal(await directories.current(device, place), undefined);
  assert.ok((await directories.passwordsSetBefore(realm, new Date(clock.now() - 80 * dayMs))).includes(device.uuid));
  const second = await directories.next(device, place);
  assert.equal(second.version, first.version + 1);
  assert.notDeepEqual(second.key.open("compare"), first.key.open("compare"));
  await samba.tool("user", "setpassword", accountNameOf(device.uuid), "--newpassword=Somebody-Else-1");
  assert.equal(await directories.current(device, place), undefined);
});

test(
  "an object is deleted or switched off, as the settings say, and one that is gone is no failure",
  { skip },
  async () => {
    const [gone, off, missing] = ["desk-6", "desk-7", "desk-8"].map(aDevice);
    assert.ok(gone !== undefined && off !== undefined && missing !== undefined);
    for (const one of [gone, off, missing]) await directories.next(one, placeOf(one.hostName));
    await assert.rejects(directories.remove("test", realm), { code: "directory.in-use" });
    await samba.tool("computer", "delete", accountNameOf(missing.uuid).slice(0, -1));
    assert.equal(await directories.removeObject("test", missing.uuid), true);
    assert.equal(await directories.removeObject("test", gone.uuid), true);
    assert.equal(await directories.removeObject("test", gone.uuid), false);
    await directories.put("test", realm, { ...settings(), cleanUp: "disable" }, undefined);
    assert.equal(await directories.removeObject("test", off.uuid), true);
    const shown = await samba.tool("computer", "show", accountNameOf(off.uuid).slice(0, -1));
    assert.match(shown, /^userAccountControl: 4098$/m);
    assert.doesNotMatch(shown, /servicePrincipalName/);
    assert.doesNotMatch(await samba.tool("computer", "list"), new RegExp(accountNameOf(gone.uuid).slice(0, -1)));
    assert.deepEqual(await credentials.secretsOf(gone.uuid, "directory-password"), []);
  },
);

test("no name is read as a part of a filter, and no wrong one gets into the directory", { skip }, async () => {
  using session = await openSession({ ...settings(), password: new Sealed(() => password) }, { clock: systemClock() });
  for (const account of ["*", "AMT*", "*)(objectClass=*", "x)(|(cn=*", "\\2a", "a\u0000b"])
    assert.equal(await findComputer(session, samba.baseDn, account), undefined, account);
  for (const hostName of ["*", "a)(cn=*", "a,OU=x", "a\nb", "", "ä"])
    await assert.rejects(directories.next(aDevice(hostName), placeOf(hostName)), { code: "directory.name.invalid" });
});

test("what a directory answered last stands with its settings", { skip }, async () => {
  const { answeredAt, failedAt, error } = await directories.get(realm);
  assert.ok(answeredAt !== null && failedAt !== null);
  assert.match(error?.code ?? "", /^directory\./);
  assert.doesNotMatch(JSON.stringify(await directories.list()), new RegExp(password));
});

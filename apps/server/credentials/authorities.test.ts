import assert from "node:assert/strict";
import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { aDatabase } from "../testing/a-server.ts";
import { CorporateAuthority } from "../testing/corporate-authority.ts";
import { Credentials, type DeviceAuthority, type DeviceNames } from "./credentials.ts";
import { blocksOf } from "./device-authority.ts";
import { MasterKey } from "./master-key.ts";
import { newAuthority } from "./pki/authority.ts";
import { authorityRequest } from "./pki/authority-request.ts";
import { Vault } from "./vault.ts";

const dayMs = 86_400_000;
const nowhere = { fleet: [], domains: [] };
const authorityExtensions = ["basicConstraints=critical,CA:TRUE,pathlen:0", "keyUsage=critical,keyCertSign,cRLSign"];
/** Its time is the program's: what openssl signs has to be valid. */
const openssl = new CorporateAuthority();
after(() => openssl[Symbol.dispose]());

function namesOf(uuid: string): DeviceNames {
  return { uuid, hostName: "pc-7", domainName: "corp.example", address: "10.0.0.7" };
}

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    const clock = testClock(new X509Certificate(openssl.tier(`clock ${kind}`).pem).validFromDate.getTime() + 60_000);
    const masterKey = randomBytes(32);
    let postgres: Postgres;
    let credentials: Credentials;

    before(async () => {
      postgres = await aDatabase(clock, kind);
      credentials = await start();
    });
    after(() => postgres.close());

    function start(): Promise<Credentials> {
      const url = "http://vigil.corp.example:9970";
      const options = { postgres, clock, log: silentLog(), masterKey, domainSuffix: "corp.example", publicUrl: url };
      return Credentials.start(options);
    }

    /** As a device would: it asks over a key of its own, and is met with what it got. */
    async function issuedTo(uuid: string): Promise<X509Certificate> {
      const { requestPem } = await authorityRequest("any", "any");
      const request = Buffer.from(requestPem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
      const { der } = await credentials.issued.issue(request, namesOf(uuid));
      await credentials.issued.shown(uuid, der);
      return new X509Certificate(der);
    }

    async function inUse(): Promise<DeviceAuthority> {
      const all = await credentials.authorities.list();
      const found = all.find(({ state }) => state === "in-use");
      assert.ok(found !== undefined);
      return found;
    }

    async function outside(name: string): Promise<DeviceAuthority> {
      const root = openssl.tier(`${name} root`);
      const middle = openssl.tier(`${name} middle`, { by: `${name} root` });
      return postgres.transaction(async (tx) => {
        const { id } = await credentials.authorities.create(tx, { name, kind: "outside", commonName: name });
        const { requestPem } = await credentials.authorities.request(tx, id);
        const signed = openssl.sign(requestPem ?? "", `${name} middle`, { extensions: authorityExtensions });
        return credentials.authorities.install(tx, id, root.pem + signed + middle.pem, nowhere);
      });
    }

    function use(id: string): Promise<unknown> {
      return postgres.transaction((tx) => credentials.authorities.use(tx, id, nowhere));
    }

    /** What the openssl program says to a certificate, with the revocation list of its authority. */
    async function verify(certificate: X509Certificate, authority: DeviceAuthority): Promise<string> {
      const [root = "", ...issuers] = blocksOf(authority.chainPem ?? "").toReversed();
      const list = await credentials.issued.revocationList(authority.id);
      openssl.write("list.crl", list?.der ?? "");
      openssl.openssl(["crl", "-inform", "DER", "-in", openssl.path("list.crl"), "-out", openssl.path("list.pem")]);
      const files = [
        "-CAfile",
        openssl.write("root.pem", root),
        "-untrusted",
        openssl.write("issuers.pem", issuers.join("")),
      ];
      const at = ["-attime", String(Math.floor(clock.now() / 1_000) + 1)];
      const check = ["-crl_check", "-CRLfile", openssl.path("list.pem"), "-purpose", "sslserver", ...at];
      try {
        return openssl.openssl(["verify", ...files, ...check, openssl.write("leaf.pem", certificate.toString())]);
      } catch (error) {
        assert.ok(typeof error === "object" && error !== null && "stderr" in error);
        return String(error.stderr);
      }
    }

    test("the first start makes two tiers, and openssl believes what they issue", async () => {
      const authority = await inUse();
      assert.equal(blocksOf(authority.chainPem ?? "").length, 2);
      const certificate = await issuedTo("00000000-0000-4000-8000-000000000001");
      assert.match(await verify(certificate, authority), /: OK/);
      assert.match(certificate.infoAccess ?? "", /^$/);
      assert.ok(certificate.raw.includes(`http://vigil.corp.example:9970/pki/crl/${authority.id}.crl`));
      assert.equal(await credentials.issued.standingOf(certificate.raw), "current");
    });

    test("another one takes over: both are believed at a device until it was met with the new certificate", async () => {
      const device = "00000000-0000-4000-8000-000000000002";
      const former = await inUse();
      const old = await issuedTo(device);
      const ready = await outside("Three tiers");
      assert.equal(ready.state, "ready");
      await use(ready.id);
      assert.deepEqual(await credentials.issued.devicesDue(10), ["00000000-0000-4000-8000-000000000001", device]);
      assert.equal(await credentials.issued.standingOf(old.raw), "due");
      assert.deepEqual((await credentials.issued.trust(device)).caPem, [former.chainPem]);
      const { requestPem } = await authorityRequest("any", "any");
      const request = Buffer.from(requestPem.replaceAll(/-----[^-]+-----|\s/g, ""), "base64");
      const { der } = await credentials.issued.issue(request, namesOf(device));
      assert.deepEqual(
        new Set((await credentials.issued.trust(device)).caPem),
        new Set([former.chainPem, ready.chainPem]),
      );
      assert.equal((await credentials.issued.issuersOf(der)).length, 2);
      const shown = async (): Promise<string> => (await credentials.issued.presentation(device)).chainPem;
      assert.equal(blocksOf(await shown()).length, 2, "the device knows the old root only");
      await credentials.issued.shown(device, der);
      assert.deepEqual((await credentials.issued.trust(device)).caPem, [ready.chainPem]);
      assert.equal(blocksOf(await shown()).length, 3);
      assert.deepEqual(await credentials.issued.devicesDue(10), ["00000000-0000-4000-8000-000000000001"]);
      assert.match(await verify(old, former), /certificate revoked/);
      assert.match(await verify(new X509Certificate(der), ready), /: OK/);
    });

    test("what an operator revokes stands in the list at once, and is due for replacement", async () => {
      const device = "00000000-0000-4000-8000-000000000003";
      const authority = await inUse();
      const certificate = await issuedTo(device);
      assert.match(await verify(certificate, authority), /: OK/);
      const serial = certificate.serialNumber.toLowerCase();
      const revoke = () => postgres.transaction((tx) => credentials.issued.revoke(tx, serial, "keyCompromise"));
      assert.equal(await revoke(), device);
      assert.match(await verify(certificate, authority), /certificate revoked/);
      assert.ok((await credentials.issued.devicesDue(10)).includes(device));
      assert.equal(
        (await credentials.issued.trust(device)).caPem.length,
        1,
        "it is met with it until it has another one",
      );
      await assert.rejects(revoke(), hasCode("credentials.certificate.revoked"));
      await postgres.transaction((tx) => credentials.retire(tx, device));
      assert.ok(!(await credentials.issued.devicesDue(10)).includes(device), "what is not set up shows nothing");
    });

    test("a list is made anew when half of its time is over, with a greater number", async () => {
      const { id } = await inUse();
      const first = await credentials.issued.revocationList(id);
      assert.equal((await credentials.issued.revocationList(id))?.number, first?.number);
      await clock.advance(4 * dayMs);
      const second = await credentials.issued.revocationList(id);
      assert.equal(second?.number, (first?.number ?? 0) + 1);
      openssl.write("second.crl", second?.der ?? "");
      const text = openssl.openssl(["crl", "-inform", "DER", "-in", openssl.path("second.crl"), "-noout", "-text"]);
      assert.match(text, /Version 2/);
      assert.match(text, /X509v3 CRL Number:\s+\d+/);
      assert.match(text, /Key Compromise/);
      assert.equal(await credentials.issued.revocationList("00000000-0000-4000-8000-00000000ffff"), undefined);
    });

    test("an authority goes through its states in order, and its name is nobody else's", async () => {
      const { authorities } = credentials;
      const wanted = { name: "Draft", kind: "outside" } as const;
      const draft = await postgres.transaction((tx) => authorities.create(tx, wanted));
      await assert.rejects(use(draft.id), hasCode("credentials.authority.state"));
      await assert.rejects(
        postgres.transaction((tx) => authorities.install(tx, draft.id, "", nowhere)),
        hasCode("credentials.authority.state"),
      );
      await assert.rejects(
        postgres.transaction((tx) => authorities.create(tx, { ...wanted, name: "draft" })),
        hasCode("credentials.authority.taken"),
      );
      await postgres.transaction((tx) => authorities.remove(tx, draft.id));
      await assert.rejects(authorities.get(draft.id), hasCode("credentials.authority.unknown"));
      const { id } = await inUse();
      await assert.rejects(
        postgres.transaction((tx) => authorities.remove(tx, id)),
        hasCode("credentials.authority.state"),
      );
    });

    test("two servers on one database have the same one in use, and a restart keeps it", async () => {
      const { id } = await inUse();
      const [one, other] = await Promise.all([start(), start()]);
      assert.equal((await one.authorities.current()).id, id);
      assert.equal((await other.authorities.current()).id, id);
    });

    test("an own authority is replaced under its root before it would cut certificates short, and nothing is due by that", async () => {
      const { authorities, issued } = credentials;
      const made = await postgres.transaction((tx) => authorities.create(tx, { name: "Own again", kind: "own" }));
      await use(made.id);
      const certificate = await issuedTo("00000000-0000-4000-8000-000000000004");
      assert.equal(await postgres.transaction((tx) => authorities.renew(tx)), undefined);
      await clock.advance(2_900 * dayMs);
      const renewed = await postgres.transaction((tx) => authorities.renew(tx));
      assert.equal(renewed?.renews, made.id);
      assert.equal(blocksOf(renewed?.chainPem ?? "")[1], blocksOf(made.chainPem ?? "")[1], "the root is the same");
      assert.equal(await issued.standingOf(certificate.raw), "current");
      assert.equal(await postgres.transaction((tx) => authorities.renew(tx)), undefined);
    });

    test("the end of an authority is said once at each mark", async () => {
      const { authorities } = credentials;
      const warned = async (): Promise<number[]> =>
        (await postgres.transaction((tx) => authorities.warnings(tx))).map(({ days }) => days);
      await warned();
      const { expiresAt } = await inUse();
      const until = (days: number): Promise<void> =>
        clock.advance((expiresAt?.getTime() ?? 0) - days * dayMs - clock.now() + 1_000);
      await until(80);
      assert.ok((await warned()).includes(90));
      assert.deepEqual(await warned(), []);
      await until(6);
      assert.ok((await warned()).includes(7));
      await until(0);
      assert.ok((await warned()).includes(0));
    });
  });
}

describe("a server that was updated", () => {
  const clock = testClock(Date.UTC(2026, 5, 1));
  let postgres: Postgres;
  before(async () => {
    postgres = await aDatabase(clock);
  });
  after(() => postgres.close());

  test("keeps its single tier in use: certificates of before stay good, and it can be left behind", async () => {
    const masterKey = randomBytes(32);
    const vault = new Vault(new MasterKey(masterKey), silentLog());
    const content = { commonName: "Vigil Device Authority", organization: "Vigil", days: 3_652, pathLength: 0 };
    const { certificatePem, keyPem } = await newAuthority(content, clock.now());
    const sealed = vault.seal(keyPem, { table: "authorities", row: "runtime" });
    const columns = "insert into authorities (name, certificate_pem, sealed_key, made_at)";
    await postgres.execute(`${columns} values ('runtime', $1, $2, now())`, [certificatePem, sealed]);
    const device = "00000000-0000-4000-8000-000000000005";
    await postgres.execute(
      "insert into issued_certificates (serial, device, subject, fingerprint, issued_at, expires_at, shown_at) values ('ab', $1, 'CN=pc', 'cd', now(), now() + interval '1 year', now())",
      [device],
    );
    const credentials = await Credentials.start({
      postgres,
      clock,
      log: silentLog(),
      masterKey,
      domainSuffix: "test.example",
    });
    const { id, chainPem } = await credentials.authorities.current();
    assert.equal(chainPem, certificatePem);
    assert.deepEqual((await credentials.issued.trust(device)).caPem, [certificatePem]);
    assert.deepEqual(await credentials.issued.devicesDue(10), []);
    assert.equal((await credentials.authorities.inspectKept(id, nowhere))?.verdict, "pass");
    const made = await postgres.transaction((tx) =>
      credentials.authorities.create(tx, { name: "Two tiers", kind: "own" }),
    );
    await postgres.transaction((tx) => credentials.authorities.use(tx, made.id, nowhere));
    assert.deepEqual(await credentials.issued.devicesDue(10), [device]);
    const back = await postgres.transaction((tx) => credentials.authorities.use(tx, id, nowhere));
    assert.equal(back.authority.state, "in-use");
  });
});

test("a key for a device that makes none is kept until the device was met with it, and no longer", async () => {
  const clock = testClock(Date.UTC(2026, 5, 1));
  const postgres = await aDatabase(clock);
  const device = "00000000-0000-4000-8000-000000000006";
  const options = { postgres, clock, log: silentLog(), masterKey: randomBytes(32), domainSuffix: "test.example" };
  const { issued } = await Credentials.start(options);
  const key = await issued.keyFor(device);
  const again = await issued.keyFor(device);
  assert.equal(key.open("compare"), again.open("compare"), "the same one until the device has it");
  const { der } = await issued.issueOver(key, namesOf(device));
  assert.ok(new X509Certificate(der).checkPrivateKey(createPrivateKey(key.open("compare"))));
  await issued.shown(device, der);
  const { rows } = await postgres.execute("select device from injected_keys", []);
  assert.deepEqual(rows, []);
  assert.notEqual((await issued.keyFor(device)).open("compare"), again.open("compare"));
  await postgres.close();
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof VigilError && error.code === code;
}

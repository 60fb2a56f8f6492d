import assert from "node:assert/strict";
import { randomBytes, X509Certificate } from "node:crypto";
import { inspect } from "node:util";
import { after, before, describe, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { jsonLog, silentLog } from "@vigil/base/log.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Credentials, type DeviceKnowledge, type DeviceSecret, type Upload } from "./credentials.ts";
import { MasterKey } from "./master-key.ts";
import { passwordLength, randomPassword } from "./password.ts";
import { newKeyPair } from "./pki/authority.ts";

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    const clock = testClock(Date.UTC(2026, 5, 1));
    const masterKey = randomBytes(32);
    const device = "01234567-89ab-cdef-0123-456789abcdef";
    let postgres: Postgres;
    let credentials: Credentials;
    const lines: string[] = [];

    before(async () => {
      postgres = await aDatabase(clock, kind);
      const log = jsonLog({ write: (line) => lines.push(line), clock, level: "debug" });
      credentials = await Credentials.start({ postgres, clock, log, masterKey, domainSuffix: "test.example" });
    });
    after(() => postgres.close());

    function next(): Promise<DeviceSecret> {
      return postgres.transaction((tx) => credentials.nextSecret(tx, device, "admin-password"));
    }

    async function states(): Promise<string[]> {
      return (await credentials.secretsOf(device, "admin-password")).map(({ state }) => state);
    }

    test("a secret goes from pending over applied to confirmed, and is never replaced while the device may have it", async () => {
      const first = await next();
      assert.equal(first.state, "pending");
      assert.equal((await next()).id, first.id);
      await assert.rejects(credentials.runtime(device), hasCode("credentials.secret.none"));
      await postgres.transaction((tx) => credentials.applied(tx, device, "admin-password"));
      assert.equal((await next()).id, first.id);
      await postgres.transaction((tx) => credentials.confirm(tx, device, "admin-password"));
      assert.deepEqual(await states(), ["confirmed"]);
      const login = await credentials.runtime(device);
      assert.equal(login.password, first.secret.open("log in"));
      const second = await next();
      assert.notEqual(second.id, first.id);
      assert.equal((await credentials.runtime(device)).password, login.password, "a pending secret is not used yet");
      await postgres.transaction((tx) => credentials.applied(tx, device, "admin-password"));
      await postgres.transaction((tx) => credentials.confirm(tx, device, "admin-password"));
      assert.deepEqual(await states(), ["confirmed", "previous"]);
      await postgres.transaction((tx) => credentials.retire(tx, device));
      assert.deepEqual(await states(), ["previous"]);
    });

    test("two transactions that ask for a device's next secret at once get the same one", async () => {
      const other = "11111111-89ab-cdef-0123-456789abcdef";
      const ask = () => postgres.transaction((tx) => credentials.nextSecret(tx, other, "admin-password"));
      const ids = (await Promise.all([ask(), ask(), ask()])).map(({ id }) => id);
      assert.equal(new Set(ids).size, 1);
    });

    test("nothing secret prints, is logged or lies open in the database", async () => {
      const { secret } = await next();
      const plain = secret.open("log in");
      const login = await credentials.runtime(device).catch(() => undefined);
      const printed = [
        `${secret}`,
        JSON.stringify({ secret }),
        inspect({ secret }, { depth: 9 }),
        JSON.stringify(login ?? {}),
      ];
      assert.ok(printed.every((text) => !text.includes(plain)));
      assert.ok(lines.length > 0 && lines.every((line) => !line.includes(plain)));
      const { rows } = await postgres.execute("select encode(sealed, 'escape') as sealed from device_secrets", []);
      assert.ok(rows.length > 0 && !JSON.stringify(rows).includes(plain));
    });

    test("a box opens only in its place, under its key, and unchanged", () => {
      const key = new MasterKey(masterKey);
      const box = key.seal(Buffer.from("secret"), "device_secrets/1");
      assert.equal(Buffer.from(key.open(box, "device_secrets/1")).toString(), "secret");
      assert.throws(() => key.open(box, "device_secrets/2"), hasCode("credentials.secret.damaged"));
      for (let at = 5; at < box.length; at += 1) {
        const changed = Uint8Array.from(box);
        changed[at] = (changed[at] ?? 0) ^ 1;
        assert.throws(() => key.open(changed, "device_secrets/1"), hasCode("credentials.secret.damaged"));
      }
      for (let length = 0; length < box.length; length += 1) {
        assert.throws(() => key.open(box.subarray(0, length), "device_secrets/1"), VigilError);
      }
      const other = new MasterKey(randomBytes(32));
      assert.throws(() => other.open(box, "device_secrets/1"), hasCode("credentials.master-key.other"));
      const rotated = new MasterKey(randomBytes(32), [masterKey]);
      assert.equal(Buffer.from(rotated.open(box, "device_secrets/1")).toString(), "secret");
      assert.throws(() => new MasterKey(randomBytes(31)), hasCode("credentials.master-key.malformed"));
    });

    test("a start with another master key is refused before anything depends on it", async () => {
      const options = { postgres, clock, log: silentLog(), masterKey: randomBytes(32), domainSuffix: "test.example" };
      await assert.rejects(Credentials.start(options), hasCode("credentials.master-key.other"));
    });

    test("passwords are unique and within the firmware's rules", () => {
      const all = new Set(Array.from({ length: 2_000 }, randomPassword));
      assert.equal(all.size, 2_000);
      for (const one of all) {
        assert.equal(one.length, passwordLength);
        assert.ok(passwordLength >= 16 && passwordLength <= 32);
        // @source protocols A.5 "Passwords"
        assert.match(one, /^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)(?=.*[^A-Za-z0-9])[^",:&<>'\\_ ]+$/);
      }
    });

    test("the own setup certificate is shown to a device that lists its root, and to no other", async () => {
      const proof = await credentials.setup.proofFor(knowing(ownRoot()));
      assert.equal(proof.verdict.answer, "yes");
      const leaf = new X509Certificate(proof.chainPem);
      assert.match(leaf.subject, /OU=Intel\(R\) Client Setup Certificate/);
      assert.equal(leaf.checkHost("vigil.test.example"), "vigil.test.example");
      assert.ok(leaf.keyUsage.includes("2.16.840.1.113741.1.2.3"));
      const strangers = knowing("00".repeat(32));
      await assert.rejects(credentials.setup.proofFor(strangers), hasCode("provisioning.certificate.untrusted"));
    });

    test("a device that is said to be in another domain is shown nothing, and both names stand in the error", async () => {
      const elsewhere = { suffix: "elsewhere.example", source: "device", at: new Date(0) } as const;
      const far = { ...knowing(ownRoot()), suffixes: [elsewhere] };
      await assert.rejects(credentials.setup.proofFor(far), (error) => {
        hasCode("provisioning.certificate.wrong-domain")(error);
        assert.ok(error instanceof VigilError);
        assert.equal(error.details["found"], "vigil.test.example");
        assert.match(String(error.details["expected"]), /"elsewhere\.example"/);
        return true;
      });
    });

    test("a setup certificate whose key is another's is refused, and its key is in no message", async () => {
      const { chainPem } = await credentials.setup.proofFor(knowing(ownRoot()));
      const { keyPem } = await newKeyPair();
      const add = (upload: Upload) => postgres.transaction((tx) => credentials.setup.add(tx, upload));
      await assert.rejects(add({ chainPem, keyPem }), hasCode("provisioning.certificate.key-mismatch"));
      await assert.rejects(add({ chainPem: "", keyPem }), hasCode("provisioning.certificate.unreadable"));
      await assert.rejects(add({ chainPem }), hasCode("provisioning.certificate.unreadable"));
      const leafOnly = chainPem.slice(0, chainPem.indexOf("-----END CERTIFICATE-----") + 26);
      await assert.rejects(add({ chainPem: leafOnly }), hasCode("provisioning.certificate.incomplete"));
    });

    function ownRoot(): string {
      return new X509Certificate(credentials.setupRootPem).fingerprint256.replaceAll(":", "").toLowerCase();
    }

    function knowing(hash: string): DeviceKnowledge {
      const suffix = { suffix: "test.example", source: "server", at: null } as const;
      return { rootHashes: [{ algorithm: "sha256", hash }], suffixes: [suffix], release: null };
    }

    test("a request that is not one is refused by the authority", async () => {
      const names = { uuid: device, hostName: "pc", domainName: "test.example", address: "127.0.0.1" };
      await assert.rejects(
        credentials.issued.issue(Uint8Array.of(1, 2, 3), names),
        hasCode("credentials.request.refused"),
      );
    });

    function hasCode(code: string): (error: unknown) => boolean {
      return (error) => {
        assert.ok(error instanceof VigilError, String(error));
        assert.equal(error.code, code);
        return true;
      };
    }
  });
}

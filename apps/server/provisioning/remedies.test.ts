import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock, testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { Work } from "@vigil/work/work.ts";
import { Audit } from "../audit/audit.ts";
import { Credentials } from "../credentials/credentials.ts";
import { Devices } from "../devices/devices.ts";
import { Events } from "../events.ts";
import { aDatabase } from "../testing/a-server.ts";
import { Gate, laneNames } from "./gate.ts";
import { ProvisioningStore } from "./provisioning.store.ts";
import { reopen, type ReopenEvent } from "./remedies.ts";

const log = silentLog();
const clock = testClock();
const root = { algorithm: "sha256", hash: "ab".repeat(32) } as const;

function uuidOf(index: number): string {
  return `${index.toString(16).padStart(8, "0")}-89ab-4def-8123-456789abcdef`;
}

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    let postgres: Postgres;
    let store: ProvisioningStore;
    let devices: Devices;
    let audit: Audit;
    let work: Work;
    let gate: Gate;
    before(async () => {
      postgres = await aDatabase(clock, kind);
      const masterKey = new Uint8Array(32).fill(7);
      const credentials = await Credentials.start({ postgres, clock, log, masterKey, domainSuffix: "test.example" });
      const oldestTlsIn = () => Promise.resolve("TLSv1.2" as const);
      devices = new Devices({ postgres, credentials, events: new Events(), clock, oldestTlsIn });
      audit = new Audit(postgres, clock);
      store = new ProvisioningStore(postgres);
      work = await Work.start(postgres, { clock: systemClock(), log });
      gate = new Gate({ postgres, work, clock, log });
      const lane = { concurrency: 1, leaseSeconds: 60, retry: { limit: 1, firstDelaySeconds: 1, maxDelaySeconds: 1 } };
      for (const name of Object.values(laneNames)) {
        await work.define(name, { ...lane, isUnique: true, handle: () => Promise.resolve() });
      }
    });
    after(async () => {
      await work.stop();
      await postgres.close();
    });

    /** A device that has failed with that code. */
    const aFailed = (index: number, code: string, more: { pid?: string; profile?: string } = {}): Promise<void> =>
      postgres.transaction(async (tx) => {
        const uuid = uuidOf(index);
        const at = new Date(clock.now());
        const error = { code, side: "device", message: "", next: "", details: {} } as const;
        await devices.sighted(tx, { uuid, address: "10.0.0.1", at });
        if (more.profile !== undefined) await devices.noteFacts(tx, uuid, { profile: more.profile });
        await devices.setState(tx, uuid, { state: "failed", error });
        const asked = { uuid, address: "10.0.0.1", hashes: [root], lane: "fast", method: "certificate" } as const;
        await store.ask(tx, { ...asked, pid: more.pid ?? null, at });
        await store.fail(tx, uuid, { error, step: null, at });
      });
    const reopenedBy = (event: ReopenEvent): Promise<readonly string[]> =>
      postgres.transaction((tx) =>
        reopen(tx, { store, gate, devices, audit }, event, { actor: "test", at: new Date(clock.now()) }),
      );

    test("each event reopens the devices that it helps, and no others", async () => {
      await aFailed(1, "provisioning.certificate.untrusted");
      await aFailed(2, "provisioning.login.lost");
      await aFailed(3, "provisioning.psk.unknown", { pid: "0000037M" });
      await aFailed(4, "provisioning.profile.unsupported", { profile: "Till" });
      await aFailed(5, "wsman.fault.invalidParameter", { profile: "Till" });
      await aFailed(6, "profiles.secret.missing", { profile: "Desk" });
      await aFailed(7, "provisioning.certificate.wrong-domain");
      await aFailed(8, "provisioning.kerberos.no-directory");
      assert.deepEqual(await reopenedBy({ kind: "setup-certificate", rootHashes: ["00".repeat(32)] }), []);
      assert.deepEqual(await reopenedBy({ kind: "dns-suffix", device: uuidOf(1) }), []);
      assert.deepEqual(await reopenedBy({ kind: "dns-suffix", device: uuidOf(7) }), [uuidOf(7)]);
      assert.deepEqual(await reopenedBy({ kind: "setup-certificate", rootHashes: [root.hash] }), [uuidOf(1)]);
      assert.deepEqual(await reopenedBy({ kind: "setup-key", pids: ["0000-9999"] }), []);
      assert.deepEqual(await reopenedBy({ kind: "setup-key", pids: ["0000-037M"] }), [uuidOf(3)]);
      assert.deepEqual((await reopenedBy({ kind: "profile", profile: "Till" })).toSorted(), [uuidOf(4), uuidOf(5)]);
      assert.deepEqual(await reopenedBy({ kind: "profile-secret", profile: "Desk" }), [uuidOf(6)]);
      assert.deepEqual(await reopenedBy({ kind: "directory" }), [uuidOf(8)]);
      assert.equal((await store.get(uuidOf(2)))?.state, "failed", "only the machine itself can help this one");
    });

    test("a device that is reopened waits in its lane, keeps its last error in sight, and is written down", async () => {
      await aFailed(20, "amt.connect.timeout");
      assert.deepEqual(await reopenedBy({ kind: "asked", code: "amt.connect.timeout" }), [uuidOf(20)]);
      const entry = await store.get(uuidOf(20));
      assert.deepEqual(
        [entry?.state, entry?.lane, entry?.attempts, entry?.error?.code],
        ["waiting", "slow", 0, "amt.connect.timeout"],
      );
      assert.equal((await devices.get(uuidOf(20))).state, "factory");
      const { rows } = await postgres.execute("select data from pgboss.job where data->>'uuid' = $1", [uuidOf(20)]);
      assert.equal(rows.length, 1);
      const [last] = await audit.list({ limit: 1 });
      assert.equal(last?.action, "provisioning.reopened");
    });

    test("a thousand devices with one code are reopened in one go", async (context) => {
      for (let index = 0; index < 1_000; index += 1) await aFailed(1_000 + index, "amt.tls.failed");
      const started = performance.now();
      assert.equal((await reopenedBy({ kind: "asked", code: "amt.tls.failed" })).length, 1_000);
      context.diagnostic(`1,000 devices reopened in ${Math.round(performance.now() - started)} ms`);
      const codes = await store.codes();
      assert.deepEqual(
        codes.filter(({ code }) => code === "amt.tls.failed").map(({ failed, waiting }) => [failed, waiting]),
        [[0, 1_000]],
      );
    });
  });
}

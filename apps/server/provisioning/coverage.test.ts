import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { testClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { Postgres } from "@vigil/postgres/postgres.ts";
import { databaseKinds } from "@vigil/postgres/test-databases.ts";
import { Work } from "@vigil/work/work.ts";
import { Assignments } from "../assignments/assignments.ts";
import { Audit } from "../audit/audit.ts";
import { Credentials } from "../credentials/credentials.ts";
import { Devices } from "../devices/devices.ts";
import { Events } from "../events.ts";
import { Profiles } from "../profiles/profiles.ts";
import { aDatabase } from "../testing/a-server.ts";
import { aCertificate, hashOf, pemOf } from "../testing/certificate-maker.ts";
import { Provisioning } from "./provisioning.ts";

const now = Date.UTC(2026, 5, 1);
const both = ["1.3.6.1.5.5.7.3.1", "2.16.840.1.113741.1.2.3"];
/** Baltimore CyberTrust, which ended in May 2025. */
const ended = "16af57a9f676b0ab126095aa5ebadef22ab31119d644ac95cd4b93dbf3f26aeb";
const domainSuffix = "test.example";

for (const kind of databaseKinds) {
  describe(`on the ${kind} database`, () => {
    test("twenty thousand devices fall into a few kinds, and each gap has its cause", async (context) => {
      const clock = testClock(now);
      const log = silentLog();
      await using postgres = await aDatabase(clock, kind);
      const masterKey = randomBytes(32);
      const credentials = await Credentials.start({ postgres, clock, log, masterKey, domainSuffix });
      const audit = new Audit(postgres, clock);
      const events = new Events();
      const devices = new Devices({
        postgres,
        credentials,
        events,
        clock,
        oldestTlsIn: () => Promise.resolve("TLSv1.2"),
      });
      const profiles = new Profiles({ postgres, audit, credentials, clock });
      await profiles.prepare(domainSuffix);
      const work = await Work.start(postgres, { clock, log });
      const dialerTo = () => () => Promise.reject(new Error("nobody is dialled here"));
      const assignments = new Assignments({ postgres, devices, profiles, credentials, audit, clock });
      const rooms = { postgres, work, devices, credentials, profiles, assignments, audit, events };
      const deps = { ...rooms, clock, log, dialerTo, domainSuffix };
      const provisioning = new Provisioning(deps);
      const root = await aCertificate({ name: [{ CN: ["Bought Root"] }], authority: true }, now);
      const leaf = await aCertificate({ name: [{ CN: ["setup.test.example"] }], usages: both, by: root }, now);
      const upload = { chainPem: pemOf(leaf, root), keyPem: leaf.key.pem };
      await postgres.transaction((tx) => credentials.setup.add(tx, upload, "B"));
      const bought = await hashOf(root);
      await aFleet(postgres, 12_000, { hash: bought, release: "16.1.25", suffix: null });
      await aFleet(postgres, 4_000, { hash: bought, release: "12.0.67", suffix: "other.example" });
      await aFleet(postgres, 2_500, { hash: ended, release: "7.1.91", suffix: null });
      await aFleet(postgres, 1_500, { hash: null, release: null, suffix: null });

      const started = performance.now();
      const coverage = await provisioning.coverage();
      context.diagnostic(`20,000 devices in ${Math.round(performance.now() - started)} ms`);
      const { devices: all, covered, uncertain, uncovered } = coverage;
      assert.deepEqual([all, covered, uncertain, uncovered], [20_000, 12_000, 1_500, 6_500]);
      assert.equal(coverage.certificates[0]?.certificate.name, "B");
      assert.deepEqual(coverage.certificates[0]?.answers, { yes: 12_000, no: 6_500, unknown: 1_500 });
      assert.deepEqual(
        coverage.gaps.map((one) => [one.obstacle, one.answer, one.devices]),
        [
          ["name", "no", 4_000],
          ["expired-roots", "no", 2_500],
          ["no-hello", "unknown", 1_500],
        ],
      );
      assert.deepEqual(
        coverage.releases.map((one) => [one.release, one.devices, one.covered]),
        [
          ["7", 2_500, 0],
          ["12", 4_000, 0],
          ["16", 12_000, 12_000],
          [null, 1_500, 0],
        ],
      );
      for (const { answer, examples } of coverage.gaps) {
        const about = await provisioning.knowledgeOf(examples[0] ?? "");
        const [judged = []] = await credentials.setup.judgeAll([about]);
        assert.equal(judged[0]?.verdict.answer, answer, "one device of a gap says what the gap says");
      }
      assert.deepEqual(
        [...(await provisioning.suffixes())],
        [
          ["test.example", 16_000],
          ["other.example", 4_000],
        ],
      );
      await work.stop();
    });
  });
}

/** Devices that have said hello, or not. */
async function aFleet(
  postgres: Postgres,
  count: number,
  one: { readonly hash: string | null; readonly release: string | null; readonly suffix: string | null },
): Promise<void> {
  const at = new Date(now);
  await postgres.execute(
    `with fleet as (
       insert into devices (uuid, address, state, release, dns_suffix, dns_suffix_at, first_seen_at, last_seen_at)
       select gen_random_uuid(), '127.0.0.1', 'factory', $2, $3, $4, $4, $4 from generate_series(1, $1::integer)
       returning uuid
     ), entries as (
       insert into provisioning_entries (uuid, address, hashes, state, attempts, updated_at)
       select uuid, '127.0.0.1', jsonb_build_array(jsonb_build_object('algorithm', 'sha256', 'hash', $5::text)), 'failed', 1, $4
       from fleet where $5::text is not null
       returning uuid, root_set
     )
     select count(*) from entries`,
    [count, one.release, one.suffix, at, one.hash],
  );
  await postgres.execute(
    "update devices set root_set = entries.root_set from provisioning_entries as entries where entries.uuid = devices.uuid",
    [],
  );
}

import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { certificateTable, tableSuffix, type CertificateTable } from "../../testing/certificate-table.ts";
import { judge, type DeviceKnowledge } from "./device-verdict.ts";
import { inspectSetup } from "./inspection.ts";

const now = Date.UTC(2026, 5, 1);
const releases = { "12": "12.0.67", "16": "16.1.25" } as const;

describe("the table of certificates", () => {
  let table: CertificateTable;
  before(async () => void (table = await certificateTable(now)));

  function device(release: string): DeviceKnowledge {
    const rootHashes = table.listedRoots.map((hash) => ({ algorithm: "sha256" as const, hash }));
    return { rootHashes, suffixes: [{ suffix: tableSuffix, source: "device", at: new Date(now) }], release };
  }

  test("has its verdict, its reason and its code for each", () => {
    assert.ok(table.rows.length >= 40);
    for (const row of table.rows) {
      const inspection = inspectSetup(row.upload, now);
      const said = JSON.stringify(inspection.checks, undefined, 1);
      assert.equal(inspection.verdict, row.verdict, `${row.what}: ${said}`);
      const failed = inspection.checks.find(({ verdict }) => verdict === "fail");
      assert.equal(failed?.code ?? null, row.code, `${row.what}: ${said}`);
      if (failed !== undefined) {
        assert.equal(failed.id, row.why, row.what);
        assert.ok(failed.found !== "" && failed.expected !== "" && failed.next !== "", `${row.what} says what to do`);
      }
    }
  });

  test("has what a device would say for each", () => {
    for (const { what, upload, answer, code, release } of table.rows) {
      const { chain } = inspectSetup(upload, now);
      const verdict = chain === undefined ? undefined : judge(chain, device(releases[release]), now);
      // What breaks a rule of its own is refused when it is added; no device is asked about it.
      const said = code === null || verdict === undefined ? (verdict?.answer ?? null) : verdict.answer;
      if (code === null) assert.equal(said, answer, `${what}: ${JSON.stringify(verdict, undefined, 1)}`);
    }
  });

  test("puts a chain in order, and leaves out what does not belong to it", () => {
    for (const what of ["the root first", "others among it"]) {
      const row = table.rows.find((one) => one.what === what);
      assert.ok(row !== undefined);
      const { chain, checks } = inspectSetup(row.upload, now);
      assert.deepEqual(
        chain?.members.map(({ subject }) => subject),
        [`CN=setup.${tableSuffix}`, "CN=Table Issuer", "CN=Table Root"],
      );
      assert.match(checks.find(({ id }) => id === "order")?.found ?? "", /put in order by Vigil/);
    }
  });

  test("says both names side by side when the domain is another", () => {
    const row = table.rows.find(({ what }) => what === "for another domain");
    const { chain } = inspectSetup(row?.upload ?? {}, now);
    assert.ok(chain !== undefined);
    const name = judge(chain, device("16.1.25"), now).reasons.find(({ id }) => id === "name");
    assert.equal(name?.answer, "no");
    assert.equal(name?.found, "setup.other.example");
    assert.match(name?.expected ?? "", /"lab\.example"/);
    assert.match(name?.next ?? "", /ends in "\.lab\.example"/);
  });
});

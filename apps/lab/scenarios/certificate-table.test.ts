import assert from "node:assert/strict";
import { connect } from "@vigil/amt-client/device.ts";
import { directDialer } from "@vigil/amt-client/dial/direct.ts";
import { secured } from "@vigil/amt-client/dial/tls.ts";
import { systemClock } from "@vigil/base/clock.ts";
import { VigilError } from "@vigil/base/errors.ts";
import { silentLog } from "@vigil/base/log.ts";
import { certificateTable, tableSuffix, type CertificateRow } from "@vigil/server/testing/certificate-table.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { startFleet } from "@vigil/virtual-device/fleet.ts";
import { defineScenario } from "../scenarios.ts";
import { setStage, until, type Stage } from "../stage.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";

const clock = systemClock();

export default defineScenario({
  name: "certificate-table",
  story: "what the server says of good and bad setup certificates is what a device does when they are shown to it",
  smallSize: 2,
  async play({ say, signal }) {
    const table = await certificateTable(clock.now());
    await using stage = await setStage({ devices: 1 });
    await using fleet = await startFleet({
      count: 2,
      firstAddress: someAddress(),
      clock,
      log: silentLog(),
      generations: ["12", "16"],
      trustedRootHashes: table.listedRoots,
      domainSuffix: tableSuffix,
      hello: { host: "127.0.0.1", port: stage.helloPort },
    });
    const devices = { "12": deviceAt(fleet.devices, 0), "16": deviceAt(fleet.devices, 1) };
    for (const { firmware } of fleet.devices) await untilRefused(stage, firmware.uuid, signal);
    const seen = { rows: 0, tried: 0, agreed: 0, unverified: 0, refused: 0 };
    for (const row of table.rows) {
      seen.rows += 1;
      const device = devices[row.release];
      const said = await whatServerSays(stage, row, device);
      if (row.verdict === "fail") {
        await refusedWithFix(stage, row);
        seen.refused += 1;
      }
      if (said === undefined || row.shownKeyPem === undefined) continue;
      const isAccepted = await accepts(device, said.chainPem, row.shownKeyPem, signal);
      seen.tried += 1;
      say(
        `${isAccepted ? "accepted" : "refused "}  ${said.answer.padEnd(7)}  ${row.what}${row.unverified === undefined ? "" : ` (UNVERIFIED: ${row.unverified})`}`,
      );
      if (row.unverified !== undefined) seen.unverified += 1;
      else {
        assert.equal(said.answer, isAccepted ? "yes" : "no", row.what);
        seen.agreed += 1;
      }
    }
    return seen;
  },
});

/** The server has no certificate for them yet: they are known, with the roots that they list. */
function untilRefused(stage: Stage, uuid: string, signal: AbortSignal): Promise<void> {
  const isKnown = async (): Promise<boolean> => {
    const found = await stage.client.devices.show({ params: { id: uuid } }).catch(() => undefined);
    return found?.error?.code === "provisioning.certificate.untrusted";
  };
  return until("the device is known, and shown nothing", isKnown, { signal });
}

/** The report is what the table says. @returns what it says of the device; undefined when there is nothing to show to it */
async function whatServerSays(
  stage: Stage,
  row: CertificateRow,
  device: VirtualDevice,
): Promise<{ readonly answer: string; readonly chainPem: string } | undefined> {
  const params = { id: device.firmware.uuid };
  await stage.client.setupCertificates.setSuffix({ params, body: { suffix: tableSuffix } });
  const report = await stage.client.setupCertificates.inspect({
    body: { ...row.upload, device: device.firmware.uuid, release: device.firmware.release },
  });
  assert.equal(report.verdict, row.verdict, row.what);
  const failed = report.checks.find(({ verdict }) => verdict === "fail");
  assert.equal(failed?.code ?? null, row.code, row.what);
  if (report.device === null || report.chainPem === null) return undefined;
  const answer = row.verdict === "fail" ? "no" : report.device.answer;
  if (row.verdict !== "fail") assert.equal(answer, row.answer, `${row.what}: ${JSON.stringify(report.device.reasons)}`);
  return { answer, chainPem: report.chainPem };
}

/** A certificate that breaks a rule is not kept, and the refusal says how to mend it. */
async function refusedWithFix(stage: Stage, row: CertificateRow): Promise<void> {
  const error: unknown = await stage.client.setupCertificates
    .add({ body: row.upload })
    .catch((cause: unknown) => cause);
  assert.ok(error instanceof VigilError, row.what);
  assert.equal(error.code, row.code, row.what);
  assert.ok(error.next !== "", row.what);
}

/** A real handshake, and a request: firmware that dislikes a certificate may hang up only then. */
async function accepts(device: VirtualDevice, chainPem: string, keyPem: string, signal: AbortSignal): Promise<boolean> {
  const present = { chainPem, keyPem };
  // Below TLS 1.2 weak keys and hashes are offered too: it is the device that judges here, not this side's library.
  const dialer = secured(directDialer({ host: device.address }), { trust: "setup", present, oldest: "TLSv1" });
  const amt = connect({ dialer, port: 16_993, credential: { username: "admin", password: "" }, clock, signal });
  try {
    await amt.general.read();
    return true;
  } catch (error) {
    if (
      error instanceof VigilError &&
      /^amt\.(connect\.reset|tls\.refused|tls\.failed|answer\.incomplete)$/.test(error.code)
    )
      return false;
    throw error;
  } finally {
    amt.close();
  }
}

function deviceAt(devices: readonly VirtualDevice[], index: number): VirtualDevice {
  const device = devices[index];
  assert.ok(device !== undefined);
  return device;
}

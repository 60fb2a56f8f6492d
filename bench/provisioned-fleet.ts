import { randomBytes, X509Certificate } from "node:crypto";
import { systemClock } from "@vigil/base/clock.ts";
import { silentLog } from "@vigil/base/log.ts";
import type { VirtualDevice } from "@vigil/virtual-device/device.ts";
import { selfSignedCertificate } from "@vigil/virtual-device/firmware/setup-certificate.ts";
import { startFleet } from "@vigil/virtual-device/fleet.ts";
import { someAddress } from "@vigil/virtual-device/testing/some-address.ts";
import { ha1 } from "@vigil/wire/digest.ts";

// The other side of bench/power.ts, in a process of its own: virtual devices that are provisioned already. Their flash is
// written directly, since what is measured begins after setup. Speaks with its parent over the IPC channel.

/** What the measuring side needs to know of one device. */
export interface BenchDevice {
  readonly address: string;
  readonly password: string;
  readonly certificatePem: string;
}

const [count = "8"] = process.argv.slice(2);
const fleet = await startFleet({
  count: Number(count),
  firstAddress: someAddress(Number(count)),
  clock: systemClock(),
  log: silentLog(),
  trustedRootHashes: [],
  domainSuffix: "bench.test",
});
const devices: BenchDevice[] = [];
for (const device of fleet.devices) devices.push(await provision(device));
process.send?.(devices);
process.once("disconnect", () => void fleet.stop());

async function provision({ address, firmware }: VirtualDevice): Promise<BenchDevice> {
  const password = `Aa1!${randomBytes(12).toString("base64url")}`;
  const keyPem = firmware.keys.next();
  const certificatePem = await selfSignedCertificate(firmware.identity, keyPem, randomBytes(8));
  const tls = { enabled: true, mutual: false, acceptsPlain: false, trustedNames: [] };
  firmware.change((state) => {
    state.adminHa1 = ha1("admin", state.digestRealm, password);
    state.keys = [{ handle: 0, privatePem: keyPem }];
    state.certificates = [
      { handle: 0, der: new X509Certificate(certificatePem).raw.toString("base64"), isTrustedRoot: false },
    ];
    state.tlsCertificate = 0;
    state.activeTls = tls;
    state.tls = { network: { ...tls, trustedNames: [] }, local: { ...tls, trustedNames: [] } };
    state.mode = "post";
  });
  return { address, password, certificatePem };
}
